/* Checkpoints, as the commands of `busbar audit` come by them. */
#include "cli/audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/party.h"
#include "rt/loop.h"

enum { ASK_EVERY_MS = 50 };

struct note_row {
	int64_t size;
	struct str note;
};
static const struct db_field note_fields[] = { DB_INT8(note_row, size),
	DB_TEXT(note_row, note) };

void
signed_tree_auto(struct signed_tree *s)
{
	rows_free(&s->keep);
}

static enum db_got
last(struct task *t, struct conn *c, struct param event, struct signed_tree *s, struct err *e)
{
	struct note_row row;
	enum db_got got;

	rows_free(&s->keep);
	got = db_one(t, c, SQL_AUDIT_CHECKPOINT_LAST, ARGS(event), note_fields,
	    nitems(note_fields), &row, &s->keep, e);
	if (got == DB_FOUND) {
		s->size = (uint64_t)row.size;
		s->note = row.note;
	}
	return got;
}

bool
audit_last(struct task *t, struct conn *c, struct signed_tree *s, struct err *e)
{
	enum db_got got = last(t, c, (struct param)P_NULL(), s, e);

	return got == DB_FOUND || (got == DB_NONE && err(e, ERR_NOT_FOUND,
							 "there is no checkpoint yet: is "
							 "busbar-auditd running?"));
}

bool
audit_of_size(
    struct task *t, struct conn *c, uint64_t size, struct signed_tree *s, struct err *e)
{
	struct note_row row;

	s->keep = db_rows(t, c, SQL_AUDIT_CHECKPOINTS,
	    ARGS(P_INT8((int64_t)size), P_INT4(1), P_INT8((int64_t)size)), e);
	if (s->keep == NULL)
		return false;
	if (!ROWS_NEXT(s->keep, note_fields, &row))
		return err(e, ERR_NOT_FOUND,
		    "there is no checkpoint of exactly %" PRIu64 " entries", size);
	s->size = (uint64_t)row.size;
	s->note = row.note;
	return true;
}

static bool
sign_event(struct task *t, struct conn *c, enum sql q, struct args a, struct signed_tree *s,
    struct err *e)
{
	struct event_row {
		int64_t event;
	} row;
	static const struct db_field fields[] = { DB_INT8(event_row, event) };
	uint64_t until_ms = loop_now_ms(task_loop(t)) + SIGN_WAIT_S * 1000;
	enum db_got got;

	if (db_one(t, c, q, a, fields, nitems(fields), &row, NULL, e) != DB_FOUND)
		return false;
	while ((got = last(t, c, (struct param)P_INT8(row.event), s, e)) == DB_NONE) {
		if (loop_now_ms(task_loop(t)) > until_ms)
			return err(e, ERR_UNAVAILABLE,
			    "busbar-auditd has signed nothing for %d s: is it running?%s",
			    SIGN_WAIT_S,
			    q == SQL_AUDIT_CHECKPOINT_ASK
				? " (--last takes the last checkpoint that there is)"
				: "");
		if (!task_sleep(t, ASK_EVERY_MS, e))
			return false;
	}
	return got == DB_FOUND;
}

bool
audit_sign_now(struct task *t, struct cli *cli, struct conn *c, const char *what,
    struct signed_tree *s, struct err *e)
{
	char actor[ACTOR_SIZE];

	(void)cli;
	cli_actor(actor, sizeof actor);
	return sign_event(
	    t, c, SQL_AUDIT_CHECKPOINT_ASK, ARGS(P_TEXT(what), P_TEXT(actor)), s, e);
}

bool
audit_sign_next(
    struct task *t, struct conn *c, struct str known_as, struct signed_tree *s, struct err *e)
{
	char actor[ACTOR_SIZE];

	cli_actor(actor, sizeof actor);
	return sign_event(
	    t, c, SQL_AUDIT_SIGNER_NEXT, ARGS(P_STR(known_as), P_TEXT(actor)), s, e);
}

bool
audit_beside(char *path, size_t size, const char *program, struct err *e)
{
	ssize_t n = readlink("/proc/self/exe", path, size - 1);
	char *slash;

	if (n <= 0)
		return err_errno(e, ERR_UNAVAILABLE, "where is %s?", program);
	path[n] = '\0';
	slash = strrchr(path, '/');
	*slash = '\0';
	return (size_t)snprintf(slash, size - (size_t)(slash - path), "/%s", program) <
		   size - (size_t)(slash - path) ||
	       err(e, ERR_UNAVAILABLE, "the path of %s is too long", program);
}
