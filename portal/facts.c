/* What an agreement says, in words: who, what, for which premises, for how long. */
#include <string.h>

#include "portal.h"
#include "sys/json_in.h"

enum { PREMISES_MOST = 5000, PREMISES_SHOWN = 12, PREMISE_VALUES = 4, KINDS_MOST = 3 };

static const struct {
	const char *kind;
	enum text text;
} kinds[] = {
	{ "interval", TEXT_KIND_INTERVAL },
	{ "register", TEXT_KIND_REGISTER },
	{ "billing", TEXT_KIND_BILLING },
	{ "on-demand", TEXT_KIND_NOW },
	{ "customer", TEXT_KIND_CUSTOMER },
};

struct str
facts_kinds(struct page *p, struct str rest)
{
	AUTO(buf) b = BUF(1024);
	bool more = rest.len > 0;
	struct str kind, text;

	while (more) {
		more = str_cut(rest, ',', &kind, &rest);
		for (size_t i = 0; i < nitems(kinds); i++)
			if (str_is(kind, kinds[i].kind)) {
				if (b.len > 0)
					buf_c(&b, " · ");
				buf_str(&b, text_of(p->language, kinds[i].text));
			}
	}
	text = arena_str(p->memory, buf_view(&b));
	return text.at == NULL ? STR("") : text;
}

struct str
page_web_address(struct str url)
{
	return str_starts(url, "https://") || str_starts(url, "http://") ? url : STR("");
}

static bool
set_kinds(struct page *p, struct err *e)
{
	struct str rest = p->link.kinds, kind;
	struct view *items = page_items(p, KINDS_MOST, 1, e);
	bool more = rest.len > 0;
	size_t n = 0;

	if (items == NULL)
		return false;
	if (str_is(p->link.kind, "DEVICE") || str_is(p->link.kind, "DEVICE_SERVICES")) {
		more = false;
		view_set(&items[n++], "kind",
		    text_of(p->language, str_is(p->link.kind, "DEVICE") ? TEXT_KIND_DEVICE
									: TEXT_KIND_SERVICES));
	}
	while (more) {
		more = str_cut(rest, ',', &kind, &rest);
		for (size_t i = 0; i < nitems(kinds) && n < KINDS_MOST; i++)
			if (str_is(kind, kinds[i].kind))
				view_set(
				    &items[n++], "kind", text_of(p->language, kinds[i].text));
	}
	view_list(&p->view, "kinds", items, n);
	return true;
}

static bool
premise(struct page *p, const struct json_value *v, struct view *to, struct err *e)
{
	static const char *const names[PREMISE_VALUES] = { "masked", "street", "city",
		"meter_masked" };

	for (size_t i = 0; i < nitems(names); i++) {
		struct str text;

		if (!json_in_text_or(v, names[i], "", &text, e))
			return false;
		view_set(to, names[i], arena_str(p->memory, text));
	}
	return true;
}

static bool
set_premises(struct page *p, struct err *e)
{
	AUTO_PTR(json_in) j = json_in_read(p->link.premises, e);
	const struct json_value *list;
	struct view *items;
	size_t n, shown;

	if (j == NULL || !json_in_list(json_in_root(j), "items", PREMISES_MOST, &list, &n, e))
		return false;
	items = page_items(p, n, PREMISE_VALUES, e);
	if (items == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!premise(p, json_in_item(list, i), &items[i], e))
			return false;
	shown = n <= PREMISES_SHOWN + 1 ? n : PREMISES_SHOWN;
	view_list(&p->view, "premises", items, shown);
	view_list(&p->view, "rest", items + shown, n - shown);
	view_c(&p->view, "many", n > 1 ? "1" : "");
	view_set(&p->view, "count", page_number(p, (int64_t)n));
	view_set(&p->view, "more", page_number(p, (int64_t)(n - shown)));
	return true;
}

/* Is it asked, does it go on, or what was it? */
static enum text
what(const struct link *l)
{
	if (str_is(l->state, "PENDING"))
		return TEXT_WHAT;
	if (link_runs(l))
		return TEXT_WHAT_NOW;
	return l->starts_at == DB_STAMP_NONE ? TEXT_WHAT_ASKED : TEXT_WHAT_WAS;
}

static void
set_long(struct page *p)
{
	const struct link *l = &p->link;

	if (str_is(l->kind, "ENERGY_ONCE"))
		page_say(p, "long", TEXT_LONG_ONCE);
	else if (!str_is(l->state, "PENDING") && l->starts_at != DB_STAMP_NONE &&
		 l->ends_at != DB_STAMP_NONE)
		page_say(p, "long", TEXT_LONG_FROM);
	else
		page_say(p, "long", l->months == 1 ? TEXT_LONG_MONTH : TEXT_LONG_MONTHS);
	page_say(p, "past",
	    l->history_months == 0   ? TEXT_HISTORY_NONE
	    : l->history_months == 1 ? TEXT_HISTORY_MONTH
				     : TEXT_HISTORY_MONTHS);
}

bool
facts_set(struct page *p, struct err *e)
{
	const struct link *l = &p->link;
	bool early = l->ended_at != DB_STAMP_NONE && l->ended_at < l->ends_at;

	view_set(&p->view, "csp", l->csp);
	view_set(&p->view, "site", page_web_address(l->site));
	view_set(&p->view, "privacy", page_web_address(l->privacy));
	view_set(&p->view, "use", p->language == LANGUAGE_ES ? l->use_es : l->use_en);
	page_say(p, "what", what(l));
	view_c(&p->view, "device", str_starts(l->kind, "DEVICE") ? "1" : "");
	view_set(&p->view, "months", page_number(p, l->months));
	view_set(&p->view, "history", page_number(p, l->history_months));
	/* the day that ends at its midnight */
	view_set(&p->view, "dies",
	    page_date(
		p, l->dies_at == DB_STAMP_NONE ? l->dies_at : l->dies_at - 1, TEXT_DATE_LONG));
	view_c(&p->view, "mortal", l->dies_at == DB_STAMP_NONE ? "" : "1");
	view_set(&p->view, "starts", page_date(p, l->starts_at, TEXT_DATE));
	view_set(&p->view, "ends", page_date(p, early ? l->ended_at : l->ends_at, TEXT_DATE));
	view_set(&p->view, "decided", page_date(p, l->decided_at, TEXT_DATE));
	view_set(&p->view, "ended", page_date(p, l->ended_at, TEXT_DATE));
	set_long(p);
	return set_kinds(p, e) && set_premises(p, e);
}
