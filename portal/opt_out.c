/*
 * No more mails. The link is in each mail, and its address is the one of RFC 8058: a mail
 * program sends "List-Unsubscribe=One-Click" there by POST, without a cookie and without a page
 * before it. So nothing more than the token is asked for here; what it can do is stop mails.
 */
#include "portal.h"

#include "sys/digest.h"

struct opt_out {
	struct rows *keep;
	struct str csp, language;
	bool done;
};
static const struct db_field row[] = {
	DB_TEXT(opt_out, csp),
	DB_TEXT(opt_out, language),
	DB_BOOL(opt_out, done),
};

static enum db_got
read_page(struct task *t, struct page *p, struct opt_out *o, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);

	*o = (struct opt_out){ 0 };
	if (c == NULL)
		return DB_RETRY;
	return db_one(t, c, SQL_PORTAL_OPT_OUT_PAGE, ARGS(P_BYTES(p->sha256, LINK_BYTES)), row,
	    nitems(row), o, &o->keep, e);
}

static bool
show(struct task *t, struct page *p, const struct opt_out *o, bool done, enum text wrong,
    struct err *e)
{
	if (wrong != TEXTS) {
		portal_count_wrong(wrong);
		page_say(p, "wrong", wrong);
	}
	view_set(&p->view, "csp", o->csp.at == NULL ? STR("") : o->csp);
	page_say(p, "title", done ? TEXT_OPT_DONE_TITLE : TEXT_OPT_TITLE);
	view_c(&p->view, "done", done ? "1" : "");
	return page_send(
	    t, p, wrong == TEXTS ? 200 : page_wrong_status(wrong), "opt_out.html", e);
}

/* Of ours the button says which mails; a mail program's one click is about this CSP's. Some
 * send it as multipart, which is not taken apart for the sake of one word. */
static bool
chosen(const struct form *f, bool *every)
{
	struct str whole = { f->text, f->used };

	*every = str_is(form_get(f, "mails"), "all");
	return *every || str_is(form_get(f, "mails"), "csp") ||
	       str_is(form_get(f, "List-Unsubscribe"), "One-Click") ||
	       (f->n == 0 && str_has(whole, STR("\"List-Unsubscribe\"")) &&
		   str_has(whole, STR("One-Click")));
}

static bool
stop(struct task *t, struct page *p, bool every, struct err *e)
{
	struct {
		bool known;
	} said;
	static const struct db_field fields[] = { { "known", DB_T_BOOL, 0 } };
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);

	if (c == NULL || db_one(t, c, SQL_PORTAL_OPT_OUT,
			     ARGS(P_BYTES(p->sha256, LINK_BYTES), P_BOOL(every)), fields,
			     nitems(fields), &said, NULL, e) != DB_FOUND)
		return false;
	portal_count_answer("OPT_OUT");
	return true;
}

static bool
answer(struct task *t, struct call *c, bool post, struct err *e)
{
	AUTO(page) p;
	AUTO_PTR(rows) keep = NULL;
	struct opt_out o;
	enum db_got got;
	struct form *f;
	bool every;

	page_open(&p, c->who, c);
	link_hash(str_of(c->param[0]), p.sha256);
	got = read_page(t, &p, &o, e);
	keep = o.keep;
	if (got == DB_NONE)
		return page_unknown(t, c->who, c, e);
	if (got != DB_FOUND)
		return false;
	page_language(&p, language_of(o.language, LANGUAGE_EN));
	if (!post)
		return show(t, &p, &o, o.done, TEXTS, e);
	f = page_form_room(&p, e);
	if (f == NULL)
		return false;
	if (!form_take(t, c->http, f, e))
		return (e->code == ERR_BAD_INPUT || e->code == ERR_TOO_BIG) &&
		       show(t, &p, &o, o.done, TEXT_WRONG_FORM, e);
	if (!chosen(f, &every))
		return show(t, &p, &o, o.done, TEXT_WRONG_FORM, e);
	return stop(t, &p, every, e) && show(t, &p, &o, true, TEXTS, e);
}

bool
opt_out_get(struct task *t, struct call *c, struct err *e)
{
	return answer(t, c, false, e);
}

bool
opt_out_post(struct task *t, struct call *c, struct err *e)
{
	return answer(t, c, true, e);
}
