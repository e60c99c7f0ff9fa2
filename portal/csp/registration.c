/*
 * How a registration stands, and the steps that are the third party's own: its certificate, the
 * connectivity test, the switch to live. What a page cannot do, a login to the box and a file
 * there, is told with how it is done, and seen when it was.
 */
#include "csp.h"

#include "sys/tls_chain.h"

enum { FACTS_MOST = 16, CHECKS_MOST = 20, STEPS = 6 };

struct state {
	struct str code, name, state, tax_id, site, privacy_url, use_en, use_es, standing,
	    capability, redirects, certificate, client_id;
	int64_t expires_at, requested_at;
	int32_t position;
	bool reviewed, approved, second;
};
static const struct db_field fields[] = {
	DB_TEXT(state, code),
	DB_TEXT(state, name),
	DB_TEXT(state, state),
	DB_INT4(state, position),
	DB_STAMP(state, expires_at),
	DB_STAMP(state, requested_at),
	DB_TEXT(state, tax_id),
	DB_TEXT(state, site),
	DB_TEXT(state, privacy_url),
	DB_TEXT(state, use_en),
	DB_TEXT(state, use_es),
	DB_TEXT(state, standing),
	DB_TEXT(state, capability),
	DB_TEXT(state, redirects),
	DB_BYTES(state, certificate),
	DB_TEXT(state, client_id),
	DB_BOOL(state, reviewed),
	DB_BOOL(state, approved),
	DB_BOOL(state, second),
};

static const struct field certificate_fields[] = {
	{ "certificate", "file", "off", 1, TEXT_ENROL_CERTIFICATE, TEXT_ENROL_CERTIFICATE_HINT,
	    TEXT_WRONG_ENROL_CERTIFICATE },
};

static const struct act_done done[] = {
	{ "certificate", TEXT_GO_CERTIFICATE_DONE },
	{ "test", TEXT_GO_TEST_DONE },
	{ "live", TEXT_GO_LIVE_DONE },
};

/* ---- the list of steps ---- */

/* How far each state has come. */
static const char *const order[] = { "REQUESTED", "CONFIRMED", "REVIEWED", "APPROVED", "TESTED",
	"ACTIVE" };
static const enum text step_texts[STEPS] = { TEXT_GO_CONFIRM, TEXT_GO_REVIEW,
	TEXT_GO_CERTIFICATE, TEXT_GO_APPROVE, TEXT_GO_TEST, TEXT_GO_LIVE };

static size_t
reached(struct str state)
{
	for (size_t i = 0; i < nitems(order); i++)
		if (str_is(state, order[i]))
			return i;
	return str_is(state, "SUSPENDED") ? nitems(order) - 1 : 0;
}

/* What comes next, and whose it is to do; "" when nothing does. */
static struct str
next_of(const struct page *p, const struct state *s, size_t at)
{
	static const enum text texts[STEPS] = { TEXT_GO_NEXT_CONFIRM, TEXT_GO_NEXT_REVIEW,
		TEXT_GO_NEXT_CERTIFICATE, TEXT_GO_NEXT_TEST, TEXT_GO_NEXT_LIVE };

	if (at == STEPS - 1 || !str_is(s->state, order[at]))
		return STR("");
	if (at == 2 && s->certificate.len > 0)
		return text_of(p->language, TEXT_GO_NEXT_APPROVE);
	if (at == 4 && !s->second)
		return text_of(p->language, TEXT_GO_SECOND);
	return text_of(p->language, texts[at]);
}

static bool
put_steps(struct page *p, const struct state *s, struct err *e)
{
	size_t at = reached(s->state);
	const bool is_done[STEPS] = { at >= 1, at >= 2, s->certificate.len > 0 || at >= 3,
		at >= 3, at >= 4, at >= 5 };
	struct view *items = page_items(p, STEPS, 3, e);

	if (items == NULL)
		return false;
	for (size_t i = 0; i < STEPS; i++) {
		view_set(&items[i], "step", text_of(p->language, step_texts[i]));
		view_c(&items[i], "ok", is_done[i] ? "1" : "");
	}
	view_list(&p->view, "steps", items, STEPS);
	view_c(&p->view, "live", at >= 5 ? "1" : "");
	view_c(&p->view, "can_certify", at < 3 ? "1" : "");
	view_c(&p->view, "can_test", at == 3 || at == 4 ? "1" : "");
	view_c(&p->view, "can_live", at == 4 && s->second ? "1" : "");
	view_set(&p->view, "next", next_of(p, s, at));
	return true;
}

/* ---- facts ---- */

static struct str
certificate_says(struct page *p, struct str der, bool *good)
{
	char says[CHAIN_SAYS_SIZE];
	struct err bad = { 0 };

	*good = der.len > 0 && chain_check(der, p->portal->conf.csp_ca, says, &bad);
	if (*good)
		return page_keep(p, str_of(says));
	return der.len > 0 ? page_keep(p, str_of(bad.text)) : STR("");
}

static bool
put_facts(struct page *p, const struct state *s, struct err *e)
{
	struct things f;
	bool good;

	if (!things_begin(&f, p, FACTS_MOST, e))
		return false;
	thing(&f, TEXT_ENROL_NAME, s->name);
	thing(&f, TEXT_ENROL_CODE, s->code);
	thing(&f, TEXT_ENROL_TAX, s->tax_id);
	thing(&f, TEXT_SITE, s->site);
	thing(&f, TEXT_PRIVACY, s->privacy_url);
	thing(&f, TEXT_ENROL_USE_EN, s->use_en);
	thing(&f, TEXT_ENROL_USE_ES, s->use_es);
	thing(&f, TEXT_ENROL_STANDING, s->standing);
	thing(&f, TEXT_ENROL_CAPABILITY, s->capability);
	thing(&f, TEXT_ENROL_REDIRECTS, s->redirects.at != NULL ? s->redirects : STR(""));
	thing(&f, TEXT_ENROL_CERTIFICATE, certificate_says(p, s->certificate, &good));
	thing(&f, TEXT_GO_CLIENT, s->client_id.at != NULL ? s->client_id : STR(""));
	thing_at(&f, TEXT_GO_ASKED, s->requested_at);
	if (s->position > 0)
		thing_number(&f, TEXT_GO_POSITION, s->position);
	thing_at(&f, TEXT_GO_EXPIRES, s->expires_at);
	things_end(&f);
	return true;
}

static bool
put_checks(struct task *t, struct page *p, struct err *e)
{
	struct check {
		struct str name, found;
		int64_t at;
		bool needed, passed;
	} r;
	static const struct db_field row[] = { DB_TEXT(check, name), DB_TEXT(check, found),
		DB_STAMP(check, at), DB_BOOL(check, needed), DB_BOOL(check, passed) };
	static const struct column columns[] = { { TEXT_GO_CHECK, false },
		{ TEXT_SHEET_OUTCOME, false }, { TEXT_GO_FOUND, false }, { TEXT_WHEN, false } };
	static const struct {
		const char *name;
		enum text text;
	} names[] = { { "certificate", TEXT_CHECK_CERTIFICATE },
		{ "box-login", TEXT_CHECK_LOGIN }, { "box-file", TEXT_CHECK_FILE } };
	AUTO_PTR(rows) rows = act_rows(t, p, SQL_PORTAL_CSP_CHECKS, ARGS(P_ME(p)), e);
	struct listing l;

	if (rows == NULL || !listing_begin(&l, p, "checks", TEXT_GO_TEST, columns,
				nitems(columns), CHECKS_MOST, e))
		return false;
	while (l.n_rows < CHECKS_MOST && ROWS_NEXT(rows, row, &r)) {
		struct str name = r.name;

		for (size_t i = 0; i < nitems(names); i++)
			if (str_is(r.name, names[i].name))
				name = text_of(p->language, names[i].text);
		listing_row(&l);
		listing_text(&l, name);
		listing_say(&l, r.passed ? TEXT_GO_PASSED : TEXT_GO_NOT_YET);
		listing_text(&l, r.found);
		listing_time(&l, r.at);
	}
	return listing_end(&l, TEXT_GO_NOT_YET, TEXT_GO_TEST_SAYS, e);
}

/* ---- the page ---- */

static bool
read(struct task *t, struct page *p, struct state *s, struct rows **keep, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);

	return c != NULL && db_one(t, c, SQL_PORTAL_CSP_REGISTRATION, ARGS(P_ME(p)), fields,
				nitems(fields), s, keep, e) == DB_FOUND;
}

static bool
show(struct task *t, struct page *p, int status, const enum text *wrong, struct err *e)
{
	AUTO_PTR(rows) keep = NULL;
	struct state s;

	if (!read(t, p, &s, &keep, e))
		return false;
	view_c(&p->view, "may", (p->me->is & PORTAL_MEMBER) != 0 ? "1" : "");
	view_c(&p->view, "admin", (p->me->is & PORTAL_ADMIN) != 0 ? "1" : "");
	view_set(&p->view, "code", page_keep(p, s.code));
	return put_steps(p, &s, e) && put_facts(p, &s, e) && put_checks(t, p, e) &&
	       fields_set(p, "fields", certificate_fields, nitems(certificate_fields), NULL,
		   wrong, e) &&
	       page_send(t, p, status, "csp_registration.html", e);
}

static bool
see(struct task *t, struct page *p, struct err *e)
{
	act_page(p, done, nitems(done));
	return show(t, p, 200, NULL, e);
}

/* ---- what is done ---- */

static int
certify(struct task *t, struct page *p, const struct form *f, enum text wrong[FIELDS_MOST],
    struct err *e)
{
	AUTO(buf) der = BUF(CHAIN_BYTES_MOST);
	char says[CHAIN_SAYS_SIZE];
	size_t leaf;

	if (!fields_check(certificate_fields, nitems(certificate_fields), f, wrong))
		return act_wrong(p, TEXT_WRONG_SEE);
	if (!chain_read(form_get(f, "certificate"), &der, &leaf, e) ||
	    !chain_check(buf_view(&der), p->portal->conf.csp_ca, says, e)) {
		wrong[0] = TEXT_WRONG_ENROL_CERTIFICATE;
		return act_refused(p, e);
	}
	return act_do(
	    t, p, SQL_PORTAL_CSP_CERTIFICATE, ARGS(P_ME(p), P_BYTES(der.at, der.len)), e);
}

static int
test(struct task *t, struct page *p, struct err *e)
{
	AUTO_PTR(rows) keep = NULL;
	struct state s;
	struct str says;
	bool good;

	if (!read(t, p, &s, &keep, e))
		return 0;
	says = certificate_says(p, s.certificate, &good);
	return act_do(t, p, SQL_PORTAL_CSP_TEST, ARGS(P_ME(p), P_BOOL(good), P_STR(says)), e);
}

static bool
act(struct task *t, struct page *p, struct err *e)
{
	struct form *f;
	struct str what;
	enum text wrong, bad[FIELDS_MOST] = { TEXTS };
	char key[16];
	int status;

	act_page(p, NULL, 0);
	if (!me_form(t, p, &f, &wrong, e))
		return false;
	if (wrong != TEXTS)
		return show(t, p, act_wrong(p, wrong), bad, e);
	what = form_get(f, "do");
	if (str_is(what, "certificate"))
		status = certify(t, p, f, bad, e);
	else if (str_is(what, "test"))
		status = test(t, p, e);
	else if (str_is(what, "live"))
		status = act_do(t, p, SQL_PORTAL_CSP_LIVE, ARGS(P_ME(p)), e);
	else
		status = act_wrong(p, TEXT_WRONG_FORM);
	str_copy(key, sizeof key, what);
	if (status == 200)
		return act_go(t, p, key, e, "/csp/registration");
	return status != 0 && show(t, p, status, bad, e);
}

bool
csp_registration_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see, e);
}

bool
csp_registration_post(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, act, e);
}
