/*
 * Third parties ask customers: one invitation, several in a request, and what became of a file
 * of them. Each of several stands by itself, in a transaction of its own: what is good is kept
 * whatever is wrong with the rest, and who asks again under the same Idempotency-Key because
 * the answer was lost is told what came of each the first time.
 */
#include "body.h"
#include "invite.h"

#include <stdio.h>
#include <string.h>

#include "sys/digest.h"

enum { ROWS_MOST = 200, ROW_MS = 10000, BODY = 2 * INVITE_FAULT_BYTES };

/* Said before anything is read; the database asks once more. */
static bool
third_party(const struct call *c, struct err *e)
{
	return strcmp(call_kind(c), "CSP") == 0 ||
	       err(e, ERR_FORBIDDEN, "that is for third parties");
}

/* What a lost answer is found by again; NULL where nobody could ask for it. */
static bool
batch_of(struct task *t, struct call *c, unsigned char to[DIGEST_BYTES],
    const unsigned char **batch, struct err *e)
{
	struct str key = http_var(c->http, SCGI_IDEMPOTENCY), body;
	AUTO_PTR(digest) d = NULL;

	*batch = NULL;
	if (key.at == NULL)
		return true;
	if (!call_body(t, c, &body, e))
		return false;
	d = digest_new();
	if (d == NULL)
		return err(e, ERR_BUSY, "no memory for a digest");
	digest_add(d, key.at, key.len);
	digest_add(d, "\n", 1);
	digest_add(d, body.at, body.len);
	digest_end(d, to);
	*batch = to;
	return true;
}

/* ---- one ---- */

/* Nobody was asked: a problem with the list of what is wrong. */
static bool
refuse(struct task *t, struct call *c, const struct invite *i, struct err *e)
{
	AUTO(buf) b = BUF(BODY);
	struct json j = json_to(&b);
	char detail[80];

	snprintf(detail, sizeof detail, "Nobody was asked: %zu fault%s.", i->faults,
	    i->faults == 1 ? "" : "s");
	json_open(&j, NULL);
	json_text(&j, "title", str_of(http_status_text(422)));
	json_int(&j, "status", 422);
	json_text(&j, "code", STR("FAULTS"));
	json_text(&j, "detail", str_of(detail));
	json_text(&j, "request", http_id(c->http));
	invite_put(&j, i);
	json_end(&j);
	buf_byte(&b, '\n');
	if (!buf_ok(&b))
		return err(e, ERR_BUG, "faults that do not fit");
	http_header(c->http, "Cache-Control", "no-store");
	return http_reply(t, c->http, 422, "application/problem+json", buf_view(&b), e);
}

static bool
answer_one(struct task *t, struct call *c, const struct invite *i, struct err *e)
{
	AUTO(buf) b = BUF(BODY);
	struct json j = json_to(&b);

	if (i->agreement == 0)
		return refuse(t, c, i, e);
	json_open(&j, NULL);
	invite_put(&j, i);
	json_end(&j);
	buf_byte(&b, '\n');
	http_header(c->http, "Location", "/v1/agreements/%lld", (long long)i->agreement);
	return answer_json(t, c, 201, &b, e);
}

bool
v1_invite(struct task *t, struct call *c, struct err *e)
{
	unsigned char room[DIGEST_BYTES];
	const unsigned char *batch;
	AUTO_PTR(json_in) in = NULL;
	AUTO_PTR(invite) i = NULL;

	if (!third_party(c, e) || !call_only(c, "", e) || !call_json(t, c, &in, e) ||
	    !batch_of(t, c, room, &batch, e) || (i = invite_new(0, e)) == NULL)
		return false;
	invite_read(i, c, json_in_root(in));
	return invite_ask(t, c, i, batch, e) && answer_one(t, c, i, e);
}

/* ---- several ---- */

struct several {
	const unsigned char *batch;
	const struct json_value *list;
	size_t n, invited, partly;
};

static bool
row(struct task *t, struct call *c, struct several *s, size_t at, struct json *j, struct err *e)
{
	AUTO_PTR(invite) i = invite_new(at + 1, e);

	if (i == NULL)
		return false;
	task_deadline(t, 0);
	task_deadline(t, ROW_MS);
	invite_read(i, c, json_in_item(s->list, at));
	if (!invite_ask(t, c, i, s->batch, e))
		return false;
	json_open(j, NULL);
	invite_put(j, i);
	json_end(j);
	s->invited += i->agreement != 0;
	s->partly += i->agreement != 0 && i->faults > 0;
	return true;
}

static bool
rows(struct task *t, struct call *c, struct several *s, struct answer *a, struct err *e)
{
	struct json j = json_to(answer_to(a));

	json_open(&j, NULL);
	json_list(&j, "items");
	for (size_t at = 0; at < s->n; at++)
		if (!row(t, c, s, at, &j, e) || !answer_more(a, e))
			return false;
	json_end(&j);
	json_int(&j, "rows", (int64_t)s->n);
	json_int(&j, "invited", (int64_t)s->invited);
	json_int(&j, "partly", (int64_t)s->partly);
	json_int(&j, "refused", (int64_t)(s->n - s->invited));
	json_end(&j);
	buf_byte(answer_to(a), '\n');
	task_deadline(t, 0);
	task_deadline(t, HTTP_STEP_MS);
	return answer_more(a, e);
}

static bool
read_several(struct several *s, const struct json_value *root, struct err *e)
{
	if (!json_in_only(root, "invitations", e))
		return false;
	s->list = json_in_fold(root, "invitations");
	if (!json_in_is_list(s->list, &s->n) || s->n == 0)
		return err(e, ERR_BAD_INPUT, "\"invitations\" is missing, empty or not a list");
	return s->n <= ROWS_MOST ||
	       err(e, ERR_TOO_BIG,
		   "\"invitations\" has %zu items, at most %d: a longer list goes as a file "
		   "into in/ of your box",
		   s->n, ROWS_MOST);
}

bool
v1_invite_several(struct task *t, struct call *c, struct err *e)
{
	unsigned char room[DIGEST_BYTES];
	struct several s = { 0 };
	AUTO_PTR(json_in) in = NULL;
	AUTO(answer) a = { .fd = -1 };

	if (!third_party(c, e) || !call_only(c, "", e) || !call_json(t, c, &in, e) ||
	    !read_several(&s, json_in_root(in), e) || !batch_of(t, c, room, &s.batch, e))
		return false;
	answer_begin(&a, c, "application/json");
	a.no_tag = true;
	http_header(c->http, "Cache-Control", "no-store");
	return rows(t, c, &s, &a, e) && answer_send(t, &a, 200, e);
}

/* ---- a file of them ---- */

struct sheet_row {
	int64_t line, agreement;
	struct str state, code, found, expected;
	int32_t col;
};
static const struct db_field sheet_row[] = {
	DB_INT8(sheet_row, line),
	DB_INT8(sheet_row, agreement),
	DB_INT4(sheet_row, col),
	DB_TEXT(sheet_row, state),
	DB_TEXT(sheet_row, code),
	DB_TEXT(sheet_row, found),
	DB_TEXT(sheet_row, expected),
};

static void
put_line(struct json *j, const struct sheet_row *r)
{
	json_open(j, NULL);
	json_int(j, "line", r->line);
	if (r->agreement != 0)
		json_int(j, "agreement", r->agreement);
	else
		json_null(j, "agreement");
	json_text(j, "state", r->state);
	if (r->col > 0)
		json_int(j, "column", r->col);
	else
		json_null(j, "column");
	json_text(j, "code", r->code);
	json_text(j, "found", r->found);
	json_text(j, "expected", r->expected);
	json_end(j);
}

static bool
put_lines(struct task *t, struct call *c, struct conn *db, int64_t file, struct json *j,
    struct answer *a, struct err *e)
{
	AUTO_PTR(rows)
	lines = db_rows(t, db, SQL_V1_INVITATION_ROWS, ARGS(P_SHOWN(c), P_INT8(file)), e);
	struct sheet_row r;

	if (lines == NULL)
		return false;
	json_list(j, "items");
	while (ROWS_NEXT(lines, sheet_row, &r)) {
		put_line(j, &r);
		if (!answer_more(a, e))
			return false;
	}
	json_end(j);
	return true;
}

bool
v1_invitation_file(struct task *t, struct call *c, struct err *e)
{
	struct body_row {
		struct str body;
	} one;
	static const struct db_field fields[] = { DB_TEXT(body_row, body) };
	AUTO_PTR(conn) db = NULL;
	AUTO_PTR(rows) keep = NULL;
	AUTO(answer) a = { .fd = -1 };
	struct json j;
	int64_t file = v1_number(c);

	if (!call_only(c, "", e) || (db = call_lease(t, c, e)) == NULL ||
	    db_one(t, db, SQL_V1_INVITATION_FILE, ARGS(P_SHOWN(c), P_INT8(file)), fields,
		nitems(fields), &one, &keep, e) != DB_FOUND)
		return false;
	answer_begin(&a, c, "application/json");
	j = json_to(answer_to(&a));
	json_open(&j, NULL);
	json_raw(&j, "file", one.body);
	if (!put_lines(t, c, db, file, &j, &a, e))
		return false;
	json_end(&j);
	buf_byte(answer_to(&a), '\n');
	return answer_more(&a, e) && answer_send(t, &a, 200, e);
}
