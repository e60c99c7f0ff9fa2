/*
 * A list as a table: what it holds, its columns, rows of cells; what is said when there is
 *none; the way to the next page. On a phone each row is a block of its own. views/listing.html
 *shows the list of that name: {{*agreements}}{{>listing.html}}{{/}}.
 *
 *	struct listing l;
 *	if (!listing_begin(&l, p, "agreements", TEXT_AGREEMENTS, columns, nitems(columns), n,
 *e)) return false; while (ROWS_NEXT(rows, fields, &r)) { listing_row(&l); listing_link(&l,
 *name, "/csp/agreements/%lld", (long long)r.agreement); listing_number(&l, r.premises);
 *	}
 *	listing_next(&l, "before", last);	if there may be more
 *	listing_end(&l, TEXT_NONE, TEXT_NONE_SAYS);
 *
 * Texts are kept until the page is made. None of these waits.
 */
#ifndef PORTAL_LISTING_H
#define PORTAL_LISTING_H

#include "portal.h"

enum { LISTING_COLUMNS_MOST = 12, LISTING_BUTTONS_MOST = 3 };

struct column {
	enum text title;
	bool number; /* to the right */
};

struct listing {
	struct page *p;
	struct view *view; /* of the list itself */
	const struct column *columns;
	struct view *rows, *cells;
	size_t n_columns, rows_most, n_rows, at; /* at: the cell of the row, from 1 */
	const char *name;
};

/* At most rows_most rows. */
bool listing_begin(struct listing *l, struct page *p, const char *name, enum text caption,
    const struct column *columns, size_t n_columns, size_t rows_most, struct err *e);
void listing_row(struct listing *l);
/* The next cell of the row. */
void listing_text(struct listing *l, struct str text);
void listing_say(struct listing *l, enum text which); /* with the page's values */
void listing_number(struct listing *l, int64_t n);
void listing_date(struct listing *l, int64_t utc_s); /* Chicago's day */
void listing_time(struct listing *l, int64_t utc_s); /* … and time of it */
/* A page of this site, in the language of this one. */
void listing_link(struct listing *l, struct str text, const char *fmt, ...) PRINTF_LIKE(3, 4);
void listing_share(struct listing *l, int64_t part, int64_t whole); /* as a bar */
/* A box of the page's form, NAME=1; label: what it is of, for who does not see the row. */
void listing_tick(struct listing *l, struct str name, struct str label);
/* More of the last cell: a soft line; a button of the page's form. */
void listing_more(struct listing *l, struct str text);
void listing_button(
    struct listing *l, const char *name, struct str value, struct str text, bool stops);
/* The next page is this one with `name` as it says, and with all else that it was asked by. */
void listing_next(struct listing *l, const char *name, struct str value);
bool listing_end(struct listing *l, enum text none, enum text none_says, struct err *e);

/* What is known of one thing, as a list of facts; views/things.html shows it. Those with
 * nothing to say are left out. */
struct things {
	struct page *p;
	struct view *at;
	size_t n, most;
};
bool things_begin(struct things *f, struct page *p, size_t most, struct err *e);
void thing(struct things *f, enum text what, struct str says);
void thing_at(struct things *f, enum text what, int64_t utc_s);
void thing_number(struct things *f, enum text what, int64_t n);
void things_end(struct things *f);

/* 1,536 bytes are "1.5 kB". */
struct str page_bytes(struct page *p, int64_t bytes);
/* "November 27, 2026, 01:03" of Chicago's clock. */
struct str page_time(struct page *p, int64_t utc_s);

#endif
