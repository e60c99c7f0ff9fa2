/* What busbar-portald counts. */
#include <stdio.h>

#include "portal.h"
#include "sys/metrics.h"

/* clang-format off */
static struct metric requests = { "busbar_portald_requests_total", METRIC_COUNTER,
	"Requests by page and status.", .label = { "page", "status" } };
static struct metric answers = { "busbar_portald_answers_total", METRIC_COUNTER,
	"Answers that people gave, and what they asked for.", .label = { "answer" } };
static struct metric wrong = { "busbar_portald_not_taken_total", METRIC_COUNTER,
	"Answers that were not taken, by what was wrong.", .label = { "wrong" } };
static struct metric failures = { "busbar_portald_failures_total", METRIC_COUNTER,
	"Requests that could not be answered, by reason.", .label = { "reason" } };
static struct metric connections = { "busbar_portald_requests_now", METRIC_GAUGE,
	"Requests under way.", .label = { NULL } };
static struct metric standby = { "busbar_portald_standby_total", METRIC_COUNTER,
	"Releases by what a standby had of them: given, else read from the primary.", .label = { "result" } };
/* clang-format on */
static struct metric *const all[] = { &requests, &answers, &wrong, &failures, &connections,
	&standby };

void
portal_count(const struct http *r, const struct call *c, const struct err *e)
{
	char page[METRIC_VALUE_SIZE] = "none", status[8];

	if (c->route != NULL)
		snprintf(page, sizeof page, "%s %s", r->head ? "HEAD" : c->route->method,
		    c->route->path);
	snprintf(status, sizeof status, "%d", r->status);
	metric_add(&requests, page, status, 1);
	if (r->status >= 500 && e->code != ERR_NONE)
		metric_add(&failures, err_rows[e->code].name, NULL, 1);
}

void
portal_count_answer(const char *answer)
{
	metric_add(&answers, answer, NULL, 1);
}

void
portal_count_wrong(enum text which)
{
	metric_add(&wrong, text_names[which], NULL, 1);
}

void
portal_metrics(struct buf *to, void *arg)
{
	const struct portal *portal = arg;

	metric_set(&connections, NULL, NULL, portal->server.connections);
	standby_count(&portal->standby, &standby);
	metrics_write(to, all, nitems(all));
}
