/*
 * RFC 4180 in pieces; see csv.h.
 *
 * A record that lies whole in the input and holds no quote is cut where it lies (take_plain).
 * Any other goes through `scan`, which knows byte by byte where it stands, so that input may
 * end anywhere, and collects in `held` what the end of input cuts off; `split` then cuts the
 * whole record. Faults are noted by scan when met and told when the record has ended, so that
 * reading can go on behind it.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"

#define BOM "\xEF\xBB\xBF"

/* Where in a field the next byte is. */
enum place {
	AT_START, /* before the first byte */
	IN_PLAIN,
	IN_QUOTES,
	AFTER_QUOTE, /* the closing one, or the first of two */
	AFTER_CR     /* which followed a closing quote */
};

enum fault { NO_FAULT, TOO_LONG, TOO_MANY, STRAY_QUOTE, NOT_CLOSED, BEHIND_QUOTE, NO_MEMORY };

struct csv {
	struct str in; /* what is left of the input */
	bool last;     /* nothing follows it */
	bool begun;    /* a byte order mark can no longer come */
	size_t bom;    /* bytes of one that have been seen */
	uint64_t line; /* of the next byte */
	size_t most;
	struct buf held;  /* the record in work, as far as earlier inputs had it */
	struct buf plain; /* fields without their doubled quotes */
	/* of the record in work */
	enum place place;
	enum fault fault;
	bool doubled; /* there are doubled quotes in it */
	uint64_t first_line;
	size_t len, fields; /* bytes and separators seen */
	size_t opened, bad; /* offsets: the last opening quote, the fault */
};

static void
start_record(struct csv *c)
{
	c->place = AT_START;
	c->fault = NO_FAULT;
	c->doubled = false;
	c->first_line = c->line;
	c->len = c->fields = c->opened = c->bad = 0;
	buf_reset(&c->held);
}

struct csv *
csv_new(size_t record_most_bytes)
{
	struct csv *c = calloc(1, sizeof(*c));

	assert(record_most_bytes > 0 && record_most_bytes < SIZE_MAX / 4);
	if (c == NULL)
		return NULL;
	c->most = record_most_bytes;
	c->line = 1;
	/* a carriage return at the end of a record does not count */
	c->held.max = record_most_bytes + 1;
	c->plain.max = record_most_bytes + 1;
	start_record(c);
	return c;
}

void
csv_free(struct csv **c)
{
	if (*c == NULL)
		return;
	buf_auto(&(*c)->held);
	buf_auto(&(*c)->plain);
	free(*c);
	*c = NULL;
}

void
csv_feed(struct csv *c, struct str bytes, bool last)
{
	assert(c->in.len == 0 && !c->last);
	c->in = bytes;
	c->last = last;
}

static void
skip(struct csv *c, size_t n)
{
	c->in.at += n;
	c->in.len -= n;
}

/* Passes a mark at the very start; what only looked like the start of one is the record's. */
static void
pass_bom(struct csv *c)
{
	while (!c->begun && c->in.len > 0 && c->in.at[0] == BOM[c->bom]) {
		skip(c, 1);
		c->begun = ++c->bom == sizeof(BOM) - 1;
	}
	if (c->begun || (c->in.len == 0 && !c->last))
		return;
	c->begun = true;
	if (c->bom == 0)
		return;
	c->len = c->bom;
	c->place = IN_PLAIN;
	buf_add(&c->held, BOM, c->bom);
}

static void
note(struct csv *c, enum fault fault, size_t at)
{
	if (c->fault != NO_FAULT)
		return;
	c->fault = fault;
	c->bad = at;
}

static void
add_field(struct csv_record *r, size_t at, struct str text)
{
	r->column[r->n] = (uint32_t)(at + 1);
	r->field[r->n++] = text;
}

/* A record without quotes, cut at its commas; false when it has too many fields. */
static bool
split_plain(struct str raw, struct csv_record *r)
{
	size_t at = 0;
	const char *comma;

	for (r->n = 0; r->n < CSV_FIELDS; at = (size_t)(comma - raw.at) + 1) {
		struct str rest = { raw.at + at, raw.len - at };

		comma = rest.len > 0 ? memchr(rest.at, ',', rest.len) : NULL;
		if (comma == NULL) {
			add_field(r, at, rest);
			return true;
		}
		add_field(r, at, (struct str){ rest.at, (size_t)(comma - rest.at) });
	}
	return false;
}

static struct str
without_cr(struct str raw)
{
	if (raw.len > 0 && raw.at[raw.len - 1] == '\r')
		raw.len--;
	return raw;
}

/* The quick way: a whole record in the input, no quote in it. False: go the long way. */
static bool
take_plain(struct csv *c, struct csv_record *r)
{
	const char *end = memchr(c->in.at, '\n', c->in.len);
	size_t len = end == NULL ? c->in.len : (size_t)(end - c->in.at);
	struct str raw = without_cr((struct str){ c->in.at, len });

	if ((end == NULL && !c->last) || raw.len == 0 || raw.len > c->most ||
	    memchr(raw.at, '"', raw.len) != NULL || !split_plain(raw, r))
		return false;
	r->line = c->line++;
	skip(c, len + (end != NULL));
	return true;
}

/* One byte of a field that is not, or no longer, in quotes. True at the end of the record. */
static bool
step_plain(struct csv *c, char b)
{
	if (b == ',') {
		c->place = AT_START;
		if (++c->fields >= CSV_FIELDS)
			note(c, TOO_MANY, c->len);
		return false;
	}
	if (b == '"' && c->place == AT_START) {
		c->place = IN_QUOTES;
		c->opened = c->len;
		return false;
	}
	if (b == '"')
		note(c, STRAY_QUOTE, c->len);
	c->place = IN_PLAIN;
	return b == '\n';
}

/* One byte. True when it is the line break that ends the record. */
static bool
step(struct csv *c, char b)
{
	switch (c->place) {
	case IN_QUOTES:
		c->line += b == '\n';
		if (b == '"')
			c->place = AFTER_QUOTE;
		return false;
	case AFTER_QUOTE:
		if (b == '"') {
			c->doubled = true;
			c->place = IN_QUOTES;
			return false;
		}
		if (b == '\r') {
			c->place = AFTER_CR;
			return false;
		}
		if (b != ',' && b != '\n')
			note(c, BEHIND_QUOTE, c->len);
		c->place = IN_PLAIN;
		return step_plain(c, b);
	case AFTER_CR:
		if (b != '\n')
			note(c, BEHIND_QUOTE, c->len - 1);
		c->place = IN_PLAIN;
		return step_plain(c, b);
	case AT_START:
	case IN_PLAIN:
		break;
	}
	return step_plain(c, b);
}

/* Keeps what the end of the input cuts off, unless the record is lost anyway. */
static void
hold(struct csv *c, struct str piece)
{
	if (c->fault != NO_FAULT)
		return;
	buf_str(&c->held, piece);
	if (!buf_ok(&c->held))
		note(c, c->len > c->held.max ? TOO_LONG : NO_MEMORY, 0);
}

/* To the end of the record or of the input, whichever is first. *raw is set when true. */
static bool
scan(struct csv *c, struct str *raw)
{
	struct str piece = { c->in.at, 0 };
	bool ended = false;

	for (; piece.len < c->in.len; piece.len++, c->len++) {
		char b = piece.at[piece.len];

		/* noted at its byte, so that which fault comes first does not depend on cuts */
		if (c->len > c->most && b != '\n')
			note(c, TOO_LONG, 0);
		ended = step(c, b);
		if (ended)
			break;
	}
	skip(c, piece.len + ended);
	c->line += ended;
	if (!ended && !c->last) {
		hold(c, piece);
		return false;
	}
	*raw = piece;
	if (c->held.len > 0 || c->held.over) {
		hold(c, piece);
		*raw = buf_view(&c->held);
	}
	*raw = without_cr(*raw);
	if (!ended && c->place == IN_QUOTES && (c->fault == NO_FAULT || c->fault == TOO_LONG)) {
		c->fault = NOT_CLOSED;
		c->bad = c->opened;
	}
	if (raw->len > c->most)
		note(c, TOO_LONG, 0);
	return true;
}

/* The text of a quoted field, of which *at is the first byte behind the quote; moves it behind.
 */
static struct str
unquote(struct csv *c, struct str raw, size_t *at)
{
	struct str text = { raw.at + *at, 0 };
	size_t from = c->plain.len;

	for (;;) {
		const char *quote = memchr(raw.at + *at, '"', raw.len - *at);
		size_t len;

		assert(quote != NULL); /* scan has seen it */
		len = (size_t)(quote - raw.at) - *at;
		if (c->doubled)
			buf_add(&c->plain, raw.at + *at, len);
		text.len += len;
		*at += len + 1;
		if (!c->doubled || *at == raw.len || raw.at[*at] != '"')
			break;
		buf_byte(&c->plain, '"');
		text.len++;
		++*at;
	}
	if (c->doubled)
		text.at = c->plain.at + from;
	return text;
}

/* A record that scan has found well-formed. False when memory is short. */
static bool
split(struct csv *c, struct str raw, struct csv_record *r)
{
	size_t at = 0;

	buf_reset(&c->plain);
	/* room for all at once: the texts must not move while others are added */
	if (c->doubled && buf_room(&c->plain, raw.len) == NULL)
		return false;
	for (r->n = 0; at <= raw.len; at++) {
		size_t from = at;
		const char *comma;

		assert(r->n < CSV_FIELDS);
		if (at < raw.len && raw.at[at] == '"') {
			at++;
			add_field(r, from, unquote(c, raw, &at));
			continue;
		}
		comma = at < raw.len ? memchr(raw.at + at, ',', raw.len - at) : NULL;
		at = comma == NULL ? raw.len : (size_t)(comma - raw.at);
		add_field(r, from, (struct str){ raw.at + from, at - from });
	}
	return true;
}

static bool
tell(const struct csv *c, struct err *e)
{
	static const char *const says[] = {
		[STRAY_QUOTE] = "quote inside a field, expected quotes around all of it",
		[BEHIND_QUOTE] = "text behind a closing quote, expected a comma or a new line",
		[NOT_CLOSED] = "quote opens here and is not closed before the end of the file",
	};

	if (c->fault == TOO_LONG)
		return err(e, ERR_TOO_BIG, "line %" PRIu64 ": longer than %zu bytes",
		    c->first_line, c->most);
	if (c->fault == TOO_MANY)
		return err(e, ERR_TOO_BIG, "line %" PRIu64 ": more than %d fields",
		    c->first_line, CSV_FIELDS);
	if (c->fault == NO_MEMORY)
		return err(e, ERR_BUSY, "line %" PRIu64 ": no memory for it", c->first_line);
	return err(e, ERR_BAD_FILE, "line %" PRIu64 ": column %zu: %s", c->first_line,
	    c->bad + 1, says[c->fault]);
}

/* What has come to its end; CSV_MORE when that was nothing but an empty line. */
static enum csv_got
finish(struct csv *c, struct str raw, struct csv_record *r, struct err *e)
{
	enum csv_got got = CSV_RECORD;

	r->n = 0;
	r->line = c->first_line;
	if (c->fault == NO_FAULT && raw.len > 0 && !split(c, raw, r))
		c->fault = NO_MEMORY;
	if (c->fault != NO_FAULT) {
		(void)tell(c, e);
		got = CSV_FAULT;
	} else if (raw.len == 0)
		got = CSV_MORE;
	start_record(c);
	return got;
}

enum csv_got
csv_next(struct csv *c, struct csv_record *r, struct err *e)
{
	enum csv_got got;
	struct str raw;

	pass_bom(c);
	while (c->in.len > 0 || (c->last && c->len > 0)) {
		if (c->len == 0 && take_plain(c, r)) {
			start_record(c);
			return CSV_RECORD;
		}
		if (!scan(c, &raw))
			break;
		got = finish(c, raw, r, e);
		if (got != CSV_MORE)
			return got;
	}
	return c->last ? CSV_END : CSV_MORE;
}
