/* busbar csp register, confirm, contact: the first step of a third party, and whom the hub
 * writes to. */
#include <string.h>

#include "cli/commands.h"
#include "cli/csp.h"
#include "cli/list.h"
#include "cli/party.h"
#include "cli/whole.h"
#include "store/mailbox.h"
#include "sys/digest.h"
#include "sys/tls_chain.h"

#define CONTACT_COLUMN "csp_contact.email"

bool
csp_chain_read(struct csp_chain *x, const struct cli *cli, struct str path, struct err *e)
{
	AUTO(buf) text = BUF(4 * CHAIN_BYTES_MOST);
	char says[CHAIN_SAYS_SIZE];

	x->der = (struct buf)BUF(CHAIN_BYTES_MOST);
	if (!whole_file(&text, path, e))
		return false;
	if (!chain_read(buf_view(&text), &x->der, &x->leaf_len, e) ||
	    !chain_check(buf_view(&x->der), cli->conf.csp_ca, says, e))
		return err_at(e, STR_FMT, STR_ARG(path));
	cli_say("the certificate: %s", says);
	return true;
}

/* ---- register ---- */

struct register_args {
	struct str code, name, tax_id, duns, site, privacy, use_en, use_es, standing,
	    capability;
	struct str contact, technical, security, language, portal, notification, certificate;
	struct texts redirect;
	int64_t terms;
};

static const struct option register_options[] = {
	ARG_TEXT(register_args, code, "CODE", OPTION_REQUIRED, "letters, digits and hyphens"),
	OPT_TEXT(
	    register_args, name, "--name", "NAME", OPTION_REQUIRED, "as customers know it"),
	OPT_TEXT(register_args, tax_id, "--tax-id", "DIGITS", OPTION_REQUIRED,
	    "nine digits; one registration each"),
	OPT_TEXT(register_args, duns, "--duns", "DIGITS", OPTION_OPTIONAL, "9 or 13 digits"),
	OPT_TEXT(register_args, site, "--site", "URL", OPTION_REQUIRED, "its site"),
	OPT_TEXT(
	    register_args, privacy, "--privacy", "URL", OPTION_REQUIRED, "its privacy policy"),
	OPT_TEXT(register_args, use_en, "--use", "TEXT", OPTION_REQUIRED,
	    "what it does with reads, in plain words without links: customers read them"),
	OPT_TEXT(
	    register_args, use_es, "--use-es", "TEXT", OPTION_REQUIRED, "the same in Spanish"),
	OPT_TEXT(register_args, standing, "--standing", "TEXT", OPTION_REQUIRED,
	    "its standing with the commission, as a registration number"),
	OPT_TEXT(register_args, capability, "--capability", "TEXT", OPTION_REQUIRED,
	    "what it can do: OAuth 2.0, FTPS, …"),
	OPT_INT(register_args, terms, "--terms", "VERSION", OPTION_REQUIRED, 1, 9999,
	    "the version of the terms that it accepts"),
	OPT_TEXT(register_args, contact, "--contact", "EMAIL", OPTION_REQUIRED,
	    "its business contact, who confirms the request by a link"),
	OPT_TEXT(register_args, technical, "--technical", "EMAIL", OPTION_OPTIONAL,
	    "its technical contact"),
	OPT_TEXT(register_args, security, "--security", "EMAIL", OPTION_OPTIONAL,
	    "who is told of suspensions"),
	OPT_WORD(register_args, language, "--language", "WORD", OPTION_OPTIONAL, "en|es",
	    "in which the hub writes to them: en or es (en)"),
	OPT_TEXTS(register_args, redirect, "--redirect", "URL", OPTION_OPTIONAL,
	    "where customers are sent back to"),
	OPT_TEXT(register_args, portal, "--portal", "URL", OPTION_OPTIONAL,
	    "where customers of the portal are sent to"),
	OPT_TEXT(register_args, notification, "--notification", "URL", OPTION_OPTIONAL,
	    "where it is told of new data"),
	OPT_TEXT(register_args, certificate, "--certificate", "FILE", OPTION_OPTIONAL,
	    "its client certificate in PEM, with those above it; needed by the approval at the "
	    "latest"),
};

struct registration {
	const struct register_args *a;
	struct mailbox contact, technical, security;
	unsigned char site_domain[INDEX_BYTES];
	struct csp_chain chain;
	char actor[ACTOR_SIZE], language[4];
};

/* The host of the site, without www. in front. */
static void
index_site(struct registration *r, const struct keys *k)
{
	struct str rest = r->a->site, host;
	char normal[EMAIL_MOST + 1];

	if (str_starts(rest, "https://"))
		rest = (struct str){ rest.at + 8, rest.len - 8 };
	str_cut(rest, '/', &host, &rest);
	str_cut(host, ':', &host, &rest);
	if (str_starts(host, "www."))
		host = (struct str){ host.at + 4, host.len - 4 };
	if (!normal_form("email", host, normal, sizeof normal))
		normal[0] = '\0';
	blind_index(k, r->site_domain, "domain", str_of(normal));
}

static bool
seal_contacts(struct registration *r, const struct cli *cli, struct err *e)
{
	const struct register_args *a = r->a;
	AUTO_PTR(keys) k = NULL;

	if (!secret_start(e) || (k = keys_open(cli->conf.keys_path, e)) == NULL)
		return false;
	index_site(r, k);
	return mailbox_seal(&r->contact, k, CONTACT_COLUMN, a->contact, e) &&
	       (a->technical.at == NULL ||
		   mailbox_seal(&r->technical, k, CONTACT_COLUMN, a->technical, e)) &&
	       (a->security.at == NULL ||
		   mailbox_seal(&r->security, k, CONTACT_COLUMN, a->security, e));
}

static bool
put_contact(struct task *t, struct conn *c, int32_t csp, const struct registration *r,
    const char *role, const struct mailbox *m, struct err *e)
{
	return db_exec(t, c, SQL_CSP_CONTACT_SET,
		   ARGS(P_INT4(csp), P_TEXT(role), P_MAILBOX(*m), P_TEXT(r->language),
		       P_TEXT(r->actor)),
		   NULL, e) == DB_FOUND;
}

/* A customer whose mailbox is at the CSP's own domain is looked at twice. */
static bool
put_domain(struct task *t, struct conn *c, int32_t csp, const unsigned char domain[INDEX_BYTES],
    const char *says, struct err *e)
{
	return db_exec(t, c, SQL_CSP_DOMAIN_ADD,
		   ARGS(P_INT4(csp), P_BYTES(domain, INDEX_BYTES), P_TEXT(says)), NULL,
		   e) == DB_FOUND;
}

static bool
put_request(struct task *t, struct conn *c, void *arg, struct err *e)
{
	struct registration *r = arg;
	const struct register_args *a = r->a;
	int32_t csp;

	return party_add(t, c, SQL_CSP_REQUEST,
		   ARGS(P_STR(a->code), P_STR(a->name), P_STR(a->tax_id), P_STR(a->duns),
		       P_STR(a->site), P_STR(a->privacy), P_STR(a->use_en), P_STR(a->use_es),
		       P_STR(a->standing), P_STR(a->capability), P_INT4((int32_t)a->terms),
		       P_TEXTS(a->redirect.at, a->redirect.n), P_STR(a->portal),
		       P_STR(a->notification),
		       P_BYTES(a->certificate.at != NULL ? r->chain.der.at : NULL,
			   r->chain.der.len),
		       P_MAILBOX(r->contact), P_TEXT(r->language), P_TEXT(r->actor)),
		   &csp, e) &&
	       put_domain(t, c, csp, r->site_domain, "site", e) &&
	       put_domain(t, c, csp, r->contact.domain, "contact", e) &&
	       (a->technical.at == NULL ||
		   (put_contact(t, c, csp, r, "TECHNICAL", &r->technical, e) &&
		       put_domain(t, c, csp, r->technical.domain, "contact", e))) &&
	       (a->security.at == NULL ||
		   (put_contact(t, c, csp, r, "SECURITY", &r->security, e) &&
		       put_domain(t, c, csp, r->security.domain, "contact", e)));
}

static bool
csp_register(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct register_args *a = args;
	struct registration r = { .a = a };
	bool ok;

	cli_actor(r.actor, sizeof r.actor);
	str_copy(
	    r.language, sizeof r.language, str_is(a->language, "es") ? STR("ES") : STR("EN"));
	ok = (a->certificate.at == NULL || csp_chain_read(&r.chain, cli, a->certificate, e)) &&
	     seal_contacts(&r, cli, e) &&
	     db_transaction(t, cli_db(cli, e), DB_READ_COMMITTED, put_request, &r, e) ==
		 DB_FOUND;
	buf_auto(&r.chain.der);
	return ok && csp_print(t, cli, a->code, e);
}

/* ---- confirm ---- */

struct confirm_args {
	struct str link;
};

static const struct option confirm_options[] = {
	ARG_TEXT(confirm_args, link, "LINK", OPTION_REQUIRED,
	    "the link of the mail, or what is behind its last slash"),
};

bool
csp_confirm_link(struct task *t, struct cli *cli, struct str link, struct err *e)
{
	static const struct list_column columns[] = {
		{ "kind", "KIND", CELL_TEXT },
		{ "code", "CODE", CELL_TEXT },
		{ "name", "NAME", CELL_TEXT },
		{ "state", "STATE", CELL_TEXT },
		{ "position", "IN THE QUEUE", CELL_DIGITS },
	};
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	unsigned char sha256[DIGEST_BYTES];
	struct str head, rest = str_trim(link);

	while (memchr(rest.at, '/', rest.len) != NULL)
		str_cut(rest, '/', &head, &rest);
	digest_of(rest.at, rest.len, sha256);
	return c != NULL &&
	       list_rows(
		   &l, t, c, SQL_PARTY_CONFIRM, ARGS(P_BYTES(sha256, sizeof sha256)), e) &&
	       list_print_one(&l, cli, "confirmation", e);
}

static bool
csp_confirm(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct confirm_args *a = args;

	return csp_confirm_link(t, cli, a->link, e);
}

/* ---- contact ---- */

struct contact_args {
	struct str code, role, email, language;
};

static const struct option contact_options[] = {
	ARG_TEXT(contact_args, code, "CODE", OPTION_REQUIRED, "the third party"),
	OPT_WORD(contact_args, role, "--role", "WORD", OPTION_OPTIONAL,
	    "business|technical|security", "business, technical or security (business)"),
	OPT_TEXT(contact_args, email, "--email", "EMAIL", OPTION_OPTIONAL,
	    "the new mailbox of that role"),
	OPT_WORD(contact_args, language, "--language", "WORD", OPTION_OPTIONAL, "en|es",
	    "in which the hub writes to it (en)"),
};

static bool
contact_set(struct task *t, struct cli *cli, struct conn *c, const struct keys *k, int32_t csp,
    const struct contact_args *a, struct err *e)
{
	char actor[ACTOR_SIZE];
	struct mailbox m;

	cli_actor(actor, sizeof actor);
	(void)cli;
	return mailbox_seal(&m, k, CONTACT_COLUMN, a->email, e) &&
	       db_exec(t, c, SQL_CSP_CONTACT_SET,
		   ARGS(P_INT4(csp), P_STR(a->role.at != NULL ? a->role : STR("business")),
		       P_MAILBOX(m), P_STR(a->language.at != NULL ? a->language : STR("en")),
		       P_TEXT(actor)),
		   NULL, e) == DB_FOUND &&
	       put_domain(t, c, csp, m.domain, "contact", e);
}

struct contact_row {
	struct str role, email_sealed, email_place, language;
};

static bool
contacts_print(struct task *t, struct cli *cli, struct conn *c, const struct keys *k,
    int32_t csp, struct err *e)
{
	static const struct list_column columns[] = {
		{ "role", "ROLE", CELL_TEXT },
		{ "email", "MAILBOX", CELL_TEXT },
		{ "language", "LANGUAGE", CELL_TEXT },
	};
	static const struct db_field fields[] = { DB_TEXT(contact_row, role),
		DB_BYTES(contact_row, email_sealed), DB_BYTES(contact_row, email_place),
		DB_TEXT(contact_row, language) };
	AUTO(list) l = LIST(columns);
	AUTO_PTR(rows) r = db_rows(t, c, SQL_CSP_CONTACTS, ARGS(P_INT4(csp)), e);
	char email[EMAIL_MOST + 1];
	struct contact_row row;

	if (r == NULL)
		return false;
	while (ROWS_NEXT(r, fields, &row)) {
		list_text(&l, row.role);
		list_text(&l, mailbox_open(email, k, row.email_sealed, row.email_place)
				  ? str_of(email)
				  : STR("(sealed with other keys)"));
		list_text(&l, row.language);
	}
	return list_print(&l, cli, e);
}

static bool
csp_contact(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct contact_args *a = args;
	AUTO_PTR(keys) k = NULL;
	AUTO_PTR(conn) c = NULL;
	int32_t csp;

	if (a->email.at == NULL && (a->role.at != NULL || a->language.at != NULL))
		return err(e, ERR_USAGE, "expected --email with --role or --language");
	return secret_start(e) && (k = keys_open(cli->conf.keys_path, e)) != NULL &&
	       (c = cli_lease(t, cli, e)) != NULL && csp_number(t, c, a->code, &csp, e) &&
	       (a->email.at == NULL || contact_set(t, cli, c, k, csp, a, e)) &&
	       contacts_print(t, cli, c, k, csp, e);
}

const struct command cmd_csp_register = {
	.name = "csp register",
	.help = "ask for the registration of a third party: step 1 of 3",
	.about =
	    "Its business contact gets a mail with a link, which confirms the request. Then "
	    "it\n"
	    "stands in the queue for the review, first come, first served: csp list shows its\n"
	    "place. Before it is live it may have to do with premises of the sandbox alone.\n"
	    "docs/guides/csp.md leads through all of it.",
	COMMAND_OPTIONS(register_options),
	.args_bytes = sizeof(struct register_args),
	.needs = NEEDS_CONF,
	.run = csp_register,
};

const struct command cmd_csp_confirm = {
	.name = "csp confirm",
	.help = "confirm the mailbox of a request by the link of its mail",
	COMMAND_OPTIONS(confirm_options),
	.args_bytes = sizeof(struct confirm_args),
	.needs = NEEDS_CONF,
	.run = csp_confirm,
};

const struct command cmd_csp_contact = {
	.name = "csp contact",
	.help = "show whom the hub writes to at a third party, or change it",
	.about = "Who has no mailbox for a role is written to at that of the business contact.",
	COMMAND_OPTIONS(contact_options),
	.args_bytes = sizeof(struct contact_args),
	.needs = NEEDS_CONF,
	.run = csp_contact,
};
