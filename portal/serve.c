/* One request and its reply; see portal.h. */
#include <string.h>

#include "portal.h"
#include "rt/log.h"
#include "rt/loop.h"

enum { LEAVE_MS = 5000 };

static bool
route(struct task *t, struct portal *portal, struct http *r, struct call *c, struct err *e)
{
	char allow[ROUTE_ALLOW_SIZE];

	switch (route_find(portal_pages, portal_page_count, false, http_var(r, SCGI_METHOD),
	    r->path, c, allow)) {
	case ROUTE_NONE:
	case ROUTE_BAD: /* a token with a bad escape is unknown as any other */
		return page_unknown(t, portal, c, e);
	case ROUTE_METHOD:
		http_header(r, "Allow", "%s", allow);
		return http_problem(t, r, 405, NULL, NULL, e);
	case ROUTE_OK:
		break;
	}
	if (r->length < 0 && http_var(r, SCGI_CODING).at == NULL)
		r->length = 0;
	if (r->length < 0)
		return http_problem(t, r, 411, NULL, NULL, e);
	if (r->length > c->route->body_most)
		return http_problem(t, r, 413, NULL, NULL, e);
	return c->route->fn(t, c, e);
}

/* Neither the address nor what was sent: they hold the token and the answer. */
static void
told(struct task *t, struct http *r, const struct call *c, const struct err *e)
{
	char why[LOG_TEXT_SIZE];
	long long ms = (long long)(loop_now_ms(task_loop(t)) - r->begun_ms);
	enum log_level level = r->status >= 500 ? LOG_WARN_ : LOG_DEBUG_;

	log_line(t, level, "portal.request",
	    "method=" STR_FMT " page=%s status=%d in=%lld out=%lld ms=%lld says=%s",
	    STR_ARG(http_var(r, SCGI_METHOD)), c->route != NULL ? c->route->path : "none",
	    r->status, (long long)r->taken, (long long)r->sent, ms,
	    log_text(why, str_of(e->text)));
}

/* For the log: which page it was is in /metrics alone. */
static const char *
what_of(const struct call *c)
{
	if (c->route == NULL)
		return "none";
	if (strncmp(c->route->path, "/s/", 3) == 0)
		return "file";
	return strcmp(c->route->method, "POST") == 0 ? "form" : "page";
}

void
portal_answer(struct task *t, struct http *r, void *arg)
{
	struct portal *portal = arg;
	struct call c = { .http = r, .who = portal };
	struct err e = { 0 }, late = { 0 };
	bool ok;

	task_label(t, "req=%.8s", http_id(r).at);
	task_deadline(t, 0);
	task_deadline(t, HTTP_STEP_MS);
	ok = route(t, portal, r, &c, &e);
	if (!ok && r->status == 0) {
		task_deadline(t, 0);
		task_deadline(t, LEAVE_MS);
		buf_reset(&r->headers);
		(void)page_away(t, portal, &c, &late);
	}
	if (ok && r->status < 400)
		err_clear(&e);
	portal_count(r, &c, &e);
	use_add(&portal->use, what_of(&c), c.kind, r->status);
	told(t, r, &c, &e);
	if (r->taken < r->length)
		http_drain(t, r);
}
