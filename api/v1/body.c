/* Answers that SQL has made as a whole; see body.h. */
#include "body.h"

enum { BODY_MOST = 8 * 1024 * 1024 };

struct body_row {
	struct str body;
	int64_t number;
};

static bool
reply(struct task *t, struct call *c, struct str body, int status, struct err *e)
{
	AUTO(buf) b = BUF(BODY_MOST);

	buf_str(&b, body);
	buf_byte(&b, '\n');
	return answer_json(t, c, status, &b, e);
}

bool
v1_body(struct task *t, struct call *c, enum sql q, struct args a, int status, struct err *e)
{
	static const struct db_field fields[] = { DB_TEXT(body_row, body) };
	AUTO_PTR(conn) db = call_lease(t, c, e);
	AUTO_PTR(rows) keep = NULL;
	struct body_row row;

	return db != NULL &&
	       db_one(t, db, q, a, fields, nitems(fields), &row, &keep, e) == DB_FOUND &&
	       reply(t, c, row.body, status, e);
}

bool
v1_made(struct task *t, struct call *c, enum sql q, struct args a, int status, const char *at,
    struct err *e)
{
	static const struct db_field fields[] = { DB_TEXT(body_row, body),
		DB_INT8(body_row, number) };
	AUTO_PTR(conn) db = call_lease(t, c, e);
	AUTO_PTR(rows) keep = NULL;
	struct body_row row;

	if (db == NULL ||
	    db_one(t, db, q, a, fields, nitems(fields), &row, &keep, e) != DB_FOUND)
		return false;
	http_header(c->http, "Location", "%s%lld", at, (long long)row.number);
	return reply(t, c, row.body, status, e);
}

int64_t
v1_number(const struct call *c)
{
	int64_t n;

	return str_int64(str_of(c->param[0]), &n) && n > 0 ? n : 0;
}

struct str
v1_query(const struct call *c, const char *name)
{
	struct str text;

	return call_query(c, name, &text) ? text : (struct str){ NULL, 0 };
}

bool
v1_query_number(const struct call *c, const char *name, struct param *to, struct err *e)
{
	struct str text;
	int64_t n;

	*to = (struct param)P_NULL();
	if (!call_query(c, name, &text))
		return true;
	if (!str_int64(text, &n) || n < 0)
		return err(e, ERR_USAGE, "\"%s\" is no number of a list of yours", name);
	*to = (struct param)P_INT8(n);
	return true;
}

bool
v1_text_or(const struct json_value *v, const char *name, struct str *to, struct err *e)
{
	*to = (struct str){ NULL, 0 };
	return !json_in_has(v, name) || json_in_text(v, name, to, e);
}

bool
v1_int_or(const struct json_value *v, const char *name, int64_t least, int64_t most,
    struct param *to, struct err *e)
{
	int64_t n;

	*to = (struct param)P_NULL();
	if (!json_in_has(v, name))
		return true;
	if (!json_in_int(v, name, least, most, &n, e))
		return false;
	*to = (struct param)P_INT4((int32_t)n);
	return true;
}

bool
v1_texts_or(const struct json_value *v, const char *name, size_t most, struct str *to,
    size_t *n, struct err *e)
{
	*n = 0;
	return !json_in_has(v, name) || json_in_texts(v, name, most, to, n, e);
}
