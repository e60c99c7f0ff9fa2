/* Escapes follow RFC 8259, section 7: quote, backslash and control bytes, nothing more. */
#include <assert.h>
#include <inttypes.h>

#include "base/json.h"
#include "base/kwh.h"

/* What a byte becomes behind a backslash; 0 where it needs none. */
static char
short_escape(char c)
{
	switch (c) {
	case '"':
	case '\\':
		return c;
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	default:
		return 0;
	}
}

void
json_quote(struct buf *b, struct str s)
{
	bool valid = str_utf8(s);
	size_t plain = 0;

	buf_byte(b, '"');
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];
		char escape = short_escape(s.at[i]);

		if (escape == 0 && c >= 0x20 && (c < 0x80 || valid))
			continue;
		buf_add(b, s.at + plain, i - plain);
		plain = i + 1;
		if (escape != 0)
			buf_fmt(b, "\\%c", escape);
		else if (c < 0x20)
			buf_fmt(b, "\\u%04x", c);
		else
			buf_c(b, "\xef\xbf\xbd");
	}
	if (plain < s.len)
		buf_add(b, s.at + plain, s.len - plain);
	buf_byte(b, '"');
}

struct json
json_to(struct buf *b)
{
	return (struct json){ .to = b };
}

/* The comma before a value and its name. */
static void
lead(struct json *j, const char *name)
{
	uint32_t bit = (uint32_t)1 << j->depth;
	bool in_object = j->depth > 0 && (j->list & bit) == 0;

	assert(in_object == (name != NULL));
	assert(j->depth > 0 || (j->filled & bit) == 0);
	if (j->filled & bit)
		buf_byte(j->to, ',');
	j->filled |= bit;
	if (name != NULL) {
		json_quote(j->to, str_of(name));
		buf_byte(j->to, ':');
	}
}

static void
enter(struct json *j, const char *name, bool list)
{
	uint32_t bit;

	lead(j, name);
	assert(j->depth + 1 < JSON_DEPTH_MOST);
	j->depth++;
	bit = (uint32_t)1 << j->depth;
	j->filled &= ~bit;
	j->list = list ? j->list | bit : j->list & ~bit;
	buf_byte(j->to, list ? '[' : '{');
}

void
json_open(struct json *j, const char *name)
{
	enter(j, name, false);
}

void
json_list(struct json *j, const char *name)
{
	enter(j, name, true);
}

void
json_end(struct json *j)
{
	assert(j->depth > 0);
	buf_byte(j->to, j->list & ((uint32_t)1 << j->depth) ? ']' : '}');
	j->depth--;
}

void
json_text(struct json *j, const char *name, struct str s)
{
	if (s.at == NULL) {
		json_null(j, name);
		return;
	}
	lead(j, name);
	json_quote(j->to, s);
}

void
json_int(struct json *j, const char *name, int64_t n)
{
	lead(j, name);
	buf_fmt(j->to, "%" PRId64, n);
}

void
json_decimal(struct json *j, const char *name, int64_t n, int decimals)
{
	char text[KWH_SIZE];
	size_t len = decimal_write(text, n, decimals);

	lead(j, name);
	buf_add(j->to, text, len);
}

void
json_bool(struct json *j, const char *name, bool v)
{
	lead(j, name);
	buf_c(j->to, v ? "true" : "false");
}

void
json_null(struct json *j, const char *name)
{
	lead(j, name);
	buf_c(j->to, "null");
}

void
json_date(struct json *j, const char *name, int32_t day)
{
	char text[CIVIL_DATE_SIZE];

	if (day == DAY_NONE) {
		json_null(j, name);
		return;
	}
	civil_date(text, day);
	json_text(j, name, str_of(text));
}

void
json_stamp(struct json *j, const char *name, int64_t utc_s)
{
	char text[CIVIL_STAMP_SIZE];

	if (utc_s == INT64_MIN) {
		json_null(j, name);
		return;
	}
	civil_stamp(text, utc_s);
	json_text(j, name, str_of(text));
}

void
json_raw(struct json *j, const char *name, struct str value)
{
	lead(j, name);
	buf_str(j->to, value);
}
