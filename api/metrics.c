/* What busbar-apid counts. */
#include <stdio.h>

#include "api.h"
#include "sys/metrics.h"

/* clang-format off */
static struct metric requests = { "busbar_apid_requests_total", METRIC_COUNTER,
	"Requests by route and status.", .label = { "route", "status" } };
static struct metric bytes = { "busbar_apid_bytes_total", METRIC_COUNTER,
	"Bytes of bodies: in from clients, out to them.", .label = { "direction" } };
static struct metric failures = { "busbar_apid_failures_total", METRIC_COUNTER,
	"Requests that were not answered as asked, by reason.", .label = { "reason" } };
static struct metric connections = { "busbar_apid_requests_now", METRIC_GAUGE,
	"Requests under way.", .label = { NULL } };
static struct metric sessions = { "busbar_apid_sessions_now", METRIC_GAUGE,
	"Sessions of the box that are kept open.", .label = { NULL } };
static struct metric budgets = { "busbar_apid_budget_total", METRIC_COUNTER,
	"Requests by class, and whether the client's budget had room for them.",
	.label = { "class", "result" } };
static struct metric waiting = { "busbar_apid_waiting_now", METRIC_GAUGE,
	"Requests that wait for a connection to the database.", .label = { NULL } };
static struct metric standby = { "busbar_apid_standby_total", METRIC_COUNTER,
	"Releases by what a standby had of them: given, else read from the primary.", .label = { "result" } };
/* clang-format on */
static struct metric *const all[] = { &requests, &bytes, &failures, &budgets, &connections,
	&waiting, &sessions, &standby };

void
api_count(const struct http *r, const struct call *c, const struct err *e)
{
	char route[METRIC_VALUE_SIZE] = "none", status[8];

	if (c->route != NULL)
		snprintf(route, sizeof route, "%s %s", r->head ? "HEAD" : c->route->method,
		    c->route->path);
	snprintf(status, sizeof status, "%d", r->status);
	metric_add(&requests, route, status, 1);
	metric_add(&bytes, "in", NULL, r->taken);
	metric_add(&bytes, "out", NULL, r->sent);
	if (e->code != ERR_NONE)
		metric_add(&failures, err_rows[e->code].name, NULL, 1);
}

void
api_count_budget(const char *class_, bool granted)
{
	metric_add(&budgets, class_, granted ? "granted" : "refused", 1);
}

void
api_metrics(struct buf *to, void *arg)
{
	const struct api *api = arg;

	metric_set(&connections, NULL, NULL, api->server.connections);
	metric_set(&waiting, NULL, NULL, db_waiting(api->door.db));
	metric_set(&sessions, NULL, NULL, (int64_t)api->callers.n);
	standby_count(&api->standby, &standby);
	metrics_write(to, all, nitems(all));
}
