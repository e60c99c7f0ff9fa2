/*
 * What everybody may see. Nobody is known, so there is no budget: an answer is kept for some
 * seconds, and one is made at a time, whatever is asked and how often.
 */
#include <stdio.h>
#include <string.h>

#include "body.h"
#include "rt/loop.h"

enum { KEPT_MOST = 16, KEY_SIZE = 64, BODY_MOST = 1024 * 1024, WAIT_MS = 20, DAYS_MOST = 90 };

static struct kept {
	char key[KEY_SIZE];
	uint64_t until_ms;
	struct buf body;
} kept[KEPT_MOST];
static bool making;

static struct kept *
find(const char *key, uint64_t now_ms)
{
	for (size_t i = 0; i < KEPT_MOST; i++)
		if (strcmp(kept[i].key, key) == 0 && now_ms < kept[i].until_ms)
			return &kept[i];
	return NULL;
}

/* One whose time is over, or the one whose time is over first. */
static struct kept *
oldest(void)
{
	struct kept *k = &kept[0];

	for (size_t i = 1; i < KEPT_MOST; i++)
		if (kept[i].until_ms < k->until_ms)
			k = &kept[i];
	return k;
}

static bool
make(struct task *t, struct call *c, enum sql q, struct args a, const char *key,
    uint64_t keep_ms, struct err *e)
{
	struct body_row {
		struct str body;
	} row;
	static const struct db_field fields[] = { DB_TEXT(body_row, body) };
	AUTO_PTR(conn) db = call_lease(t, c, e);
	AUTO_PTR(rows) keep = NULL;
	struct kept *k;

	if (db == NULL ||
	    db_one(t, db, q, a, fields, nitems(fields), &row, &keep, e) != DB_FOUND)
		return false;
	/* in place of the one before: what is kept under a name is one answer */
	k = find(key, 0);
	if (k == NULL)
		k = oldest();
	k->until_ms = 0; /* what was there goes, and half an answer is never kept */
	buf_auto(&k->body);
	k->body = (struct buf)BUF(BODY_MOST);
	buf_str(&k->body, row.body);
	buf_byte(&k->body, '\n');
	if (!buf_ok(&k->body))
		return err(e, ERR_TOO_BIG, "the answer is too long");
	snprintf(k->key, sizeof k->key, "%s", key);
	k->until_ms = loop_now_ms(task_loop(t)) + keep_ms;
	return true;
}

/* The answer to `key`, copied before anything waits: another may be made in its place. */
static bool
reply(struct task *t, struct call *c, enum sql q, struct args a, const char *key, int keep_s,
    struct err *e)
{
	AUTO(answer) out = { .fd = -1 };
	struct kept *k;
	bool ok;

	while ((k = find(key, loop_now_ms(task_loop(t)))) == NULL && making)
		if (!task_sleep(t, WAIT_MS, e))
			return false;
	if (k == NULL) {
		making = true;
		ok = make(t, c, q, a, key, (uint64_t)keep_s * 1000, e);
		making = false;
		if (!ok)
			return false;
		k = find(key, 0);
	}
	if (k == NULL)
		return err(e, ERR_BUSY, "too many ask at once");
	http_header(c->http, "Cache-Control", "public, max-age=%d", keep_s);
	answer_begin(&out, c, "application/json");
	buf_str(answer_to(&out), buf_view(&k->body));
	return answer_more(&out, e) && answer_send(t, &out, 200, e);
}

static bool
days_of(const struct call *c, int64_t preset, int64_t most, int64_t *days, struct err *e)
{
	struct str text;

	*days = preset;
	if (!call_query(c, "days", &text))
		return true;
	return (str_int64(text, days) && *days >= 1 && *days <= most) ||
	       err(e, ERR_USAGE, "\"days\" is no number from 1 to %lld", (long long)most);
}

bool
v1_status(struct task *t, struct call *c, struct err *e)
{
	return call_only(c, "", e) && reply(t, c, SQL_V1_STATUS, NO_ARGS, "status", 2, e);
}

bool
v1_slo(struct task *t, struct call *c, struct err *e)
{
	char key[KEY_SIZE];
	int64_t days;

	if (!call_only(c, "days", e) || !days_of(c, 7, DAYS_MOST, &days, e))
		return false;
	snprintf(key, sizeof key, "slo %d", (int)days);
	return reply(t, c, SQL_V1_SLO, ARGS(P_INT4((int32_t)days)), key, 10, e);
}

bool
v1_scoreboard(struct task *t, struct call *c, struct err *e)
{
	struct str text;
	int32_t day = DAY_NONE;
	char key[KEY_SIZE];
	int64_t days;

	if (!call_only(c, "day days", e) || !days_of(c, 1, 31, &days, e))
		return false;
	if (call_query(c, "day", &text) && !civil_read_date(text, &day))
		return err(e, ERR_USAGE, "\"day\" is no date, expected 2026-04-21");
	snprintf(key, sizeof key, "scoreboard %d %d", (int)day, (int)days);
	return reply(
	    t, c, SQL_V1_SCOREBOARD, ARGS(P_DATE(day), P_INT4((int32_t)days)), key, 5, e);
}
