/* busbar client: programs of third parties, that ask customers by OAuth. */
#include <string.h>

#include "cli/commands.h"
#include "cli/csp.h"
#include "cli/list.h"
#include "cli/party.h"
#include "meter/scope.h"
#include "store/proof.h"
#include "sys/secret.h"

enum { SCOPES_MOST = 10 };

/* ---- list ---- */

static const struct list_column list_columns[] = {
	{ "client_id", "CLIENT", CELL_TEXT },
	{ "csp", "CSP", CELL_TEXT },
	{ "state", "STATE", CELL_TEXT },
	{ "sandbox", "SANDBOX", CELL_BOOL },
	{ "public", "PUBLIC", CELL_BOOL },
	{ "grants", "GRANTS", CELL_INT },
	{ "redirect_uris", "LEADS BACK TO", CELL_TEXT },
	{ "scopes", NULL, CELL_TEXT },
	{ "name", NULL, CELL_TEXT },
	{ "information", NULL, CELL_TEXT },
	{ "bulk", NULL, CELL_TEXT },
	{ "notify_uri", NULL, CELL_TEXT },
	{ "portal_uri", NULL, CELL_TEXT },
	{ "issued_at", NULL, CELL_STAMP },
	{ "ended_at", NULL, CELL_STAMP },
};

struct list_args {
	struct str csp;
};

static const struct option list_options[] = {
	OPT_TEXT(list_args, csp, "--as", "CSP", OPTION_OPTIONAL, "of this third party alone"),
};

static bool
client_list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct list_args *a = args;
	AUTO(list) l = LIST(list_columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	struct param of = P_NULL();
	int32_t csp;

	if (c == NULL || (a->csp.at != NULL && !csp_number(t, c, a->csp, &csp, e)))
		return false;
	if (a->csp.at != NULL)
		of = (struct param)P_INT4(csp);
	return list_rows(&l, t, c, SQL_CLIENT_LIST, ARGS(of), e) && list_print(&l, cli, e);
}

/* ---- grants ---- */

static const struct list_column grant_columns[] = {
	{ "id", "AGREEMENT", CELL_INT },
	{ "state", "STATE", CELL_TEXT },
	{ "premises", "PREMISES", CELL_INT },
	{ "made_at", "SINCE", CELL_STAMP },
	{ "ends_at", "UNTIL", CELL_STAMP },
	{ "scope", "SCOPE", CELL_TEXT },
	{ "authorization_id", NULL, CELL_TEXT },
};

struct one_args {
	struct str client;
};

static const struct option one_options[] = {
	ARG_TEXT(one_args, client, "CLIENT", OPTION_REQUIRED, "its client_id"),
};

static bool
client_grants(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct one_args *a = args;
	AUTO(list) l = LIST(grant_columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	return c != NULL && list_rows(&l, t, c, SQL_CLIENT_GRANTS, ARGS(P_STR(a->client)), e) &&
	       list_print(&l, cli, e);
}

/* ---- add ---- */

struct add_args {
	struct str csp, id, name, notify, portal;
	struct texts redirect, scope;
	bool sandbox, public;
};

static const struct option add_options[] = {
	OPT_TEXT(add_args, csp, "--as", "CSP", OPTION_REQUIRED, "the third party"),
	OPT_TEXT(add_args, id, "--id", "NAME", OPTION_OPTIONAL,
	    "its client_id (default: a new one)"),
	OPT_TEXT(add_args, name, "--name", "NAME", OPTION_OPTIONAL,
	    "what customers read (default: the third party's name)"),
	OPT_TEXTS(add_args, redirect, "--redirect", "URI", OPTION_OPTIONAL,
	    "where a customer's browser may go back to, byte for byte"),
	OPT_TEXTS(add_args, scope, "--scope", "SCOPE", OPTION_OPTIONAL,
	    "the most that it may ask for (default: quarter-hours and bills of two years, "
	    "bulk, its own record)"),
	OPT_TEXT(add_args, notify, "--notify", "URI", OPTION_OPTIONAL,
	    "where it is told what is new"),
	OPT_TEXT(add_args, portal, "--portal", "URI", OPTION_OPTIONAL,
	    "its page for customers who come from here"),
	OPT_FLAG(add_args, sandbox, "--sandbox", "never more than premises of the sandbox"),
	OPT_FLAG(add_args, public, "--public", "without a secret: it must use PKCE"),
};

struct made_row {
	struct str client_id;
};

static bool
tell_secret(struct cli *cli, struct str client_id, const char *secret, struct err *e)
{
	static const struct list_column columns[] = {
		{ "client_id", "client", CELL_TEXT },
		{ "client_secret", "secret (shown only now)", CELL_TEXT },
	};
	AUTO(list) l = LIST(columns);

	list_text(&l, client_id);
	list_text(&l, secret == NULL ? (struct str){ NULL, 0 } : str_of(secret));
	return list_print_one(&l, cli, "client", e);
}

/* As the hub writes them, which is what requests are compared with. */
static bool
scopes_read(const struct texts *given, struct buf *room, struct str *to, struct err *e)
{
	size_t begun[SCOPES_MOST + 1];

	if (given->n > SCOPES_MOST)
		return err(
		    e, ERR_BAD_INPUT, "%zu scopes, expected at most %d", given->n, SCOPES_MOST);
	for (size_t i = 0; i < given->n; i++) {
		struct scope s;

		begun[i] = room->len;
		if (!scope_read(&s, given->at[i], e) || !scope_write(room, &s, e))
			return false;
	}
	begun[given->n] = room->len;
	for (size_t i = 0; i < given->n; i++)
		to[i] = (struct str){ room->at + begun[i], begun[i + 1] - begun[i] };
	return true;
}

static bool
client_add(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct add_args *a = args;
	static const struct db_field fields[] = { DB_TEXT(made_row, client_id) };
	AUTO(buf) room = BUF(SCOPES_MOST * 2 * SCOPE_BYTES_MOST);
	AUTO_PTR(conn) c = NULL;
	AUTO_PTR(rows) keep = NULL;
	char actor[ACTOR_SIZE], secret[MADE_SIZE];
	struct str scopes[SCOPES_MOST];
	struct proof of;
	struct made_row row;
	int32_t csp;
	bool ok;

	if (!secret_start(e) || !scopes_read(&a->scope, &room, scopes, e) ||
	    (c = cli_lease(t, cli, e)) == NULL || !csp_number(t, c, a->csp, &csp, e))
		return false;
	cli_actor(actor, sizeof actor);
	proof_new_token(&of, secret);
	ok = db_one(t, c, SQL_CLIENT_ADD,
		 ARGS(P_INT4(csp), P_STR(a->id), P_STR(a->name),
		     P_BYTES(a->public ? NULL : of.verifier, sizeof of.verifier),
		     P_BOOL(a->sandbox), P_TEXTS(a->redirect.at, a->redirect.n),
		     P_TEXTS(scopes, a->scope.n), P_STR(a->notify), P_STR(a->portal),
		     P_TEXT(actor)),
		 fields, nitems(fields), &row, &keep, e) == DB_FOUND &&
	     tell_secret(cli, row.client_id, a->public ? NULL : secret, e);
	secret_wipe(secret, sizeof secret);
	return ok;
}

/* ---- secret ---- */

static bool
client_secret(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct one_args *a = args;
	AUTO_PTR(conn) c = NULL;
	char actor[ACTOR_SIZE], secret[MADE_SIZE];
	struct proof of;
	bool ok;

	if (!secret_start(e) || (c = cli_lease(t, cli, e)) == NULL)
		return false;
	cli_actor(actor, sizeof actor);
	proof_new_token(&of, secret);
	ok =
	    db_exec(t, c, SQL_CLIENT_SECRET,
		ARGS(P_STR(a->client), P_BYTES(of.verifier, sizeof of.verifier), P_TEXT(actor)),
		NULL, e) == DB_FOUND &&
	    tell_secret(cli, a->client, secret, e);
	secret_wipe(secret, sizeof secret);
	return ok;
}

/* ---- hold, resume, revoke ---- */

struct move_args {
	struct str client, why;
};

static const struct option move_options[] = {
	ARG_TEXT(move_args, client, "CLIENT", OPTION_REQUIRED, "its client_id"),
	OPT_TEXT(move_args, why, "--why", "TEXT", OPTION_OPTIONAL, "for the record"),
};

static bool
move(struct task *t, struct cli *cli, const void *args, const char *state, struct err *e)
{
	static const struct list_column columns[] = { { "state", "state", CELL_TEXT } };
	const struct move_args *a = args;
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];

	cli_actor(actor, sizeof actor);
	return c != NULL &&
	       list_rows(&l, t, c, SQL_CLIENT_STATE,
		   ARGS(P_STR(a->client), P_TEXT(state), P_STR(a->why), P_TEXT(actor)), e) &&
	       list_print_one(&l, cli, "client", e);
}

static bool
client_hold(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	return move(t, cli, args, "ON_HOLD", e);
}

static bool
client_resume(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	return move(t, cli, args, "PRODUCTION", e);
}

static bool
client_revoke(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	return move(t, cli, args, "REVOKED", e);
}

#define CLIENT_COMMAND(what, line, words, table, bytes) \
	const struct command cmd_client_##what = {      \
		.name = "client " #what,                \
		.help = line,                           \
		.about = words,                         \
		COMMAND_OPTIONS(table),                 \
		.args_bytes = sizeof(struct bytes),     \
		.needs = NEEDS_CONF,                    \
		.run = client_##what,                   \
	}

CLIENT_COMMAND(list, "list the programs of third parties that ask customers by OAuth", NULL,
    list_options, list_args);
CLIENT_COMMAND(grants, "list what customers allowed to a client", NULL, one_options, one_args);
CLIENT_COMMAND(add, "take in a program of a third party",
    "An approval makes one by itself. Before its third party is live a client is of the\n"
    "sandbox, from the first minute on. Its secret is shown once.",
    add_options, add_args);
CLIENT_COMMAND(secret, "give a client a new secret; the old one is nothing at once", NULL,
    one_options, one_args);
CLIENT_COMMAND(hold, "stop a client for now: its tokens open nothing but its own record", NULL,
    move_options, move_args);
CLIENT_COMMAND(resume, "let a client go on", NULL, move_options, move_args);
CLIENT_COMMAND(revoke, "end a client for good, and what customers allowed to it", NULL,
    move_options, move_args);
