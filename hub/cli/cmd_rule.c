/* busbar rule: what a utility wants otherwise than the table of rules says. */
#include <string.h>

#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"
#include "meter/rule.h"

static const struct list_column columns[] = {
	{ "code", "RULE", CELL_TEXT },
	{ "severity", "SEVERITY", CELL_TEXT },
	{ "threshold", "THRESHOLD", CELL_INT },
	{ "unit", "UNIT", CELL_TEXT },
	{ "own", "ITS OWN", CELL_BOOL },
	{ "help", "MEANING", CELL_TEXT },
};

struct rule_row_db {
	struct str code, severity;
	int64_t threshold;
};

static const struct db_field fields[] = {
	DB_TEXT(rule_row_db, code),
	DB_TEXT(rule_row_db, severity),
	DB_INT8(rule_row_db, threshold),
};

struct list_args {
	struct str tdu;
};

static const struct option list_options[] = {
	ARG_TEXT(list_args, tdu, "TDU", OPTION_OPTIONAL,
	    "the utility; without it the rules as they are for all"),
};

/* The rules in force for a utility, and which of them it chose itself. */
static bool
rules_of(struct task *t, struct conn *c, int32_t tdu, struct rules *r, bool own[RULES],
    struct err *e)
{
	AUTO_PTR(rows) found = db_rows(t, c, SQL_RULE_LIST, ARGS(P_INT4(tdu)), e);
	struct rule_row_db row;

	if (found == NULL)
		return false;
	while (ROWS_NEXT(found, fields, &row)) {
		if (!rules_set(r, row.code, row.severity, row.threshold))
			return err(e, ERR_BUG,
			    "the database has a rule \"" STR_FMT "\" " STR_FMT,
			    STR_ARG(row.code), STR_ARG(row.severity));
		for (size_t i = 0; i < RULES; i++)
			own[i] |= str_is(row.code, rule_rows[i].code);
	}
	return true;
}

static void
add_rule(struct list *l, size_t i, const struct rules *r, bool own)
{
	list_text(l, str_of(rule_rows[i].code));
	list_text(l, str_of(severity_name(r->of[i].severity)));
	list_int(l, r->of[i].threshold);
	list_text(l, str_of(rule_rows[i].unit));
	list_int(l, own);
	list_text(l, str_of(rule_rows[i].help));
}

static bool
list_rules(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct list_args *a = args;
	AUTO(list) l = LIST(columns);
	bool own[RULES] = { false };
	struct rules r;

	rules_presets(&r);
	if (a->tdu.at != NULL) {
		AUTO_PTR(conn) c = cli_lease(t, cli, e);
		struct party tdu;

		if (c == NULL || !party_get(t, c, a->tdu, "TDU", &tdu, e) ||
		    !rules_of(t, c, tdu.party, &r, own, e))
			return false;
	}
	for (size_t i = 0; i < RULES; i++)
		add_rule(&l, i, &r, own[i]);
	return list_print(&l, cli, e);
}

struct set_args {
	struct str tdu, code, severity;
	int64_t threshold;
};

static const struct option set_options[] = {
	ARG_TEXT(set_args, tdu, "TDU", OPTION_REQUIRED, "the utility"),
	ARG_TEXT(set_args, code, "RULE", OPTION_REQUIRED, "code of the rule, as spike"),
	ARG_WORD(set_args, severity, "SEVERITY", OPTION_REQUIRED,
	    "off|flag|quarantine|reject|hold", "what is to be done"),
	ARG_INT(set_args, threshold, "THRESHOLD", OPTION_OPTIONAL, 0, INT64_C(1) << 52,
	    "in the rule's unit (default: as it is now)"),
};

static bool
store_rule(struct task *t, struct conn *c, const struct set_args *a, size_t i, struct rules *r,
    struct err *e)
{
	bool own[RULES] = { false };
	char actor[ACTOR_SIZE];
	struct party tdu;
	int64_t threshold;

	cli_actor(actor, sizeof actor);
	if (!party_get(t, c, a->tdu, "TDU", &tdu, e) || !rules_of(t, c, tdu.party, r, own, e))
		return false;
	threshold = a->threshold != INT64_MIN ? a->threshold : r->of[i].threshold;
	return rules_set(r, a->code, a->severity, threshold) &&
	       db_exec(t, c, SQL_RULE_SET,
		   ARGS(P_INT4(tdu.party), P_STR(a->code), P_STR(a->severity),
		       P_INT8(threshold), P_TEXT(actor)),
		   NULL, e) == DB_FOUND;
}

static bool
set_rule(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct set_args *a = args;
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = NULL;
	struct rules r;
	size_t i = 0;

	while (i < RULES && !str_is(a->code, rule_rows[i].code))
		i++;
	if (i == RULES)
		return err(e, ERR_BAD_INPUT,
		    "there is no rule \"" STR_FMT "\"; \"busbar rule list\" names them",
		    STR_ARG(a->code));
	rules_presets(&r);
	c = cli_lease(t, cli, e);
	if (c == NULL || !store_rule(t, c, a, i, &r, e))
		return false;
	add_rule(&l, i, &r, true);
	return list_print_one(&l, cli, "rule", e);
}

const struct command cmd_rule_list = {
	.name = "rule list",
	.help = "list the rules that records and files are held to",
	COMMAND_OPTIONS(list_options),
	.args_bytes = sizeof(struct list_args),
	.needs = NEEDS_CONF,
	.run = list_rules,
};

const struct command cmd_rule_set = {
	.name = "rule set",
	.help = "change a rule for one utility",
	.about =
	    "Severities: reject, the record is refused and listed; quarantine, listed and "
	    "kept\n"
	    "aside; flag, loaded and marked; hold, the whole file waits for a person; off. It\n"
	    "holds for files that are loaded from now on.",
	COMMAND_OPTIONS(set_options),
	.args_bytes = sizeof(struct set_args),
	.needs = NEEDS_CONF,
	.run = set_rule,
};
