/*
 * Subscriptions and drops of the caller's account, as `busbar subscription` and `busbar drop`
 * have them. docs/drops.md.
 */
#include <stdlib.h>

#include "body.h"
#include "sys/pgp.h"

enum { PAGE = 100, PAGE_MOST = 1000, ESIIDS_MOST = 1000, KINDS_MOST = 3 };

/* ---- subscriptions ---- */

bool
v1_subscriptions(struct task *t, struct call *c, struct err *e)
{
	return call_only(c, "", e) &&
	       v1_body(t, c, SQL_V1_SUBSCRIPTIONS, ARGS(P_SHOWN(c)), 200, e);
}

bool
v1_subscription(struct task *t, struct call *c, struct err *e)
{
	return call_only(c, "", e) && v1_body(t, c, SQL_V1_SUBSCRIPTION,
					  ARGS(P_SHOWN(c), P_INT8(v1_number(c))), 200, e);
}

struct wish { /* large: not for a frame */
	struct str label, format, packing, schedule, at, weekday, zone, folder, openpgp;
	struct param month_day, lag, every, history;
	struct str esiids[ESIIDS_MOST], kinds[KINDS_MOST];
	size_t n_esiids, n_kinds;
};

static bool
read_wish(struct wish *w, const struct json_value *v, struct err *e)
{
	return json_in_only(v,
		   "label esiids kinds format packing schedule at weekday month_day zone "
		   "lag_days "
		   "every_min history_months folder openpgp",
		   e) &&
	       json_in_text(v, "schedule", &w->schedule, e) &&
	       v1_text_or(v, "label", &w->label, e) &&
	       v1_texts_or(v, "esiids", ESIIDS_MOST, w->esiids, &w->n_esiids, e) &&
	       v1_texts_or(v, "kinds", KINDS_MOST, w->kinds, &w->n_kinds, e) &&
	       v1_text_or(v, "format", &w->format, e) &&
	       v1_text_or(v, "packing", &w->packing, e) && v1_text_or(v, "at", &w->at, e) &&
	       v1_text_or(v, "weekday", &w->weekday, e) &&
	       v1_int_or(v, "month_day", 1, 31, &w->month_day, e) &&
	       v1_text_or(v, "zone", &w->zone, e) &&
	       v1_int_or(v, "lag_days", 1, 30, &w->lag, e) &&
	       v1_int_or(v, "every_min", 1, 1440, &w->every, e) &&
	       v1_int_or(v, "history_months", 1, 24, &w->history, e) &&
	       v1_text_or(v, "folder", &w->folder, e) &&
	       v1_text_or(v, "openpgp", &w->openpgp, e);
}

static bool
add(struct task *t, struct call *c, const struct wish *w, struct err *e)
{
	return v1_made(t, c, SQL_V1_SUBSCRIPTION_ADD,
	    ARGS(P_SHOWN(c), P_STR(w->label), P_TEXTS(w->esiids, w->n_esiids),
		P_TEXTS(w->kinds, w->n_kinds), P_STR(w->format), P_STR(w->packing),
		P_STR(w->schedule), P_STR(w->at), P_STR(w->weekday), w->month_day,
		P_STR(w->zone), w->lag, w->every, w->history, P_STR(w->folder),
		P_STR(w->openpgp)),
	    201, "/v1/subscriptions/", e);
}

bool
v1_subscription_add(struct task *t, struct call *c, struct err *e)
{
	AUTO_PTR(json_in) in = NULL;
	struct wish *w;
	bool ok;

	if (!call_only(c, "", e) || !call_json(t, c, &in, e))
		return false;
	w = calloc(1, sizeof *w);
	if (w == NULL)
		return err(e, ERR_BUSY, "no memory for a request");
	ok = read_wish(w, json_in_root(in), e) &&
	     (w->openpgp.len == 0 || pgp_key_ok(t, w->openpgp, e)) && add(t, c, w, e);
	free(w);
	return ok;
}

static bool
move(struct task *t, struct call *c, const char *event, struct err *e)
{
	return call_only(c, "", e) &&
	       v1_body(t, c, SQL_V1_SUBSCRIPTION_MOVE,
		   ARGS(P_SHOWN(c), P_INT8(v1_number(c)), P_TEXT(event)), 200, e);
}

bool
v1_subscription_pause(struct task *t, struct call *c, struct err *e)
{
	return move(t, c, "pause", e);
}

bool
v1_subscription_resume(struct task *t, struct call *c, struct err *e)
{
	return move(t, c, "resume", e);
}

bool
v1_subscription_end(struct task *t, struct call *c, struct err *e)
{
	return move(t, c, "end", e);
}

/* A body that may be left out: {"name": …}. */
static bool
one_text(struct task *t, struct call *c, const char *name, struct json_in **in, struct str *to,
    struct err *e)
{
	*to = (struct str){ NULL, 0 };
	if (!call_only(c, "", e))
		return false;
	if (c->http->length == 0)
		return true;
	return call_json(t, c, in, e) && json_in_only(json_in_root(*in), name, e) &&
	       v1_text_or(json_in_root(*in), name, to, e);
}

bool
v1_subscription_build(struct task *t, struct call *c, struct err *e)
{
	AUTO_PTR(json_in) in = NULL;
	struct str period;

	return one_text(t, c, "period", &in, &period, e) &&
	       v1_made(t, c, SQL_V1_DROP_BUILD,
		   ARGS(P_SHOWN(c), P_INT8(v1_number(c)), P_STR(period)), 202, "/v1/drops/", e);
}

/* ---- drops ---- */

bool
v1_drops(struct task *t, struct call *c, struct err *e)
{
	struct param of, before;
	int64_t most;

	return call_only(c, "subscription state cursor limit", e) &&
	       v1_query_number(c, "subscription", &of, e) &&
	       v1_query_number(c, "cursor", &before, e) &&
	       v1_page(c, PAGE, PAGE_MOST, &most, e) &&
	       v1_body(t, c, SQL_V1_DROPS,
		   ARGS(P_SHOWN(c), of, P_STR(v1_query(c, "state")), before,
		       P_INT4((int32_t)most)),
		   200, e);
}

bool
v1_drop(struct task *t, struct call *c, struct err *e)
{
	return call_only(c, "", e) &&
	       v1_body(t, c, SQL_V1_DROP, ARGS(P_SHOWN(c), P_INT8(v1_number(c))), 200, e);
}

bool
v1_drop_replay(struct task *t, struct call *c, struct err *e)
{
	return call_only(c, "", e) &&
	       v1_made(t, c, SQL_V1_DROP_REPLAY, ARGS(P_SHOWN(c), P_INT8(v1_number(c))), 202,
		   "/v1/drops/", e);
}

bool
v1_drop_cancel(struct task *t, struct call *c, struct err *e)
{
	AUTO_PTR(json_in) in = NULL;
	struct str reason;

	return one_text(t, c, "reason", &in, &reason, e) &&
	       v1_body(t, c, SQL_V1_DROP_CANCEL,
		   ARGS(P_SHOWN(c), P_INT8(v1_number(c)), P_STR(reason)), 200, e);
}
