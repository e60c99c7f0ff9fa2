/* What pages do; see act.h. */
#include "act.h"

#include "says.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { PATH_MOST = 800 };

static const struct {
	enum err_code code;
	int status;
	enum text text;
} refusals[] = {
	{ ERR_NOT_FOUND, 404, TEXT_ACT_GONE },
	{ ERR_FORBIDDEN, 403, TEXT_ACT_FORBIDDEN },
	{ ERR_SEQUENCE, 409, TEXT_ACT_SEQUENCE },
	{ ERR_CONFLICT, 409, TEXT_ACT_CONFLICT },
	{ ERR_BAD_INPUT, 422, TEXT_ACT_INPUT },
	{ ERR_BAD_FILE, 422, TEXT_ACT_INPUT },
	{ ERR_TOO_BIG, 422, TEXT_ACT_INPUT },
};

void
act_page(struct page *p, const struct act_done *rows, size_t n)
{
	struct str key = page_query(p, "done");

	view_c(&p->view, "done", "");
	view_c(&p->view, "detail", "");
	view_c(&p->view, "detail_en", "");
	view_c(&p->view, "broad", "1");
	for (size_t i = 0; i < n; i++)
		if (str_is(key, rows[i].key))
			page_say(p, "done", rows[i].text);
}

int
act_refused(struct page *p, struct err *e)
{
	for (size_t i = 0; i < nitems(refusals); i++) {
		if (e->code != refusals[i].code)
			continue;
		portal_count_wrong(refusals[i].text);
		view_c(&p->view, "done", "");
		says_set(p, "detail", "detail_en", str_of(e->text));
		page_say(p, "wrong", refusals[i].text);
		err_clear(e);
		return refusals[i].status;
	}
	return 0;
}

int
act_wrong(struct page *p, enum text wrong)
{
	view_c(&p->view, "done", "");
	view_c(&p->view, "detail", "");
	view_c(&p->view, "detail_en", "");
	page_say(p, "wrong", wrong);
	return page_wrong_status(wrong);
}

int
act_row(struct task *t, struct page *p, enum sql q, struct args a,
    const struct db_field *fields, size_t n, void *out, struct rows **keep, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	enum db_got got;

	if (c == NULL)
		return 0;
	got = db_one(t, c, q, a, fields, n, out, keep, e);
	if (got == DB_FOUND)
		return 200;
	return act_refused(p, e);
}

int
act_do(struct task *t, struct page *p, enum sql q, struct args a, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);

	if (c == NULL)
		return 0;
	if (db_exec(t, c, q, a, NULL, e) <= DB_NONE)
		return 200;
	return act_refused(p, e);
}

struct rows *
act_rows(struct task *t, struct page *p, enum sql q, struct args a, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);

	return c == NULL ? NULL : db_rows(t, c, q, a, e);
}

bool
act_go(struct task *t, struct page *p, const char *done, struct err *e, const char *fmt, ...)
{
	char path[PATH_MOST];
	size_t len;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(path, sizeof path, fmt, ap);
	va_end(ap);
	len = strlen(path);
	snprintf(
	    path + len, sizeof path - len, "%cdone=%s", strchr(path, '?') ? '&' : '?', done);
	return page_go(t, p, path, e);
}

int64_t
act_number(const struct page *p, size_t at)
{
	int64_t n;

	return str_int64(str_of(p->call->param[at]), &n) ? n : 0;
}

bool
act_form_number(const struct form *f, const char *name, int64_t *n)
{
	return str_int64(str_trim(form_get(f, name)), n);
}
