/*
 * One task an endpoint that is held: a page of its log, one request, what became of it, and
 * again while there is more. The next request goes only when the one before was taken and that
 * is on record.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hookd.h"
#include "mark.h"
#include "rt/log.h"
#include "sys/secret.h"

enum {
	PAGES_MOST = 20, /* then others have their turn */
	TELL_TRIES = 30,
	TELL_TRIES_STOP = 8, /* when we are told to end: within PROC_STOP_S */
	TELL_MS = 60000,
	AGAIN_MS = 1000,
	PLACE_SIZE = 16,
};

const struct db_field taken_fields[] = { DB_INT8(taken, endpoint), DB_TEXT(taken, token),
	DB_INT4(taken, party), DB_TEXT(taken, kind), DB_TEXT(taken, url), DB_TEXT(taken, what),
	DB_TEXT(taken, challenge), DB_BYTES(taken, secret), DB_BYTES(taken, secret_next),
	DB_INT4(taken, attempts) };
const size_t taken_field_count = nitems(taken_fields);

static const struct db_field item_fields[] = { DB_TEXT(item, id), DB_TEXT(item, kind),
	DB_TEXT(item, esiid), DB_TEXT(item, detail), DB_TEXT(item, utility),
	DB_TEXT(item, paths), DB_INT8(item, seq), DB_STAMP(item, at), DB_INT8(item, agreement),
	DB_DATE(item, from_day), DB_DATE(item, to_day), DB_INT4(item, premise),
	DB_BOOL(item, more) };

struct sender {
	struct hookd *d;
	struct taken k;
	struct rows *texts; /* that k points into */
	enum hook_family family;
	struct fetch *fetch;
	char secret[VAULT_MOST], next[VAULT_MOST]; /* opened */
	size_t secret_len, next_len;
};

struct page {
	struct rows *rows;
	struct item *items;
	size_t n;
	struct item end;
	struct buf body;
};

static void
page_auto(struct page *p)
{
	rows_free(&p->rows);
	free(p->items);
	buf_auto(&p->body);
}

/* ---- connections that are kept ---- */

static struct fetch *
fetch_of(struct hookd *d, int64_t endpoint, struct err *e)
{
	for (unsigned i = 0; i < d->idles; i++)
		if (d->idle[i].endpoint == endpoint) {
			struct fetch *f = d->idle[i].fetch;

			d->idle[i] = d->idle[--d->idles];
			return f;
		}
	return fetch_new(&d->rules, e);
}

static void
fetch_keep(struct hookd *d, int64_t endpoint, struct fetch **f)
{
	if (*f == NULL)
		return;
	if (d->idles == IDLE_MOST) { /* the one that has rested longest */
		fetch_free(&d->idle[0].fetch);
		memmove(&d->idle[0], &d->idle[1], (IDLE_MOST - 1) * sizeof d->idle[0]);
		d->idles--;
	}
	d->idle[d->idles].endpoint = endpoint;
	d->idle[d->idles++].fetch = *f;
	*f = NULL;
}

void
send_end(struct hookd *d)
{
	while (d->idles > 0)
		fetch_free(&d->idle[--d->idles].fetch);
}

/* ---- what is to be sent ---- */

static int64_t
now_s(void)
{
	struct timespec at;

	clock_gettime(CLOCK_REALTIME, &at);
	return at.tv_sec;
}

static bool
open_one(const struct sender *s, struct str sealed, char *to, size_t *len, struct err *e)
{
	char place[PLACE_SIZE];

	*len = 0;
	if (sealed.len == 0)
		return true;
	snprintf(place, sizeof place, "%d", s->k.party);
	return (sealed.len <= VAULT_MOST &&
		   vault_open(s->d->keys, to, len, sealed, str_of(place))) ||
	       err(e, ERR_CONF, "the secret of webhook %lld does not open with hook.key",
		   (long long)s->k.endpoint);
}

static bool
page_read(struct task *t, const struct sender *s, struct page *p, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, s->d->db, e);
	struct item i;

	p->rows = c == NULL ? NULL
			    : db_rows(t, c, SQL_HOOK_PAGE,
				  ARGS(P_INT8(s->k.endpoint), P_STR(s->k.token),
				      P_INT4((int32_t)s->d->conf.hook_batch)),
				  e);
	if (p->rows == NULL)
		return false;
	p->items = calloc(rows_count(p->rows) + 1, sizeof *p->items);
	if (p->items == NULL)
		return err(e, ERR_BUSY, "no memory for %zu events", rows_count(p->rows));
	while (rows_next(p->rows, item_fields, nitems(item_fields), &i))
		if (i.id.len > 0)
			p->items[p->n++] = i;
		else
			p->end = i;
	return true;
}

static bool
is_events(const struct sender *s)
{
	return str_is(s->k.what, "EVENTS");
}

static bool
page_make(struct task *t, const struct sender *s, struct page *p, struct err *e)
{
	const char *api = s->d->conf.api_url;

	if (!is_events(s)) {
		body_test(&p->body, s->family, &s->k, api, now_s());
	} else {
		if (!page_read(t, s, p, e))
			return false;
		body_events(&p->body, s->family, &s->k, api, p->items, p->n, &p->end);
	}
	return buf_ok(&p->body) ||
	       err(e, ERR_TOO_BIG, "a request of %zu events is too long", p->n);
}

/* ---- one request ---- */

static bool
post(struct task *t, struct sender *s, const struct page *p, struct fetch_got *got,
    struct err *e)
{
	char lines[MARK_LINES][MARK_SIZE];
	const char *headers[MARK_LINES];
	unsigned char salt[MARK_SALT_BYTES];
	struct fetch_ask ask = { .url = s->k.url,
		.type = family_type(s->family),
		.body = buf_view(&p->body),
		.headers = headers };

	secret_random(salt, sizeof salt);
	ask.header_count =
	    mark_headers(lines, s->family, (struct str){ s->secret, s->secret_len },
		(struct str){ s->next, s->next_len }, now_s(), salt, ask.body);
	for (size_t i = 0; i < ask.header_count; i++)
		headers[i] = lines[i];
	return fetch_post(t, s->fetch, &ask, got, e);
}

static enum db_got
tell_once(struct task *t, const struct sender *s, const struct page *p, const struct verdict *v,
    const struct fetch_got *got, bool *more, struct err *e)
{
	struct told {
		bool more;
	} row = { false };
	static const struct db_field fields[] = { DB_BOOL(told, more) };
	AUTO_PTR(conn) c = db_lease(t, s->d->db, e);
	unsigned short jitter = 0;
	enum db_got is;

	if (c == NULL)
		return DB_RETRY;
	secret_random(&jitter, sizeof jitter);
	is = db_one(t, c, SQL_HOOK_TOLD,
	    ARGS(P_INT8(s->k.endpoint), P_STR(s->k.token), P_STR(s->k.what), P_BOOL(v->good),
		P_INT8(p->end.seq), P_INT4(p->end.premise),
		P_INT8(mark_pause_s(s->family, s->k.attempts + 1, jitter)),
		P_INT8(s->d->conf.hook_give_up_ms / 1000), P_INT4((int32_t)got->ms),
		P_INT4((int32_t)p->n), P_INT4((int32_t)p->body.len), P_TEXT(got->address),
		P_INT4(got->status), P_TEXT(v->result), P_TEXT(v->says)),
	    fields, nitems(fields), &row, NULL, e);
	*more = is == DB_FOUND && row.more;
	return is;
}

/* What became of it must get to the database, or it goes a second time: also when we are told
 * to end meanwhile. ERR_SEQUENCE: it is another's, or its owner has set it to another place. */
static bool
tell(struct task *t, const struct sender *s, const struct page *p, const struct verdict *v,
    const struct fetch_got *got)
{
	bool was = task_shield(t, true), more = false;
	struct err e = { 0 };
	int tries = task_cancelled(t) ? TELL_TRIES_STOP : TELL_TRIES;

	task_deadline(t, TELL_MS);
	while (tell_once(t, s, p, v, got, &more, &e) != DB_FOUND && e.code != ERR_SEQUENCE) {
		if (--tries == 0 || !task_sleep(t, AGAIN_MS, &e)) {
			log_error(t, "hook.untold", "webhook=%lld says=\"%s\"",
			    (long long)s->k.endpoint, e.text);
			break;
		}
	}
	task_deadline(t, 0);
	task_shield(t, was);
	return more;
}

static void
log_outcome(struct task *t, const struct sender *s, const struct page *p,
    const struct verdict *v, const struct fetch_got *got)
{
	char says[LOG_TEXT_SIZE];

	count_request(family_name(s->family), v->result);
	if (v->good)
		log_info(t, "hook.sent",
		    "webhook=%lld what=" STR_FMT " events=%zu status=%d ms=%llu",
		    (long long)s->k.endpoint, STR_ARG(s->k.what), p->n, got->status,
		    (unsigned long long)got->ms);
	else
		log_warn(t, "hook.failed",
		    "webhook=%lld what=" STR_FMT
		    " attempt=%d result=%s status=%d ms=%llu says=%s",
		    (long long)s->k.endpoint, STR_ARG(s->k.what), s->k.attempts + 1, v->result,
		    got->status, (unsigned long long)got->ms, log_text(says, str_of(v->says)));
	if (v->good)
		count_items((int64_t)p->n);
}

/* One page; *more: there is more for it, and it is still ours. */
static bool
send_page(struct task *t, struct sender *s, bool *more, struct err *e)
{
	AUTO(page) p = { .body = BUF(BODY_MOST) };
	AUTO(fetch_got) got = { .result = FETCH_OURS };
	struct verdict v = { .good = true, .result = "nothing" };
	bool own = s->family == HOOK_BUSBAR && str_is(s->k.what, "CHALLENGE");

	*more = false;
	if (!page_make(t, s, &p, e))
		return false;
	if (is_events(s) && p.n == 0) { /* nothing of it is for this one */
		*more = tell(t, s, &p, &v, &got);
		return true;
	}
	if (!post(t, s, &p, &got, e))
		return false;
	mark_judge(&v, &got, own ? s->k.challenge : (struct str){ NULL, 0 });
	log_outcome(t, s, &p, &v, &got);
	*more = tell(t, s, &p, &v, &got);
	return true;
}

/* ---- the task ---- */

/* It is not sent now: the lease is given back; where that fails it runs out. */
static void
release(struct task *t, const struct sender *s)
{
	struct err e = { 0 };
	AUTO_PTR(conn) c = db_lease(t, s->d->db, &e);

	if (c != NULL)
		db_exec(t, c, SQL_HOOK_RELEASED, ARGS(P_INT8(s->k.endpoint), P_STR(s->k.token)),
		    NULL, &e);
}

static void
send_all(struct task *t, struct sender *s)
{
	struct err e = { 0 };
	bool more = true;

	s->fetch = fetch_of(s->d, s->k.endpoint, &e);
	if (s->fetch == NULL || !open_one(s, s->k.secret, s->secret, &s->secret_len, &e) ||
	    !open_one(s, s->k.secret_next, s->next, &s->next_len, &e)) {
		log_error(t, "hook.bad", "webhook=%lld says=\"%s\"", (long long)s->k.endpoint,
		    e.text);
		return; /* the lease runs out, and it is tried again */
	}
	for (int i = 0; more && i < PAGES_MOST; i++) {
		if (!send_page(t, s, &more, &e)) {
			if (!task_cancelled(t))
				log_warn(t, "hook.kept", "webhook=%lld says=\"%s\"",
				    (long long)s->k.endpoint, e.text);
			return;
		}
		s->k.what = STR("EVENTS");
		s->k.attempts = 0;
	}
	if (more)
		release(t, s);
}

static void
sender_run(struct task *t, void *arg)
{
	struct sender *s = arg;
	struct hookd *d = s->d;

	task_label(t, "webhook=%lld", (long long)s->k.endpoint);
	send_all(t, s);
	fetch_keep(d, s->k.endpoint, &s->fetch);
	secret_wipe(s->secret, sizeof s->secret);
	secret_wipe(s->next, sizeof s->next);
	rows_free(&s->texts);
	free(s);
	d->running--;
	queue_wake(d);
}

bool
send_begin(
    struct task *t, struct hookd *d, const struct taken *row, struct rows **keep, struct err *e)
{
	struct sender *s = calloc(1, sizeof *s);

	if (s == NULL)
		return err(e, ERR_BUSY, "no memory for a sender");
	s->d = d;
	s->k = *row;
	s->texts = *keep;
	*keep = NULL;
	if (!family_read(row->kind, &s->family) ||
	    !group_spawn(t, d->group, "sender", sender_run, s, e)) {
		release(t, s);
		rows_free(&s->texts);
		free(s);
		return false;
	}
	d->running++;
	return true;
}
