/*
 * A customer's home: who has access to the data, who asks for it, who had it; and the button
 * that ends one. Without script; what was done is said at the top of the page that follows.
 */
#include <string.h>

#include "me.h"

enum { SHARE_VALUES = 12 };

struct share {
	struct str part, csp, site, privacy, use_en, use_es, state, kind, kinds, masked, street,
	    city, by;
	int64_t agreement, premises, starts_at, ends_at, ended_at, dies_at;
};

static const struct db_field fields[] = {
	DB_TEXT(share, part),
	DB_INT8(share, agreement),
	DB_TEXT(share, csp),
	DB_TEXT(share, site),
	DB_TEXT(share, privacy),
	DB_TEXT(share, use_en),
	DB_TEXT(share, use_es),
	DB_TEXT(share, state),
	DB_TEXT(share, kind),
	DB_TEXT(share, kinds),
	DB_INT8(share, premises),
	DB_TEXT(share, masked),
	DB_TEXT(share, street),
	DB_TEXT(share, city),
	DB_STAMP(share, starts_at),
	DB_STAMP(share, ends_at),
	DB_STAMP(share, ended_at),
	DB_STAMP(share, dies_at),
	DB_TEXT(share, by),
};

/* ---- how it stands, in words ---- */

static const struct {
	const char *state, *by; /* by NULL: whoever it was */
	enum text text;
} words[] = {
	{ "ACTIVE", NULL, TEXT_SHARE_ACTIVE },
	{ "HELD", NULL, TEXT_SHARE_HELD },
	{ "SUSPENDED", NULL, TEXT_SHARE_SUSPENDED },
	{ "PENDING", NULL, TEXT_SHARE_PENDING },
	{ "REJECTED", NULL, TEXT_SHARE_REJECTED },
	{ "REPORTED", NULL, TEXT_SHARE_REPORTED },
	{ "LAPSED", NULL, TEXT_SHARE_LAPSED },
	{ "WITHDRAWN", NULL, TEXT_SHARE_WITHDRAWN },
	{ "UNDELIVERABLE", NULL, TEXT_SHARE_LAPSED },
	{ "COMPLETED", NULL, TEXT_SHARE_COMPLETED },
	{ "TERMINATED", "CUSTOMER", TEXT_SHARE_BY_YOU },
	{ "TERMINATED", "CSP", TEXT_SHARE_BY_THEM },
	{ "TERMINATED", NULL, TEXT_SHARE_ENDED },
};

static enum text
words_of(const struct share *s)
{
	for (size_t i = 0; i < nitems(words); i++)
		if (str_is(s->state, words[i].state) &&
		    (words[i].by == NULL || str_is(s->by, words[i].by)))
			return words[i].text;
	return TEXT_SHARE_ENDED;
}

static struct str
kinds_of(struct page *p, const struct share *s)
{
	if (str_is(s->kind, "DEVICE"))
		return text_of(p->language, TEXT_KIND_DEVICE);
	if (str_is(s->kind, "DEVICE_SERVICES"))
		return text_of(p->language, TEXT_KIND_SERVICES);
	return facts_kinds(p, s->kinds);
}

static void
set_share(struct page *p, const struct share *s, struct view *to)
{
	view_set(&p->view, "csp", page_keep(p, s->csp));
	view_set(&p->view, "starts", page_date(p, s->starts_at, TEXT_DATE));
	view_set(&p->view, "ends", page_date(p, s->ends_at, TEXT_DATE));
	view_set(&p->view, "ended", page_date(p, s->ended_at, TEXT_DATE));
	view_set(&p->view, "dies",
	    page_date(
		p, s->dies_at == DB_STAMP_NONE ? s->dies_at : s->dies_at - 1, TEXT_DATE_LONG));
	view_set(&p->view, "more", page_number(p, s->premises - 1));
	view_set(to, "id", page_number(p, s->agreement));
	view_set(to, "csp", page_keep(p, s->csp));
	view_set(to, "site", page_keep(p, page_web_address(s->site)));
	view_set(to, "privacy", page_keep(p, page_web_address(s->privacy)));
	view_set(to, "use", page_keep(p, p->language == LANGUAGE_ES ? s->use_es : s->use_en));
	view_set(to, "stands", page_text(p, words_of(s)));
	view_set(to, "kinds", kinds_of(p, s));
	view_set(to, "street", page_keep(p, s->street));
	view_set(to, "city", page_keep(p, s->city));
	view_set(to, "masked", page_keep(p, s->masked));
	view_set(to, "places", s->premises > 1 ? page_text(p, TEXT_SHARE_PLACES) : STR(""));
	view_set(to, "press",
	    page_text(p, str_is(s->part, "ASKED") ? TEXT_SHARE_DECLINE : TEXT_SHARE_STOP));
}

/* ---- the page ---- */

static const struct {
	const char *part, *list;
} parts[] = { { "NOW", "now" }, { "ASKED", "asked" }, { "PAST", "past" } };

static bool
show(struct task *t, struct page *p, int status, enum text wrong, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	AUTO_PTR(rows) r = NULL;
	struct view *lists[nitems(parts)];
	size_t n[nitems(parts)] = { 0 };
	struct str done = page_query(p, "done");
	struct share s;

	if (c != NULL)
		r = db_rows(t, c, SQL_PORTAL_SHARES, ARGS(P_BYTES(p->sha256, LINK_BYTES)), e);
	db_release(&c);
	for (size_t i = 0; i < nitems(parts); i++)
		if (r == NULL ||
		    (lists[i] = page_items(p, rows_count(r), SHARE_VALUES, e)) == NULL)
			return false;
	view_c(&p->view, "done", "");
	while (ROWS_NEXT(r, fields, &s))
		for (size_t i = 0; i < nitems(parts); i++) {
			if (!str_is(s.part, parts[i].part))
				continue;
			set_share(p, &s, &lists[i][n[i]++]);
			if (i == 2 && str_eq(done, page_number(p, s.agreement)))
				page_say(p, "done", TEXT_SHARE_DONE);
		}
	for (size_t i = 0; i < nitems(parts); i++)
		view_list(&p->view, parts[i].list, lists[i], n[i]);
	view_c(&p->view, "none", n[0] == 0 ? "1" : "");
	view_set(&p->view, "count_past", page_number(p, (int64_t)n[2]));
	if (wrong != TEXTS)
		page_say(p, "wrong", wrong);
	return home_use(t, p, e) && page_send(t, p, status, "home.html", e);
}

static bool
see(struct task *t, struct page *p, struct err *e)
{
	return show(t, p, 200, TEXTS, e);
}

static bool
end(struct task *t, struct page *p, struct err *e)
{
	AUTO_PTR(conn) c = NULL;
	struct form *f;
	enum text wrong;
	int64_t agreement;
	char path[48] = "/home?done=";

	if (!me_form(t, p, &f, &wrong, e))
		return false;
	if (wrong == TEXTS && !str_int64(form_get(f, "end"), &agreement))
		wrong = TEXT_WRONG_FORM;
	if (wrong != TEXTS)
		return show(t, p, page_wrong_status(wrong), wrong, e);
	c = db_lease(t, p->portal->db, e);
	if (c == NULL)
		return false;
	if (db_exec(t, c, SQL_PORTAL_SHARE_END,
		ARGS(P_BYTES(p->sha256, LINK_BYTES), P_INT8(agreement)), NULL, e) > DB_NONE) {
		db_release(&c);
		if (e->code != ERR_NOT_FOUND && e->code != ERR_SEQUENCE)
			return false;
		err_clear(e);
		return show(t, p, 409, TEXT_WRONG_SHARE, e);
	}
	db_release(&c);
	portal_count_answer("SHARE_END");
	str_copy(path + strlen(path), sizeof path - strlen(path), page_number(p, agreement));
	return page_go(t, p, path, e);
}

bool
home_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see, e);
}

bool
home_post(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, end, e);
}
