/* busbar radar: detectors of abuse, what they found and why. */
#include <string.h>

#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"
#include "cli/radar.h"

/* ---- detectors ---- */

static const struct list_column detector_columns[] = {
	{ "detector", "DETECTOR", CELL_TEXT },
	{ "action", "ACTION", CELL_TEXT },
	{ "fires", "FIRES", CELL_TEXT },
	{ "threshold", "THRESHOLD", CELL_INT },
	{ "unit", "UNIT", CELL_TEXT },
	{ "least", "LEAST", CELL_INT },
	{ "window_s", "WINDOW S", CELL_INT },
	{ "flag", "FLAG", CELL_TEXT },
	{ "hits_open", "HITS", CELL_INT },
	{ "about", "WHAT IT SEES", CELL_TEXT },
	{ "scope", NULL, CELL_TEXT },
	{ "kinds", NULL, CELL_TEXT },
};

static bool
radar_list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	AUTO(list) l = LIST(detector_columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	(void)args;
	return c != NULL && list_rows(&l, t, c, SQL_RADAR_LIST, NO_ARGS, e) &&
	       list_print(&l, cli, e);
}

struct set_args {
	struct str detector, action;
	int64_t threshold, least, window;
};

static const struct option set_options[] = {
	ARG_TEXT(set_args, detector, "DETECTOR", OPTION_REQUIRED, "its name, as dwell"),
	OPT_WORD(set_args, action, "--action", "WORD", OPTION_OPTIONAL, "off|note|hold|suspend",
	    "what a hit does"),
	OPT_INT(set_args, threshold, "--threshold", "N", OPTION_OPTIONAL, 0, 1000000,
	    "in the detector's unit"),
	OPT_INT(set_args, least, "--least", "N", OPTION_OPTIONAL, 0, 1000000,
	    "of a ratio: fewer than this many are not looked at"),
	OPT_SPAN(set_args, window, "--window", "SPAN", OPTION_OPTIONAL,
	    "how far back it counts: 36h, 7d"),
};

static struct param
int4_or_null(int64_t n)
{
	return n == INT64_MIN ? (struct param)P_NULL() : (struct param)P_INT4(n);
}

static bool
radar_set(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct set_args *a = args;
	char actor[ACTOR_SIZE], action[16] = "";
	AUTO(list) all = LIST(detector_columns);
	AUTO(list) one = LIST(detector_columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	cli_actor(actor, sizeof actor);
	str_copy(action, sizeof action, a->action);
	for (char *at = action; *at != '\0'; at++)
		*at = (char)(*at - 'a' + 'A');
	if (c == NULL ||
	    db_exec(t, c, SQL_RADAR_SET,
		ARGS(P_STR(a->detector),
		    a->action.at != NULL ? (struct param)P_TEXT(action)
					 : (struct param)P_NULL(),
		    int4_or_null(a->threshold), int4_or_null(a->least),
		    a->window == INT64_MIN ? (struct param)P_NULL()
					   : (struct param)P_INT8(a->window),
		    P_TEXT(actor)),
		NULL, e) != DB_FOUND ||
	    !list_rows(&all, t, c, SQL_RADAR_LIST, NO_ARGS, e))
		return false;
	for (size_t row = 0; row < list_count(&all); row++)
		if (str_eq(list_cell(&all, row, 0).text, a->detector))
			for (size_t i = 0; i < nitems(detector_columns); i++)
				list_add(&one, list_cell(&all, row, i));
	return list_print_one(&one, cli, "detector of that name", e);
}

/* ---- hits ---- */

static const struct list_column hit_columns[] = {
	{ "hit", "HIT", CELL_INT },
	{ "at", "AT", CELL_STAMP },
	{ "csp", "CSP", CELL_TEXT },
	{ "detector", "DETECTOR", CELL_TEXT },
	{ "action", "ACTION", CELL_TEXT },
	{ "flag", "FLAG", CELL_TEXT },
	{ "found", "FOUND", CELL_DIGITS },
	{ "threshold", "THRESHOLD", CELL_INT },
	{ "unit", "UNIT", CELL_TEXT },
	{ "agreement", "AGREEMENT", CELL_INT },
	{ "cleared_at", "CLEARED", CELL_STAMP },
	{ "cleared_by", NULL, CELL_TEXT },
	{ "cleared_why", NULL, CELL_TEXT },
};

struct hits_args {
	struct str csp;
	bool all;
	int64_t most;
};

enum { HITS_PRESET = 100, HITS_LIMIT = 10000 };

static const struct option hits_options[] = {
	OPT_TEXT(hits_args, csp, "--csp", "CSP", OPTION_OPTIONAL, "of this third party only"),
	OPT_FLAG(hits_args, all, "--all", "those too that a person has cleared"),
	OPT_INT(hits_args, most, "--most", "N", OPTION_OPTIONAL, 1, HITS_LIMIT,
	    "the last so many (default: 100)"),
};

static bool
radar_hits(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct hits_args *a = args;
	AUTO(list) l = LIST(hit_columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	int32_t most = a->most == INT64_MIN ? HITS_PRESET : (int32_t)a->most;
	struct party csp;

	if (c == NULL || (a->csp.at != NULL && !party_get(t, c, a->csp, "CSP", &csp, e)))
		return false;
	return list_rows(&l, t, c, SQL_RADAR_HITS,
		   ARGS(a->csp.at != NULL ? (struct param)P_INT4(csp.party)
					  : (struct param)P_NULL(),
		       P_BOOL(!a->all), P_INT4(most)),
		   e) &&
	       list_print(&l, cli, e);
}

static const struct list_column evidence_columns[] = {
	{ "hit", "HIT", CELL_INT },
	{ "detector", "DETECTOR", CELL_TEXT },
	{ "found", "FOUND", CELL_DIGITS },
	{ "threshold", "THRESHOLD", CELL_INT },
	{ "unit", "UNIT", CELL_TEXT },
	{ "at", "EVENT AT", CELL_STAMP },
	{ "kind", "KIND", CELL_TEXT },
	{ "csp", "CSP", CELL_TEXT },
	{ "agreement", "AGREEMENT", CELL_INT },
	{ "premises", "PREMISES", CELL_TEXT },
	{ "source", "FROM", CELL_TEXT },
	{ "mailbox", "MAILBOX", CELL_TEXT },
	{ "detail", NULL, CELL_JSON },
	{ "event", NULL, CELL_INT },
	{ "about", NULL, CELL_TEXT },
};

bool
radar_evidence(
    struct task *t, struct cli *cli, struct param hit, struct param agreement, struct err *e)
{
	AUTO(list) l = LIST(evidence_columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	if (c == NULL || !list_rows(&l, t, c, SQL_RADAR_EVIDENCE, ARGS(hit, agreement), e))
		return false;
	/* each hit has at least the event that it was found at */
	if (list_count(&l) == 0)
		return err(e, ERR_NOT_FOUND, "there is no hit of that number");
	return list_print(&l, cli, e);
}

struct hit_args {
	int64_t hit;
	struct str reason;
};

static const struct option show_options[] = {
	ARG_INT(hit_args, hit, "HIT", OPTION_REQUIRED, 1, INT64_MAX, "its number"),
};

static bool
radar_show(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct hit_args *a = args;

	return radar_evidence(t, cli, (struct param)P_INT8(a->hit), (struct param)P_NULL(), e);
}

static const struct option clear_options[] = {
	ARG_INT(hit_args, hit, "HIT", OPTION_REQUIRED, 1, INT64_MAX, "its number"),
	OPT_TEXT(hit_args, reason, "--reason", "TEXT", OPTION_REQUIRED,
	    "what you found; names nobody"),
};

static bool
radar_clear(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct hit_args *a = args;
	char actor[ACTOR_SIZE];
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	cli_actor(actor, sizeof actor);
	return c != NULL &&
	       db_exec(t, c, SQL_RADAR_CLEAR,
		   ARGS(P_INT8(a->hit), P_STR(a->reason), P_TEXT(actor)), NULL, e) == DB_FOUND;
}

/* ---- tries ---- */

struct tries_args {
	struct str csp;
};

static const struct option tries_options[] = {
	ARG_TEXT(tries_args, csp, "CSP", OPTION_REQUIRED, "the third party"),
};

static const struct list_column tries_columns[] = {
	{ "tries", "wrong tries", CELL_INT },
	{ "limit_an_hour", "limit an hour", CELL_INT },
	{ "again_at", "again at", CELL_STAMP },
};

static bool
radar_tries(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct tries_args *a = args;
	AUTO(list) l = LIST(tries_columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	struct party csp;

	return c != NULL && party_get(t, c, a->csp, "CSP", &csp, e) &&
	       list_rows(&l, t, c, SQL_RADAR_TRIES, ARGS(P_INT4(csp.party)), e) &&
	       list_print_one(&l, cli, "third party of that name", e);
}

const struct command cmd_radar_list = {
	.name = "radar list",
	.help = "list the detectors of abuse and what a hit of each does",
	.needs = NEEDS_CONF,
	.run = radar_list,
};

const struct command cmd_radar_set = {
	.name = "radar set",
	.help = "tune a detector; on record with what it was",
	.about =
	    "Actions: note, it is written down; hold, the share that is being affirmed (of\n"
	    "detectors that look at a third party as a whole: every one from then on) "
	    "releases\n"
	    "nothing until a person decides; suspend, the third party is suspended at once;\n"
	    "off. Nothing that was held or suspended changes. docs/abuse.md tells more.",
	COMMAND_OPTIONS(set_options),
	.args_bytes = sizeof(struct set_args),
	.needs = NEEDS_CONF,
	.run = radar_set,
};

const struct command cmd_radar_hits = {
	.name = "radar hits",
	.help = "list what detectors found, newest first",
	COMMAND_OPTIONS(hits_options),
	.args_bytes = sizeof(struct hits_args),
	.needs = NEEDS_CONF,
	.run = radar_hits,
};

const struct command cmd_radar_show = {
	.name = "radar show",
	.help = "show the events that speak for a hit",
	.about = "Mailboxes are told apart by the first digits of a keyed digest.",
	COMMAND_OPTIONS(show_options),
	.args_bytes = sizeof(struct hit_args),
	.needs = NEEDS_CONF,
	.run = radar_show,
};

const struct command cmd_radar_clear = {
	.name = "radar clear",
	.help = "say that a hit was looked at and holds nothing any more",
	.about = "What was counted for it counts no more. Shares that it held stay held.",
	COMMAND_OPTIONS(clear_options),
	.args_bytes = sizeof(struct hit_args),
	.needs = NEEDS_CONF,
	.run = radar_clear,
};

const struct command cmd_radar_tries = {
	.name = "radar tries",
	.help = "show how many wrong premises a third party may still name",
	COMMAND_OPTIONS(tries_options),
	.args_bytes = sizeof(struct tries_args),
	.needs = NEEDS_CONF,
	.run = radar_tries,
};
