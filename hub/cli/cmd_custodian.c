/* busbar custodian token: Green Button for the hub's own staff, for hours and with a reason. */
#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"
#include "sys/secret.h"
#include "sys/token.h"

enum { HOURS_MOST = 8 };

struct token_args {
	struct str reason;
	int64_t hours;
};

static const struct option options[] = {
	OPT_TEXT(token_args, reason, "--reason", "TEXT", OPTION_REQUIRED,
	    "what for; it stands in each event that the token leads to"),
	OPT_INT(token_args, hours, "--hours", "N", OPTION_OPTIONAL, 1, HOURS_MOST,
	    "how long it lives (default: 1)"),
};

static bool
tell(struct cli *cli, const char *token, int64_t expires_at, struct err *e)
{
	static const struct list_column columns[] = {
		{ "token", "token (shown only now)", CELL_TEXT },
		{ "expires_at", "until", CELL_STAMP },
	};
	AUTO(list) l = LIST(columns);

	list_text(&l, str_of(token));
	list_int(&l, expires_at);
	return list_print_one(&l, cli, "token", e);
}

static bool
run(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	struct made {
		int64_t expires_at;
	} row;
	static const struct db_field fields[] = { DB_STAMP(made, expires_at) };
	const struct token_args *a = args;
	AUTO_PTR(conn) c = NULL;
	char actor[ACTOR_SIZE];
	struct token made;
	bool ok;

	if (!secret_start(e) || (c = cli_lease(t, cli, e)) == NULL)
		return false;
	cli_actor(actor, sizeof actor);
	token_draw(&made, "bbd_");
	ok = db_one(t, c, SQL_CUSTODIAN_TOKEN,
		 ARGS(P_BYTES(made.sha256, sizeof made.sha256), P_STR(a->reason),
		     P_INT4(a->hours == INT64_MIN ? 1 : (int32_t)a->hours), P_TEXT(actor)),
		 fields, nitems(fields), &row, NULL, e) == DB_FOUND &&
	     tell(cli, made.text, row.expires_at, e);
	secret_wipe(&made, sizeof made);
	return ok;
}

const struct command cmd_custodian_token = {
	.name = "custodian token",
	.help = "make a Green Button token of the custodian's own",
	.about =
	    "It opens what customers have granted, to whichever third party, and nothing that\n"
	    "nobody has granted. All that it reads is on record with the reason.",
	COMMAND_OPTIONS(options),
	.args_bytes = sizeof(struct token_args),
	.needs = NEEDS_CONF,
	.run = run,
};
