/*
 * What is asked, and the answer: which premises, which kinds of data, how far back, for how
 * long. A customer may leave things out, never add; where the client said `noedit` only yes or
 * no is left.
 */
#include <stdio.h>

#include "base/code.h"
#include "base/json.h"
#include "consent.h"
#include "sys/digest.h"
#include "sys/json_in.h"

enum {
	PREMISES_MOST = 200,
	PREMISES_SHOWN = 24, /* a box each; the rest have one together */
	PREMISE_VALUES = 6,
	TERMS_MOST = 6,
	EVIDENCE_MOST = 1024,
	HISTORIES = 6,
};

static const struct {
	const char *name;
	enum scope_about about;
	enum text text;
} kinds[] = {
	{ "reads", SCOPE_READS, TEXT_KIND_INTERVAL },
	{ "register", SCOPE_REGISTER, TEXT_KIND_REGISTER },
	{ "billing", SCOPE_BILLING, TEXT_KIND_BILLING },
	{ "customer", SCOPE_CUSTOMER, TEXT_KIND_CUSTOMER },
};
static const int histories[HISTORIES] = { 0, 1, 3, 6, 12, 24 };

/* ---- the page; f: as it was filled in, NULL the first time ---- */

static bool
ticked(const struct form *f, const char *name)
{
	return f == NULL || form_get(f, name).len > 0;
}

static bool
set_kinds(struct page *p, const struct consent *k, const struct form *f, struct err *e)
{
	struct view *items = page_items(p, nitems(kinds), 3, e);
	struct scope s;
	size_t n = 0;

	if (items == NULL || !scope_read(&s, k->scope, e))
		return false;
	for (size_t i = 0; i < nitems(kinds); i++) {
		if (!scope_has(&s, kinds[i].about))
			continue;
		view_c(&items[n], "name", kinds[i].name);
		view_set(&items[n], "kind", text_of(p->language, kinds[i].text));
		view_c(&items[n++], "chosen", ticked(f, kinds[i].name) ? "1" : "");
	}
	view_list(&p->view, "kinds", items, n);
	return true;
}

static bool
set_premise(struct page *p, const struct json_value *v, const struct form *f, struct view *to,
    struct err *e)
{
	static const char *const names[] = { "masked", "street", "city", "meter_masked" };
	char name[24];
	int64_t number;
	struct str text;

	for (size_t i = 0; i < nitems(names); i++) {
		if (!json_in_text_or(v, names[i], "", &text, e))
			return false;
		view_set(to, names[i], arena_str(p->memory, text));
	}
	if (!json_in_int(v, "premise", 1, INT32_MAX, &number, e))
		return false;
	snprintf(name, sizeof name, "p%lld", (long long)number);
	view_set(to, "name", arena_str(p->memory, str_of(name)));
	view_c(to, "chosen", ticked(f, name) ? "1" : "");
	return true;
}

static bool
set_premises(struct page *p, const struct consent *k, const struct form *f, struct err *e)
{
	AUTO_PTR(json_in) j = json_in_read(k->premises, e);
	const struct json_value *list;
	struct view *items;
	size_t n, shown;

	if (j == NULL || !json_in_list(json_in_root(j), "items", PREMISES_MOST, &list, &n, e))
		return false;
	items = page_items(p, n, PREMISE_VALUES, e);
	if (items == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!set_premise(p, json_in_item(list, i), f, &items[i], e))
			return false;
	shown = n <= PREMISES_SHOWN ? n : PREMISES_SHOWN;
	view_list(&p->view, "premises", items, shown);
	view_c(&p->view, "rest", n > shown ? "1" : "");
	view_c(&p->view, "rest_chosen", ticked(f, "rest") ? "1" : "");
	view_set(&p->view, "more", page_number(p, (int64_t)(n - shown)));
	view_c(&p->view, "many", n > 1 ? "1" : "");
	view_c(&p->view, "none", n == 0 ? "1" : "");
	return true;
}

static bool
set_terms(struct page *p, const struct consent *k, const struct form *f, struct err *e)
{
	AUTO_PTR(json_in) j = json_in_read(k->terms, e);
	const struct json_value *list;
	struct view *items = page_items(p, TERMS_MOST, 3, e);
	size_t n;

	if (items == NULL || j == NULL ||
	    !json_in_list(json_in_root(j), "items", TERMS_MOST, &list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct json_value *v = json_in_item(list, i);
		int64_t months, ends;
		struct str number;
		bool wished;

		if (!json_in_int(v, "months", 1, 36, &months, e) ||
		    !json_in_int(v, "ends", 0, INT64_MAX, &ends, e) ||
		    !json_in_bool_or(v, "wished", false, &wished, e))
			return false;
		number = page_number(p, months);
		view_set(&p->view, "months", number);
		view_set(&p->view, "ends", page_date(p, ends, TEXT_DATE));
		view_set(&items[i], "months", number);
		view_set(&items[i], "term",
		    page_text(p, months == 1 ? TEXT_TERM_MONTH : TEXT_TERM_MONTHS));
		if (f != NULL)
			wished = str_eq(form_get(f, "months"), number);
		view_c(&items[i], "chosen", wished ? "1" : "");
	}
	view_list(&p->view, "terms", items, n);
	return true;
}

static bool
set_history(struct page *p, const struct consent *k, const struct form *f, struct err *e)
{
	struct view *items = page_items(p, HISTORIES + 1, 3, e);
	size_t n = 0;

	if (items == NULL)
		return false;
	for (size_t i = 0; i <= HISTORIES; i++) {
		/* those below what is asked, then that */
		int months = i < HISTORIES ? histories[i] : (int)k->history;
		struct str number = page_number(p, months);

		if (i < HISTORIES && months >= k->history)
			continue;
		view_set(&p->view, "history", number);
		view_set(&items[n], "months", number);
		view_set(&items[n], "past",
		    page_text(p, months == 0   ? TEXT_HISTORY_NONE
				 : months == 1 ? TEXT_HISTORY_MONTH
					       : TEXT_HISTORY_MONTHS));
		view_c(&items[n++], "chosen",
		    f != NULL		   ? (str_eq(form_get(f, "history"), number) ? "1" : "")
		    : months == k->history ? "1"
					   : "");
	}
	view_list(&p->view, "pasts", items, n);
	return true;
}

bool
choose_show(struct task *t, struct page *p, const struct consent *k, const struct form *f,
    int status, enum text wrong, struct err *e)
{
	struct view *items = page_items(p, DISCLOSURES, 1, e);

	if (items == NULL || !set_kinds(p, k, f, e) || !set_premises(p, k, f, e) ||
	    !set_terms(p, k, f, e) || !set_history(p, k, f, e))
		return false;
	view_c(&p->view, "version", DISCLOSURE_VERSION);
	for (int i = 0; i < DISCLOSURES; i++)
		view_set(
		    &items[i], "disclosure", page_text(p, (enum text)(TEXT_DISCLOSE_1 + i)));
	view_list(&p->view, "disclosures", items, DISCLOSURES);
	view_c(&p->view, "fixed", k->fixed ? "1" : "");
	view_c(&p->view, "ticked", f != NULL && form_get(f, "agree").len > 0 ? "1" : "");
	view_c(&p->view, "wrong_tick", wrong == TEXT_WRONG_TICK ? "1" : "");
	if (wrong != TEXTS)
		page_say(p, "wrong", wrong);
	return page_send(t, p, status, "choose.html", e);
}

/* ---- the answer ---- */

struct chosen {
	int32_t premise[PREMISES_MOST];
	size_t premises;
	int64_t months;
	struct buf scope;
};

static void
chosen_auto(struct chosen *x)
{
	buf_auto(&x->scope);
}

static bool
take_premises(struct chosen *to, const struct consent *k, const struct form *f, struct err *e)
{
	AUTO_PTR(json_in) j = json_in_read(k->premises, e);
	const struct json_value *list;
	size_t n;

	if (j == NULL || !json_in_list(json_in_root(j), "items", PREMISES_MOST, &list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		char name[24];
		int64_t number;

		if (!json_in_int(json_in_item(list, i), "premise", 1, INT32_MAX, &number, e))
			return false;
		snprintf(name, sizeof name, "p%lld", (long long)number);
		if (form_get(f, i < PREMISES_SHOWN ? name : "rest").len > 0)
			to->premise[to->premises++] = (int32_t)number;
	}
	return true;
}

/* What is left when the customer has left things out. */
static bool
take_scope(struct chosen *to, const struct consent *k, const struct form *f, struct err *e)
{
	struct scope s;
	int64_t history;
	bool any = false;

	if (!scope_read(&s, k->scope, e))
		return false;
	if (!k->fixed) {
		for (size_t i = 0; i < nitems(kinds); i++)
			if (form_get(f, kinds[i].name).len == 0)
				scope_drop(&s, kinds[i].about);
		if (s.n[SCOPE_HISTORY] > 0 && str_int64(form_get(f, "history"), &history) &&
		    history < k->history)
			s.value[SCOPE_HISTORY][0] = history * SCOPE_MONTH_S;
	}
	for (size_t i = 0; i < nitems(kinds); i++)
		any =
		    any || (kinds[i].about != SCOPE_CUSTOMER && scope_has(&s, kinds[i].about));
	return any && scope_write(&to->scope, &s, e);
}

static void
evidence(struct buf *to, const struct page *p)
{
	struct json j = json_to(to);

	json_open(&j, NULL);
	json_text(&j, "machine", STR("otp"));
	json_int(&j, "dwell_ms", p->age_ms);
	json_text(&j, "shown", str_of(language_code(p->language)));
	json_end(&j);
}

static enum db_got
put(struct task *t, struct page *p, const struct chosen *x, const unsigned char code[32],
    struct err *e)
{
	AUTO(buf) b = BUF(EVIDENCE_MOST);
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	unsigned char sha256[DIGEST_BYTES];
	char version[32];

	if (c == NULL)
		return DB_RETRY;
	disclosure_hash(p->language, sha256);
	snprintf(
	    version, sizeof version, "%s %s", DISCLOSURE_VERSION, language_code(p->language));
	evidence(&b, p);
	return db_one(t, c, SQL_PORTAL_CONSENT_GRANT,
	    ARGS(P_BYTES(p->sha256, LINK_BYTES), P_INT4S(x->premise, x->premises),
		P_STR(buf_view(&x->scope)), P_INT4((int32_t)x->months), P_TEXT(version),
		P_BYTES(sha256, sizeof sha256), P_STR(buf_view(&b)), P_STR(page_source(p)),
		P_STR(page_agent(p)), P_BYTES(code, 32)),
	    NULL, 0, NULL, NULL, e);
}

bool
yes_act(struct task *t, struct page *p, const struct consent *k, const struct form *f,
    struct err *e)
{
	AUTO(chosen) x = { .scope = BUF(2 * SCOPE_BYTES_MOST) };
	unsigned char sha256[DIGEST_BYTES];
	char token[TOKEN_LEN + 1];
	enum text wrong = TEXTS;

	if (!take_premises(&x, k, f, e))
		return false;
	if (p->age_ms < p->portal->conf.portal_dwell_ms)
		wrong = TEXT_WRONG_SOON;
	else if (form_get(f, "agree").len == 0)
		wrong = TEXT_WRONG_TICK;
	else if (x.premises == 0)
		wrong = TEXT_WRONG_PREMISES;
	else if (!str_int64(form_get(f, "months"), &x.months) || x.months < 1 || x.months > 36)
		wrong = TEXT_WRONG_FORM;
	else if (!take_scope(&x, k, f, e))
		wrong = TEXT_WRONG_KINDS;
	if (wrong != TEXTS) {
		err_clear(e);
		portal_count_wrong(wrong);
		consent_frame(p, k);
		return choose_show(t, p, k, f, 422, wrong, e);
	}
	token_make(token);
	digest_of(token, TOKEN_LEN, sha256);
	if (put(t, p, &x, sha256, e) != DB_FOUND)
		return false;
	portal_count_answer("CONSENT_YES");
	return back(t, p, k->redirect_uri, "code", str_of(token), STR(""), k->state, e);
}
