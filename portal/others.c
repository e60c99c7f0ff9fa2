/*
 * Pages with one button: renewal, stop, "not me"; and the receipt. The button is a POST with a
 * nonce; there is no tick, no dwell and no machine check, since none of them gives anybody more
 * than was agreed once, or ends something.
 */
#include "base/json.h"
#include "portal.h"

struct button {
	const char *answer; /* of metrics */
	enum text title, words, press, or_else, done_title, done;
};
static const struct button renew = { "RENEW", TEXT_RENEW_TITLE, TEXT_RENEW_LEAD,
	TEXT_RENEW_BUTTON, TEXT_RENEW_ELSE, TEXT_RENEWED_TITLE, TEXT_RENEWED };
static const struct button stop = { "STOP", TEXT_STOP_TITLE, TEXT_STOP_LEAD, TEXT_STOP_BUTTON,
	TEXT_STOP_ELSE, TEXT_TERMINATED_TITLE, TEXT_TERMINATED };
static const struct button not_me = { "NOT_ME", TEXT_NOT_ME_TITLE, TEXT_NOT_ME_LEAD,
	TEXT_NOT_ME_BUTTON, TEXT_NOT_ME_ELSE, TEXT_NOT_ME_DONE_TITLE, TEXT_NOT_ME_DONE };

static bool
show(struct task *t, struct page *p, const struct button *b, int status, enum text wrong,
    struct err *e)
{
	bool done = p->link.used;

	/* it has ended; or there is nothing to renew while it is looked at or paused */
	if ((!link_runs(&p->link) && !(done && b == &not_me)) ||
	    (b == &renew && !str_is(p->link.state, "ACTIVE")))
		return after_show(t, p, status, wrong, e);
	if (!facts_set(p, e))
		return false;
	page_say(p, "title", done ? b->done_title : b->title);
	page_say(p, "words", done ? b->done : b->words);
	page_say(p, "press", b->press);
	page_say(p, "or_else", b->or_else);
	view_c(&p->view, "done", done ? "1" : "");
	if (wrong != TEXTS)
		page_say(p, "wrong", wrong);
	return page_send(t, p, status, "button.html", e);
}

/* `args` of the statement begin with the link. */
static bool
act(struct task *t, struct page *p, const struct button *b, enum sql q, struct args a,
    struct err *e)
{
	AUTO_PTR(conn) c = NULL;
	enum db_got got;
	struct form f;
	enum text wrong;
	int64_t age_ms;

	if (!page_form(t, p, &f, &wrong, &age_ms, e))
		return false;
	if (wrong != TEXTS) {
		err_clear(e);
		portal_count_wrong(wrong);
		return show(t, p, b, page_wrong_status(wrong), wrong, e);
	}
	c = db_lease(t, p->portal->db, e);
	if (c == NULL)
		return false;
	got = db_exec(t, c, q, a, NULL, e);
	if (b == &renew && e->code == ERR_SEQUENCE) {
		err_clear(e);
		db_release(&c);
		return show(t, p, b, 409, TEXT_WRONG_RENEW, e);
	}
	/* too late, or twice: the page that comes next shows what holds */
	if (got != DB_FOUND && got != DB_NONE && got != DB_UNCERTAIN &&
	    e->code != ERR_SEQUENCE && e->code != ERR_CONFLICT)
		return false;
	err_clear(e);
	portal_count_answer(b->answer);
	return page_see(t, p, "", e);
}

bool
renew_show(struct task *t, struct page *p, struct err *e)
{
	return show(t, p, &renew, 200, TEXTS, e);
}

bool
renew_act(struct task *t, struct page *p, struct err *e)
{
	AUTO(buf) evidence = BUF(256);
	struct json j = json_to(&evidence);

	json_open(&j, NULL);
	json_text(&j, "shown", str_of(language_code(p->language)));
	json_end(&j);
	return act(t, p, &renew, SQL_PORTAL_RENEW,
	    ARGS(P_BYTES(p->sha256, LINK_BYTES), P_STR(buf_view(&evidence)),
		P_STR(page_source(p)), P_STR(page_agent(p))),
	    e);
}

bool
stop_show(struct task *t, struct page *p, struct err *e)
{
	/* once it is done the state says so, with its date */
	return p->link.used ? after_show(t, p, 200, TEXTS, e)
			    : show(t, p, &stop, 200, TEXTS, e);
}

bool
stop_act(struct task *t, struct page *p, struct err *e)
{
	return act(t, p, &stop, SQL_PORTAL_STOP,
	    ARGS(P_BYTES(p->sha256, LINK_BYTES), P_STR(page_source(p)), P_STR(page_agent(p))),
	    e);
}

bool
not_me_show(struct task *t, struct page *p, struct err *e)
{
	return show(t, p, &not_me, 200, TEXTS, e);
}

bool
not_me_act(struct task *t, struct page *p, struct err *e)
{
	return act(t, p, &not_me, SQL_PORTAL_NOT_ME,
	    ARGS(P_BYTES(p->sha256, LINK_BYTES), P_STR(page_source(p)), P_STR(page_agent(p))),
	    e);
}

/* ---- the receipt ---- */

struct receipt {
	struct str signed_; /* in the database: signed */
	int64_t signed_at;
};
static const struct db_field receipt_row[] = {
	{ "signed", DB_T_TEXT, offsetof(struct receipt, signed_) },
	{ "signed_at", DB_T_STAMP, offsetof(struct receipt, signed_at) },
};

/* Byte for byte as it was signed. */
static bool
receipt_file(struct task *t, struct page *p, struct str signed_, struct err *e)
{
	http_header(p->call->http, "Cache-Control", "no-store");
	http_header(p->call->http, "Content-Disposition",
	    "attachment; filename=\"busbar-receipt-%lld.json\"", (long long)p->link.id);
	return http_reply(t, p->call->http, 200, "application/json", signed_, e);
}

bool
receipt_show(struct task *t, struct page *p, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	AUTO_PTR(rows) keep = NULL;
	struct receipt r = { 0 };
	bool file = str_is(p->call->http->query, "file");

	if (c == NULL)
		return false;
	if (db_one(t, c, SQL_PORTAL_RECEIPT, ARGS(P_BYTES(p->sha256, LINK_BYTES)), receipt_row,
		nitems(receipt_row), &r, &keep, e) > DB_NONE)
		return false;
	err_clear(e);
	if (file && r.signed_.len > 0)
		return receipt_file(t, p, r.signed_, e);
	if (!after_set(p, e))
		return false;
	view_set(&p->view, "number", page_number(p, p->link.id));
	view_set(&p->view, "signed", r.signed_);
	return page_send(t, p, 200, "receipt.html", e);
}
