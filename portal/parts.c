/*
 * All parts that pages are made of, in every state, on one page: fields as they come, filled in
 * and wrong, buttons, what was done and what is wrong, lists, charts, what is empty and what
 * still loads. For who makes pages, so it is there in a demo only.
 */
#include <stdio.h>

#include "chart.h"
#include "fields.h"
#include "listing.h"

enum { FORMS = 3, FORM_VALUES = 3, LIST_ROWS = 3, BARS = 14, THINGS = 3, DAY_S = 86400 };

static const struct field rows[] = {
	{ "text", "text", "off", 30, TEXT_ESIID, TEXT_ESIID_HINT, TEXT_WRONG_ESIID },
	{ "email", "email", "off", 254, TEXT_UP_EMAIL, TEXT_UP_EMAIL_HINT, TEXT_WRONG_EMAIL },
	{ "password", "password", "off", 128, TEXT_LOGIN_PASSWORD, TEXTS, TEXT_WRONG_EMAIL },
	{ "number", "number", "off", 2, TEXT_TERM_ASKED, TEXT_TERM_HINT, TEXTS },
	{ "date", "date", "off", 10, TEXT_TAKE_FROM, TEXTS, TEXT_WRONG_EMAIL },
	{ "select", "select", "off", 20, TEXT_TAKE_DETAIL, TEXTS, TEXTS },
	{ "textarea", "textarea", "off", 200, TEXT_REFERENCE, TEXT_REFERENCE_HINT,
	    TEXT_WRONG_EMAIL },
	{ "file", "file", "off", 0, TEXT_TAKE_FILES, TEXTS, TEXTS },
	{ "checks", "checks", "off", 1, TEXT_READS, TEXTS, TEXTS },
	{ "tick", "tick", "off", 1, TEXT_USE_TAKE, TEXTS, TEXTS },
};

static const struct field_preset filled[] = {
	{ "text", "10443720009000001" },
	{ "email", "somebody@example.com" },
	{ "number", "12" },
	{ "date", "2026-11-01" },
	{ "select", "day" },
	{ "textarea", "<b>not bold</b>" },
	{ "checks-15", "1" },
	{ "tick", "1" },
};

/* "text0", "text1", …: names and what goes by them are there once on a page. */
static const char *
numbered(struct page *p, const char *name, size_t k)
{
	char text[32];

	snprintf(text, sizeof text, "%s%zu", name, k);
	return page_keep(p, str_of(text)).at;
}

/* The same form again and again: new, filled in, wrong. */
static bool
set_form(struct page *p, size_t k, struct view *to, struct err *e)
{
	struct field own[nitems(rows)];
	struct field_preset given[nitems(filled)];
	enum text wrong[nitems(rows)];
	const struct field_choice at[] = { { STR("15"), text_of(p->language, TEXT_BY_15) },
		{ STR("day"), text_of(p->language, TEXT_BY_DAY) } };
	const struct field_choices choices[] = { { numbered(p, "select", k), at, nitems(at) },
		{ numbered(p, "checks", k), at, nitems(at) } };
	struct form *f;

	for (size_t i = 0; i < nitems(rows); i++) {
		own[i] = rows[i];
		own[i].name = numbered(p, rows[i].name, k);
		wrong[i] = TEXT_WRONG_EMAIL;
	}
	for (size_t i = 0; i < nitems(filled); i++) {
		given[i] = filled[i];
		given[i].name = numbered(p, filled[i].name, k);
	}
	given[nitems(filled) - 1].name = k == 2 ? "no" : given[nitems(filled) - 1].name;
	f = fields_preset(p, given, nitems(given), e);
	return f != NULL && fields_put(p, to, "fields", own, nitems(rows), choices,
				nitems(choices), k == 0 ? NULL : f, k == 2 ? wrong : NULL, e);
}

static bool
set_forms(struct page *p, struct err *e)
{
	static const char *const titles[FORMS] = { "New", "Filled in", "Wrong" };
	struct view *forms = page_items(p, FORMS, FORM_VALUES, e);

	if (forms == NULL)
		return false;
	for (size_t k = 0; k < FORMS; k++) {
		forms[k].outer = &p->view;
		view_c(&forms[k], "form", titles[k]);
		if (!set_form(p, k, &forms[k], e))
			return false;
	}
	view_list(&p->view, "forms", forms, FORMS);
	return true;
}

/* A list with all that a cell may have, and one that has nothing. */
static bool
set_lists(struct page *p, struct err *e)
{
	static const struct column columns[] = { { TEXT_ESIID, false },
		{ TEXT_USE_WHEN, false }, { TEXT_USE_COL_USED, true },
		{ TEXT_USE_NOTE, false } };
	struct listing l;

	if (!listing_begin(
		&l, p, "full", TEXT_USE_TABLE, columns, nitems(columns), LIST_ROWS, e))
		return false;
	for (int i = 0; i < LIST_ROWS; i++) {
		listing_row(&l);
		listing_link(&l, STR("10443720009000001"), "/parts");
		listing_more(&l, text_of(p->language, TEXT_USE_ESTIMATED));
		listing_date(&l, page_now_ms() / 1000 - i * DAY_S);
		listing_number(&l, 1234 * (i + 1));
		listing_share(&l, i + 1, LIST_ROWS);
		listing_button(&l, "parts", STR("1"), text_of(p->language, TEXT_PLACE_SHOW),
		    i == LIST_ROWS - 1);
	}
	listing_next(&l, "from", STR("2"));
	return listing_end(&l, TEXT_USE_EMPTY, TEXT_USE_EMPTY_SAYS, e) &&
	       listing_begin(
		   &l, p, "nothing", TEXT_USE_TABLE, columns, nitems(columns), 1, e) &&
	       listing_end(&l, TEXT_USE_EMPTY, TEXT_USE_EMPTY_SAYS, e);
}

/* Bars of every kind, up and down, with what they are compared with. */
static bool
set_chart(struct page *p, struct err *e)
{
	struct chart_bar bars[BARS];

	for (int i = 0; i < BARS; i++)
		bars[i] = (struct chart_bar){ .up = 9000 + i * 700 % 2900,
			.down = 1000 + i * 300 % 2000,
			.mark = 10000,
			.kind = i == 9	? CHART_NONE
				: i > 9 ? CHART_GUESSED
					: CHART_WHOLE };
	return chart_set(p, bars, BARS, "kWh", e);
}

static bool
set_things(struct page *p, struct err *e)
{
	struct things f;

	if (!things_begin(&f, p, THINGS, e))
		return false;
	thing(&f, TEXT_ESIID, STR("10443720009000001"));
	thing_at(&f, TEXT_USE_WHEN, page_now_ms() / 1000);
	thing_number(&f, TEXT_USE_COL_USED, 1234567);
	things_end(&f);
	return true;
}

bool
parts_get(struct task *t, struct call *c, struct err *e)
{
	AUTO(page) p;
	struct portal *portal = c->who;

	if (!portal->conf.portal_demo)
		return page_unknown(t, portal, c, e);
	page_open(&p, portal, c);
	page_language(&p, LANGUAGE_EN);
	if (!set_forms(&p, e) || !set_lists(&p, e) || !set_chart(&p, e) || !set_things(&p, e))
		return false;
	view_c(&p.view, "use_style", file_named(STR("use.css"))->tag);
	return page_send(t, &p, 200, "parts.html", e);
}
