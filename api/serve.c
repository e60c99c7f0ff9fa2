/*
 * One request and its reply. What the table says is checked here; a handler only does what its
 * route is for.
 */
#include "api.h"
#include "rt/log.h"
#include "rt/loop.h"

enum { LEAVE_MS = 5000 };

static bool
refuse_login(struct task *t, struct http *r, const struct err *why, int wait_s, struct err *e)
{
	log_info(t, "api.refused", "code=%s says=\"%s\"", err_rows[why->code].name, why->text);
	if (why->code == ERR_LOGIN) {
		/* what was wrong is not told: not whether there is such a token */
		http_header(r, "WWW-Authenticate", "Bearer realm=\"busbar\"");
		return http_problem(t, r, 401, "LOGIN",
		    "A valid token (Authorization: Bearer) or client certificate is needed.",
		    e);
	}
	if (wait_s > 0)
		http_header(r, "Retry-After", "%d", wait_s);
	return http_error(t, r, why, e);
}

/* With the session that is kept, or once more with a new one where that had ended. */
static bool
as_caller(struct task *t, struct api *api, struct call *c, struct err *e)
{
	for (int tries = 0;; tries++) {
		struct err why = { 0 };
		struct caller *who;
		int wait_s;
		bool ok, over;

		who = caller_enter(t, &api->callers, &api->door, c->http, &wait_s, &why);
		if (who == NULL)
			return refuse_login(t, c->http, &why, wait_s, e);
		task_label(t, "req=%.8s party=%s account=%d", http_id(c->http).at,
		    who->box.code, (int)who->box.account);
		c->who = who;
		ok = c->route->fn(t, c, e);
		over = !ok && e->code == ERR_FORBIDDEN && c->http->status == 0 &&
		       caller_over(t, &api->callers, who);
		caller_leave(t, &api->callers, &who);
		c->who = NULL;
		if (!over)
			return ok;
		if (tries > 0 || c->http->taken > 0) {
			why = (struct err){ .code = ERR_LOGIN };
			return refuse_login(t, c->http, &why, 0, e);
		}
	}
}

static bool
body_ok(struct task *t, struct http *r, const struct route *row, bool *ok, struct err *e)
{
	*ok = false;
	/* neither a length nor a coding: nothing follows; only a file must say so */
	if (r->length < 0 && row->body_most <= API_PROOF_MOST &&
	    http_var(r, SCGI_CODING).at == NULL)
		r->length = 0;
	if (r->length < 0)
		return http_problem(t, r, 411, NULL,
		    "The length must be told beforehand (Content-Length, not chunked).", e);
	if (r->length > row->body_most)
		return http_problem(t, r, 413, "TOO_BIG",
		    row->body_most == 0 ? "This request has no body." : NULL, e);
	*ok = true;
	return true;
}

static bool
route(struct task *t, struct api *api, struct http *r, struct call *c, struct err *e)
{
	char allow[ROUTE_ALLOW_SIZE];
	bool ok;

	switch (route_find(
	    api_routes, api_route_count, http_var(r, SCGI_METHOD), r->path, c, allow)) {
	case ROUTE_NONE:
		return http_problem(t, r, 404, "NOT_FOUND", NULL, e);
	case ROUTE_BAD:
		return http_problem(t, r, 400, NULL, "The address has a bad escape.", e);
	case ROUTE_METHOD:
		http_header(r, "Allow", "%s", allow);
		return http_problem(t, r, 405, NULL, NULL, e);
	case ROUTE_OK:
		break;
	}
	if (!body_ok(t, r, c->route, &ok, e) || !ok)
		return r->status != 0;
	return c->route->who == API_ACCOUNT ? as_caller(t, api, c, e) : c->route->fn(t, c, e);
}

static void
told(struct task *t, struct http *r, const struct call *c, const struct err *e)
{
	char why[LOG_TEXT_SIZE];
	long long ms = (long long)(loop_now_ms(task_loop(t)) - r->begun_ms);
	enum log_level level = r->status >= 500 ? LOG_WARN_ : LOG_DEBUG_;

	log_line(t, level, "api.request",
	    "method=" STR_FMT " route=%s status=%d in=%lld out=%lld ms=%lld says=%s",
	    STR_ARG(http_var(r, SCGI_METHOD)), c->route != NULL ? c->route->path : "none",
	    r->status, (long long)r->taken, (long long)r->sent, ms,
	    log_text(why, str_of(e->text)));
}

void
api_answer(struct task *t, struct http *r, void *arg)
{
	struct api *api = arg;
	struct call c = { .http = r };
	struct err e = { 0 }, late;
	bool ok;

	task_label(t, "req=%.8s", http_id(r).at);
	task_deadline(t, 0);
	task_deadline(t, HTTP_STEP_MS);
	ok = route(t, api, r, &c, &e);
	if (!ok && r->status == 0) {
		task_deadline(t, 0);
		task_deadline(t, LEAVE_MS);
		(void)http_error(t, r, &e, &late);
	}
	if (ok && r->status < 400)
		err_clear(&e); /* of a question on the way whose answer was no */
	api_count(r, &c, &e);
	told(t, r, &c, &e);
	if (r->taken < r->length)
		http_drain(t, r);
}
