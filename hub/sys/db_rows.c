/* Results in binary form into structs, by tables of fields. */
#include "sys/db_inner.h"

#include <assert.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "rt/log.h"

struct rows {
	PGresult *res;
	enum sql sql;
	int at, n;
	const struct db_field *fields; /* for which `columns` was made */
	int columns[DB_FIELDS_MOST];
};

/* OIDs of what may become what; pg_type.dat. */
static const struct {
	const char *name;
	unsigned types[8];
} takes[] = {
	[DB_T_BOOL] = { "bool", { 16 } },
	[DB_T_INT4] = { "int4 or int2", { 23, 21 } },
	[DB_T_INT8] = { "int8, int4 or int2", { 20, 23, 21 } },
	[DB_T_DATE] = { "date", { 1082 } },
	[DB_T_STAMP] = { "timestamptz", { 1184 } },
	/* text, varchar, bpchar, name, json, jsonb, unknown */
	[DB_T_TEXT] = { "text, varchar or json", { 25, 1043, 1042, 19, 114, 3802, 705 } },
	[DB_T_BYTES] = { "bytea", { 17 } },
};

enum { OID_JSONB = 3802, EPOCH_DAYS = 10957 };
#define EPOCH_S INT64_C(946684800)

struct rows *
rows_of(PGresult *res, enum sql q)
{
	struct rows *r = calloc(1, sizeof *r);

	assert(r != NULL);
	r->res = res;
	r->sql = q;
	r->n = PQntuples(res);
	return r;
}

void
rows_again(struct rows *r, PGresult *res)
{
	PQclear(r->res);
	r->res = res;
	r->at = 0;
	r->n = PQntuples(res);
}

void
rows_free(struct rows **r)
{
	if (*r == NULL)
		return;
	PQclear((*r)->res);
	free(*r);
	*r = NULL;
}

size_t
rows_count(const struct rows *r)
{
	return (size_t)r->n;
}

size_t
rows_at(const struct rows *r)
{
	return (size_t)r->at;
}

void
rows_go(struct rows *r, size_t at)
{
	assert(at <= (size_t)r->n);
	r->at = (int)at;
}

/* The struct and the statement do not fit: no input can cause it, so nothing can be saved. */
static _Noreturn void
mismatch(const struct rows *r, const char *column, const char *found, const char *expected)
{
	log_error(NULL, "db.mismatch", "statement=%s column=%s found=%s expected=\"%s\"",
	    sql_rows[r->sql].name, column, found, expected);
	abort();
}

static void
match(struct rows *r, const struct db_field *fields, size_t n)
{
	assert(n <= DB_FIELDS_MOST);
	for (size_t i = 0; i < n; i++) {
		int column = PQfnumber(r->res, fields[i].column);
		const unsigned *types = takes[fields[i].type].types;
		char found[16];
		size_t k = 0;

		if (column < 0)
			mismatch(r, fields[i].column, "none", takes[fields[i].type].name);
		while (types[k] != 0 && types[k] != PQftype(r->res, column))
			k++;
		snprintf(found, sizeof found, "oid:%u", PQftype(r->res, column));
		if (types[k] == 0 || PQfformat(r->res, column) != 1)
			mismatch(r, fields[i].column, found, takes[fields[i].type].name);
		r->columns[i] = column;
	}
	r->fields = fields;
}

static int64_t
get_int(const char *v, int len)
{
	if (len == 2)
		return (int16_t)get_be16(v);
	if (len == 4)
		return (int32_t)get_be32(v);
	return (int64_t)get_be64(v);
}

static int32_t
get_day(const char *v)
{
	int32_t day = (int32_t)get_be32(v);

	if (day == INT32_MAX)
		return DB_DAY_FOREVER;
	return day == INT32_MIN ? DB_DAY_EVER : day + EPOCH_DAYS;
}

static int64_t
get_stamp(const char *v)
{
	int64_t us = (int64_t)get_be64(v);

	if (us == INT64_MAX)
		return DB_STAMP_FOREVER;
	if (us == INT64_MIN)
		return DB_STAMP_EVER;
	return us / 1000000 - (us % 1000000 < 0) + EPOCH_S; /* rounded down */
}

static struct str
get_text(const PGresult *res, int column, const char *v, int len)
{
	struct str s = { v, (size_t)len };

	if (PQftype(res, column) == OID_JSONB && s.len > 0) /* a version goes first */
		s.at++, s.len--;
	return s;
}

/* v is NULL for null. */
static void
store(const struct rows *r, const struct db_field *f, int column, const char *v, void *out)
{
	void *to = (char *)out + f->offset;
	int len = v == NULL ? 0 : PQgetlength(r->res, r->at, column);
	struct str none = { NULL, 0 };

	switch (f->type) {
	case DB_T_BOOL:
		*(bool *)to = v != NULL && v[0] != 0;
		return;
	case DB_T_INT4:
		*(int32_t *)to = v == NULL ? 0 : (int32_t)get_int(v, len);
		return;
	case DB_T_INT8:
		*(int64_t *)to = v == NULL ? 0 : get_int(v, len);
		return;
	case DB_T_DATE:
		*(int32_t *)to = v == NULL ? INT32_MIN : get_day(v);
		return;
	case DB_T_STAMP:
		*(int64_t *)to = v == NULL ? DB_STAMP_NONE : get_stamp(v);
		return;
	case DB_T_TEXT:
	case DB_T_BYTES:
		*(struct str *)to = v == NULL ? none : get_text(r->res, column, v, len);
		return;
	}
}

bool
rows_next(struct rows *r, const struct db_field *fields, size_t n, void *out)
{
	if (r->fields != fields)
		match(r, fields, n);
	if (r->at == r->n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int column = r->columns[i];

		store(r, &fields[i], column,
		    PQgetisnull(r->res, r->at, column) ? NULL
						       : PQgetvalue(r->res, r->at, column),
		    out);
	}
	r->at++;
	return true;
}
