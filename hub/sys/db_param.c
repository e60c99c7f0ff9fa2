/*
 * Parameters. Numbers, times, bytes and arrays go in binary form with their type named, so that
 * the server casts from what was sent to what it wants. Text goes as text without a type: it
 * fits json, enum, uuid or inet as well.
 */
#include "sys/db_inner.h"

#include <assert.h>
#include <string.h>

/* Of the server's src/include/catalog/pg_type.dat; fixed since 7.x. */
enum {
	OID_BOOL = 16,
	OID_BYTEA = 17,
	OID_INT8 = 20,
	OID_INT2 = 21,
	OID_INT4 = 23,
	OID_TEXT = 25,
	OID_INT4S = 1007,
	OID_TEXTS = 1009,
	OID_INT8S = 1016,
	OID_DATE = 1082,
	OID_DATES = 1182,
	OID_STAMP = 1184,
};

static const unsigned type_of[] = {
	[PARAM_BOOL] = OID_BOOL,
	[PARAM_INT2] = OID_INT2,
	[PARAM_INT4] = OID_INT4,
	[PARAM_INT8] = OID_INT8,
	[PARAM_DATE] = OID_DATE,
	[PARAM_STAMP] = OID_STAMP,
	[PARAM_TEXT] = 0,
	[PARAM_BYTES] = OID_BYTEA,
	[PARAM_INT4S] = OID_INT4S,
	[PARAM_INT8S] = OID_INT8S,
	[PARAM_DATES] = OID_DATES,
	[PARAM_TEXTS] = OID_TEXTS,
};

/* From 1970 to 2000, where PostgreSQL counts from. */
enum { EPOCH_DAYS = 10957 };
#define EPOCH_S	   INT64_C(946684800)
#define STAMP_MOST (INT64_MAX / 1000000 - EPOCH_S)

unsigned
params_type(unsigned kind)
{
	return type_of[kind];
}

static void
add_be32(struct buf *b, uint32_t v)
{
	unsigned char bytes[4];

	put_be32(bytes, v);
	buf_add(b, bytes, sizeof bytes);
}

static void
add_be64(struct buf *b, uint64_t v)
{
	unsigned char bytes[8];

	put_be64(bytes, v);
	buf_add(b, bytes, sizeof bytes);
}

static uint32_t
wire_day(int32_t day)
{
	if (day == DB_DAY_FOREVER)
		return (uint32_t)INT32_MAX;
	if (day == DB_DAY_EVER)
		return (uint32_t)INT32_MIN;
	return (uint32_t)day - EPOCH_DAYS;
}

static void
add_int(struct buf *b, int64_t v, int64_t least, int64_t most, size_t bytes)
{
	unsigned char all[8];

	assert(v >= least && v <= most); /* the P_… says less than the value needs */
	put_be64(all, (uint64_t)v);
	buf_add(b, all + sizeof all - bytes, bytes);
}

static bool
add_stamp(struct buf *b, int64_t s, unsigned number, struct err *e)
{
	if (s == DB_STAMP_FOREVER || s == DB_STAMP_EVER)
		add_be64(b, (uint64_t)(s == DB_STAMP_FOREVER ? INT64_MAX : INT64_MIN));
	else if (s > STAMP_MOST || s < -STAMP_MOST)
		return err(
		    e, ERR_BAD_INPUT, "parameter %u is no time that can be stored", number);
	else
		add_be64(b, (uint64_t)((s - EPOCH_S) * 1000000));
	return true;
}

/* libpq takes text up to its NUL, so it must be copied and must have none inside. */
static bool
add_text(struct buf *b, const struct param *p, unsigned number, struct err *e)
{
	if (p->len > 0 && memchr(p->at, 0, p->len) != NULL)
		return err(e, ERR_BAD_INPUT, "parameter %u has a NUL byte in its text", number);
	buf_add(b, p->at, p->len);
	buf_byte(b, '\0');
	return true;
}

static void
add_item(struct buf *b, const struct param *p, size_t i)
{
	if (p->kind == PARAM_INT8S) {
		add_be32(b, 8);
		add_be64(b, (uint64_t)((const int64_t *)p->at)[i]);
	} else if (p->kind == PARAM_TEXTS) {
		struct str s = ((const struct str *)p->at)[i];

		add_be32(b, s.at == NULL ? UINT32_MAX : (uint32_t)s.len);
		buf_str(b, s);
	} else {
		int32_t v = ((const int32_t *)p->at)[i];

		if (p->kind == PARAM_DATES && v == INT32_MIN) {
			add_be32(b, UINT32_MAX);
			return;
		}
		add_be32(b, 4);
		add_be32(b, p->kind == PARAM_DATES ? wire_day(v) : (uint32_t)v);
	}
}

/* Dimensions, "has nulls" (a hint that may be wrong on the safe side), type of the items; then
 * for the one dimension its length and lower bound; then each item behind its length. */
static void
add_array(struct buf *b, const struct param *p)
{
	static const unsigned items[] = {
		[PARAM_INT4S] = OID_INT4,
		[PARAM_INT8S] = OID_INT8,
		[PARAM_DATES] = OID_DATE,
		[PARAM_TEXTS] = OID_TEXT,
	};

	assert(p->len <= INT32_MAX);
	add_be32(b, p->len > 0);
	add_be32(b, p->kind == PARAM_DATES || p->kind == PARAM_TEXTS);
	add_be32(b, items[p->kind]);
	if (p->len == 0)
		return;
	add_be32(b, (uint32_t)p->len);
	add_be32(b, 1);
	for (size_t i = 0; i < p->len; i++)
		add_item(b, p, i);
}

static bool
is_null(const struct param *p)
{
	switch (p->kind) {
	case PARAM_NULL:
		return true;
	case PARAM_DATE:
		return p->number == INT32_MIN;
	case PARAM_STAMP:
		return p->number == DB_STAMP_NONE;
	case PARAM_TEXT:
	case PARAM_BYTES:
		return p->at == NULL;
	default:
		return false;
	}
}

static bool
add_value(struct buf *b, const struct param *p, unsigned number, struct err *e)
{
	switch (p->kind) {
	case PARAM_BOOL:
		buf_byte(b, p->number != 0);
		return true;
	case PARAM_INT2:
		add_int(b, p->number, INT16_MIN, INT16_MAX, 2);
		return true;
	case PARAM_INT4:
		add_int(b, p->number, INT32_MIN, INT32_MAX, 4);
		return true;
	case PARAM_INT8:
		add_int(b, p->number, INT64_MIN, INT64_MAX, 8);
		return true;
	case PARAM_DATE:
		assert(p->number >= INT32_MIN && p->number <= INT32_MAX);
		add_be32(b, wire_day((int32_t)p->number));
		return true;
	case PARAM_STAMP:
		return add_stamp(b, p->number, number, e);
	case PARAM_TEXT:
		return add_text(b, p, number, e);
	case PARAM_INT4S:
	case PARAM_INT8S:
	case PARAM_DATES:
	case PARAM_TEXTS:
		add_array(b, p);
		return true;
	case PARAM_NULL:
	case PARAM_BYTES:
		break;
	}
	return true;
}

static bool
encode_all(struct wire_params *w, struct args a, size_t *begins, struct err *e)
{
	for (unsigned i = 0; i < a.n; i++) {
		const struct param *p = &a.at[i];

		begins[i] = w->buf.len;
		w->kinds[i] = (unsigned char)p->kind;
		w->types[i] = type_of[p->kind];
		w->formats[i] = p->kind != PARAM_TEXT;
		if (p->kind == PARAM_BYTES && p->len > DB_PARAM_BYTES_MOST)
			return err(e, ERR_TOO_BIG,
			    "parameter %u has %zu bytes, at most %d may be", i + 1, p->len,
			    DB_PARAM_BYTES_MOST);
		if (!is_null(p) && !add_value(&w->buf, p, i + 1, e))
			return false;
		w->lengths[i] = (int)(p->kind == PARAM_BYTES ? p->len : w->buf.len - begins[i]);
	}
	return buf_ok(&w->buf) || err(e, ERR_TOO_BIG, "the parameters have more than %d bytes",
				      DB_PARAM_BYTES_MOST);
}

bool
params_encode(struct wire_params *w, struct args a, struct err *e)
{
	size_t begins[DB_PARAMS_MOST];

	assert(a.n <= DB_PARAMS_MOST);
	memset(w, 0, sizeof *w);
	w->n = (int)a.n;
	w->buf.max = DB_PARAM_BYTES_MOST;
	if (!encode_all(w, a, begins, e)) {
		buf_auto(&w->buf);
		return false;
	}
	for (size_t i = 0; i < a.n; i++) { /* only now does the buffer stay where it is */
		if (is_null(&a.at[i]))
			w->values[i] = NULL;
		else if (a.at[i].kind == PARAM_BYTES)
			w->values[i] = a.at[i].at;
		else
			w->values[i] = w->buf.at + begins[i];
	}
	return true;
}
