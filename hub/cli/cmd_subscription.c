/* busbar subscription: what is built for an account, and when. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"
#include "sys/pgp.h"

enum { KEY_MOST = 64 * 1024 };

static const struct list_column columns[] = {
	{ "subscription", "NUMBER", CELL_INT },
	{ "login_name", "LOGIN", CELL_TEXT },
	{ "party_code", "PARTY", CELL_TEXT },
	{ "label", "LABEL", CELL_TEXT },
	{ "scope", "SCOPE", CELL_TEXT },
	{ "kinds", "KINDS", CELL_TEXT },
	{ "format", "FORMAT", CELL_TEXT },
	{ "packing", "PACKING", CELL_TEXT },
	{ "schedule", "SCHEDULE", CELL_TEXT },
	{ "local_time", "AT", CELL_TEXT },
	{ "folder", "FOLDER", CELL_TEXT },
	{ "state", "STATE", CELL_TEXT },
	{ "next_at", "NEXT", CELL_STAMP },
	{ "last_period", "LAST", CELL_TEXT },
	{ "last_state", "WHICH IS", CELL_TEXT },
	{ "zone", NULL, CELL_TEXT },
	{ "weekday", NULL, CELL_INT },
	{ "month_day", NULL, CELL_INT },
	{ "lag_days", NULL, CELL_INT },
	{ "every_min", NULL, CELL_INT },
	{ "history_months", NULL, CELL_INT },
	{ "premises", NULL, CELL_INT },
	{ "openpgp", NULL, CELL_BOOL },
	{ "made_at", NULL, CELL_STAMP },
};

struct list_args {
	struct str login;
};

static const struct option list_options[] = {
	OPT_TEXT(list_args, login, "--login", "LOGIN", OPTION_OPTIONAL, "of this account only"),
};

static bool
subscription_list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct list_args *a = args;
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	return c != NULL &&
	       list_rows(&l, t, c, SQL_SUBSCRIPTION_LIST, ARGS(P_STR(a->login)), e) &&
	       list_print(&l, cli, e);
}

struct number_args {
	int64_t number;
};

static const struct option number_options[] = {
	ARG_INT(
	    number_args, number, "NUMBER", OPTION_REQUIRED, 1, INT64_MAX, "the subscription"),
};

static bool
show(struct task *t, struct cli *cli, int64_t number, struct err *e)
{
	AUTO(list) all = LIST(columns);
	AUTO(list) one = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	if (c == NULL || !list_rows(&all, t, c, SQL_SUBSCRIPTION_LIST, ARGS(P_NULL()), e))
		return false;
	for (size_t row = 0; row < list_count(&all); row++)
		if (list_cell(&all, row, 0).number == number)
			for (size_t i = 0; i < nitems(columns); i++)
				list_add(&one, list_cell(&all, row, i));
	return list_print_one(&one, cli, "subscription of that number", e);
}

static bool
subscription_show(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct number_args *a = args;

	return show(t, cli, a->number, e);
}

/* ---- add ---- */

struct add_args {
	struct str login, label, format, packing, openpgp, schedule, at, weekday, zone, folder;
	struct texts esiid, kind;
	int64_t month_day, lag, every, history;
};

#define WEEKDAYS "monday|tuesday|wednesday|thursday|friday|saturday|sunday"

static const struct option add_options[] = {
	ARG_TEXT(add_args, login, "LOGIN", OPTION_REQUIRED, "whose box it goes to"),
	OPT_WORD(add_args, schedule, "--schedule", "WORD", OPTION_REQUIRED,
	    "daily|weekly|monthly|change|once",
	    "daily, weekly, monthly, change (what is new or corrected) or once"),
	OPT_TEXT(add_args, label, "--label", "TEXT", OPTION_OPTIONAL,
	    "what people call it (default: the schedule)"),
	OPT_TEXTS(add_args, kind, "--kind", "KIND", OPTION_OPTIONAL,
	    "interval, register or billing, a file each (default: interval)"),
	OPT_WORD(add_args, format, "--format", "WORD", OPTION_OPTIONAL,
	    "smt-csv|csv|lse|green-button|jsonl",
	    "smt-csv (as Smart Meter Texas gives it), csv (with UTC and offset), lse, "
	    "green-button or jsonl (default: smt-csv; of changes csv)"),
	OPT_WORD(add_args, packing, "--packing", "WORD", OPTION_OPTIONAL, "none|gzip|zip|zstd",
	    "none, gzip, zip or zstd (default: none)"),
	OPT_TEXT(add_args, openpgp, "--openpgp", "FILE", OPTION_OPTIONAL,
	    "encrypt to this public key (armoured)"),
	OPT_TEXTS(add_args, esiid, "--esiid", "ESIID", OPTION_OPTIONAL,
	    "only this premise, or these (default: all that the party may read)"),
	OPT_TEXT(add_args, at, "--at", "HH:MM", OPTION_OPTIONAL,
	    "local time of day (default: 06:00)"),
	OPT_TEXT(add_args, zone, "--zone", "ZONE", OPTION_OPTIONAL,
	    "in this zone (default: that of Texas)"),
	OPT_WORD(
	    add_args, weekday, "--weekday", "DAY", OPTION_OPTIONAL, WEEKDAYS, "with weekly"),
	OPT_INT(add_args, month_day, "--month-day", "N", OPTION_OPTIONAL, 1, 31,
	    "with monthly; in a shorter month its last day"),
	OPT_INT(add_args, lag, "--lag", "DAYS", OPTION_OPTIONAL, 1, 30,
	    "how many days before it falls due its last day lies (default: 1)"),
	OPT_INT(add_args, every, "--every", "MINUTES", OPTION_OPTIONAL, 1, 1440,
	    "with change: at most this often (default: 15)"),
	OPT_INT(add_args, history, "--history", "MONTHS", OPTION_OPTIONAL, 1, 24,
	    "with once: how far back"),
	OPT_TEXT(add_args, folder, "--folder", "NAME", OPTION_OPTIONAL,
	    "of the box (default: daily; once: adhocusage; Green Button: greenbutton)"),
};

/* As the database has it, in capitals and with underscores; what was not given is null. */
static struct param
word_or_null(char to[32], struct str word)
{
	str_copy(to, 32, word);
	for (char *at = to; *at != '\0'; at++)
		*at = *at == '-'		 ? '_'
		      : *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A')
						 : *at;
	return word.at == NULL ? (struct param)P_NULL() : (struct param)P_TEXT(to);
}

static struct param
number_or_null(int64_t n)
{
	return n == INT64_MIN ? (struct param)P_NULL() : (struct param)P_INT4(n);
}

/* 1 is Monday, as in ISO 8601. */
static struct param
weekday_or_null(struct str name)
{
	struct str list = STR(WEEKDAYS), head;
	int64_t n = 1;

	if (name.at == NULL)
		return (struct param)P_NULL();
	while (str_cut(list, '|', &head, &list) && !str_eq(head, name))
		n++;
	return (struct param)P_INT4(n);
}

static bool
read_key(char *to, size_t size, struct str path, struct err *e)
{
	char name[1024], ends[CIVIL_STAMP_SIZE];
	struct pgp_key key;
	AUTO_FD fd = -1;
	ssize_t n;

	if (path.at == NULL)
		return true;
	if (!str_copy(name, sizeof name, path))
		return err(e, ERR_USAGE, "the name of the key's file is too long");
	fd = open(name, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, to, size - 1);
	if (n < 0)
		return err_errno(e, ERR_BAD_INPUT, "cannot read %s", name);
	if (n == 0 || (size_t)n == size - 1)
		return err(e, ERR_BAD_FILE, "%s is %s", name,
		    n == 0 ? "empty" : "longer than a public key should be");
	to[n] = '\0';
	if (!pgp_key_check((struct str){ to, (size_t)n }, &key, e))
		return err_at(e, "%s", name);
	if (key.expires_s != 0) {
		civil_stamp(ends, key.expires_s);
		cli_say("The key ends at %s; drops fail from then on.", ends);
	}
	return true;
}

static bool
insert(struct task *t, struct cli *cli, const struct add_args *a, const char *key,
    int64_t *number, struct err *e)
{
	static const struct str interval[] = { { "interval", 8 } };
	struct made {
		int64_t subscription;
	} row;
	static const struct db_field fields[] = { DB_INT8(made, subscription) };
	char actor[ACTOR_SIZE], format[32], packing[32], schedule[32];
	bool change = str_is(a->schedule, "change");
	struct str form = a->format.at != NULL ? a->format
			  : change	       ? STR("csv")
					       : STR("smt-csv");
	const char *scope = a->esiid.n == 0 ? "ALL" : a->esiid.n == 1 ? "ONE" : "GROUP";
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	cli_actor(actor, sizeof actor);
	if (c == NULL ||
	    db_one(t, c, SQL_SUBSCRIPTION_ADD,
		ARGS(P_STR(a->login), P_STR(a->label.at != NULL ? a->label : a->schedule),
		    P_TEXT(scope), P_TEXTS(a->esiid.at, a->esiid.n),
		    P_TEXTS(a->kind.n > 0 ? a->kind.at : interval,
			a->kind.n > 0 ? a->kind.n : nitems(interval)),
		    word_or_null(format, form), word_or_null(packing, a->packing), P_TEXT(key),
		    word_or_null(schedule, a->schedule), P_STR(a->at),
		    weekday_or_null(a->weekday), number_or_null(a->month_day), P_STR(a->zone),
		    number_or_null(a->lag), number_or_null(a->every),
		    number_or_null(a->history), P_STR(a->folder), P_TEXT(actor)),
		fields, nitems(fields), &row, NULL, e) != DB_FOUND)
		return false;
	*number = row.subscription;
	return true;
}

static bool
subscription_add(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	static char key[KEY_MOST];
	const struct add_args *a = args;
	int64_t number;

	return read_key(key, sizeof key, a->openpgp, e) &&
	       insert(t, cli, a, a->openpgp.at != NULL ? key : NULL, &number, e) &&
	       show(t, cli, number, e);
}

/* ---- pause, resume, end ---- */

static bool
move(struct task *t, struct cli *cli, const void *args, const char *event, struct err *e)
{
	const struct number_args *a = args;
	char actor[ACTOR_SIZE];
	bool ok;

	cli_actor(actor, sizeof actor);
	{
		struct moved {
			struct str state;
		} row;
		static const struct db_field fields[] = { DB_TEXT(moved, state) };
		AUTO_PTR(conn) c = cli_lease(t, cli, e);

		ok = c != NULL && db_one(t, c, SQL_SUBSCRIPTION_MOVE,
				      ARGS(P_INT8(a->number), P_TEXT(event), P_TEXT(actor)),
				      fields, nitems(fields), &row, NULL, e) == DB_FOUND;
	}
	return ok && show(t, cli, a->number, e);
}

static bool
subscription_pause(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	return move(t, cli, args, "pause", e);
}

static bool
subscription_resume(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	return move(t, cli, args, "resume", e);
}

static bool
subscription_end(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	return move(t, cli, args, "end", e);
}

const struct command cmd_subscription_list = {
	.name = "subscription list",
	.help = "list what is built for accounts, and when",
	COMMAND_OPTIONS(list_options),
	.args_bytes = sizeof(struct list_args),
	.needs = NEEDS_CONF,
	.run = subscription_list,
};

const struct command cmd_subscription_show = {
	.name = "subscription show",
	.help = "show one subscription",
	COMMAND_OPTIONS(number_options),
	.args_bytes = sizeof(struct number_args),
	.needs = NEEDS_CONF,
	.run = subscription_show,
};

const struct command cmd_subscription_add = {
	.name = "subscription add",
	.help = "have reads built for an account's box by a schedule",
	.about =
	    "Daily: the day before. Weekly: the seven days before the weekday. Monthly: the\n"
	    "calendar month before. Once: months of history, at once. Change: whenever files\n"
	    "were loaded, each value that is new or another, with the old one and the reason.\n"
	    "What the party may not read is left out, each time anew. A time of day that does\n"
	    "not exist when clocks go forward is as much later; one that comes twice counts\n"
	    "once, the first time. docs/drops.md tells more.",
	COMMAND_OPTIONS(add_options),
	.args_bytes = sizeof(struct add_args),
	.needs = NEEDS_CONF,
	.run = subscription_add,
};

const struct command cmd_subscription_pause = {
	.name = "subscription pause",
	.help = "build nothing more of a subscription until it is resumed",
	COMMAND_OPTIONS(number_options),
	.args_bytes = sizeof(struct number_args),
	.needs = NEEDS_CONF,
	.run = subscription_pause,
};

const struct command cmd_subscription_resume = {
	.name = "subscription resume",
	.help = "go on with a subscription from now on",
	.about =
	    "What fell due while it was paused is not made up for; drop build does it by hand.",
	COMMAND_OPTIONS(number_options),
	.args_bytes = sizeof(struct number_args),
	.needs = NEEDS_CONF,
	.run = subscription_resume,
};

const struct command cmd_subscription_end = {
	.name = "subscription end",
	.help = "end a subscription for good",
	.about = "What lies in the box stays until its time is over.",
	COMMAND_OPTIONS(number_options),
	.args_bytes = sizeof(struct number_args),
	.needs = NEEDS_CONF,
	.run = subscription_end,
};
