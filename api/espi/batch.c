/*
 * Answers that are built on their own: asked for so, or too large to wait for. Who asks gets
 * 202 and asks again later, or waits for the notification; then the bytes come from the store,
 * the same each time until they are forgotten. Who builds holds the batch by a secret that it
 * drew, and is shown to the database in the place of the token: that may have run out
 * meanwhile, and rights are looked up anew.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "espi.h"
#include "rt/log.h"
#include "sys/secret.h"

enum { RESOURCE_MOST = 1000, LOOK_MS = 30000 };

static const char channel[] = "espi_batch";

/* ---- for who asks ---- */

/* Whether more days are asked for than are answered at once. */
static bool
is_large(struct usage *u, struct conn *conn, bool *large, struct err *e)
{
	struct weight {
		int64_t days;
	} row;
	static const struct db_field fields[] = { DB_INT8(weight, days) };
	int32_t first = civil_day(1970, 1, 1), last = civil_day(9000, 1, 1);

	if (u->ask.published_min != DB_STAMP_NONE)
		first = (int32_t)(u->ask.published_min / 86400);
	if (u->ask.published_max != DB_STAMP_NONE)
		last = (int32_t)(u->ask.published_max / 86400);
	if (db_one(u->t, conn, SQL_ESPI_WEIGHT,
		ARGS(P_SHOWN(u->call), P_TEXT(u->subscription), P_DATE(first), P_DATE(last)),
		fields, nitems(fields), &row, NULL, e) != DB_FOUND)
		return false;
	/* a page is as large as it says */
	*large = row.days > u->dc.sync_days && u->ask.most > u->dc.sync_days;
	return true;
}

static bool
later(struct usage *u, int32_t retry_s, struct err *e)
{
	http_header(u->call->http, "Retry-After", "%d", (int)retry_s);
	http_header(u->call->http, "Cache-Control", "no-store");
	return http_reply(u->t, u->call->http, 202, ESPI_TYPE, STR(""), e);
}

static bool
give(struct usage *u, struct str sha256, int64_t size, struct err *e)
{
	struct http *r = u->call->http;
	AUTO_FD fd = -1;

	if (sha256.len != DIGEST_BYTES)
		return err(e, ERR_BUG, "a batch without its object");
	fd = object_open(
	    call_api(u->call)->door.objects, OBJECT_OUT, (const unsigned char *)sha256.at, e);
	http_header(r, "Cache-Control", "private, no-cache");
	task_deadline(u->t, 0);
	return fd >= 0 && http_begin(u->t, r, 200, ESPI_TYPE, size, e) &&
	       http_send_file(u->t, r, fd, 0, size, e);
}

static bool
ask(struct usage *u, struct conn **conn, struct err *e)
{
	struct asked {
		struct str found, sha256;
		int64_t size;
		int32_t retry_s;
	} row;
	static const struct db_field fields[] = {
		DB_TEXT(asked, found),
		DB_BYTES(asked, sha256),
		DB_INT8(asked, size),
		DB_INT4(asked, retry_s),
	};
	struct str query = u->call->http->query;
	AUTO(buf) resource = BUF(RESOURCE_MOST);
	AUTO_PTR(rows) keep = NULL;

	buf_str(&resource, espi_tail(u->call));
	if (query.len > 0)
		buf_fmt(&resource, "?" STR_FMT, STR_ARG(query));
	if (!buf_ok(&resource))
		return err(e, ERR_USAGE, "the address is too long for a batch");
	if (db_one(u->t, *conn, SQL_ESPI_BATCH_ASK,
		ARGS(P_SHOWN(u->call), P_TEXT(u->subscription), P_STR(buf_view(&resource))),
		fields, nitems(fields), &row, &keep, e) != DB_FOUND)
		return false;
	db_release(conn);
	if (str_is(row.found, "TWICE"))
		return err(e, ERR_USAGE,
		    "An unprocessed batch request for the same resource already exists");
	return str_is(row.found, "READY") ? give(u, row.sha256, row.size, e)
					  : later(u, row.retry_s, e);
}

bool
usage_apart(struct usage *u, bool *done, struct err *e)
{
	bool apart = u->ask.apart;
	AUTO_PTR(conn) conn = call_lease(u->t, u->call, e);

	if (conn == NULL ||
	    (u->target->whose == OF_CLIENT &&
		db_exec(u->t, conn, SQL_ESPI_BULK,
		    ARGS(P_SHOWN(u->call), P_TEXT(u->call->param[0])), NULL, e) != DB_FOUND) ||
	    (!apart && !is_large(u, conn, &apart, e)))
		return false;
	*done = apart;
	return !apart || ask(u, &conn, e);
}

/* ---- for who builds ---- */

struct building {
	struct api *api;
	struct call call;
	struct http http;
	struct api_call of;
	struct caller who;
	char path[RESOURCE_MOST + 64], query[RESOURCE_MOST + 1];
	struct object_name object;
	int64_t entries, number;
};

static bool
take_apart(struct building *b, struct str resource, struct err *e)
{
	char allow[ROUTE_ALLOW_SIZE];
	struct str tail, query;

	if (!str_cut(resource, '?', &tail, &query))
		query = STR("");
	snprintf(b->path, sizeof b->path, "/DataCustodian" ESPI_ROOT STR_FMT, STR_ARG(tail));
	str_copy(b->query, sizeof b->query, query);
	b->http.path = str_of(b->path);
	b->http.query = str_of(b->query);
	b->of = (struct api_call){ .api = b->api, .caller = &b->who };
	b->call.http = &b->http;
	b->call.who = &b->of;
	if (route_find(espi_routes, espi_routes_n, false, STR("GET"), b->http.path, &b->call,
		allow) != ROUTE_OK)
		return err(e, ERR_BUG, "a batch of what is no resource");
	return form_parse(&b->of.query, b->http.query, e);
}

static bool
store(struct task *t, struct building *b, struct usage *u, struct err *e)
{
	int64_t most = answer_length(&u->a);
	struct part *part = part_new(b->api->door.objects, most, e);
	struct str rest = buf_view(&u->a.piece);
	bool ok = part != NULL;

	for (size_t i = 0; ok && i < u->a.held_n; i++)
		ok = part_add(part, u->a.held[i].at, u->a.held[i].len, e);
	ok = ok &&
	     (u->a.spilled == 0 ||
		 (lseek(u->a.fd, 0, SEEK_SET) == 0 && part_copy(t, part, u->a.fd, e))) &&
	     part_add(part, rest.at, rest.len, e) &&
	     part_keep(t, part, OBJECT_OUT, &b->object, e);
	part_free(&part);
	b->entries = u->out.put;
	b->number = u->interval != 0 ? u->interval : u->billing;
	return ok;
}

static bool
build(struct task *t, struct building *b, struct str resource, struct err *e)
{
	struct usage *u = take_apart(b, resource, e) ? usage_new(t, &b->call, e) : NULL;
	bool ok = u != NULL && usage_write(u, e) && store(t, b, u, e);

	usage_free(&u);
	return ok;
}

/* What became of it; that it cannot be told is no reason to stop: the lease runs out. */
static void
tell(struct task *t, struct building *b, bool ok, const struct err *why)
{
	struct err e = { 0 };
	bool over = why->code == ERR_LOGIN || why->code == ERR_FORBIDDEN ||
		    why->code == ERR_NOT_FOUND || why->code == ERR_USAGE;
	AUTO_PTR(conn) c = db_lease(t, b->api->door.db, &e);
	enum db_got got = DB_FAILED;

	if (c != NULL && ok)
		got = db_exec(t, c, SQL_ESPI_BATCH_END,
		    ARGS(P_BYTES(b->who.shown, SHOWN_BYTES),
			P_BYTES(b->object.sha256, DIGEST_BYTES), P_INT8(b->object.size),
			P_INT8(b->entries), P_INT8(b->number)),
		    NULL, &e);
	else if (c != NULL)
		got = db_exec(t, c, SQL_ESPI_BATCH_FAIL,
		    ARGS(P_BYTES(b->who.shown, SHOWN_BYTES), P_TEXT(why->text), P_BOOL(over)),
		    NULL, &e);
	if (!ok)
		log_warn(t, "espi.batch_failed", "says=\"%s\"", why->text);
	else if (got == DB_FOUND)
		log_info(t, "espi.batch_ready", "entries=%lld size=%lld", (long long)b->entries,
		    (long long)b->object.size);
	else
		log_warn(t, "espi.batch_untold", "says=\"%s\"", e.text);
}

/* False: there is none, or it cannot be asked for. */
static bool
build_next(struct task *t, struct building *b)
{
	struct claimed {
		int64_t batch;
		struct str resource;
	} row;
	static const struct db_field fields[] = { DB_INT8(claimed, batch),
		DB_TEXT(claimed, resource) };
	struct err e = { 0 };
	AUTO_PTR(rows) keep = NULL;
	AUTO_PTR(conn) c = NULL;
	bool ok;

	task_deadline(t, 0);
	task_deadline(t, LOOK_MS);
	secret_random(b->who.shown, SHOWN_BYTES);
	c = db_lease(t, b->api->door.db, &e);
	if (c == NULL ||
	    db_one(t, c, SQL_ESPI_BATCH_CLAIM, ARGS(P_BYTES(b->who.shown, SHOWN_BYTES)), fields,
		nitems(fields), &row, &keep, &e) != DB_FOUND)
		return false;
	db_release(&c);
	ok = build(t, b, row.resource, &e);
	task_deadline(t, 0);
	task_deadline(t, LOOK_MS);
	tell(t, b, ok, &e);
	return true;
}

void
espi_batches_run(struct task *t, void *arg)
{
	static const char *const channels[] = { channel };
	struct building *b = calloc(1, sizeof *b);
	struct err e = { 0 };
	struct listener *l = NULL;
	char of[32], text[8];

	if (b != NULL) {
		b->api = arg;
		l = listen_open(b->api->door.db, channels, nitems(channels), &e);
	}
	while (b != NULL && l != NULL && !task_cancelled(t)) {
		while (build_next(t, b))
			;
		/* also without a word: a lease of another process may have run out */
		task_deadline(t, 0);
		task_deadline(t, LOOK_MS);
		(void)listen_next(t, l, of, sizeof of, text, sizeof text, &e);
	}
	listen_close(&l);
	free(b);
}
