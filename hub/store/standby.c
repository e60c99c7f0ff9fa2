/* Reads on a standby; see standby.h. */
#include "store/standby.h"

#include "rt/log.h"
#include "rt/loop.h"
#include "sys/metrics.h"

enum {
	LEASE_MS = 500,
	KNOWN_MS = 1000, /* what came over the network a moment ago is there in some ms */
	PAUSE_LEAST_MS = 2,
	PAUSE_MOST_MS = 50,
	REST_MS = 5000 /* of one that is away or behind: else each request would wait for it */
};

bool
standby_open(struct standby *s, const struct conf *c, const char *role, const char *application,
    struct err *e)
{
	*s = (struct standby){ 0 };
	if (c->db_standby[0] == '\0')
		return true;
	s->db = db_open(c->db_standby, role, application, (unsigned)c->db_connections, e);
	return s->db != NULL || err_at(e, "db.standby");
}

static bool
knows(struct task *t, struct conn *c, int64_t number)
{
	struct known {
		bool known;
	} row = { 0 };
	static const struct db_field fields[] = { DB_BOOL(known, known) };
	uint64_t was = task_deadline(t, KNOWN_MS);
	uint32_t pause_ms = PAUSE_LEAST_MS;
	struct err e = { 0 };
	bool ok;

	while ((ok = db_one(t, c, SQL_API_RELEASE_KNOWN, ARGS(P_INT8(number)), fields,
			 nitems(fields), &row, NULL, &e) == DB_FOUND) &&
	       !row.known && task_sleep(t, pause_ms, &e))
		pause_ms = pause_ms * 2 < PAUSE_MOST_MS ? pause_ms * 2 : PAUSE_MOST_MS;
	task_deadline(t, was);
	return ok && row.known;
}

/* Said once, and again when it changes. */
static void
told(struct task *t, struct standby *s, bool failed, const char *why)
{
	if (failed && !s->failed)
		log_warn(t, "standby.rests", "ms=%d why=\"%s\"", REST_MS, why);
	else if (!failed && s->failed)
		log_info(t, "standby.back", "%s", "");
	s->failed = failed;
	s->rests_until_ms = failed ? loop_now_ms(task_loop(t)) + REST_MS : 0;
}

struct conn *
standby_lease(struct task *t, struct standby *s, int64_t number)
{
	uint64_t now = loop_now_ms(task_loop(t)), was;
	struct err e = { 0 };
	struct conn *c;

	if (s->db == NULL || now < s->rests_until_ms)
		return NULL;
	if (s->failed)
		s->rests_until_ms = now + REST_MS; /* this one looks for all */
	was = task_deadline(t, LEASE_MS);
	c = db_lease(t, s->db, &e);
	task_deadline(t, was);
	if (c == NULL && e.code != ERR_UNAVAILABLE) {
		s->busy++;
	} else if (c == NULL) {
		s->away++;
		told(t, s, true, e.text);
	} else if (!knows(t, c, number)) {
		db_release(&c);
		s->behind++;
		told(t, s, true, "it is behind");
	} else {
		s->given++;
		told(t, s, false, NULL);
	}
	return c;
}

void
standby_count(const struct standby *s, struct metric *to)
{
	if (s->db == NULL)
		return;
	metric_set(to, "given", NULL, s->given);
	metric_set(to, "busy", NULL, s->busy);
	metric_set(to, "behind", NULL, s->behind);
	metric_set(to, "away", NULL, s->away);
}
