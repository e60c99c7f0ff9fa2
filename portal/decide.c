/*
 * The decision: one page, three answers. Showing it changes nothing but that the visit is on
 * record. An answer is looked at by the checks below, in order; then the database decides,
 * where the first answer wins and everybody is shown the true state.
 */
#include <stdio.h>

#include "base/json.h"
#include "portal.h"
#include "sys/digest.h"
#include "work.h"

enum { EVIDENCE_MOST = 1024 };

struct answer {
	const struct form *form;
	int64_t age_ms;
	const char *choice;
	const char *machine; /* what showed that it is none: "work", "code"; NULL: not asked */
	bool failed;	     /* the question could not be put: e says why */
};

static bool
confirms(const struct answer *a)
{
	return str_is(str_of(a->choice), "CONFIRM");
}

/* ---- the checks: true is fine ---- */

static bool
honey(struct task *t, struct page *p, struct answer *a, struct err *e)
{
	(void)t, (void)p, (void)e;
	return form_get(a->form, "fax").len == 0;
}

static bool
choice(struct task *t, struct page *p, struct answer *a, struct err *e)
{
	static const char *const choices[] = { "CONFIRM", "DECLINE", "REPORT" };

	(void)t, (void)p, (void)e;
	for (size_t i = 0; i < nitems(choices); i++)
		if (str_is(form_get(a->form, "choice"), choices[i]))
			a->choice = choices[i];
	return a->choice != NULL;
}

static bool
dwell(struct task *t, struct page *p, struct answer *a, struct err *e)
{
	(void)t, (void)e;
	return a->age_ms >= p->portal->conf.portal_dwell_ms;
}

static bool
tick(struct task *t, struct page *p, struct answer *a, struct err *e)
{
	(void)t, (void)p, (void)e;
	return !confirms(a) || str_is(form_get(a->form, "agree"), "1");
}

/* The code of the mail stands in the database as SHA-256 of token, ":" and code, so that the
 * database alone cannot try codes; it counts tries. */
static bool
code_right(struct task *t, struct page *p, struct answer *a, struct str code, struct err *e)
{
	struct {
		bool right;
	} row;
	static const struct db_field fields[] = { { "right", DB_T_BOOL, 0 } };
	unsigned char sha256[DIGEST_BYTES];
	char text[TOKEN_LEN + 8];
	AUTO_PTR(conn) c = NULL;
	int len = snprintf(text, sizeof text, "%s:" STR_FMT, p->call->param[0], STR_ARG(code));

	digest_of(text, (size_t)len, sha256);
	c = db_lease(t, p->portal->db, e);
	a->failed = c == NULL || db_one(t, c, SQL_PORTAL_CODE,
				     ARGS(P_BYTES(p->sha256, LINK_BYTES), P_BYTES(sha256, 32)),
				     fields, nitems(fields), &row, NULL, e) != DB_FOUND;
	return !a->failed && row.right;
}

static bool
machine(struct task *t, struct page *p, struct answer *a, struct err *e)
{
	int bits = (int)p->portal->conf.portal_work_bits;
	char code[7];
	size_t n = 0;
	struct str typed = form_get(a->form, "code"), work = form_get(a->form, "work");

	if (!confirms(a))
		return true;
	a->machine = "work";
	if (bits == 0 || (work.len > 0 && work_ok(str_of(p->nonce), work, bits)))
		return true;
	a->machine = "code";
	for (size_t i = 0; i < typed.len; i++) /* people put blanks and hyphens between */
		if (typed.at[i] >= '0' && typed.at[i] <= '9' && n < 6)
			code[n++] = typed.at[i];
	return n == 6 && code_right(t, p, a, (struct str){ code, n }, e);
}

static const struct {
	bool (*ok)(struct task *t, struct page *p, struct answer *a, struct err *e);
	enum text wrong;
} checks[] = {
	{ honey, TEXT_WRONG_HONEY },
	{ choice, TEXT_WRONG_CHOICE },
	{ dwell, TEXT_WRONG_SOON },
	{ tick, TEXT_WRONG_TICK },
	{ machine, TEXT_WRONG_CODE },
};

/* ---- the page ---- */

void
disclosure_hash(enum language l, unsigned char sha256[32])
{
	AUTO(buf) b = BUF(64 * 1024);

	buf_fmt(&b, "%s %s\n", DISCLOSURE_VERSION, language_code(l));
	for (int i = 0; i < DISCLOSURES; i++) {
		buf_str(&b, text_of(l, (enum text)(TEXT_DISCLOSE_1 + i)));
		buf_byte(&b, '\n');
	}
	buf_str(&b, text_of(l, TEXT_TICK));
	buf_byte(&b, '\n');
	digest_of(b.at, b.len, sha256);
}

static bool
show(struct task *t, struct page *p, int status, enum text wrong, bool ticked, struct err *e)
{
	struct view *items = page_items(p, DISCLOSURES, 1, e);
	char bits[8], rounds[16], dwell_ms[24];

	if (items == NULL || !facts_set(p, e))
		return false;
	view_c(&p->view, "version", DISCLOSURE_VERSION);
	for (int i = 0; i < DISCLOSURES; i++)
		view_set(
		    &items[i], "disclosure", page_text(p, (enum text)(TEXT_DISCLOSE_1 + i)));
	view_list(&p->view, "disclosures", items, DISCLOSURES);
	snprintf(bits, sizeof bits, "%d", (int)p->portal->conf.portal_work_bits);
	snprintf(rounds, sizeof rounds, "%d", WORK_ROUNDS);
	snprintf(dwell_ms, sizeof dwell_ms, "%lld", (long long)p->portal->conf.portal_dwell_ms);
	view_c(&p->view, "bits", bits);
	view_c(&p->view, "rounds", rounds);
	view_c(&p->view, "dwell", dwell_ms);
	view_c(&p->view, "ticked", ticked ? "1" : "");
	view_c(&p->view, "wrong_tick", wrong == TEXT_WRONG_TICK ? "1" : "");
	view_c(&p->view, "wrong_code", wrong == TEXT_WRONG_CODE ? "1" : "");
	if (wrong != TEXTS)
		page_say(p, "wrong", wrong);
	return page_send(t, p, status, "decide.html", e);
}

bool
decide_show(struct task *t, struct page *p, struct err *e)
{
	return str_is(p->link.state, "PENDING") ? show(t, p, 200, TEXTS, false, e)
						: after_show(t, p, 200, TEXTS, e);
}

/* ---- the answer ---- */

static void
evidence(struct buf *to, const struct page *p, const struct answer *a)
{
	struct json j = json_to(to);

	json_open(&j, NULL);
	if (a->machine != NULL) {
		json_text(&j, "machine", str_of(a->machine));
		json_int(&j, "bits", p->portal->conf.portal_work_bits);
	}
	json_int(&j, "dwell_ms", a->age_ms);
	json_text(&j, "shown", str_of(language_code(p->language)));
	json_end(&j);
}

static bool
put(struct task *t, struct page *p, const struct answer *a, struct err *e)
{
	AUTO(buf) b = BUF(EVIDENCE_MOST);
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	unsigned char sha256[DIGEST_BYTES];
	char version[32];
	enum db_got got;

	if (c == NULL)
		return false;
	disclosure_hash(p->language, sha256);
	snprintf(
	    version, sizeof version, "%s %s", DISCLOSURE_VERSION, language_code(p->language));
	evidence(&b, p, a);
	got = db_one(t, c, SQL_PORTAL_DECIDE,
	    ARGS(P_BYTES(p->sha256, LINK_BYTES), P_TEXT(a->choice), P_TEXT(version),
		P_BYTES(sha256, sizeof sha256), P_STR(buf_view(&b)), P_STR(page_source(p)),
		P_STR(page_agent(p))),
	    NULL, 0, NULL, NULL, e);
	/* whatever it was, the page that comes next shows the state that holds */
	if (got == DB_FOUND || got == DB_NONE || got == DB_UNCERTAIN ||
	    e->code == ERR_SEQUENCE || e->code == ERR_CONFLICT) {
		portal_count_answer(a->choice);
		err_clear(e);
		return true;
	}
	return false;
}

bool
decide_act(struct task *t, struct page *p, struct err *e)
{
	struct form f;
	struct answer a = { .form = &f };
	enum text wrong;
	bool ticked;

	if (!str_is(p->link.state, "PENDING"))
		return after_act(t, p, e);
	if (!page_form(t, p, &f, &wrong, &a.age_ms, e))
		return false;
	for (size_t i = 0; i < nitems(checks) && wrong == TEXTS; i++)
		if (!checks[i].ok(t, p, &a, e))
			wrong = checks[i].wrong;
	if (a.failed)
		return false;
	if (wrong == TEXTS)
		return put(t, p, &a, e) && page_see(t, p, "", e);
	err_clear(e);
	portal_count_wrong(wrong);
	ticked = wrong != TEXT_WRONG_ORIGIN && wrong != TEXT_WRONG_FORM &&
		 str_is(form_get(&f, "agree"), "1");
	return show(t, p, page_wrong_status(wrong), wrong, ticked, e);
}
