/* Lists; see listing.h. */
#include "listing.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fields.h"

enum {
	LIST_VALUES = 9,
	COLUMNS_NARROW = 6, /* more of them stand as blocks on a tablet, too */
	ROW_VALUES = 1,
	CELL_VALUES = 10,
	BUTTON_VALUES = 4,
	PATH_MOST = 2048,
	MINUTE_S = 60,
	HOUR_S = 3600,
	DAY_S = 86400
};

static bool
put_columns(struct listing *l, struct err *e)
{
	struct page *p = l->p;
	struct view *items = page_items(p, l->n_columns, 2, e);

	if (items == NULL)
		return false;
	for (size_t i = 0; i < l->n_columns; i++) {
		items[i].outer = l->view;
		view_set(&items[i], "title", page_text(p, l->columns[i].title));
		view_c(&items[i], "number", l->columns[i].number ? "1" : "");
	}
	view_list(l->view, "columns", items, l->n_columns);
	return true;
}

bool
listing_begin(struct listing *l, struct page *p, const char *name, enum text caption,
    const struct column *columns, size_t n_columns, size_t rows_most, struct err *e)
{
	assert(n_columns <= LISTING_COLUMNS_MOST);
	*l = (struct listing){ .p = p,
		.columns = columns,
		.n_columns = n_columns,
		.rows_most = rows_most,
		.name = name };
	l->view = page_items(p, 1, LIST_VALUES, e);
	l->rows = page_items(p, rows_most, ROW_VALUES, e);
	l->cells = page_items(p, rows_most * n_columns, CELL_VALUES, e);
	if (l->view == NULL || l->rows == NULL || l->cells == NULL)
		return false;
	view_set(l->view, "caption", page_text(p, caption));
	view_c(l->view, "next", "");
	view_c(l->view, "many", n_columns > COLUMNS_NARROW ? "1" : "");
	return put_columns(l, e);
}

void
listing_row(struct listing *l)
{
	assert(l->n_rows < l->rows_most && (l->n_rows == 0 || l->at == l->n_columns));
	l->rows[l->n_rows].outer = l->view;
	view_list(
	    &l->rows[l->n_rows], "cells", l->cells + l->n_rows * l->n_columns, l->n_columns);
	l->n_rows++;
	l->at = 0;
}

static struct view *
last(struct listing *l)
{
	return &l->cells[(l->n_rows - 1) * l->n_columns + l->at - 1];
}

static struct view *
next(struct listing *l, struct str text)
{
	const struct column *c;
	struct view *v;

	assert(l->n_rows > 0 && l->at < l->n_columns);
	c = &l->columns[l->at++];
	v = last(l);
	v->outer = &l->rows[l->n_rows - 1];
	view_set(v, "title", page_text(l->p, c->title));
	view_c(v, "number", c->number ? "1" : "");
	view_set(v, "text", page_keep(l->p, text));
	view_c(v, "href", "");
	view_c(v, "share", "");
	view_c(v, "more", "");
	view_c(v, "tick", "");
	view_c(v, "label", "");
	view_list(v, "buttons", NULL, 0);
	return v;
}

/* A value that the last cell has: another one. */
static struct view_value *
value_of(struct view *v, const char *name)
{
	for (size_t i = 0; i < v->n; i++)
		if (strcmp(v->at[i].name, name) == 0)
			return &v->at[i];
	assert(!"a cell has no such value");
	return NULL;
}

void
listing_text(struct listing *l, struct str text)
{
	(void)next(l, text);
}

void
listing_say(struct listing *l, enum text which)
{
	(void)next(l, page_text(l->p, which));
}

void
listing_number(struct listing *l, int64_t n)
{
	(void)next(l, page_number(l->p, n));
}

void
listing_date(struct listing *l, int64_t utc_s)
{
	(void)next(l, page_date(l->p, utc_s, TEXT_DATE));
}

void
listing_time(struct listing *l, int64_t utc_s)
{
	(void)next(l, page_time(l->p, utc_s));
}

void
listing_link(struct listing *l, struct str text, const char *fmt, ...)
{
	struct view *v = next(l, text);
	char path[PATH_MOST], whole[PATH_MOST + 8];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(path, sizeof path, fmt, ap);
	va_end(ap);
	snprintf(whole, sizeof whole, "%s%cl=%s", path, strchr(path, '?') != NULL ? '&' : '?',
	    text_of(l->p->language, TEXT_LANG).at);
	value_of(v, "href")->text = page_keep(l->p, str_of(whole));
}

void
listing_share(struct listing *l, int64_t part, int64_t whole)
{
	struct view *v = next(l, STR(""));
	char width[16];

	snprintf(
	    width, sizeof width, "%.1f", whole > 0 ? 100.0 * (double)part / (double)whole : 0);
	value_of(v, "share")->text = page_keep(l->p, str_of(width));
}

void
listing_tick(struct listing *l, struct str name, struct str label)
{
	struct view *v = next(l, STR(""));

	value_of(v, "tick")->text = page_keep(l->p, name);
	value_of(v, "label")->text = page_keep(l->p, label);
}

void
listing_more(struct listing *l, struct str text)
{
	value_of(last(l), "more")->text = page_keep(l->p, text);
}

void
listing_button(
    struct listing *l, const char *name, struct str value, struct str text, bool stops)
{
	struct view_value *list = value_of(last(l), "buttons");
	struct err e = { 0 };
	struct view *b;

	if (list->items == NULL)
		list->items = page_items(l->p, LISTING_BUTTONS_MOST, BUTTON_VALUES, &e);
	if (list->items == NULL)
		return; /* sending such a page fails by itself */
	assert(list->n < LISTING_BUTTONS_MOST);
	/* made here, so it may be filled here */
	b = (struct view *)(uintptr_t)&list->items[list->n++];
	b->outer = last(l);
	view_c(b, "name", name);
	view_set(b, "value", page_keep(l->p, value));
	view_set(b, "press", page_keep(l->p, text));
	view_c(b, "stops", stops ? "1" : "");
}

static void
add_pair(struct buf *to, struct str name, struct str value)
{
	buf_byte(to, to->len > 0 ? '&' : '?');
	http_escape(to, name);
	buf_byte(to, '=');
	http_escape(to, value);
}

void
listing_next(struct listing *l, const char *name, struct str value)
{
	AUTO(buf) to = BUF(PATH_MOST);
	const struct form *asked = fields_query(l->p);

	for (size_t i = 0; asked != NULL && i < asked->n; i++)
		if (!str_is(asked->at[i].name, name) && !str_is(asked->at[i].name, "done"))
			add_pair(&to, asked->at[i].name, asked->at[i].value);
	add_pair(&to, str_of(name), value);
	value_of(l->view, "next")->text = page_keep(l->p, buf_view(&to));
}

bool
listing_end(struct listing *l, enum text none, enum text none_says, struct err *e)
{
	const struct form *asked = fields_query(l->p);
	bool filtered = false;

	assert(l->n_rows == 0 || l->at == l->n_columns);
	for (size_t i = 0; asked != NULL && i < asked->n; i++)
		filtered |= asked->at[i].value.len > 0 && !str_is(asked->at[i].name, "l") &&
			    !str_is(asked->at[i].name, "done");
	view_list(l->view, "rows", l->rows, l->n_rows);
	view_set(l->view, "none",
	    filtered ? text_of(l->p->language, TEXT_LISTING_NO_HIT) : page_text(l->p, none));
	view_set(l->view, "none_says",
	    filtered ? text_of(l->p->language, TEXT_LISTING_NO_HIT_SAYS)
		     : page_text(l->p, none_says));
	view_list(&l->p->view, l->name, l->view, 1);
	return l->p->memory != NULL || err(e, ERR_BUSY, "no memory for a page");
}

struct str
page_time(struct page *p, int64_t utc_s)
{
	char text[8];
	int64_t s;

	if (utc_s == DB_STAMP_NONE || utc_s == DB_STAMP_FOREVER || utc_s == DB_STAMP_EVER)
		return page_date(p, utc_s, TEXT_DATE);
	s = zone_local_s(p->portal->zone, utc_s) % DAY_S;
	s = s < 0 ? s + DAY_S : s;
	snprintf(
	    text, sizeof text, "%02d:%02d", (int)(s / HOUR_S), (int)(s % HOUR_S / MINUTE_S));
	view_set(&p->view, "date", page_date(p, utc_s, TEXT_DATE));
	view_set(&p->view, "clock", page_keep(p, str_of(text)));
	return page_text(p, TEXT_DATE_TIME);
}

struct str
page_bytes(struct page *p, int64_t bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
	double n = (double)bytes;
	size_t i = 0;
	char text[32];

	for (; n >= 1000 && i + 1 < nitems(units); i++)
		n /= 1000;
	snprintf(text, sizeof text, i == 0 || n >= 100 ? "%.0f %s" : "%.1f %s", n, units[i]);
	return page_keep(p, str_of(text));
}

bool
things_begin(struct things *f, struct page *p, size_t most, struct err *e)
{
	*f = (struct things){ .p = p, .at = page_items(p, most, 2, e), .most = most };
	return f->at != NULL;
}

void
thing(struct things *f, enum text what, struct str says)
{
	if (says.len == 0)
		return;
	assert(f->n < f->most);
	view_set(&f->at[f->n], "fact", text_of(f->p->language, what));
	view_set(&f->at[f->n++], "says", page_keep(f->p, says));
}

void
thing_at(struct things *f, enum text what, int64_t utc_s)
{
	if (utc_s != DB_STAMP_NONE)
		thing(f, what, page_time(f->p, utc_s));
}

void
thing_number(struct things *f, enum text what, int64_t n)
{
	thing(f, what, page_number(f->p, n));
}

void
things_end(struct things *f)
{
	view_list(&f->p->view, "things", f->at, f->n);
}
