/*
 * What a customer takes away: which home, which days, what, in which form; then a link to each
 * file, that /v1 and Green Button give to any program, too. By GET, without script: the address
 * of the page says what was chosen.
 */
#include <stdio.h>
#include <string.h>

#include "fields.h"
#include "use.h"

enum {
	FILES_MOST = 6,
	FILE_VALUES = 4,
	ADDRESS_MOST = 240,
	NAME_MOST = 120,
	MONTHS = 13,
	DAYS_MOST = 4000,
	DATE_CHARACTERS = 10
};

enum { PREMISE, FROM, TO, WHAT, FORM, DETAIL, FIELDS };
static const struct field rows[FIELDS] = {
	[PREMISE] = { "premise", "select", "off", 22, TEXT_PLACE_WHICH, TEXTS,
	    TEXT_TAKE_PLACE },
	[FROM] = { "from", "date", "off", DATE_CHARACTERS, TEXT_TAKE_FROM, TEXTS,
	    TEXT_TAKE_DATE },
	[TO] = { "to", "date", "off", DATE_CHARACTERS, TEXT_TAKE_TO, TEXTS, TEXT_TAKE_DATE },
	[WHAT] = { "what", "checks", "off", 0, TEXT_TAKE_WHAT, TEXTS, TEXT_TAKE_NOTHING },
	[FORM] = { "form", "select", "off", 8, TEXT_TAKE_FORM, TEXT_TAKE_FORM_HINT, TEXTS },
	[DETAIL] = { "detail", "select", "off", 8, TEXT_TAKE_DETAIL, TEXTS, TEXTS },
};

enum what { TAKE_USE, TAKE_COST, TAKE_BILLS, TAKE_REGISTER, TAKE_CUSTOMER, TAKES };
static const struct {
	const char *name;
	enum text label, says; /* of the box; of the file */
} takes[TAKES] = {
	[TAKE_USE] = { "use", TEXT_TAKE_USE, TEXT_TAKE_USE_SAYS },
	[TAKE_COST] = { "cost", TEXT_TAKE_COST, TEXT_TAKE_COST_SAYS },
	[TAKE_BILLS] = { "bills", TEXT_TAKE_BILLS, TEXT_TAKE_BILLS_SAYS },
	[TAKE_REGISTER] = { "register", TEXT_TAKE_REGISTER, TEXT_TAKE_REGISTER_SAYS },
	[TAKE_CUSTOMER] = { "customer", TEXT_TAKE_CUSTOMER, TEXT_TAKE_CUSTOMER_SAYS },
};

struct word {
	const char *name, *ending;
	enum text label;
};
static const struct word forms[] = {
	{ "csv", "csv", TEXT_TAKE_CSV },
	{ "csv-ext", "csv", TEXT_TAKE_CSV_EXT },
	{ "xml", "xml", TEXT_TAKE_GREEN },
	{ "json", "json", TEXT_TAKE_JSON },
};
static const struct word details[] = {
	{ "15min", "", TEXT_BY_15 },
	{ "hour", "", TEXT_BY_HOUR },
	{ "day", "", TEXT_BY_DAY },
};

struct taking {
	struct page *p;
	const struct places *places;
	const struct form *f;
	int32_t from, to;
	size_t form, detail;
};

/* ---- the form ---- */

static void
words(struct page *p, struct field_choice *to, const struct word *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = (struct field_choice){ str_of(from[i].name),
			text_of(p->language, from[i].label) };
}

/* What the address has of a field that has choices: which one; the first when it has none. */
static size_t
which(struct str value, const struct word *of, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(value, of[i].name))
			return i;
	return 0;
}

static struct str
place_label(struct page *p, const struct place *x)
{
	char text[NAME_MOST];

	snprintf(text, sizeof text, STR_FMT "%s" STR_FMT " \xc2\xb7 \xe2\x80\xa6" STR_FMT,
	    STR_ARG(x->street), x->street.len > 0 ? ", " : "", STR_ARG(x->city), 4,
	    x->esiid.at + x->esiid.len - 4);
	return page_keep(p, str_of(text));
}

static bool
put_form(struct taking *k, const enum text *wrong, struct err *e)
{
	struct field_choice what[TAKES], form[nitems(forms)], detail[nitems(details)];
	struct field_choice *place =
	    arena_get(k->p->memory, (k->places->n + 1) * sizeof *place);

	if (place == NULL)
		return err(e, ERR_BUSY, "no memory for a page");
	for (size_t i = 0; i < k->places->n; i++)
		place[i] = (struct field_choice){ k->places->at[i].esiid,
			place_label(k->p, &k->places->at[i]) };
	for (size_t i = 0; i < TAKES; i++)
		what[i] = (struct field_choice){ str_of(takes[i].name),
			text_of(k->p->language, takes[i].label) };
	words(k->p, form, forms, nitems(forms));
	words(k->p, detail, details, nitems(details));
	return fields_put(k->p, &k->p->view, "fields", rows, FIELDS,
	    (struct field_choices[]){ { "premise", place, k->places->n },
		{ "what", what, TAKES }, { "form", form, nitems(forms) },
		{ "detail", detail, nitems(details) } },
	    4, k->f, wrong, e);
}

/* The first time: the days that a page names that led here, else the last 13 months; use alone.
 */
static const struct form *
preset(struct page *p, const struct place *x, int32_t newest, struct err *e)
{
	char from[CIVIL_DATE_SIZE], to[CIVIL_DATE_SIZE], esiid[ESIID_SIZE];
	int32_t first = civil_add_months(newest, -MONTHS) + 1, asked;

	if (civil_read_date(page_query(p, "to"), &asked) && asked < newest)
		newest = asked;
	if (civil_read_date(page_query(p, "from"), &asked))
		first = asked;

	if (x->first_day != DAY_NONE && first < x->first_day)
		first = x->first_day;
	civil_date(from, first < newest ? first : newest);
	civil_date(to, newest);
	str_copy(esiid, sizeof esiid, x->esiid);
	return fields_preset(p,
	    (struct field_preset[]){
		{ "premise", esiid }, { "from", from }, { "to", to }, { "what-use", "1" } },
	    4, e);
}

static bool
checked(struct taking *k, enum text wrong[FIELDS_MOST])
{
	bool ok = fields_check(rows, FIELDS, k->f, wrong);

	if (wrong[FROM] == TEXTS && !civil_read_date(form_get(k->f, "from"), &k->from))
		wrong[FROM] = TEXT_TAKE_DATE;
	if (wrong[TO] == TEXTS && !civil_read_date(form_get(k->f, "to"), &k->to))
		wrong[TO] = TEXT_TAKE_DATE;
	ok = ok && wrong[FROM] == TEXTS && wrong[TO] == TEXTS;
	if (ok && (k->to < k->from || k->to - k->from > DAYS_MOST)) {
		wrong[TO] = k->to < k->from ? TEXT_TAKE_ORDER : TEXT_TAKE_LONG;
		ok = false;
	}
	k->form = which(form_get(k->f, "form"), forms, nitems(forms));
	k->detail = which(form_get(k->f, "detail"), details, nitems(details));
	return ok;
}

/* ---- the files ---- */

static struct str
address(const struct taking *k, enum what w)
{
	AUTO(buf) b = BUF(ADDRESS_MOST);
	char from[CIVIL_DATE_SIZE], to[CIVIL_DATE_SIZE];

	if (w == TAKE_CUSTOMER)
		return STR("/espi/1_1/resource/Download/Customer");
	civil_date(from, k->from);
	civil_date(to, k->to);
	buf_fmt(&b, "/v1/premises/" STR_FMT "/reads?from=%s&to=%s",
	    STR_ARG(k->places->one->esiid), from, to);
	if (w == TAKE_BILLS || w == TAKE_REGISTER)
		buf_fmt(&b, "&kind=%s&format=csv", w == TAKE_BILLS ? "billing" : "register");
	else
		buf_fmt(&b, "&resolution=%s&format=%s%s", details[k->detail].name,
		    w == TAKE_COST ? "json" : forms[k->form].name,
		    w == TAKE_COST ? "&cost=true" : "");
	return page_keep(k->p, buf_view(&b));
}

static struct str
file_name(const struct taking *k, enum what w)
{
	char text[NAME_MOST], from[CIVIL_DATE_SIZE], to[CIVIL_DATE_SIZE];
	const struct str esiid = k->places->one->esiid;
	const char *ending = w == TAKE_USE	  ? forms[k->form].ending
			     : w == TAKE_COST	  ? "json"
			     : w == TAKE_CUSTOMER ? "xml"
						  : "csv";

	civil_date(from, k->from);
	civil_date(to, k->to);
	if (w == TAKE_CUSTOMER)
		snprintf(text, sizeof text, "busbar-%s.%s", takes[w].name, ending);
	else
		snprintf(text, sizeof text, "busbar-%s-%.4s-%s-%s.%s", takes[w].name,
		    esiid.at + esiid.len - 4, from, to, ending);
	return page_keep(k->p, str_of(text));
}

static bool
put_files(struct taking *k, struct err *e)
{
	struct view *items = page_items(k->p, TAKES, FILE_VALUES, e);
	size_t n = 0;

	if (items == NULL)
		return false;
	for (int w = 0; w < TAKES; w++) {
		char box[NAME_MOST];

		snprintf(box, sizeof box, "what-%s", takes[w].name);
		if (form_get(k->f, box).len == 0)
			continue;
		view_set(&items[n], "href", address(k, (enum what)w));
		view_set(&items[n], "file", file_name(k, (enum what)w));
		view_set(&items[n], "says", text_of(k->p->language, takes[w].says));
		n++;
	}
	view_list(&k->p->view, "files", items, n);
	view_set(&k->p->view, "range", use_range_text(k->p, k->from, k->to));
	return true;
}

static bool
show(struct task *t, struct page *p, struct err *e)
{
	AUTO(places) x = { 0 };
	struct taking k = { .p = p, .places = &x, .f = fields_query(p) };
	enum text wrong[FIELDS_MOST];
	bool asked = k.f != NULL && form_get(k.f, "go").len > 0, ok = true;

	if (!places_read(t, p, &x, e))
		return e->code == ERR_NOT_FOUND ? page_unknown(t, p->portal, p->call, e)
						: false;
	view_c(&p->view, "use_style", file_named(STR("use.css"))->tag);
	if (x.one == NULL)
		return page_send(t, p, 200, "use_none.html", e);
	if (!places_set(p, &x, e))
		return false;
	view_list(&p->view, "files", NULL, 0);
	if (asked)
		ok = checked(&k, wrong);
	else
		k.f = preset(p, x.one, place_newest(x.one), e);
	if (k.f == NULL || !put_form(&k, asked ? wrong : NULL, e) ||
	    (asked && ok && !put_files(&k, e)))
		return false;
	if (!ok)
		page_say(p, "wrong", TEXT_WRONG_SEE);
	return page_send(t, p, ok ? 200 : 422, "download.html", e);
}

bool
download_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, show, e);
}
