/* busbar csp: third parties that customers let read. */
#include <string.h>

#include "cli/commands.h"
#include "cli/csp.h"
#include "cli/list.h"
#include "cli/party.h"
#include "store/mailbox.h"

static const struct list_column csp_columns[] = {
	{ "code", "CODE", CELL_TEXT },
	{ "name", "NAME", CELL_TEXT },
	{ "state", "STATE", CELL_TEXT },
	{ "step", "STEP", CELL_DIGITS },
	{ "position", "IN THE QUEUE", CELL_DIGITS },
	{ "missing", "WAITS FOR", CELL_TEXT },
	{ "expires_at", "UNTIL", CELL_STAMP },
	{ "requested_at", NULL, CELL_STAMP },
};

static bool
csp_list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	AUTO(list) l = LIST(csp_columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	(void)args;
	return c != NULL && list_rows(&l, t, c, SQL_CSP_LIST, NO_ARGS, e) &&
	       list_print(&l, cli, e);
}

/* ---- show ---- */

static const struct list_column show_columns[] = {
	{ "code", "code", CELL_TEXT },
	{ "name", "name", CELL_TEXT },
	{ "state", "state", CELL_TEXT },
	{ "step", "step of three", CELL_DIGITS },
	{ "position", "in the queue", CELL_DIGITS },
	{ "missing", "waits for", CELL_TEXT },
	{ "expires_at", "until", CELL_STAMP },
	{ "requested_at", "requested", CELL_STAMP },
	{ "tax_id", "tax ID", CELL_TEXT },
	{ "duns", "DUNS", CELL_TEXT },
	{ "site", "site", CELL_TEXT },
	{ "privacy_url", "privacy policy", CELL_TEXT },
	{ "use_en", "use (English)", CELL_TEXT },
	{ "use_es", "use (Spanish)", CELL_TEXT },
	{ "standing", "standing", CELL_TEXT },
	{ "capability", "capability", CELL_TEXT },
	{ "terms_version", "terms accepted", CELL_INT },
	{ "redirect_uris", "redirects to", CELL_TEXT },
	{ "portal_uri", "its portal", CELL_TEXT },
	{ "notification_uri", "notified at", CELL_TEXT },
	{ "has_certificate", "certificate", CELL_BOOL },
	{ "client_id", "client", CELL_TEXT },
	{ "reviewed_by", "reviewed by", CELL_TEXT },
	{ "approved_by", "approved by", CELL_TEXT },
	{ "second_by", "second approval", CELL_TEXT },
};

bool
csp_print(struct task *t, struct cli *cli, struct str code, struct err *e)
{
	AUTO(list) l = LIST(show_columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	return c != NULL && list_rows(&l, t, c, SQL_CSP_SHOW, ARGS(P_STR(code)), e) &&
	       list_print_one(&l, cli, "CSP of that code", e);
}

struct show_args {
	struct str code;
};

static const struct option show_options[] = {
	ARG_TEXT(show_args, code, "CODE", OPTION_REQUIRED, "the third party"),
};

static bool
csp_show(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct show_args *a = args;

	return csp_print(t, cli, a->code, e);
}

bool
csp_number(struct task *t, struct conn *c, struct str code, int32_t *csp, struct err *e)
{
	struct number_row {
		int32_t party;
	} row;
	static const struct db_field fields[] = { DB_INT4(number_row, party) };

	if (db_one(t, c, SQL_CSP_NAMED, ARGS(P_STR(code)), fields, nitems(fields), &row, NULL,
		e) != DB_FOUND)
		return false;
	*csp = row.party;
	return true;
}

/* ---- add ---- */

struct csp_add_args {
	struct str code, name, site, privacy, use_en, use_es, contact;
};

static const struct option csp_add_options[] = {
	ARG_TEXT(csp_add_args, code, "CODE", OPTION_REQUIRED, "letters, digits and hyphens"),
	OPT_TEXT(csp_add_args, name, "--name", "NAME", OPTION_REQUIRED, "as people call it"),
	OPT_TEXT(csp_add_args, site, "--site", "URL", OPTION_OPTIONAL,
	    "its site (default: https://CODE.example/)"),
	OPT_TEXT(csp_add_args, privacy, "--privacy", "URL", OPTION_OPTIONAL,
	    "its privacy policy (default: below its site)"),
	OPT_TEXT(csp_add_args, use_en, "--use", "TEXT", OPTION_OPTIONAL,
	    "what it does with reads, as customers are told"),
	OPT_TEXT(csp_add_args, use_es, "--use-es", "TEXT", OPTION_OPTIONAL,
	    "the same in Spanish (default: as --use)"),
	OPT_TEXT(csp_add_args, contact, "--contact", "EMAIL", OPTION_OPTIONAL,
	    "whom the hub writes to (default: nobody)"),
};

struct contact {
	bool given;
	struct mailbox m;
};

/* Before anything is made: an address that is none makes no third party. */
static bool
contact_read(struct contact *x, const struct cli *cli, struct str address, struct err *e)
{
	AUTO_PTR(keys) k = NULL;

	x->given = address.at != NULL;
	return !x->given ||
	       (secret_start(e) && (k = keys_open(cli->conf.keys_path, e)) != NULL &&
		   mailbox_seal(&x->m, k, "csp_contact.email", address, e));
}

static bool
contact_add(struct task *t, struct conn *c, int32_t party, const struct contact *x,
    const char *actor, struct err *e)
{
	return !x->given ||
	       (db_exec(t, c, SQL_CSP_CONTACT_SET,
		    ARGS(P_INT4(party), P_TEXT("BUSINESS"), P_MAILBOX(x->m), P_TEXT("EN"),
			P_TEXT(actor)),
		    NULL, e) == DB_FOUND &&
		   db_exec(t, c, SQL_CSP_DOMAIN_ADD,
		       ARGS(P_INT4(party), P_BYTES(x->m.domain, sizeof x->m.domain),
			   P_TEXT("contact")),
		       NULL, e) == DB_FOUND);
}

static bool
csp_add(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct csp_add_args *a = args;
	AUTO_PTR(conn) c = NULL;
	char actor[ACTOR_SIZE];
	struct contact x;
	int32_t party;

	cli_actor(actor, sizeof actor);
	return contact_read(&x, cli, a->contact, e) && (c = cli_lease(t, cli, e)) != NULL &&
	       party_add(t, c, SQL_CSP_ADD,
		   ARGS(P_STR(a->code), P_STR(a->name), P_TEXT(actor), P_STR(a->site),
		       P_STR(a->privacy), P_STR(a->use_en), P_STR(a->use_es)),
		   &party, e) &&
	       contact_add(t, c, party, &x, actor, e) &&
	       party_tell_made(cli, a->code, party, e);
}

const struct command cmd_csp_list = {
	.name = "csp list",
	.help = "list the third parties (CSPs), and how far they are",
	.about =
	    "Step 1 is the request, until its contact has confirmed the mailbox; step 2 the\n"
	    "review and the approval; step 3 the connectivity test, until the third party\n"
	    "switches itself to live (ACTIVE). What waits for the hub has no end.",
	.needs = NEEDS_CONF,
	.run = csp_list,
};

const struct command cmd_csp_show = {
	.name = "csp show",
	.help = "show one third party",
	COMMAND_OPTIONS(show_options),
	.args_bytes = sizeof(struct show_args),
	.needs = NEEDS_CONF,
	.run = csp_show,
};

const struct command cmd_csp_add = {
	.name = "csp add",
	.help = "take in a third party (CSP), active at once",
	.about =
	    "For a demo or sandbox, where the clock can be moved. Elsewhere a third party is\n"
	    "registered by steps: see csp register.",
	COMMAND_OPTIONS(csp_add_options),
	.args_bytes = sizeof(struct csp_add_args),
	.needs = NEEDS_CONF,
	.run = csp_add,
};
