/*
 * Desks: the pages where operators and regulators work. Each is a row of a table: lists and
 * facts that a statement gives, filters, and one form with several buttons.
 *
 * Statements of lists and facts take (shown, key, before). key: what the address names, or the
 * filter; before: where the next page of a list begins. A list's row has a column "id" where it
 * leads somewhere. Facts are one row; its column "title" is the heading, "may" the names of the
 * buttons that this person may press now. Statements of buttons take (shown, key, words), words
 * being the form's in the order of its fields, and give the key of what to show then.
 *
 *	desk.c        shows a desk, takes its form
 *	desk_cells.c  rows of a statement as cells; codes in words
 *	operator.c watch.c work.c limits.c people.c  the operator's desks; regulator.c the
 *	              regulator's; desk_rows.h: how they are written
 *	cases.c       the regulator's cases, on both desks; ../customer/case_reads.c: what is
 *seen acts.c        buttons that need more than a statement
 */
#ifndef PORTAL_DESK_H
#define PORTAL_DESK_H

#include "fields.h"
#include "listing.h"
#include "me.h"

enum { DESK_COLUMNS_MOST = 24, DESK_PARTS_MOST = 5, DESK_BUTTONS_MOST = 8 };

enum desk_cell {
	DESK_TEXT,
	DESK_BY,    /* who did it: "operator olga and regulator rita" in words of the page */
	DESK_WORD,  /* a code: in words of the page's language */
	DESK_WORDS, /* several, with " · " between them */
	DESK_KIND,  /* a kind of event or a detector, likewise; its code stands below */
	DESK_SAY,   /* "CODE|a|b": a sentence with {a} and {b} */
	DESK_NUMBER,
	DESK_FIGURE, /* text that stands as numbers do */
	DESK_TIME,   /* an instant: Chicago's day and time */
	DESK_DAY,
};
struct desk_column {
	const char *name;
	enum desk_cell cell;
	enum text title;
};

struct desk_part {
	enum text title;	   /* TEXTS: it needs none */
	enum text none, none_says; /* of a list without rows; of facts: nothing by that key */
	enum sql rows;
	const struct desk_column *columns;
	size_t n;
	const char *to; /* a row leads to this and its id; NULL: nowhere. Facts: NULL */
	bool facts;
	bool titled, may; /* facts: with those columns */
	bool more;	  /* it has more pages */
};

struct desk_filter {
	const char *value; /* "/…": the way to another desk */
	enum text text;
};

struct desk_choice {
	const char *value;
	enum text text;
};
struct desk_choices {
	const char *field;
	const struct desk_choice *at;
	size_t n;
};

struct desk;
/* A button that needs more than its statement. False as me_fn. */
typedef bool desk_act(struct task *t, struct page *p, const struct desk *d,
    const struct form *f, struct str words[], struct err *e);

struct desk_button {
	const char *name;
	enum text text;
	const char *look; /* class: "yes", "no", "stop" */
	unsigned needs;	  /* which fields must be filled in: bits, 1 the first */
	enum sql does;
	enum text done; /* what is said then */
	desk_act *act;	/* NULL: the statement alone */
};

struct desk {
	const char *path; /* of its rows in the table of pages */
	enum text title, lead;
	const char *up; /* where it belongs to; NULL: it is a home */
	enum text up_text;
	const struct desk_filter *filters;
	size_t n_filters;
	const struct desk_part *parts;
	size_t n_parts;
	enum text form_title;
	const struct field *fields;
	size_t n_fields;
	const struct desk_choices *choices;
	size_t n_choices;
	const struct desk_button *buttons;
	size_t n_buttons;
	const char *then; /* the page of what was done: this and its key; NULL: this page */
	bool search;	  /* the filter is a field that is typed */
	enum text search_hint;
	const struct desk_part *file; /* what can be had as CSV; NULL: nothing */
};

struct desks {
	const struct desk *at;
	size_t n;
};
extern const struct desks desks_operator, desks_watch, desks_work, desks_limits, desks_people,
    desks_regulator, desks_cases, desks_reports;

/* ---- desk.c ---- */
/* Shows a desk again, with what is wrong; says: in the words of the database. */
bool desk_show(struct task *t, struct page *p, const struct desk *d, const struct form *f,
    int status, enum text all, struct str says, const enum text *wrong, struct err *e);
/* What the page's address names; else its filter. */
struct str desk_key(const struct page *p, const struct desk *d);

/* ---- desk_cells.c ---- */
union desk_value {
	int32_t day;
	int64_t number;
	struct str text;
};
struct desk_rows {
	const struct desk_column *columns;
	size_t n;
	struct rows *rows;
	struct db_field fields[DESK_COLUMNS_MOST + 3];
	union desk_value values[DESK_COLUMNS_MOST + 3];
	size_t id, title, may; /* where those are; SIZE_MAX: it has none */
};
enum { DESK_ROWS_A_PAGE = 50 };
/* before: where the list goes on, as a row's id; not a number: it begins. */
bool desk_rows_ask(struct desk_rows *r, struct task *t, struct page *p,
    const struct desk_part *part, struct str key, struct str before, struct err *e);
void desk_rows_auto(struct desk_rows *r);
bool desk_rows_next(struct desk_rows *r);
struct str desk_rows_text(const struct desk_rows *r, size_t at); /* of id, title, may */
struct str desk_text_of(struct page *p, const struct desk_rows *r, size_t column);
bool desk_number_column(const struct desk_column *c);
struct str desk_say(struct page *p, struct str coded);
struct str desk_word(const struct page *p, struct str code);
/* d->file as CSV. */
bool desk_csv(struct task *t, struct page *p, const struct desk *d, struct err *e);

desk_act approve_act, look_act, case_act, person_act;

#endif
