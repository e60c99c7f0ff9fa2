/*
 * busbar grant offline: a consent that a customer signed on paper, typed in by an operator.
 * What it makes is a grant as any other: its customer gets the mail and can stop it.
 */
#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"
#include "cli/whole.h"
#include "meter/scope.h"
#include "store/mailbox.h"
#include "sys/digest.h"

enum { FORM_MOST = 32 * 1024 * 1024 };

struct offline_args {
	struct str client, scope, email, form, paper, language;
	struct texts esiids;
	int64_t months;
};

static const struct option options[] = {
	ARG_TEXT(offline_args, client, "CLIENT", OPTION_REQUIRED, "client_id of the program"),
	OPT_TEXTS(offline_args, esiids, "--esiid", "ESIID", OPTION_REQUIRED,
	    "a premise that the form names; again for each more"),
	OPT_TEXT(offline_args, scope, "--scope", "SCOPE", OPTION_REQUIRED,
	    "what the customer signed for: FB=4_5;IntervalDuration=900"),
	OPT_INT(offline_args, months, "--months", "N", OPTION_REQUIRED, 1, 36, "for how long"),
	OPT_TEXT(offline_args, email, "--email", "ADDRESS", OPTION_REQUIRED,
	    "the customer's mailbox, which is told"),
	OPT_TEXT(offline_args, form, "--form", "FILE", OPTION_REQUIRED,
	    "the form as it was signed; its SHA-256 is kept"),
	OPT_TEXT(offline_args, paper, "--paper", "NUMBER", OPTION_REQUIRED,
	    "what stands on the form to find it by"),
	OPT_WORD(offline_args, language, "--language", "LANGUAGE", OPTION_OPTIONAL, "en|es",
	    "of mails (default: en)"),
};

static const struct list_column columns[] = {
	{ "id", "agreement", CELL_INT },
	{ "state", "state", CELL_TEXT },
	{ "authorization_id", "authorization", CELL_TEXT },
};

/* As the hub writes scopes, which is what is compared. */
static bool
scope_of(struct str given, struct buf *room, struct err *e)
{
	struct scope s;

	return scope_read(&s, given, e) && scope_write(room, &s, e);
}

static bool
grant(struct task *t, struct cli *cli, const struct offline_args *a, struct str scope,
    const struct mailbox *m, const unsigned char sha256[DIGEST_BYTES], struct err *e)
{
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];

	cli_actor(actor, sizeof actor);
	return c != NULL &&
	       list_rows(&l, t, c, SQL_GRANT_OFFLINE,
		   ARGS(P_STR(a->client), P_TEXTS(a->esiids.at, a->esiids.n), P_STR(scope),
		       P_INT4((int32_t)a->months),
		       P_TEXT(str_is(a->language, "es") ? "ES" : "EN"), P_MAILBOX(*m),
		       P_STR(a->paper), P_BYTES(sha256, DIGEST_BYTES), P_TEXT(actor)),
		   e) &&
	       list_print_one(&l, cli, "grant", e);
}

static bool
run(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct offline_args *a = args;
	AUTO_PTR(keys) k = NULL;
	AUTO(buf) form = BUF(FORM_MOST);
	AUTO(buf) scope = BUF(2 * SCOPE_BYTES_MOST);
	unsigned char sha256[DIGEST_BYTES];
	struct mailbox m;

	if (!whole_file(&form, a->form, e))
		return false;
	if (form.len == 0)
		return err(e, ERR_BAD_INPUT, "the form is empty");
	digest_of(form.at, form.len, sha256);
	return secret_start(e) && (k = keys_open(cli->conf.keys_path, e)) != NULL &&
	       mailbox_seal(&m, k, "agreement.email", a->email, e) &&
	       scope_of(a->scope, &scope, e) &&
	       grant(t, cli, a, buf_view(&scope), &m, sha256, e);
}

const struct command cmd_grant_offline = {
	.name = "grant offline",
	.help = "make the grant that a customer signed for on paper",
	.about =
	    "The customer gets the same mail as for a consent on the page, and can stop it in\n"
	    "the same way. The third party finds it in its Authorization feed. Who typed it\n"
	    "in, the form's number and its SHA-256 are on record.",
	COMMAND_OPTIONS(options),
	.args_bytes = sizeof(struct offline_args),
	.needs = NEEDS_CONF,
	.run = run,
};
