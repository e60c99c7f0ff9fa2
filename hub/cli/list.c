/* One table of columns, drawn twice: for people and for programs. See list.h. */
#include "cli/list.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/code.h"
#include "base/kwh.h"

/* A cell as it is kept: texts may move while the buffer grows, so they are kept by place. */
struct kept {
	int64_t number;
	size_t text_at, text_len;
	bool null;
};

void
list_auto(struct list *l)
{
	buf_auto(&l->texts);
	buf_auto(&l->cells);
}

void
list_add(struct list *l, struct cell cell)
{
	struct kept k = { cell.number, l->texts.len, cell.text.len, cell.null };

	assert(l->count <= LIST_COLUMNS_MOST);
	buf_str(&l->texts, cell.text);
	buf_add(&l->cells, &k, sizeof k);
	l->full = l->texts.over || l->cells.over;
	l->at = (l->at + 1) % l->count;
}

void
list_text(struct list *l, struct str s)
{
	list_add(l, (struct cell){ .null = s.at == NULL, .text = s });
}

void
list_int(struct list *l, int64_t n)
{
	list_add(l, (struct cell){ .number = n });
}

void
list_none(struct list *l)
{
	list_add(l, (struct cell){ .null = true });
}

size_t
list_count(const struct list *l)
{
	return l->cells.len / sizeof(struct kept) / l->count;
}

struct cell
list_cell(const struct list *l, size_t row, size_t column)
{
	struct kept k;

	memcpy(&k, l->cells.at + (row * l->count + column) * sizeof k, sizeof k);
	return (struct cell){ k.null, k.number,
		{ k.text_len == 0 ? "" : l->texts.at + k.text_at, k.text_len } };
}

/* ---- rows of the database ---- */

union db_cell {
	bool truth;
	int32_t day;
	int64_t number;
	struct str text;
};

static enum db_type
db_type_of(enum cell_type type)
{
	switch (type) {
	case CELL_INT:
	case CELL_KWH:
		return DB_T_INT8;
	case CELL_DATE:
		return DB_T_DATE;
	case CELL_STAMP:
		return DB_T_STAMP;
	case CELL_BOOL:
		return DB_T_BOOL;
	case CELL_HEX:
		return DB_T_BYTES;
	case CELL_TEXT:
	case CELL_MOMENT:
	case CELL_DIGITS:
	case CELL_JSON:
		break;
	}
	return DB_T_TEXT;
}

static void
add_db_cell(struct list *l, enum cell_type type, const union db_cell *v)
{
	switch (db_type_of(type)) {
	case DB_T_BOOL:
		list_int(l, v->truth);
		break;
	case DB_T_DATE:
		list_add(l, (struct cell){ .null = v->day == DAY_NONE, .number = v->day });
		break;
	case DB_T_STAMP:
		list_add(
		    l, (struct cell){ .null = v->number == INT64_MIN, .number = v->number });
		break;
	case DB_T_INT4:
	case DB_T_INT8:
		list_int(l, v->number);
		break;
	case DB_T_TEXT:
	case DB_T_BYTES:
		list_text(l, v->text);
		break;
	}
}

bool
list_rows(
    struct list *l, struct task *t, struct conn *c, enum sql q, struct args a, struct err *e)
{
	struct db_field fields[LIST_COLUMNS_MOST];
	union db_cell row[LIST_COLUMNS_MOST];
	AUTO_PTR(rows) r = db_rows(t, c, q, a, e);

	if (r == NULL)
		return false;
	for (size_t i = 0; i < l->count; i++)
		fields[i] = (struct db_field){ l->columns[i].name,
			db_type_of(l->columns[i].type), i * sizeof row[0] };
	while (rows_next(r, fields, l->count, row))
		for (size_t i = 0; i < l->count; i++)
			add_db_cell(l, l->columns[i].type, &row[i]);
	return !l->full ||
	       err(e, ERR_TOO_BIG, "the answer is larger than %d bytes", LIST_BYTES_MOST);
}

/* ---- for people ---- */

static bool
is_number(enum cell_type type)
{
	return type == CELL_INT || type == CELL_KWH || type == CELL_DIGITS;
}

static void
hex_text(struct buf *b, struct str bytes)
{
	char pair[3];

	for (size_t i = 0; i < bytes.len; i++) {
		code_hex(pair, bytes.at + i, 1);
		buf_add(b, pair, 2);
	}
}

static void
clean_text(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		buf_byte(b, (unsigned char)s.at[i] < ' ' || s.at[i] == 127 ? '?' : s.at[i]);
}

static void
cell_text(struct buf *b, enum cell_type type, struct cell cell)
{
	char text[KWH_SIZE + CIVIL_STAMP_SIZE];
	struct str fraction;

	if (cell.null) {
		buf_byte(b, '-');
		return;
	}
	switch (type) {
	case CELL_INT:
		buf_fmt(b, "%" PRId64, cell.number);
		break;
	case CELL_KWH:
		buf_add(b, text, kwh_write(text, cell.number));
		break;
	case CELL_DATE:
		civil_date(text, (int32_t)cell.number);
		buf_c(b, text);
		break;
	case CELL_STAMP:
		civil_stamp(text, cell.number);
		buf_c(b, text);
		break;
	case CELL_BOOL:
		buf_c(b, cell.number != 0 ? "yes" : "no");
		break;
	case CELL_HEX:
		hex_text(b, cell.text);
		break;
	case CELL_MOMENT:
		str_cut(cell.text, '.', &cell.text, &fraction);
		clean_text(b, cell.text);
		buf_byte(b, 'Z');
		break;
	case CELL_TEXT:
	case CELL_DIGITS:
	case CELL_JSON:
		clean_text(b, cell.text);
		break;
	}
}

/* Characters, not bytes; wide ones are not expected in what we print. */
static size_t
text_width(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.at[i] & 0xc0) != 0x80;
	return n;
}

static void
pad(struct buf *b, size_t n)
{
	while (n-- > 0)
		buf_byte(b, ' ');
}

static void
put_padded(struct buf *b, struct str s, size_t width, bool right, bool last)
{
	size_t has = text_width(s), lack = has < width ? width - has : 0;

	if (right)
		pad(b, lack);
	buf_str(b, s);
	if (!right && !last)
		pad(b, lack);
}

static void
measure(const struct list *l, size_t *widths, size_t *last)
{
	AUTO(buf) b = BUF(LIST_BYTES_MOST);

	for (size_t i = 0; i < l->count; i++) {
		if (l->columns[i].title == NULL)
			continue;
		*last = i;
		widths[i] = text_width(str_of(l->columns[i].title));
		for (size_t row = 0; row < list_count(l); row++) {
			size_t width;

			buf_reset(&b);
			cell_text(&b, l->columns[i].type, list_cell(l, row, i));
			width = text_width(buf_view(&b));
			widths[i] = width > widths[i] ? width : widths[i];
		}
	}
}

static void
draw_heading(
    const struct list *l, const size_t *widths, size_t last, bool colour, struct buf *to)
{
	buf_c(to, colour ? "\033[1m" : "");
	for (size_t i = 0; i <= last; i++) {
		const struct list_column *c = &l->columns[i];

		if (c->title == NULL)
			continue;
		put_padded(to, str_of(c->title), widths[i], is_number(c->type), i == last);
		if (i != last)
			buf_c(to, "  ");
	}
	buf_c(to, colour ? "\033[0m\n" : "\n");
}

static void
draw_table(const struct list *l, bool colour, struct buf *to)
{
	size_t widths[LIST_COLUMNS_MOST] = { 0 }, last = 0;
	AUTO(buf) b = BUF(LIST_BYTES_MOST);

	measure(l, widths, &last);
	draw_heading(l, widths, last, colour, to);
	for (size_t row = 0; row < list_count(l); row++)
		for (size_t i = 0; i <= last; i++) {
			const struct list_column *c = &l->columns[i];

			if (c->title == NULL)
				continue;
			buf_reset(&b);
			cell_text(&b, c->type, list_cell(l, row, i));
			put_padded(to, buf_view(&b), widths[i], is_number(c->type), i == last);
			buf_c(to, i == last ? "\n" : "  ");
		}
}

/* ---- for programs ---- */

static void
json_cell(struct json *j, const struct list_column *c, struct cell cell)
{
	AUTO(buf) hex = BUF(LIST_BYTES_MOST);

	if (cell.null) {
		json_null(j, c->name);
		return;
	}
	switch (c->type) {
	case CELL_INT:
		json_int(j, c->name, cell.number);
		break;
	case CELL_KWH:
		json_decimal(j, c->name, cell.number, 3);
		break;
	case CELL_DATE:
		json_date(j, c->name, (int32_t)cell.number);
		break;
	case CELL_STAMP:
		json_stamp(j, c->name, cell.number);
		break;
	case CELL_BOOL:
		json_bool(j, c->name, cell.number != 0);
		break;
	case CELL_HEX:
		hex_text(&hex, cell.text);
		json_text(j, c->name, buf_view(&hex));
		break;
	case CELL_TEXT:
	case CELL_MOMENT:
		json_text(j, c->name, cell.text);
		break;
	case CELL_DIGITS:
	case CELL_JSON:
		json_raw(j, c->name, cell.text);
		break;
	}
}

static void
json_row(const struct list *l, struct json *j, size_t row)
{
	json_open(j, NULL);
	for (size_t i = 0; i < l->count; i++)
		json_cell(j, &l->columns[i], list_cell(l, row, i));
	json_end(j);
}

void
list_draw(const struct list *l, bool json, bool colour, struct buf *to)
{
	struct json j = json_to(to);

	if (!json) {
		draw_table(l, colour, to);
		return;
	}
	json_open(&j, NULL);
	json_list(&j, "items");
	for (size_t row = 0; row < list_count(l); row++)
		json_row(l, &j, row);
	json_end(&j);
	json_end(&j);
	buf_byte(to, '\n');
}

void
list_draw_one(const struct list *l, bool json, struct buf *to)
{
	struct json j = json_to(to);
	size_t width = 0;

	if (json) {
		json_row(l, &j, 0);
		buf_byte(to, '\n');
		return;
	}
	for (size_t i = 0; i < l->count; i++)
		if (l->columns[i].title != NULL && strlen(l->columns[i].title) > width)
			width = strlen(l->columns[i].title);
	for (size_t i = 0; i < l->count; i++) {
		if (l->columns[i].title == NULL || list_cell(l, 0, i).null)
			continue;
		put_padded(to, str_of(l->columns[i].title), width + 2, false, false);
		cell_text(to, l->columns[i].type, list_cell(l, 0, i));
		buf_byte(to, '\n');
	}
}

bool
list_print(const struct list *l, const struct cli *c, struct err *e)
{
	AUTO(buf) b = BUF(2 * (size_t)LIST_BYTES_MOST);

	list_draw(l, c->json, c->colour, &b);
	if (!buf_ok(&b))
		return err(e, ERR_TOO_BIG, "the answer is too large to print");
	return cli_out(buf_view(&b), e);
}

bool
list_print_one(const struct list *l, const struct cli *c, const char *what, struct err *e)
{
	AUTO(buf) b = BUF(LIST_BYTES_MOST);

	if (list_count(l) == 0)
		return err(e, ERR_NOT_FOUND, "there is no %s", what);
	list_draw_one(l, c->json, &b);
	if (!buf_ok(&b))
		return err(e, ERR_TOO_BIG, "the answer is too large to print");
	return cli_out(buf_view(&b), e);
}
