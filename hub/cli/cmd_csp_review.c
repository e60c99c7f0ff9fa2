/* busbar csp review, approve, refuse, test, live: steps 2 and 3 of a third party. */
#include <string.h>

#include "cli/commands.h"
#include "cli/csp.h"
#include "cli/list.h"
#include "cli/party.h"
#include "cli/whole.h"
#include "store/proof.h"
#include "sys/tls_chain.h"

enum { LINE_MOST = 4096, PEM_MOST = 64 * 1024 };

/* A statement of (csp, …, actor) that gives nothing back; then the CSP is shown. */
static bool
move(struct task *t, struct cli *cli, struct str code, enum sql q, struct param first,
    struct param second, size_t texts, struct err *e)
{
	char actor[ACTOR_SIZE];
	int32_t csp;
	bool ok;

	cli_actor(actor, sizeof actor);
	{
		AUTO_PTR(conn) c = cli_lease(t, cli, e);

		if (c == NULL || !csp_number(t, c, code, &csp, e))
			return false;
		ok = db_exec(t, c, q,
			 texts == 2   ? ARGS(P_INT4(csp), first, second, P_TEXT(actor))
			 : texts == 1 ? ARGS(P_INT4(csp), first, P_TEXT(actor))
				      : ARGS(P_INT4(csp), P_TEXT(actor)),
			 NULL, e) == DB_FOUND;
	}
	return ok && csp_print(t, cli, code, e);
}

/* ---- review ---- */

struct review_args {
	struct str code, note, out_of_turn;
};

static const struct option review_options[] = {
	ARG_TEXT(review_args, code, "CODE", OPTION_REQUIRED, "the third party"),
	OPT_TEXT(review_args, note, "--note", "TEXT", OPTION_OPTIONAL, "what was looked up"),
	OPT_TEXT(review_args, out_of_turn, "--out-of-turn", "WHY", OPTION_OPTIONAL,
	    "why it goes before others that have waited longer"),
};

static bool
csp_review(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct review_args *a = args;

	return move(t, cli, a->code, SQL_CSP_REVIEW, (struct param)P_STR(a->note),
	    (struct param)P_STR(a->out_of_turn), 2, e);
}

struct refuse_args {
	struct str code, why;
};

static const struct option refuse_options[] = {
	ARG_TEXT(refuse_args, code, "CODE", OPTION_REQUIRED, "the third party"),
	OPT_TEXT(refuse_args, why, "--why", "TEXT", OPTION_REQUIRED,
	    "the reason, which the applicant is told"),
};

static bool
csp_refuse(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct refuse_args *a = args;

	return move(t, cli, a->code, SQL_CSP_REFUSE, (struct param)P_STR(a->why),
	    (struct param)P_NULL(), 1, e);
}

/* ---- approve ---- */

struct approve_args {
	struct str code, certificate;
	bool second;
};

static const struct option approve_options[] = {
	ARG_TEXT(approve_args, code, "CODE", OPTION_REQUIRED, "the third party"),
	OPT_TEXT(approve_args, certificate, "--certificate", "FILE", OPTION_OPTIONAL,
	    "its client certificate in PEM, with those above it (default: that of the "
	    "request)"),
	OPT_FLAG(approve_args, second, "--second",
	    "the second person's approval, which going live asks for"),
};

/* The certificate that is stored with the request. */
static bool
stored_chain(
    struct csp_chain *x, struct task *t, struct conn *c, struct str code, struct err *e)
{
	struct chain_row {
		struct str certificate;
	} row;
	static const struct db_field fields[] = { DB_BYTES(chain_row, certificate) };
	AUTO_PTR(rows) keep = NULL;

	x->der = (struct buf)BUF(CHAIN_BYTES_MOST);
	return db_one(t, c, SQL_CSP_CERTIFICATE, ARGS(P_STR(code)), fields, nitems(fields),
		   &row, &keep, e) == DB_FOUND &&
	       (row.certificate.len == 0 ||
		   chain_read(row.certificate, &x->der, &x->leaf_len, e));
}

static bool
stored_checked(struct csp_chain *x, struct task *t, struct cli *cli, struct conn *c,
    struct str code, struct err *e)
{
	char says[CHAIN_SAYS_SIZE];

	if (!stored_chain(x, t, c, code, e))
		return false;
	if (x->der.len == 0) /* the database says that it is missing, if it comes to that */
		return true;
	return chain_check(buf_view(&x->der), cli->conf.csp_ca, says, e) ||
	       err_at(e, "the certificate of the request");
}

struct approved {
	struct str state, client_id, login;
};

/* What is shown now is shown only now. */
static bool
tell_approved(struct cli *cli, const struct approved *row, const char *secret,
    const char *registration, struct err *e)
{
	static const struct list_column columns[] = {
		{ "state", "state", CELL_TEXT },
		{ "login", "its box", CELL_TEXT },
		{ "client_id", "client", CELL_TEXT },
		{ "client_secret", "secret (shown only now)", CELL_TEXT },
		{ "registration_token", "registration token (shown only now)", CELL_TEXT },
		{ "our_certificate", NULL, CELL_TEXT },
	};
	AUTO(list) l = LIST(columns);
	AUTO(buf) pem = BUF(PEM_MOST);

	if (!whole_file(&pem, str_of(cli->conf.ftps_certificate), e))
		return false;
	list_text(&l, row->state);
	list_text(&l, row->login);
	list_text(&l, row->client_id);
	list_text(&l, str_of(secret));
	list_text(&l, str_of(registration));
	list_text(&l, buf_view(&pem));
	if (!list_print_one(&l, cli, "approval", e))
		return false;
	return cli->json ||
	       (cli_out(STR("\nour certificate\n"), e) && cli_out(buf_view(&pem), e));
}

static bool
approve_with(struct csp_chain *x, struct task *t, struct cli *cli, struct conn *c,
    const struct approve_args *a, struct err *e)
{
	static const struct db_field fields[] = { DB_TEXT(approved, state),
		DB_TEXT(approved, client_id), DB_TEXT(approved, login) };
	AUTO_PTR(rows) keep = NULL;
	char actor[ACTOR_SIZE], secret[MADE_SIZE], registration[MADE_SIZE];
	unsigned char leaf[DIGEST_BYTES] = { 0 };
	struct proof of_secret, of_registration;
	struct approved row;
	int32_t csp;
	bool ok;

	if (!secret_start(e) || !csp_number(t, c, a->code, &csp, e))
		return false;
	cli_actor(actor, sizeof actor);
	proof_new_token(&of_secret, secret);
	proof_new_token(&of_registration, registration);
	if (x->der.len > 0)
		digest_of(x->der.at, x->leaf_len, leaf);
	ok = db_one(t, c, SQL_CSP_APPROVE,
		 ARGS(P_INT4(csp), P_BYTES(x->der.len > 0 ? x->der.at : NULL, x->der.len),
		     P_BYTES(leaf, sizeof leaf),
		     P_BYTES(of_secret.verifier, sizeof of_secret.verifier),
		     P_BYTES(of_registration.verifier, sizeof of_registration.verifier),
		     P_TEXT(actor)),
		 fields, nitems(fields), &row, &keep, e) == DB_FOUND &&
	     tell_approved(cli, &row, secret, registration, e);
	secret_wipe(secret, sizeof secret);
	secret_wipe(registration, sizeof registration);
	return ok;
}

static bool
csp_approve(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct approve_args *a = args;
	AUTO_PTR(conn) c = NULL;
	struct csp_chain x = { .der = BUF(CHAIN_BYTES_MOST) };
	bool ok;

	if (a->second && a->certificate.at != NULL)
		return err(e, ERR_USAGE, "--second and --certificate exclude each other");
	if (a->second)
		return move(t, cli, a->code, SQL_CSP_SECOND, (struct param)P_NULL(),
		    (struct param)P_NULL(), 0, e);
	ok = (c = cli_lease(t, cli, e)) != NULL &&
	     (a->certificate.at != NULL ? csp_chain_read(&x, cli, a->certificate, e)
					: stored_checked(&x, t, cli, c, a->code, e)) &&
	     approve_with(&x, t, cli, c, a, e);
	buf_auto(&x.der);
	return ok;
}

/* ---- test ---- */

struct code_args {
	struct str code;
};

static const struct option code_options[] = {
	ARG_TEXT(code_args, code, "CODE", OPTION_REQUIRED, "the third party"),
};

struct step_row {
	struct str name, about, found;
	bool needed, passed;
};

static bool
tell_steps(struct rows *r, struct cli *cli, struct err *e)
{
	static const struct list_column columns[] = {
		{ "name", "STEP", CELL_TEXT },
		{ "passed", "PASSED", CELL_BOOL },
		{ "found", "FOUND", CELL_TEXT },
		{ "about", "LOOKS AT", CELL_TEXT },
		{ "needed", NULL, CELL_BOOL },
	};
	static const struct db_field fields[] = { DB_TEXT(step_row, name),
		DB_TEXT(step_row, about), DB_BOOL(step_row, needed), DB_BOOL(step_row, passed),
		DB_TEXT(step_row, found) };
	AUTO(list) l = LIST(columns);
	struct step_row row;
	unsigned open = 0;

	while (ROWS_NEXT(r, fields, &row)) {
		list_text(&l, row.name);
		list_int(&l, row.passed);
		list_text(&l, row.found);
		list_text(&l, row.about);
		list_int(&l, row.needed);
		open += row.needed && !row.passed;
	}
	if (!list_print(&l, cli, e))
		return false;
	return open == 0 ||
	       err(e, ERR_FINDINGS, "%u of the steps that are needed have not passed", open);
}

static bool
csp_test(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct code_args *a = args;
	struct csp_chain x = { .der = BUF(CHAIN_BYTES_MOST) };
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	AUTO_PTR(rows) r = NULL;
	char actor[ACTOR_SIZE], says[CHAIN_SAYS_SIZE];
	struct err found;
	int32_t csp;
	bool ok, good;

	cli_actor(actor, sizeof actor);
	ok = c != NULL && csp_number(t, c, a->code, &csp, e) &&
	     stored_chain(&x, t, c, a->code, e);
	good = ok && chain_check(buf_view(&x.der), cli->conf.csp_ca, says, &found);
	buf_auto(&x.der);
	if (ok && !good && found.code == ERR_CONF) { /* our fault, not the CSP's */
		*e = found;
		return false;
	}
	return ok &&
	       (r = db_rows(t, c, SQL_CSP_TEST,
		    ARGS(P_INT4(csp), P_BOOL(good), P_TEXT(good ? says : found.text),
			P_TEXT(actor)),
		    e)) != NULL &&
	       tell_steps(r, cli, e);
}

/* ---- live ---- */

static bool
csp_live(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct code_args *a = args;
	AUTO(buf) keep = BUF(LINE_MOST);
	unsigned char sha256[DIGEST_BYTES];
	struct str token;
	bool ok;

	if (!whole_line(&keep, &token, e))
		return false;
	digest_of(token.at, token.len, sha256);
	secret_wipe(keep.at, keep.cap);
	{
		AUTO_PTR(conn) c = cli_lease(t, cli, e);

		ok = c != NULL && db_exec(t, c, SQL_CSP_LIVE,
				      ARGS(P_STR(a->code), P_BYTES(sha256, sizeof sha256)),
				      NULL, e) == DB_FOUND;
	}
	return ok && csp_print(t, cli, a->code, e);
}

const struct command cmd_csp_review = {
	.name = "csp review",
	.help = "find a third party eligible: step 2 of 3",
	.about =
	    "After looking at its tax ID, its standing with the commission, what it can do "
	    "and\n"
	    "what it says it does with reads: csp show has it all. First come, first served.",
	COMMAND_OPTIONS(review_options),
	.args_bytes = sizeof(struct review_args),
	.needs = NEEDS_CONF,
	.run = csp_review,
};

const struct command cmd_csp_approve = {
	.name = "csp approve",
	.help = "store a third party's certificate and give it its credentials",
	.about =
	    "The certificate must be signed by an authority that the hub knows (csp.ca), not "
	    "by\n"
	    "itself, with RSA of 2048 bits or EC of 256 at least and SHA-2. It opens the "
	    "third\n"
	    "party's box. Its client credentials and registration token are shown only now.\n"
	    "Before it can go live another person approves it with --second.",
	COMMAND_OPTIONS(approve_options),
	.args_bytes = sizeof(struct approve_args),
	.needs = NEEDS_CONF,
	.run = csp_approve,
};

const struct command cmd_csp_refuse = {
	.name = "csp refuse",
	.help = "refuse a registration",
	.about = "Its box is closed and its tax ID is free for another request.",
	COMMAND_OPTIONS(refuse_options),
	.args_bytes = sizeof(struct refuse_args),
	.needs = NEEDS_CONF,
	.run = csp_refuse,
};

const struct command cmd_csp_test = {
	.name = "csp test",
	.help = "run the connectivity test of a third party: step 3 of 3",
	.about =
	    "Each step says what the hub itself found. It may be run again and again; when "
	    "all\n"
	    "that are needed have passed, the third party is TESTED. Exit status 1: some have\n"
	    "not passed yet.",
	COMMAND_OPTIONS(code_options),
	.args_bytes = sizeof(struct code_args),
	.needs = NEEDS_CONF,
	.run = csp_test,
};

const struct command cmd_csp_live = {
	.name = "csp live",
	.help = "switch a third party to live, with its own registration token",
	.about = "The token is the first line of standard input. From then on it may invite\n"
		 "customers of real premises.",
	COMMAND_OPTIONS(code_options),
	.args_bytes = sizeof(struct code_args),
	.needs = NEEDS_CONF,
	.run = csp_live,
};
