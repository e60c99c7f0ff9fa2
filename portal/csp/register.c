/*
 * A third party asks to be registered: step 1 of 3. Its contact gets a mail, and with the
 * button behind its link the request stands in the queue; a second mail is the way in, as the
 * first person of the organisation.
 */
#include <string.h>

#include "csp.h"
#include "rt/loop.h"
#include "store/mailbox.h"
#include "sys/tls_chain.h"

enum {
	NAME,
	CODE,
	TAX_ID,
	DUNS,
	SITE,
	PRIVACY,
	USE_EN,
	USE_ES,
	STANDING,
	CAPABILITY,
	REDIRECTS,
	PERSON,
	EMAIL,
	CERTIFICATE,
	TERMS,
	FIELDS
};
enum { REDIRECTS_MOST = 10, PERSON_MOST = 100, DUE_MS = 300, DOMAINS = 2 };

static const struct field fields[FIELDS] = {
	[NAME] = { "name", "text", "organization", 100, TEXT_ENROL_NAME, TEXT_ENROL_NAME_HINT,
	    TEXT_WRONG_ENROL_NAME },
	[CODE] = { "code", "text", "off", 40, TEXT_ENROL_CODE, TEXT_ENROL_CODE_HINT,
	    TEXT_WRONG_ENROL_CODE },
	[TAX_ID] = { "tax_id", "number", "off", 9, TEXT_ENROL_TAX, TEXT_ENROL_TAX_HINT,
	    TEXT_WRONG_ENROL_TAX },
	[DUNS] = { "duns", "number", "off", 13, TEXT_ENROL_DUNS, TEXT_ENROL_DUNS_HINT, TEXTS },
	[SITE] = { "site", "url", "url", 200, TEXT_SITE, TEXT_ENROL_URL_HINT,
	    TEXT_WRONG_ENROL_URL },
	[PRIVACY] = { "privacy", "url", "off", 300, TEXT_PRIVACY, TEXT_ENROL_URL_HINT,
	    TEXT_WRONG_ENROL_URL },
	[USE_EN] = { "use_en", "textarea", "off", 600, TEXT_ENROL_USE_EN, TEXT_ENROL_USE_HINT,
	    TEXT_WRONG_ENROL_USE },
	[USE_ES] = { "use_es", "textarea", "off", 600, TEXT_ENROL_USE_ES, TEXT_ENROL_USE_HINT,
	    TEXT_WRONG_ENROL_USE },
	[STANDING] = { "standing", "text", "off", 500, TEXT_ENROL_STANDING,
	    TEXT_ENROL_STANDING_HINT, TEXT_WRONG_ENROL_WORDS },
	[CAPABILITY] = { "capability", "text", "off", 500, TEXT_ENROL_CAPABILITY,
	    TEXT_ENROL_CAPABILITY_HINT, TEXT_WRONG_ENROL_WORDS },
	[REDIRECTS] = { "redirects", "textarea", "off", 3000, TEXT_ENROL_REDIRECTS,
	    TEXT_ENROL_REDIRECTS_HINT, TEXTS },
	[PERSON] = { "person", "text", "name", PERSON_MOST, TEXT_ENROL_PERSON, TEXTS,
	    TEXT_WRONG_ENROL_PERSON },
	[EMAIL] = { "email", "email", "email", 254, TEXT_ENROL_EMAIL, TEXT_ENROL_EMAIL_HINT,
	    TEXT_WRONG_EMAIL },
	[CERTIFICATE] = { "certificate", "file", "off", 1, TEXT_ENROL_CERTIFICATE,
	    TEXT_ENROL_CERTIFICATE_HINT, TEXTS },
	[TERMS] = { "terms", "tick", "off", 1, TEXT_ENROL_TERMS, TEXTS,
	    TEXT_WRONG_ENROL_TERMS },
};

struct request {
	const struct form *f;
	enum text wrong[FIELDS_MOST];
	struct str redirects[REDIRECTS_MOST], person;
	size_t n_redirects, leaf_len;
	struct mailbox contact, own; /* the same address for two columns */
	unsigned char domains[DOMAINS][INDEX_BYTES];
	char name_sealed[PERSON_MOST + SEAL_EXTRA];
	size_t name_len;
	struct buf chain;
};

/* ---- what was filled in ---- */

static struct str
said(const struct request *r, int field)
{
	return str_trim(form_get(r->f, fields[field].name));
}

static bool
digits(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
	return true;
}

static bool
code_ok(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((s.at[i] < 'a' || s.at[i] > 'z') && (s.at[i] < '0' || s.at[i] > '9') &&
		    (s.at[i] != '-' || i == 0))
			return false;
	return s.len >= 2 && s.len <= 40;
}

static void
check(struct request *r, int field, bool ok, enum text what)
{
	if (r->wrong[field] == TEXTS && !ok)
		r->wrong[field] = what;
}

static void
read_redirects(struct request *r)
{
	struct str text = said(r, REDIRECTS), line;
	bool more = text.len > 0;

	while (more) {
		more = str_cut(text, '\n', &line, &text);
		line = str_trim(line);
		if (line.len == 0)
			continue;
		check(r, REDIRECTS,
		    str_starts(line, "https://") && r->n_redirects < REDIRECTS_MOST,
		    TEXT_WRONG_ENROL_URL);
		if (r->n_redirects < REDIRECTS_MOST)
			r->redirects[r->n_redirects++] = line;
	}
}

/* What stands behind https:// and www. of the site. */
static void
index_site(const struct page *p, struct request *r)
{
	struct str rest = said(r, SITE), host;
	char normal[EMAIL_MOST + 1];

	if (str_starts(rest, "https://"))
		rest = (struct str){ rest.at + 8, rest.len - 8 };
	(void)str_cut(rest, '/', &host, &rest);
	(void)str_cut(host, ':', &host, &rest);
	if (str_starts(host, "www."))
		host = (struct str){ host.at + 4, host.len - 4 };
	if (!normal_form("email", host, normal, sizeof normal))
		normal[0] = '\0';
	blind_index(p->portal->consent_keys, r->domains[0], "domain", str_of(normal));
}

static void
read_person(const struct page *p, struct request *r)
{
	const struct keys *k = p->portal->consent_keys;
	struct err bad = { 0 };

	r->person = said(r, PERSON);
	check(r, PERSON, r->person.len <= PERSON_MOST, TEXT_WRONG_ENROL_PERSON);
	if (!mailbox_seal(&r->contact, k, "csp_contact.email", said(r, EMAIL), &bad) ||
	    !mailbox_seal(&r->own, k, "person.email", said(r, EMAIL), &bad)) {
		check(r, EMAIL, false, TEXT_WRONG_EMAIL);
		return;
	}
	memcpy(r->domains[1], r->contact.domain, INDEX_BYTES);
	if (r->wrong[PERSON] != TEXTS)
		return;
	r->name_len = mailbox_name_seal(r->name_sealed, k, r->person, &r->own);
}

static void
read_certificate(struct page *p, struct request *r)
{
	struct str file = form_get(r->f, fields[CERTIFICATE].name);
	char says[CHAIN_SAYS_SIZE];
	struct err bad = { 0 };

	if (file.len == 0)
		return;
	if (chain_read(file, &r->chain, &r->leaf_len, &bad) &&
	    chain_check(buf_view(&r->chain), p->portal->conf.csp_ca, says, &bad))
		return;
	view_set(&p->view, "detail", page_keep(p, str_of(bad.text)));
	check(r, CERTIFICATE, false, TEXT_WRONG_ENROL_CERTIFICATE);
}

static bool
read(struct page *p, struct request *r)
{
	struct str duns, use_en, use_es;

	(void)fields_check(fields, FIELDS, r->f, r->wrong);
	duns = said(r, DUNS);
	use_en = said(r, USE_EN);
	use_es = said(r, USE_ES);
	check(r, CODE, code_ok(said(r, CODE)), TEXT_WRONG_ENROL_CODE);
	check(r, TAX_ID, said(r, TAX_ID).len == 9 && digits(said(r, TAX_ID)),
	    TEXT_WRONG_ENROL_TAX);
	check(r, DUNS, digits(duns) && (duns.len == 0 || duns.len == 9 || duns.len == 13),
	    TEXT_WRONG_ENROL_DUNS);
	check(r, SITE, str_starts(said(r, SITE), "https://"), TEXT_WRONG_ENROL_URL);
	check(r, PRIVACY, str_starts(said(r, PRIVACY), "https://"), TEXT_WRONG_ENROL_URL);
	check(
	    r, USE_EN, use_en.len >= 10 && !str_has(use_en, STR("://")), TEXT_WRONG_ENROL_USE);
	check(
	    r, USE_ES, use_es.len >= 10 && !str_has(use_es, STR("://")), TEXT_WRONG_ENROL_USE);
	read_redirects(r);
	read_person(p, r);
	read_certificate(p, r);
	index_site(p, r);
	for (size_t i = 0; i < FIELDS; i++)
		if (r->wrong[i] != TEXTS)
			return false;
	return true;
}

/* ---- the page ---- */

static void
open_page(struct page *p, struct call *c)
{
	page_open(p, c->who, c);
	link_hash(STR("register"), p->sha256);
	page_language(p, LANGUAGE_EN);
	act_page(p, NULL, 0);
	view_c(&p->view, "broad", "");
	view_c(&p->view, "sent", page_query(p, "sent").len > 0 ? "1" : "");
}

struct terms {
	int32_t version;
};
static const struct db_field terms_fields[] = { DB_INT4(terms, version) };

static bool
show(struct task *t, struct page *p, int status, const struct form *f, const enum text *wrong,
    struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	struct terms terms;

	if (c == NULL || db_one(t, c, SQL_PORTAL_CSP_TERMS, NO_ARGS, terms_fields,
			     nitems(terms_fields), &terms, NULL, e) != DB_FOUND)
		return false;
	db_release(&c);
	view_set(&p->view, "version", page_number(p, terms.version));
	return fields_set(p, "fields", fields, FIELDS, f, wrong, e) &&
	       page_send(t, p, status, "csp_register.html", e);
}

static struct str
or_null(struct str s)
{
	return s.len > 0 ? s : (struct str){ NULL, 0 };
}

static int
put(struct task *t, struct page *p, struct request *r, struct err *e)
{
	return act_do(t, p, SQL_PORTAL_CSP_REGISTER,
	    ARGS(P_STR(said(r, CODE)), P_STR(said(r, NAME)), P_STR(said(r, TAX_ID)),
		P_STR(or_null(said(r, DUNS))), P_STR(said(r, SITE)), P_STR(said(r, PRIVACY)),
		P_STR(said(r, USE_EN)), P_STR(said(r, USE_ES)), P_STR(said(r, STANDING)),
		P_STR(said(r, CAPABILITY)), P_TEXTS(r->redirects, r->n_redirects),
		P_BYTES(r->chain.len > 0 ? r->chain.at : NULL, r->chain.len),
		P_MAILBOX(r->contact), P_BYTES(r->domains[0], INDEX_BYTES),
		P_BYTES(r->domains[1], INDEX_BYTES), P_BYTES(r->name_sealed, r->name_len),
		P_BYTES(r->own.sealed, r->own.sealed_len),
		P_BYTES(r->own.place, r->own.place_len), P_TEXT(language_code(p->language)),
		P_STR(page_source(p))),
	    e);
}

static bool
ask(struct task *t, struct page *p, struct request *r, struct err *e)
{
	uint64_t due_ms = loop_now_ms(task_loop(t)) + DUE_MS;
	int status;

	if (!read(p, r)) {
		page_say(p, "wrong", TEXT_WRONG_SEE);
		return show(t, p, 422, r->f, r->wrong, e);
	}
	status = put(t, p, r, e);
	if (status == 409 && e->code == ERR_NONE)
		r->wrong[CODE] = TEXT_WRONG_ENROL_TAKEN;
	if (status != 200)
		return status != 0 && show(t, p, status, r->f, r->wrong, e);
	portal_count_answer("CSP_REGISTER");
	return page_due(t, due_ms, e) && page_go(t, p, "/register?sent=1", e);
}

bool
csp_register_get(struct task *t, struct call *c, struct err *e)
{
	AUTO(page) p;

	open_page(&p, c);
	return show(t, &p, 200, NULL, NULL, e);
}

bool
csp_register_post(struct task *t, struct call *c, struct err *e)
{
	AUTO(page) p;
	struct request *r;
	struct form *f;
	enum text wrong;
	bool ok;

	open_page(&p, c);
	if (!me_form(t, &p, &f, &wrong, e))
		return false;
	if (wrong != TEXTS)
		return show(t, &p, act_wrong(&p, wrong), f, NULL, e);
	r = arena_get(p.memory, sizeof *r);
	if (r == NULL)
		return err(e, ERR_BUSY, "no memory for a request");
	r->f = f;
	r->chain = (struct buf)BUF(CHAIN_BYTES_MOST);
	ok = ask(t, &p, r, e);
	buf_auto(&r->chain);
	return ok;
}
