/* Requests counted for the log; see use.h. */
#include "sys/use.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "rt/log.h"

enum { USE_BODY_MOST = 32 * 1024 };

/* What the names of rows are is known beforehand; when there are too many, the last one takes
 * it. */
static struct use_row *
row_of(struct use_count *u, const char *what, const char *kind)
{
	for (size_t i = 0; i < u->n; i++)
		if (strcmp(u->row[i].what, what) == 0 && strcmp(u->row[i].kind, kind) == 0)
			return &u->row[i];
	if (u->n == USE_MOST)
		return &u->row[USE_MOST - 1];
	u->row[u->n] = (struct use_row){ 0 };
	snprintf(u->row[u->n].what, USE_WHAT_SIZE, "%s", what);
	snprintf(u->row[u->n].kind, USE_KIND_SIZE, "%s", kind);
	return &u->row[u->n++];
}

void
use_add(struct use_count *u, const char *what, const char *kind, int status)
{
	struct use_row *r = row_of(u, what, kind);

	r->answered += status < 400;
	r->refused += status >= 400 && status < 500;
	r->failed += status >= 500;
}

static void
write_rows(const struct use_count *u, struct buf *to)
{
	struct json j = json_to(to);

	json_list(&j, NULL);
	for (size_t i = 0; i < u->n; i++) {
		json_open(&j, NULL);
		json_text(&j, "what", str_of(u->row[i].what));
		json_text(&j, "kind", str_of(u->row[i].kind));
		json_int(&j, "answered", u->row[i].answered);
		json_int(&j, "refused", u->row[i].refused);
		json_int(&j, "failed", u->row[i].failed);
		json_end(&j);
	}
	json_end(&j);
}

/* What comes while it is told counts for the next time; what could not be told, too. */
static bool
tell(struct task *t, struct use_count *u, struct err *e)
{
	AUTO(buf) b = BUF(USE_BODY_MOST);
	AUTO_PTR(conn) c = db_lease(t, u->db, e);
	struct use_count told;

	if (c == NULL)
		return false;
	told = *u;
	write_rows(&told, &b);
	if (!buf_ok(&b))
		return err(e, ERR_BUSY, "out of memory");
	u->n = 0;
	if (db_exec(t, c, SQL_REQUESTS_ADD, ARGS(P_TEXT(u->door), P_STR(buf_view(&b))), NULL,
		e) <= DB_NONE)
		return true;
	for (size_t i = 0; i < told.n; i++) {
		struct use_row *r = row_of(u, told.row[i].what, told.row[i].kind);

		r->answered += told.row[i].answered;
		r->refused += told.row[i].refused;
		r->failed += told.row[i].failed;
	}
	return false;
}

void
use_run(struct task *t, void *use)
{
	struct use_count *u = use;
	struct err e = { 0 };

	while (task_sleep(t, (uint32_t)u->every_ms, &e)) {
		if (u->n > 0 && !tell(t, u, &e) && !task_cancelled(t))
			log_warn(t, "use.tell", "says=\"%s\"", e.text);
		err_clear(&e);
	}
}
