/* The queue of meter commands of a utility: what waits for its head end, and what came of the
 * others. */
#include "partner.h"
#include "says.h"

enum { COMMANDS = 50 };

struct command {
	struct str kind, esiid, meter, state, reason;
	int64_t command, asked_at, answered_at, expires_at;
	int32_t takes;
};

static const struct db_field fields[] = {
	DB_INT8(command, command),
	DB_TEXT(command, kind),
	DB_TEXT(command, esiid),
	DB_TEXT(command, meter),
	DB_TEXT(command, state),
	DB_TEXT(command, reason),
	DB_STAMP(command, asked_at),
	DB_STAMP(command, answered_at),
	DB_STAMP(command, expires_at),
	DB_INT4(command, takes),
};

static const struct column columns[] = {
	{ TEXT_COMMAND_NUMBER, true },
	{ TEXT_COMMAND_STATE, false },
	{ TEXT_ESIID, false },
	{ TEXT_COMMAND_ASKED, false },
	{ TEXT_COMMAND_ENDS, false },
	{ TEXT_COMMAND_TAKES, true },
};

static const struct partner_word states[] = {
	{ "PENDING", TEXT_COMMAND_PENDING },
	{ "TAKEN", TEXT_COMMAND_TAKEN },
	{ "READY", TEXT_COMMAND_READY },
	{ "COMPLETED", TEXT_COMMAND_COMPLETED },
	{ "FAILED", TEXT_COMMAND_FAILED },
	{ "", TEXT_COMMAND_PENDING },
};

static const struct field filter[] = {
	{ "state", "select", "off", 20, TEXT_COMMAND_STATE, TEXTS, TEXTS },
};

static void
put(struct listing *l, const struct command *r)
{
	listing_row(l);
	listing_number(l, r->command);
	listing_more(l, says_one_of(l->p, "meter", r->kind));
	listing_say(l, partner_word(states, r->state));
	listing_more(l, says_one_of(l->p, "reason", r->reason));
	listing_text(l, r->esiid);
	listing_more(l, r->meter);
	listing_time(l, r->asked_at);
	listing_time(l, r->answered_at != DB_STAMP_NONE ? r->answered_at : r->expires_at);
	listing_number(l, r->takes);
}

static bool
show(struct task *t, struct page *p, struct err *e)
{
	const struct form *asked = fields_query(p);
	AUTO_PTR(rows)
	rows = act_rows(t, p, SQL_TDU_COMMANDS,
	    ARGS(P_ME(p), P_STR(partner_text(asked, "state")),
		P_INT8(partner_number(asked, "before", INT64_MAX)), P_INT4(COMMANDS)),
	    e);
	struct field_choices choices;
	struct command r = { 0 };
	struct listing l;

	if (rows == NULL ||
	    !partner_choices(p, &choices, "state", TEXT_COMMAND_EACH, states, e) ||
	    !listing_begin(
		&l, p, "commands", TEXT_COMMANDS, columns, nitems(columns), COMMANDS, e))
		return false;
	while (ROWS_NEXT(rows, fields, &r))
		put(&l, &r);
	if (rows_count(rows) == COMMANDS)
		listing_next(&l, "before", page_number(p, r.command));
	act_page(p, NULL, 0);
	return listing_end(&l, TEXT_COMMANDS_NONE, TEXT_COMMANDS_NONE_SAYS, e) &&
	       fields_put(p, &p->view, "fields", filter, nitems(filter), &choices, 1, asked,
		   NULL, e) &&
	       page_send(t, p, 200, "tdu_commands.html", e);
}

bool
tdu_commands_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, show, e);
}
