/* Programs that are told of events (docs/webhooks.md): all of them, a new one, and one with
 * what was sent to it and what came back. */
#include "box.h"

#include "once.h"
#include "store/hook.h"

enum { ROWS_MOST = 100, LOG_PAGE = 50, FACTS_MOST = 16, EVENTS_MOST = 50 };
enum { URL, LABEL, EVENTS, FIELDS };

struct hook {
	int64_t webhook, log_end, failing_since, next_at, rotates_at, made_at, proven_at,
	    sent_at;
	int32_t attempts;
	struct str kind, url, label, events, state, says, cursor;
};
static const struct db_field fields[] = { DB_INT8(hook, webhook), DB_INT8(hook, log_end),
	DB_STAMP(hook, failing_since), DB_STAMP(hook, next_at), DB_STAMP(hook, rotates_at),
	DB_STAMP(hook, made_at), DB_STAMP(hook, proven_at), DB_STAMP(hook, sent_at),
	DB_INT4(hook, attempts), DB_TEXT(hook, kind), DB_TEXT(hook, url), DB_TEXT(hook, label),
	DB_TEXT(hook, events), DB_TEXT(hook, state), DB_TEXT(hook, says),
	DB_TEXT(hook, cursor) };

static const struct box_word events[] = {
	{ "reads.arrived", TEXT_EVENT_READS },
	{ "reads.corrected", TEXT_EVENT_CORRECTED },
	{ "agreement.changed", TEXT_EVENT_AGREEMENT },
	{ "grant.changed", TEXT_EVENT_GRANT },
	{ "application.changed", TEXT_EVENT_APPLICATION },
	{ "batch.ready", TEXT_EVENT_BATCH },
	{ "drop.ready", TEXT_EVENT_DROP },
	{ "file.accepted", TEXT_EVENT_ACCEPTED },
	{ "file.rejected", TEXT_EVENT_REJECTED },
	{ "command.changed", TEXT_EVENT_COMMAND },
	{ "status.changed", TEXT_EVENT_STATUS },
};

static const struct field form_fields[FIELDS] = {
	[URL] = { "url", "url", "off", 400, TEXT_HOOK_URL, TEXT_HOOK_URL_HINT,
	    TEXT_WRONG_HOOK },
	[LABEL] = { "label", "text", "off", 100, TEXT_KEY_LABEL, TEXTS, TEXTS },
	[EVENTS] = { "events", "checks", "off", 1, TEXT_HOOK_EVENTS, TEXT_HOOK_EVENTS_HINT,
	    TEXTS },
};

static const struct act_done done[] = {
	{ "test", TEXT_HOOK_TESTED }, { "pause", TEXT_HOOK_PAUSED },
	{ "resume", TEXT_HOOK_RESUMED }, { "end", TEXT_HOOK_ENDED },
	{ "replay", TEXT_HOOK_REPLAYED },
	{ "make", TEXT_ONCE_GONE }, /* behind what the database does */
};

/* ---- all of them ---- */

static bool
put_all(struct task *t, struct page *p, struct err *e)
{
	static const struct column columns[] = { { TEXT_HOOK_URL, false },
		{ TEXT_AGREEMENT_STATE, false }, { TEXT_HOOK_EVENTS, false },
		{ TEXT_HOOK_SENT, false } };
	AUTO_PTR(rows) rows = act_rows(t, p, SQL_PORTAL_BOX_HOOKS, ARGS(P_ME(p), P_NULL()), e);
	struct listing l;
	struct hook h;

	if (rows == NULL || !listing_begin(&l, p, "webhooks", TEXT_HOOKS_TITLE, columns,
				nitems(columns), ROWS_MOST, e))
		return false;
	while (l.n_rows < ROWS_MOST && ROWS_NEXT(rows, fields, &h)) {
		listing_row(&l);
		listing_link(&l, h.url, "/webhooks/%lld", (long long)h.webhook);
		listing_more(&l, h.label);
		listing_text(&l, box_says(p, box_states, box_state_count, h.state));
		if (h.says.at != NULL)
			listing_more(&l, h.says);
		if (h.events.len > 0)
			listing_text(&l, h.events);
		else
			listing_say(&l, TEXT_HOOK_ALL);
		listing_time(&l, h.sent_at);
	}
	return listing_end(&l, TEXT_HOOKS_NONE, TEXT_HOOKS_NONE_SAY, e);
}

static bool
show_all(struct task *t, struct page *p, int status, const struct form *f,
    const enum text *wrong, struct err *e)
{
	struct field_choices choices;

	view_c(&p->view, "may", (p->me->is & PORTAL_MEMBER) != 0 ? "1" : "");
	return put_all(t, p, e) &&
	       box_choices(p, &choices, "events", events, nitems(events), false, e) &&
	       fields_put(
		   p, &p->view, "fields", form_fields, FIELDS, &choices, 1, f, wrong, e) &&
	       page_send(t, p, status, "box_webhooks.html", e);
}

static bool
see_all(struct task *t, struct page *p, struct err *e)
{
	act_page(p, done, nitems(done));
	once_take(p);
	return show_all(t, p, 200, NULL, NULL, e);
}

/* ---- a new one, or another secret ---- */

static bool
draw(struct task *t, struct page *p, struct hook_secret *s, int *status, struct err *e)
{
	struct owner {
		int32_t party;
	} row;
	static const struct db_field row_fields[] = { DB_INT4(owner, party) };

	*status = act_row(t, p, SQL_PORTAL_BOX_HOOK_PARTY, ARGS(P_ME(p)), row_fields,
	    nitems(row_fields), &row, NULL, e);
	return *status == 200 && hook_secret_make(s, &p->portal->conf, row.party, e);
}

static int
add(struct task *t, struct page *p, const struct form *f, struct err *e)
{
	struct field_choice boxes[nitems(events)];
	struct str kinds[nitems(events)];
	struct hook_secret s;
	int status;
	size_t n;

	for (size_t i = 0; i < nitems(events); i++)
		boxes[i] = (struct field_choice){ str_of(events[i].is), STR("") };
	n = fields_checked(f, "events", boxes, nitems(events), kinds);
	if (!draw(t, p, &s, &status, e))
		return status == 200 ? 0 : status;
	status = act_do(t, p, SQL_PORTAL_BOX_HOOK_ADD,
	    ARGS(P_ME(p), P_TEXT("BUSBAR"), P_STR(str_trim(form_get(f, "url"))),
		P_STR(str_trim(form_get(f, "label"))), P_TEXTS(kinds, n),
		P_BYTES(s.sealed, s.len)),
	    e);
	if (status == 200)
		status = once_go(t, p, str_of(s.text), "make", STR("/webhooks"), e) ? 303 : 0;
	secret_wipe(&s, sizeof s);
	return status;
}

static bool
act_all(struct task *t, struct page *p, struct err *e)
{
	enum text wrong, bad[FIELDS_MOST];
	struct form *f;
	int status;

	act_page(p, NULL, 0);
	view_c(&p->view, "made", "");
	if (!me_form(t, p, &f, &wrong, e))
		return false;
	if (wrong != TEXTS)
		return show_all(t, p, act_wrong(p, wrong), NULL, NULL, e);
	if (!fields_check(form_fields, FIELDS, f, bad))
		return show_all(t, p, act_wrong(p, TEXT_WRONG_SEE), f, bad, e);
	if (!hook_url_check(str_trim(form_get(f, "url")), &p->portal->conf, e)) {
		bad[URL] = TEXT_WRONG_HOOK;
		return show_all(t, p, act_refused(p, e), f, bad, e);
	}
	status = add(t, p, f, e);
	return status == 303 || (status != 0 && show_all(t, p, status, f, NULL, e));
}

/* ---- one ---- */

static bool
read(struct task *t, struct page *p, struct hook *h, struct rows **keep, struct err *e)
{
	*keep =
	    act_rows(t, p, SQL_PORTAL_BOX_HOOKS, ARGS(P_ME(p), P_INT8(act_number(p, 0))), e);
	if (*keep == NULL)
		return false;
	return ROWS_NEXT(*keep, fields, h) || err(e, ERR_NOT_FOUND, "there is no such webhook");
}

static bool
put_facts(struct page *p, const struct hook *h, struct err *e)
{
	struct things f;

	if (!things_begin(&f, p, FACTS_MOST, e))
		return false;
	thing(&f, TEXT_HOOK_URL, h->url);
	thing(&f, TEXT_KEY_LABEL, h->label);
	thing(&f, TEXT_AGREEMENT_STATE, box_says(p, box_states, box_state_count, h->state));
	if (h->says.at != NULL)
		thing(&f, TEXT_DROP_SAYS, h->says);
	thing(&f, TEXT_HOOK_EVENTS,
	    h->events.len > 0 ? h->events : text_of(p->language, TEXT_HOOK_ALL));
	thing(&f, TEXT_HOOK_CURSOR, h->cursor);
	thing_number(&f, TEXT_HOOK_END, h->log_end);
	thing_number(&f, TEXT_HOOK_FAILED, h->attempts);
	thing_at(&f, TEXT_HOOK_FAILING, h->failing_since);
	thing_at(&f, TEXT_HOOK_NEXT, h->next_at);
	thing_at(&f, TEXT_KEY_MADE, h->made_at);
	thing_at(&f, TEXT_HOOK_PROVEN, h->proven_at);
	thing_at(&f, TEXT_HOOK_SENT, h->sent_at);
	thing_at(&f, TEXT_HOOK_ROTATES, h->rotates_at);
	things_end(&f);
	return true;
}

struct attempt {
	struct str what, result, says;
	int64_t attempt, at, from_cursor, to_cursor;
	int32_t items, status, ms;
};
static const struct db_field attempt_fields[] = { DB_INT8(attempt, attempt),
	DB_STAMP(attempt, at), DB_TEXT(attempt, what), DB_INT4(attempt, items),
	DB_INT8(attempt, from_cursor), DB_INT8(attempt, to_cursor), DB_INT4(attempt, status),
	DB_INT4(attempt, ms), DB_TEXT(attempt, result), DB_TEXT(attempt, says) };

static void
put_attempt(struct listing *l, const struct attempt *a)
{
	listing_row(l);
	listing_time(l, a->at);
	listing_text(l, a->what);
	listing_number(l, a->items);
	listing_number(l, a->status);
	listing_number(l, a->ms);
	listing_text(l, a->result);
	if (a->says.at != NULL)
		listing_more(l, a->says);
}

static bool
put_log(struct task *t, struct page *p, struct err *e)
{
	static const struct column columns[] = { { TEXT_WHEN, false },
		{ TEXT_HOOK_WHAT, false }, { TEXT_HOOK_ITEMS, true },
		{ TEXT_HOOK_STATUS, true }, { TEXT_HOOK_MS, true },
		{ TEXT_SHEET_OUTCOME, false } };
	struct param before = P_NULL();
	AUTO_PTR(rows) rows = NULL;
	struct attempt a = { 0 };
	struct listing l;
	int64_t n;

	if (str_int64(page_query(p, "before"), &n))
		before = (struct param)P_INT8(n);
	rows = act_rows(t, p, SQL_PORTAL_BOX_HOOK_LOG,
	    ARGS(P_ME(p), P_INT8(act_number(p, 0)), before, P_INT4(LOG_PAGE)), e);
	if (rows == NULL ||
	    !listing_begin(&l, p, "log", TEXT_HOOK_LOG, columns, nitems(columns), LOG_PAGE, e))
		return false;
	while (ROWS_NEXT(rows, attempt_fields, &a))
		put_attempt(&l, &a);
	if (rows_count(rows) == LOG_PAGE)
		listing_next(&l, "before", page_number(p, a.attempt));
	return listing_end(&l, TEXT_HOOK_NO_LOG, TEXT_HOOK_NO_LOG_SAY, e);
}

static bool
show_one(struct task *t, struct page *p, int status, struct err *e)
{
	AUTO_PTR(rows) keep = NULL;
	struct hook h;

	if (!read(t, p, &h, &keep, e)) {
		if (e->code != ERR_NOT_FOUND)
			return false;
		err_clear(e);
		return page_unknown(t, p->portal, p->call, e);
	}
	view_set(&p->view, "number", page_number(p, h.webhook));
	view_set(&p->view, "cursor", page_keep(p, h.cursor));
	view_c(&p->view, "paused",
	    str_is(h.state, "PAUSED") || str_is(h.state, "DEAD") ? "1" : "");
	view_c(&p->view, "may",
	    (p->me->is & PORTAL_MEMBER) != 0 && !str_is(h.state, "ENDED") ? "1" : "");
	return put_facts(p, &h, e) && put_log(t, p, e) &&
	       page_send(t, p, status, "box_webhook.html", e);
}

static bool
see_one(struct task *t, struct page *p, struct err *e)
{
	act_page(p, done, nitems(done));
	once_take(p);
	return show_one(t, p, 200, e);
}

static int
rotate(struct task *t, struct page *p, struct err *e)
{
	struct hook_secret s;
	int status;

	if (!draw(t, p, &s, &status, e))
		return status == 200 ? 0 : status;
	status = act_do(t, p, SQL_PORTAL_BOX_HOOK_ROTATE,
	    ARGS(P_ME(p), P_INT8(act_number(p, 0)), P_BYTES(s.sealed, s.len)), e);
	if (status == 200)
		status =
		    once_go(t, p, str_of(s.text), "make", p->call->http->path, e) ? 303 : 0;
	secret_wipe(&s, sizeof s);
	return status;
}

static int
step(struct task *t, struct page *p, const struct form *f, struct str what, struct err *e)
{
	struct param number = P_INT8(act_number(p, 0));

	if (str_is(what, "replay"))
		return act_do(t, p, SQL_PORTAL_BOX_HOOK_REPLAY,
		    ARGS(P_ME(p), number, P_STR(str_trim(form_get(f, "cursor")))), e);
	for (size_t i = 0; i < nitems(done) - 1; i++)
		if (str_is(what, done[i].key))
			return act_do(t, p, SQL_PORTAL_BOX_HOOK_STEP,
			    ARGS(P_ME(p), number, P_STR(what)), e);
	return act_wrong(p, TEXT_WRONG_FORM);
}

static bool
act_one(struct task *t, struct page *p, struct err *e)
{
	struct form *f;
	struct str what;
	enum text wrong;
	char key[12];
	int status;

	act_page(p, NULL, 0);
	view_c(&p->view, "made", "");
	if (!me_form(t, p, &f, &wrong, e))
		return false;
	if (wrong != TEXTS)
		return show_one(t, p, act_wrong(p, wrong), e);
	what = form_get(f, "do");
	if (str_is(what, "rotate")) {
		status = rotate(t, p, e);
		return status == 303 || (status != 0 && show_one(t, p, status, e));
	}
	status = step(t, p, f, what, e);
	str_copy(key, sizeof key, what);
	if (status == 200 && str_is(what, "end")) /* it is in no list any more */
		return act_go(t, p, key, e, "/webhooks");
	if (status == 200)
		return act_go(t, p, key, e, "/webhooks/%lld", (long long)act_number(p, 0));
	return status != 0 && show_one(t, p, status, e);
}

bool
webhooks_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see_all, e);
}

bool
webhooks_post(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, act_all, e);
}

bool
webhook_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see_one, e);
}

bool
webhook_post(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, act_one, e);
}
