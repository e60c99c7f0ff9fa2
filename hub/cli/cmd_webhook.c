/* busbar webhook: where partners' programs are told what has happened. */
#include <string.h>

#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"
#include "store/hook.h"

enum { EVENTS_MOST = 50, COLUMN_NUMBER = 0 };

static const struct list_column columns[] = {
	{ "webhook", "NUMBER", CELL_INT },
	{ "party_code", "PARTY", CELL_TEXT },
	{ "kind", "KIND", CELL_TEXT },
	{ "url", "URL", CELL_TEXT },
	{ "state", "STATE", CELL_TEXT },
	{ "cursor", "CURSOR", CELL_TEXT },
	{ "log_end", "LOG ENDS", CELL_INT },
	{ "attempts", "FAILED", CELL_INT },
	{ "sent_at", "LAST SENT", CELL_STAMP },
	{ "failing_since", "FAILING SINCE", CELL_STAMP },
	{ "says", "SAYS", CELL_TEXT },
	{ "label", NULL, CELL_TEXT },
	{ "events", NULL, CELL_TEXT },
	{ "next_at", NULL, CELL_STAMP },
	{ "rotates_at", NULL, CELL_STAMP },
	{ "made_at", NULL, CELL_STAMP },
	{ "proven_at", NULL, CELL_STAMP },
};

/* ---- list, show ---- */

struct list_args {
	struct str as;
};

static const struct option list_options[] = {
	OPT_TEXT(list_args, as, "--as", "PARTY", OPTION_OPTIONAL, "of this party only"),
};

static bool
webhook_list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct list_args *a = args;
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	struct party p = { 0 };

	if (c == NULL || (a->as.at != NULL && !party_get(t, c, a->as, NULL, &p, e)))
		return false;
	return list_rows(&l, t, c, SQL_WEBHOOK_LIST,
		   ARGS(a->as.at == NULL ? (struct param)P_NULL()
					 : (struct param)P_INT4(p.party)),
		   e) &&
	       list_print(&l, cli, e);
}

static bool
show(struct task *t, struct cli *cli, struct conn *c, int64_t number, struct err *e)
{
	AUTO(list) all = LIST(columns);
	AUTO(list) one = LIST(columns);

	if (!list_rows(&all, t, c, SQL_WEBHOOK_LIST, ARGS(P_NULL()), e))
		return false;
	for (size_t row = 0; row < list_count(&all); row++)
		if (list_cell(&all, row, COLUMN_NUMBER).number == number)
			for (size_t i = 0; i < nitems(columns); i++)
				list_add(&one, list_cell(&all, row, i));
	return (list_count(&one) == 1 ||
		   err(e, ERR_NOT_FOUND, "there is no webhook %lld", (long long)number)) &&
	       list_print_one(&one, cli, "webhook", e);
}

struct number_args {
	int64_t number;
};

static const struct option number_options[] = {
	ARG_INT(number_args, number, "NUMBER", OPTION_REQUIRED, 1, INT64_MAX, "the webhook"),
};

/* ---- add, change ---- */

struct add_args {
	struct str as, url, kind, label, events;
	int64_t number;
};

static const struct option add_options[] = {
	OPT_TEXT(add_args, as, "--as", "PARTY", OPTION_REQUIRED, "who is told"),
	ARG_TEXT(add_args, url, "URL", OPTION_REQUIRED, "https://HOST[:PORT]/PATH"),
	OPT_TEXT(add_args, kind, "--kind", "busbar|utilityapi", OPTION_OPTIONAL,
	    "in whose words (default: busbar)"),
	OPT_TEXT(
	    add_args, label, "--label", "TEXT", OPTION_OPTIONAL, "what its owner calls it"),
	OPT_TEXT(add_args, events, "--events", "KIND[,KIND...]", OPTION_OPTIONAL,
	    "of these kinds alone (default: of all)"),
};

/* "a,b" as texts; "" is none. */
static size_t
split(struct str list, struct str to[EVENTS_MOST])
{
	size_t n = 0;
	bool more = list.len > 0;

	while (more && n < EVENTS_MOST) {
		more = str_cut(list, ',', &to[n], &list);
		to[n] = str_trim(to[n]);
		n++;
	}
	return n;
}

static bool
print_secret(
    struct cli *cli, int64_t number, const char *secret, struct str when, struct err *e)
{
	static const struct list_column made[] = { { "webhook", "NUMBER", CELL_INT },
		{ "secret", "SECRET, SHOWN THIS ONCE", CELL_TEXT },
		{ "alone_at", "ALONE FROM", CELL_TEXT } };
	AUTO(list) l = LIST(made);

	list_int(&l, number);
	list_text(&l, str_of(secret));
	list_text(&l, when);
	return list_print_one(&l, cli, "webhook", e);
}

static bool
webhook_add(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	struct made_row {
		int64_t webhook;
	} row;
	static const struct db_field fields[] = { DB_INT8(made_row, webhook) };
	const struct add_args *a = args;
	struct str events[EVENTS_MOST];
	size_t n = split(a->events, events);
	AUTO_PTR(conn) c = NULL;
	char actor[ACTOR_SIZE];
	struct hook_secret s;
	struct party p;
	bool ok;

	if (!secret_start(e) || !hook_url_check(a->url, &cli->conf, e) ||
	    (c = cli_lease(t, cli, e)) == NULL || !party_get(t, c, a->as, NULL, &p, e) ||
	    !hook_secret_make(&s, &cli->conf, p.party, e))
		return false;
	cli_actor(actor, sizeof actor);
	ok = db_one(t, c, SQL_WEBHOOK_ADD,
		 ARGS(P_INT4(p.party), P_STR(a->kind.at == NULL ? STR("BUSBAR") : a->kind),
		     P_STR(a->url), P_STR(a->label),
		     n == 0 ? (struct param)P_NULL() : (struct param)P_TEXTS(events, n),
		     P_BYTES(s.sealed, s.len), P_TEXT(actor)),
		 fields, nitems(fields), &row, NULL, e) == DB_FOUND &&
	     print_secret(cli, row.webhook, s.text, (struct str){ NULL, 0 }, e);
	secret_wipe(&s, sizeof s);
	return ok;
}

static const struct option change_options[] = {
	ARG_INT(add_args, number, "NUMBER", OPTION_REQUIRED, 1, INT64_MAX, "the webhook"),
	OPT_TEXT(add_args, url, "--url", "URL", OPTION_OPTIONAL, "another address"),
	OPT_TEXT(add_args, label, "--label", "TEXT", OPTION_OPTIONAL, "another name"),
	OPT_TEXT(add_args, events, "--events", "KIND[,KIND...]", OPTION_OPTIONAL,
	    "of these kinds alone; \"\": of all"),
};

static bool
webhook_change(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct add_args *a = args;
	struct str events[EVENTS_MOST];
	size_t n = split(a->events, events);
	AUTO_PTR(conn) c = NULL;
	char actor[ACTOR_SIZE];

	if ((a->url.at != NULL && !hook_url_check(a->url, &cli->conf, e)) ||
	    (c = cli_lease(t, cli, e)) == NULL)
		return false;
	cli_actor(actor, sizeof actor);
	return db_exec(t, c, SQL_WEBHOOK_CHANGE,
		   ARGS(P_INT8(a->number), P_STR(a->url), P_STR(a->label),
		       a->events.at == NULL ? (struct param)P_NULL()
					    : (struct param)P_TEXTS(events, n),
		       P_TEXT(actor)),
		   NULL, e) == DB_FOUND &&
	       show(t, cli, c, a->number, e);
}

/* ---- steps ---- */

static bool
webhook_show(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct number_args *a = args;
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	return c != NULL && show(t, cli, c, a->number, e);
}

static bool
step(struct task *t, struct cli *cli, const struct number_args *a, const char *event,
    bool after, struct err *e)
{
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];

	cli_actor(actor, sizeof actor);
	if (c == NULL ||
	    db_exec(t, c, SQL_WEBHOOK_STEP,
		ARGS(P_INT8(a->number), P_TEXT(event), P_TEXT(actor)), NULL, e) != DB_FOUND)
		return false;
	return !after || show(t, cli, c, a->number, e);
}

static bool
webhook_pause(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	return step(t, cli, args, "pause", true, e);
}

static bool
webhook_resume(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	return step(t, cli, args, "resume", true, e);
}

static bool
webhook_end(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	return step(t, cli, args, "end", false, e);
}

static bool
webhook_test(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct number_args *a = args;
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];

	cli_actor(actor, sizeof actor);
	return c != NULL &&
	       db_exec(t, c, SQL_WEBHOOK_TEST, ARGS(P_INT8(a->number), P_TEXT(actor)), NULL,
		   e) == DB_FOUND &&
	       show(t, cli, c, a->number, e);
}

/* ---- rotate, replay, log, announce ---- */

struct rotate_args {
	int64_t number, before, most;
	bool now;
	struct str cursor, state, words;
};

static const struct option rotate_options[] = {
	ARG_INT(rotate_args, number, "NUMBER", OPTION_REQUIRED, 1, INT64_MAX, "the webhook"),
	OPT_FLAG(rotate_args, now, "--now", "the old one counts no more from now on"),
};

static bool
webhook_rotate(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	struct rotated {
		int64_t alone_at;
	} row;
	struct owner {
		int32_t party;
	} of;
	static const struct db_field fields[] = { DB_STAMP(rotated, alone_at) };
	static const struct db_field owner_fields[] = { DB_INT4(owner, party) };
	const struct rotate_args *a = args;
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE], when[CIVIL_STAMP_SIZE];
	struct hook_secret s;
	bool ok;

	cli_actor(actor, sizeof actor);
	if (c == NULL || !secret_start(e) ||
	    db_one(t, c, SQL_WEBHOOK_PARTY, ARGS(P_INT8(a->number)), owner_fields,
		nitems(owner_fields), &of, NULL, e) != DB_FOUND ||
	    !hook_secret_make(&s, &cli->conf, of.party, e))
		return false;
	ok = db_one(t, c, SQL_WEBHOOK_ROTATE,
		 ARGS(P_INT8(a->number), P_BYTES(s.sealed, s.len), P_BOOL(a->now),
		     P_TEXT(actor)),
		 fields, nitems(fields), &row, NULL, e) == DB_FOUND;
	if (ok) {
		civil_stamp(when, row.alone_at);
		ok = print_secret(cli, a->number, s.text, str_of(when), e);
	}
	secret_wipe(&s, sizeof s);
	return ok;
}

static const struct option replay_options[] = {
	ARG_INT(rotate_args, number, "NUMBER", OPTION_REQUIRED, 1, INT64_MAX, "the webhook"),
	ARG_TEXT(rotate_args, cursor, "CURSOR", OPTION_REQUIRED,
	    "as it stood in a request; 0: all that is kept"),
};

static bool
webhook_replay(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct rotate_args *a = args;
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];

	cli_actor(actor, sizeof actor);
	return c != NULL &&
	       db_exec(t, c, SQL_WEBHOOK_REPLAY,
		   ARGS(P_INT8(a->number), P_STR(a->cursor), P_TEXT(actor)), NULL,
		   e) == DB_FOUND &&
	       show(t, cli, c, a->number, e);
}

static const struct list_column log_columns[] = {
	{ "attempt", "NUMBER", CELL_INT },
	{ "at", "AT", CELL_STAMP },
	{ "what", "WHAT", CELL_TEXT },
	{ "items", "EVENTS", CELL_INT },
	{ "from_cursor", "FROM", CELL_INT },
	{ "to_cursor", "TO", CELL_INT },
	{ "status", "STATUS", CELL_INT },
	{ "ms", "MS", CELL_INT },
	{ "result", "RESULT", CELL_TEXT },
	{ "says", "SAYS", CELL_TEXT },
	{ "bytes", NULL, CELL_INT },
	{ "address", NULL, CELL_TEXT },
};

static const struct option log_options[] = {
	ARG_INT(rotate_args, number, "NUMBER", OPTION_REQUIRED, 1, INT64_MAX, "the webhook"),
	OPT_INT(rotate_args, before, "--before", "ATTEMPT", OPTION_OPTIONAL, 1, INT64_MAX,
	    "older ones than this"),
	OPT_INT(rotate_args, most, "--most", "N", OPTION_OPTIONAL, 1, 1000,
	    "so many at most (default: 50)"),
};

static bool
webhook_log(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct rotate_args *a = args;
	AUTO(list) l = LIST(log_columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	return c != NULL &&
	       list_rows(&l, t, c, SQL_WEBHOOK_LOG,
		   ARGS(P_INT8(a->number),
		       a->before == INT64_MIN ? (struct param)P_NULL()
					      : (struct param)P_INT8(a->before),
		       P_INT4(a->most == INT64_MIN ? 50 : (int32_t)a->most)),
		   e) &&
	       list_print(&l, cli, e);
}

static const struct option announce_options[] = {
	ARG_TEXT(rotate_args, state, "STATE", OPTION_REQUIRED, "ok, degraded or down"),
	ARG_TEXT(rotate_args, words, "WORDS", OPTION_REQUIRED, "what is the matter"),
};

static bool
webhook_announce(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct rotate_args *a = args;
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];

	cli_actor(actor, sizeof actor);
	return c != NULL &&
	       db_exec(t, c, SQL_WEBHOOK_ANNOUNCE,
		   ARGS(P_STR(a->state), P_STR(a->words), P_TEXT(actor)), NULL, e) == DB_FOUND;
}

/* ---- rows ---- */

/* clang-format off */
#define WEBHOOK(symbol, word, says, opts, type, fn)                       \
	const struct command cmd_webhook_##symbol = {                     \
		.name = "webhook " word, .help = says,                    \
		COMMAND_OPTIONS(opts), .args_bytes = sizeof(struct type), \
		.needs = NEEDS_CONF, .run = fn,                           \
	}
WEBHOOK(list,     "list",     "list where partners' programs are told of events", list_options, list_args, webhook_list);
WEBHOOK(show,     "show",     "show one of them", number_options, number_args, webhook_show);
WEBHOOK(add,      "add",      "add one; it is told of events once it has answered a challenge", add_options, add_args, webhook_add);
WEBHOOK(change,   "change",   "change its address (which must be proven anew), its label or its events", change_options, add_args, webhook_change);
WEBHOOK(test,     "test",     "send a ping, or to one that is not proven the challenge again", number_options, number_args, webhook_test);
WEBHOOK(pause,    "pause",    "tell it nothing for now", number_options, number_args, webhook_pause);
WEBHOOK(resume,   "resume",   "tell it again, from where it was", number_options, number_args, webhook_resume);
WEBHOOK(end,      "end",      "tell it nothing any more", number_options, number_args, webhook_end);
WEBHOOK(rotate,   "rotate",   "make another secret; for a day both sign", rotate_options, rotate_args, webhook_rotate);
WEBHOOK(replay,   "replay",   "tell it again from a place in its log", replay_options, rotate_args, webhook_replay);
WEBHOOK(log,      "log",      "list what was sent to it and what came back", log_options, rotate_args, webhook_log);
WEBHOOK(announce, "announce", "tell all of them how the hub is (status.changed)", announce_options, rotate_args, webhook_announce);
/* clang-format on */
