/* Desks: shows one, and takes its form; see desk.h. */
#include "desk.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "says.h"

enum {
	PART_VALUES = 8,
	FACT_VALUES = 2,
	FILTER_VALUES = 3,
	BUTTON_VALUES = 3,
	PATH_MOST = 400
};

static const struct desks *const desks[] = { &desks_operator, &desks_watch, &desks_work,
	&desks_limits, &desks_people, &desks_regulator, &desks_cases, &desks_reports };

static const struct desk *
desk_of(const struct route *page)
{
	for (size_t i = 0; i < nitems(desks); i++)
		for (size_t k = 0; k < desks[i]->n; k++)
			if (strcmp(desks[i]->at[k].path, page->path) == 0)
				return &desks[i]->at[k];
	return NULL;
}

struct str
desk_key(const struct page *p, const struct desk *d)
{
	const struct form *asked;

	if (strchr(d->path, '{') != NULL)
		return str_of(p->call->param[0]);
	if (!d->search)
		return page_query(p, "f");
	asked = fields_query((struct page *)(uintptr_t)p);
	return asked == NULL ? STR("") : form_get(asked, "f");
}

/* ---- its parts ---- */

static bool
put_facts(struct task *t, struct page *p, const struct desk_part *part, struct str key,
    struct view *to, struct str *may, struct err *e)
{
	AUTO(desk_rows) r = { 0 };
	struct view *items = page_items(p, part->n, FACT_VALUES, e);
	size_t n = 0;

	if (items == NULL || !desk_rows_ask(&r, t, p, part, key, page_query(p, "before"), e))
		return false;
	if (!desk_rows_next(&r))
		return err(e, ERR_NOT_FOUND, "there is nothing by that name");
	for (size_t i = 0; i < part->n; i++) {
		struct str text = desk_text_of(p, &r, i);

		if (text.len == 0)
			continue;
		items[n].outer = to;
		view_set(&items[n], "title", text_of(p->language, part->columns[i].title));
		view_set(&items[n++], "text", text);
	}
	view_list(to, "facts", items, n);
	if (part->may)
		*may = page_keep(p, desk_rows_text(&r, r.may));
	if (part->titled && desk_rows_text(&r, r.title).len > 0)
		view_set(
		    &p->view, "title", page_keep(p, desk_word(p, desk_rows_text(&r, r.title))));
	return true;
}

static void
put_cell(struct page *p, struct listing *l, const struct desk_part *part, struct desk_rows *r,
    size_t i)
{
	listing_text(l, desk_text_of(p, r, i));
	/* what a search for it takes */
	if (part->columns[i].cell == DESK_KIND)
		listing_more(l, page_keep(p, desk_rows_text(r, i)));
}

static void
put_row(struct page *p, struct listing *l, const struct desk_part *part, struct desk_rows *r)
{
	listing_row(l);
	for (size_t i = 0; i < part->n; i++)
		if (i == 0 && part->to != NULL && desk_rows_text(r, r->id).len > 0)
			listing_link(l, desk_text_of(p, r, i), "%s" STR_FMT, part->to,
			    STR_ARG(desk_rows_text(r, r->id)));
		else
			put_cell(p, l, part, r, i);
}

static bool
put_list(struct task *t, struct page *p, const struct desk *d, const struct desk_part *part,
    struct str key, struct view *to, struct err *e)
{
	AUTO(desk_rows) r = { 0 };
	struct column *columns = arena_get(p->memory, part->n * sizeof *columns);
	struct listing l;
	struct str last = STR("");
	size_t n = 0;

	if (columns == NULL)
		return err(e, ERR_BUSY, "no memory for a page");
	if (!desk_rows_ask(&r, t, p, part, key, page_query(p, "before"), e))
		return false;
	for (size_t i = 0; i < part->n; i++)
		columns[i] = (struct column){ part->columns[i].title,
			desk_number_column(&part->columns[i]) };
	if (!listing_begin(&l, p, "listing", part->title == TEXTS ? d->title : part->title,
		columns, part->n, rows_count(r.rows), e))
		return false;
	for (; desk_rows_next(&r); n++) {
		put_row(p, &l, part, &r);
		if (part->more)
			last = page_keep(p, desk_rows_text(&r, r.id));
	}
	if (part->more && n == DESK_ROWS_A_PAGE)
		listing_next(&l, "before", last);
	if (!listing_end(&l, part->none, part->none_says, e))
		return false;
	l.view->outer = to;
	view_list(to, "table", l.view, 1);
	return true;
}

static bool
put_parts(struct task *t, struct page *p, const struct desk *d, struct str *may, struct err *e)
{
	struct view *items = page_items(p, d->n_parts, PART_VALUES, e);
	struct str key = desk_key(p, d);

	if (items == NULL)
		return false;
	for (size_t i = 0; i < d->n_parts; i++) {
		const struct desk_part *part = &d->parts[i];

		items[i].outer = &p->view;
		view_set(&items[i], "number", page_number(p, (int64_t)i + 1));
		view_set(&items[i], "heading",
		    part->title == TEXTS ? STR("") : text_of(p->language, part->title));
		view_list(&items[i], "facts", NULL, 0);
		view_list(&items[i], "table", NULL, 0);
		if (part->facts ? !put_facts(t, p, part, key, &items[i], may, e)
				: !put_list(t, p, d, part, key, &items[i], e))
			return false;
	}
	view_list(&p->view, "parts", items, d->n_parts);
	return true;
}

/* ---- filters, the form ---- */

static bool
put_filters(struct page *p, const struct desk *d, struct err *e)
{
	struct view *items = page_items(p, d->n_filters, FILTER_VALUES, e);
	struct str now = page_query(p, "f");
	char path[PATH_MOST];

	if (items == NULL)
		return false;
	for (size_t i = 0; i < d->n_filters; i++) {
		const char *value = d->filters[i].value;

		if (value[0] == '/') /* the way to another desk */
			snprintf(path, sizeof path, "%s?l=%s", value,
			    text_of(p->language, TEXT_LANG).at);
		else
			snprintf(path, sizeof path, "%s?%s%s%sl=%s", d->path,
			    value[0] ? "f=" : "", value, value[0] ? "&" : "",
			    text_of(p->language, TEXT_LANG).at);
		items[i].outer = &p->view;
		view_set(&items[i], "path", page_keep(p, str_of(path)));
		view_set(&items[i], "name", text_of(p->language, d->filters[i].text));
		view_c(&items[i], "here", str_is(now, value) ? "1" : "");
	}
	view_list(&p->view, "filters", items, d->n_filters);
	view_c(&p->view, "search", d->search ? "1" : "");
	view_set(&p->view, "sought", d->search ? desk_key(p, d) : STR(""));
	view_set(&p->view, "search_hint",
	    d->search ? text_of(p->language, d->search_hint) : STR(""));
	return true;
}

/* Is it among "release,refuse"? */
static bool
named(struct str list, const char *name)
{
	struct str one;

	while (list.len > 0) {
		str_cut(list, ',', &one, &list);
		if (str_is(one, name))
			return true;
	}
	return false;
}

static bool
has_may(const struct desk *d)
{
	for (size_t i = 0; i < d->n_parts; i++)
		if (d->parts[i].may)
			return true;
	return false;
}

static bool
put_buttons(
    struct page *p, const struct desk *d, struct str may, unsigned *needed, struct err *e)
{
	struct view *items = page_items(p, d->n_buttons, BUTTON_VALUES, e);
	size_t n = 0;

	if (items == NULL)
		return false;
	for (size_t i = 0; i < d->n_buttons; i++) {
		const struct desk_button *b = &d->buttons[i];

		if ((p->me->is & PORTAL_MEMBER) == 0 || (has_may(d) && !named(may, b->name)))
			continue;
		*needed |= b->needs;
		items[n].outer = &p->view;
		view_c(&items[n], "name", b->name);
		view_c(&items[n], "look", b->look);
		view_set(&items[n++], "press", text_of(p->language, b->text));
	}
	view_list(&p->view, "buttons", items, n);
	return true;
}

/* needed: by the buttons that are there; what only others need is left out. */
static bool
put_fields(struct page *p, const struct desk *d, const struct form *f, unsigned needed,
    const enum text *wrong, struct err *e)
{
	struct field *fields = arena_get(p->memory, (d->n_fields + 1) * sizeof *fields);
	enum text says[FIELDS_MOST];
	unsigned any = 0;
	size_t n = 0;
	struct field_choices *choices =
	    arena_get(p->memory, (d->n_choices + 1) * sizeof *choices);

	if (choices == NULL || fields == NULL)
		return err(e, ERR_BUSY, "no memory for a page");
	for (size_t i = 0; i < d->n_buttons; i++)
		any |= d->buttons[i].needs;
	for (size_t i = 0; i < d->n_fields; i++)
		if (((any & ~needed) >> i & 1U) == 0) {
			says[n] = wrong == NULL ? TEXTS : wrong[i];
			fields[n++] = d->fields[i];
		}
	for (size_t i = 0; i < d->n_choices; i++) {
		const struct desk_choices *from = &d->choices[i];
		struct field_choice *at = arena_get(p->memory, from->n * sizeof *at);

		if (at == NULL)
			return err(e, ERR_BUSY, "no memory for a page");
		for (size_t k = 0; k < from->n; k++)
			at[k] = (struct field_choice){ str_of(from->at[k].value),
				text_of(p->language, from->at[k].text) };
		choices[i] = (struct field_choices){ from->field, at, from->n };
	}
	return fields_put(p, &p->view, "fields", fields, n, choices, d->n_choices, f, says, e);
}

/* ---- the page ---- */

static enum text
done_of(const struct desk *d, struct str name)
{
	for (size_t i = 0; i < d->n_buttons; i++)
		if (str_is(name, d->buttons[i].name))
			return d->buttons[i].done;
	return TEXTS;
}

/* What was done is said where it leads to, which may be another desk. */
static void
put_done(struct page *p)
{
	struct str name = page_query(p, "done"), at = page_query(p, "at");
	enum text done = TEXTS;

	for (size_t i = 0; i < portal_page_count && done == TEXTS; i++) {
		const struct desk *d = desk_of(&portal_pages[i]);
		char number[24];

		snprintf(number, sizeof number, "%zu", i);
		if (d != NULL && str_is(at, number))
			done = done_of(d, name);
	}
	view_set(&p->view, "done", done == TEXTS ? STR("") : text_of(p->language, done));
}

static bool
has_secrets(const struct page *p)
{
	for (size_t i = 0; i < p->view.n; i++)
		if (strcmp(p->view.at[i].name, "secrets") == 0)
			return true;
	return false;
}

bool
desk_show(struct task *t, struct page *p, const struct desk *d, const struct form *f,
    int status, enum text all, struct str says, const enum text *wrong, struct err *e)
{
	struct str may = STR("");
	char path[PATH_MOST];
	unsigned needed = 0;

	snprintf(path, sizeof path, STR_FMT, STR_ARG(p->call->http->path));
	view_set(&p->view, "title", text_of(p->language, d->title));
	view_set(&p->view, "lead", d->lead == TEXTS ? STR("") : page_text(p, d->lead));
	view_c(&p->view, "up", d->up == NULL ? "" : d->up);
	view_set(
	    &p->view, "up_text", d->up == NULL ? STR("") : text_of(p->language, d->up_text));
	view_set(&p->view, "here", page_keep(p, str_of(path)));
	view_set(&p->view, "form_title",
	    d->n_buttons == 0 ? STR("") : text_of(p->language, d->form_title));
	view_c(&p->view, "csv", d->file != NULL ? "1" : "");
	says_set(p, "says", "says_en", says);
	view_c(&p->view, "broad", "1");
	if (!has_secrets(p))
		view_list(&p->view, "secrets", NULL, 0);
	put_done(p);
	if (all != TEXTS)
		page_say(p, "wrong", all);
	if (!put_parts(t, p, d, &may, e)) {
		/* what was looked for is no word that can be looked for */
		if (e->code == ERR_BAD_INPUT && d->search) {
			view_set(&p->view, "says", page_keep(p, str_of(e->text)));
			view_list(&p->view, "parts", NULL, 0);
			page_say(p, "wrong", TEXT_DESK_WRONG_INPUT);
			status = 422;
		} else if (e->code == ERR_NOT_FOUND) {
			err_clear(e);
			return page_unknown(t, p->portal, p->call, e);
		} else
			return false;
		err_clear(e);
	}
	return put_filters(p, d, e) && put_buttons(p, d, may, &needed, e) &&
	       put_fields(p, d, f, needed, wrong, e) && page_send(t, p, status, "desk.html", e);
}

static bool
see(struct task *t, struct page *p, struct err *e)
{
	const struct desk *d = desk_of(p->call->route);

	if (d == NULL)
		return err(e, ERR_BUG, "%s is no desk", p->call->route->path);
	if (d->file != NULL && str_is(page_query(p, "format"), "csv"))
		return desk_csv(t, p, d, e);
	return desk_show(t, p, d, NULL, 200, TEXTS, STR(""), NULL, e);
}

/* ---- what is done ---- */

/* What the database refuses is shown on the same page, with what was typed. */
static const struct {
	enum err_code code;
	int status;
	enum text text;
} refusals[] = {
	{ ERR_BAD_INPUT, 422, TEXT_DESK_WRONG_INPUT },
	{ ERR_TOO_BIG, 422, TEXT_DESK_WRONG_INPUT },
	{ ERR_SEQUENCE, 409, TEXT_DESK_WRONG_STATE },
	{ ERR_CONFLICT, 409, TEXT_DESK_WRONG_STATE },
	{ ERR_NOT_FOUND, 409, TEXT_DESK_WRONG_GONE },
	{ ERR_FORBIDDEN, 403, TEXT_DESK_WRONG_FORBIDDEN },
};

static bool
refused(
    struct task *t, struct page *p, const struct desk *d, const struct form *f, struct err *e)
{
	for (size_t i = 0; i < nitems(refusals); i++)
		if (e->code == refusals[i].code && p->call->http->status == 0) {
			struct str says = page_keep(p, str_of(e->text));

			err_clear(e);
			return desk_show(
			    t, p, d, f, refusals[i].status, refusals[i].text, says, NULL, e);
		}
	return false;
}

/* On to what was made or changed. */
static bool
go(struct task *t, struct page *p, const struct desk *d, const struct desk_button *b,
    struct str key, struct err *e)
{
	char path[PATH_MOST];

	if (d->then != NULL)
		snprintf(path, sizeof path, "%s" STR_FMT "%cdone=%s&at=%td", d->then,
		    STR_ARG(key), strchr(d->then, '?') != NULL ? '&' : '?', b->name,
		    p->call->route - portal_pages);
	else
		snprintf(path, sizeof path, STR_FMT "?done=%s&at=%td",
		    STR_ARG(p->call->http->path), b->name, p->call->route - portal_pages);
	return page_go(t, p, path, e);
}

static bool
do_it(struct task *t, struct page *p, const struct desk *d, const struct desk_button *b,
    const struct form *f, struct err *e)
{
	static const struct db_field fields[] = { { "key", DB_T_TEXT, 0 } };
	struct str words[FIELDS_MOST], key;
	AUTO_PTR(rows) keep = NULL;
	AUTO_PTR(conn) c = NULL;

	for (size_t i = 0; i < d->n_fields; i++)
		words[i] = form_get(f, d->fields[i].name);
	if (b->act != NULL && !b->act(t, p, d, f, words, e))
		return p->call->http->status != 0 || refused(t, p, d, f, e);
	if (p->call->http->status != 0)
		return true;
	c = db_lease(t, p->portal->db, e);
	if (c == NULL)
		return false;
	if (db_one(t, c, b->does,
		ARGS(P_BYTES(p->sha256, LINK_BYTES), P_STR(desk_key(p, d)),
		    P_TEXTS(words, d->n_fields)),
		fields, nitems(fields), &key, &keep, e) != DB_FOUND) {
		db_release(&c);
		return refused(t, p, d, f, e);
	}
	db_release(&c);
	portal_count_answer("DESK");
	return go(t, p, d, b, key, e);
}

static bool
act(struct task *t, struct page *p, struct err *e)
{
	const struct desk *d = desk_of(p->call->route);
	const struct desk_button *b = NULL;
	enum text wrong[FIELDS_MOST], all;
	struct form *f;
	bool ok = true;

	if (d == NULL)
		return err(e, ERR_BUG, "%s is no desk", p->call->route->path);
	if (!me_form(t, p, &f, &all, e))
		return false;
	for (size_t i = 0; i < d->n_buttons; i++)
		if (str_is(form_get(f, "do"), d->buttons[i].name))
			b = &d->buttons[i];
	if (all == TEXTS && b == NULL)
		all = TEXT_WRONG_FORM;
	if (all != TEXTS)
		return desk_show(t, p, d, f, page_wrong_status(all), all, STR(""), NULL, e);
	(void)fields_check(d->fields, d->n_fields, f, wrong);
	for (size_t i = 0; i < d->n_fields; i++) {
		/* which are needed is the button's matter */
		if (str_trim(form_get(f, d->fields[i].name)).len == 0)
			wrong[i] = (b->needs >> i & 1U) != 0 ? TEXT_DESK_MISSING : TEXTS;
		ok = ok && wrong[i] == TEXTS;
	}
	if (!ok)
		return desk_show(t, p, d, f, 422, TEXT_DESK_WRONG_FIELDS, STR(""), wrong, e);
	return do_it(t, p, d, b, f, e);
}

bool
desk_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see, e);
}

bool
desk_post(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, act, e);
}
