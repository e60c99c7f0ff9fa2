/*
 * One request and its reply. What the table says is checked here; a handler only does what its
 * route is for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "budget.h"
#include "once.h"
#include "rt/log.h"
#include "rt/loop.h"

enum { LEAVE_MS = 5000 };

/* Errors are told in the words of the family that the address is of. */
static bool
problem(struct task *t, struct call *c, const struct err *why, struct err *e)
{
	const struct api_family *family = call_of(c)->family;

	if (why->code == ERR_BUSY)
		http_header(c->http, "Retry-After", "%d", API_BUSY_S);
	if (family == NULL || family->problem == NULL || c->http->slow)
		return http_error(t, c->http, why, e);
	return family->problem(t, c->http, why, e);
}

static bool
refuse_login(struct task *t, struct call *c, struct err *why, int wait_s, struct err *e)
{
	bool shown = http_var(c->http, SCGI_AUTHORIZATION).len > 0;

	log_info(t, "api.refused", "code=%s says=\"%s\"", err_rows[why->code].name, why->text);
	if (why->code == ERR_LOGIN) {
		/* what was wrong is not told: not whether there is such a token */
		http_header(c->http, "WWW-Authenticate", "Bearer realm=\"busbar\"%s",
		    shown ? ", error=\"invalid_token\"" : "");
		http_header(
		    c->http, "WWW-Authenticate", "Basic realm=\"busbar\", charset=\"UTF-8\"");
		err(why, ERR_LOGIN,
		    "A valid token (Authorization: Bearer), login (Basic) or client "
		    "certificate is needed.");
	}
	if (wait_s > 0)
		http_header(c->http, "Retry-After", "%d", wait_s);
	return problem(t, c, why, e);
}

/* Of /v1 alone: in the other families reads are asked for by POST, and no answer with reads is
 * kept, since a right to them may end. What must be done once there says so itself (once.h). */
static bool
has_once(const struct call *c)
{
	return http_var(c->http, SCGI_IDEMPOTENCY).at != NULL &&
	       strcmp(call_of(c)->family->name, "v1") == 0 &&
	       strcmp(c->route->method, "GET") != 0 && (c->route->who & API_NOT_ONCE) == 0;
}

/* What changes something is done once where the caller has a key for it. */
static bool
handle(struct task *t, struct call *c, struct err *e)
{
	struct once o;

	if (!budget_take(t, c, e))
		return false;
	if (!has_once(c))
		return c->route->fn(t, c, e);
	if (!once_begin(t, c, http_var(c->http, SCGI_IDEMPOTENCY), &o, e) || o.answered)
		return o.answered;
	return once_end(t, c, &o, c->route->fn(t, c, e), e);
}

/* One try. *over: what the caller showed did not hold any more, and nothing was answered. */
static bool
try_as(struct task *t, struct call *c, struct caller *who, bool *over, struct err *e)
{
	struct api_call *of = c->who;
	bool ok;

	*over = false;
	if ((c->route->who & who->is) == 0)
		return err(e, ERR_FORBIDDEN, "that is not for who shows %s",
		    who->is & API_LOGIN ? "an account's login" : "a token of this class");
	of->caller = who;
	ok = handle(t, c, e);
	if (!ok && (e->code == ERR_FORBIDDEN || e->code == ERR_LOGIN) && c->http->status == 0)
		*over = caller_over(t, &of->api->callers, who);
	of->caller = NULL;
	return ok;
}

/* A token in the address: only where the family has it so. */
static struct str
asked_token(const struct call *c)
{
	struct str token = STR("");

	if ((c->route->who & API_TOKEN_ASKED) != 0)
		(void)call_query(c, "access_token", &token);
	return token;
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

		who = caller_enter(
		    t, &api->callers, &api->door, c->http, asked_token(c), &wait_s, &why);
		if (who == NULL)
			return refuse_login(t, c, &why, wait_s, e);
		task_label(t, "req=%.8s party=%s account=%d", http_id(c->http).at, who->code,
		    (int)who->account);
		snprintf(c->kind, sizeof c->kind, "%s", who->kind);
		ok = try_as(t, c, who, &over, e);
		caller_leave(t, &api->callers, &who);
		if (ok || c->http->status != 0 || (!over && e->code != ERR_LOGIN))
			return ok;
		if (!over || tries > 0 || c->http->taken > 0) {
			why = (struct err){ .code = ERR_LOGIN };
			return refuse_login(t, c, &why, 0, e);
		}
	}
}

static bool
length_ok(struct http *r, const struct route *row, struct err *e)
{
	/* neither a length nor a coding: nothing follows; only a file must say so */
	if (r->length < 0 && row->body_most <= API_BODY_MOST &&
	    http_var(r, SCGI_CODING).at == NULL)
		r->length = 0;
	if (r->length < 0)
		return err(e, ERR_LENGTH,
		    "The length must be told beforehand (Content-Length, not chunked).");
	if (r->length > row->body_most)
		return err(e, ERR_TOO_BIG, "%s",
		    row->body_most == 0 ? "This request has no body."
					: err_rows[ERR_TOO_BIG].say);
	return true;
}

/* "/v1" is before "/v1" and "/v1/…", not before "/v12". */
static bool
is_of(const struct api_family *f, struct str path)
{
	size_t n = strlen(f->prefix);
	struct str head = { path.at, n };

	if (path.len < n || (path.len > n && n > 0 && path.at[n] != '/'))
		return false;
	return f->any_case ? str_ieq(head, str_of(f->prefix)) : str_is(head, f->prefix);
}

/* The row of the first family that has one; else the family by whose words that is told. */
static bool
find_row(struct call *c, struct err *e)
{
	struct api_call *of = c->who;
	struct http *r = c->http;
	char allow[ROUTE_ALLOW_SIZE];

	for (size_t i = 0; api_families[i] != NULL; i++) {
		const struct api_family *f = api_families[i];
		enum route_found found = !is_of(f, r->path)
					     ? ROUTE_NONE
					     : route_find(f->rows, *f->n, f->any_case,
						   http_var(r, SCGI_METHOD), r->path, c, allow);

		if (of->family == NULL && f->prefix[0] != '\0' && is_of(f, r->path))
			of->family = f;
		if (found == ROUTE_NONE)
			continue;
		of->family = f;
		if (found == ROUTE_BAD)
			return err(
			    e, ERR_USAGE, "A part of the address is no text, or too long.");
		if (found == ROUTE_OK)
			return true;
		http_header(r, "Allow", "%s", allow);
		return err(e, ERR_METHOD, "%s", err_rows[ERR_METHOD].say);
	}
	return err(e, ERR_NOT_FOUND, "%s", err_rows[ERR_NOT_FOUND].say);
}

/* Before anything is done for it. */
static bool
has_room(const struct api *api, struct err *e)
{
	return db_waiting(api->door.db) < API_WAITING_MOST ||
	       err(e, ERR_BUSY, "%u requests wait already", db_waiting(api->door.db));
}

static bool
route(struct task *t, struct api *api, struct call *c, struct err *e)
{
	struct api_call *of = c->who;

	if (!find_row(c, e) || !has_room(api, e) || !length_ok(c->http, c->route, e))
		return false;
	if (!form_parse(&of->query, c->http->query, e)) {
		e->code = ERR_USAGE;
		return err_at(e, "the address's parameters");
	}
	return c->route->who == API_ANYBODY ? c->route->fn(t, c, e) : as_caller(t, api, c, e);
}

static void
told(struct task *t, struct http *r, const struct call *c, const struct err *e)
{
	char why[LOG_TEXT_SIZE];
	long long ms = (long long)(loop_now_ms(task_loop(t)) - r->begun_ms);
	/* a refusal is counted: when there are most of them is no time to write lines */
	bool warn = r->status >= 500 && e->code != ERR_BUSY;
	enum log_level level = warn ? LOG_WARN_ : LOG_DEBUG_;

	log_line(t, level, "api.request",
	    "method=" STR_FMT " route=%s status=%d in=%lld out=%lld ms=%lld says=%s",
	    STR_ARG(http_var(r, SCGI_METHOD)), c->route != NULL ? c->route->path : "none",
	    r->status, (long long)r->taken, (long long)r->sent, ms,
	    log_text(why, str_of(e->text)));
}

static void
answer(struct task *t, struct api *api, struct call *c)
{
	struct http *r = c->http;
	struct err e = { 0 }, late;
	bool ok = route(t, api, c, &e);

	if (!ok && r->status == 0) {
		task_deadline(t, 0);
		task_deadline(t, LEAVE_MS);
		(void)problem(t, c, &e, &late);
	}
	if (ok && r->status < 400)
		err_clear(&e); /* of a question on the way whose answer was no */
	api_count(r, c, &e);
	use_add(&api->use, call_of(c)->family != NULL ? call_of(c)->family->name : "none",
	    c->kind, r->status);
	told(t, r, c, &e);
}

void
api_answer(struct task *t, struct http *r, void *arg)
{
	struct api *api = arg;
	struct call c = { .http = r };
	struct err e = { 0 }, late;

	task_label(t, "req=%.8s", http_id(r).at);
	task_deadline(t, 0);
	task_deadline(t, HTTP_STEP_MS);
	c.who = calloc(1, sizeof(struct api_call)); /* too large for a frame */
	if (c.who != NULL) {
		((struct api_call *)c.who)->api = api;
		answer(t, api, &c);
		buf_auto(&((struct api_call *)c.who)->body);
		free(c.who);
	} else {
		err(&e, ERR_BUSY, "no memory for a request");
		(void)http_error(t, r, &e, &late);
	}
	if (r->taken < r->length)
		http_drain(t, r);
}
