/*
 * Data for people and for programs from one table of columns: aligned text with a heading, or
 *JSON
 * {"items":[{…},…]}; a single thing is a column of names and values (what is not there is left
 *out), or one object. Texts are copied and shown without control bytes.
 *
 *	AUTO(list) l = LIST(columns);
 *	while (ROWS_NEXT(r, fields, &row)) {
 *		list_int(&l, row.file);
 *		list_text(&l, row.name);
 *	}
 *	return list_print(&l, c, e);
 */
#ifndef CLI_LIST_H
#define CLI_LIST_H

#include "cli/cli.h"

enum cell_type {
	CELL_TEXT, /* db text */
	CELL_INT,  /* db int8; int2 and int4 too */
	CELL_DATE,
	CELL_STAMP,  /* UTC */
	CELL_MOMENT, /* db text: UTC with microseconds, which only JSON shows */
	CELL_BOOL,
	CELL_KWH,    /* db int8, Wh; shown with three decimals */
	CELL_HEX,    /* db bytea */
	CELL_DIGITS, /* db text: a number or null */
	CELL_JSON,   /* db text: JSON, put in as it stands */
};

enum { LIST_BYTES_MOST = 256 * 1024 * 1024, LIST_COLUMNS_MOST = 32 };

struct list_column {
	const char *name;  /* member of the object and column of the statement: "received_at" */
	const char *title; /* heading for people: "RECEIVED"; NULL: only in JSON */
	enum cell_type type;
};

struct cell {
	bool null;
	int64_t number;
	struct str text;
};

struct list {
	const struct list_column *columns;
	size_t count;
	struct buf texts; /* cells' texts, end to end */
	struct buf cells; /* struct packed cells */
	size_t at;	  /* the next cell's column */
	bool full;
};

#define LIST(c)                                                                    \
	{                                                                          \
		.columns = (c), .count = nitems(c), .texts = BUF(LIST_BYTES_MOST), \
		.cells = BUF(LIST_BYTES_MOST)                                      \
	}

void list_auto(struct list *l);
void list_add(
    struct list *l, struct cell cell); /* the next cell; after the last a new row begins */
void list_text(struct list *l, struct str s); /* at == NULL: nothing there */
void list_int(struct list *l, int64_t n); /* also dates, instants, bools, Wh, by column type */
void list_none(struct list *l);
/* All rows of a statement, matched by column name. */
bool list_rows(
    struct list *l, struct task *t, struct conn *c, enum sql q, struct args a, struct err *e);
/* What stands there; a text lives until the next one is added. */
struct cell list_cell(const struct list *l, size_t row, size_t column);
size_t list_count(const struct list *l); /* whole rows */
bool list_print(const struct list *l, const struct cli *c, struct err *e);
/* The first row alone; ERR_NOT_FOUND with `what` when there is none. */
bool list_print_one(const struct list *l, const struct cli *c, const char *what, struct err *e);
/* As list_print, into a buffer. */
void list_draw(const struct list *l, bool json, bool colour, struct buf *to);
void list_draw_one(const struct list *l, bool json, struct buf *to);

#endif
