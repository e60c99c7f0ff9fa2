/* What busbar-hookd counts. */
#include "hookd.h"
#include "sys/metrics.h"

/* clang-format off */
static struct metric requests = { "busbar_hookd_requests_total", METRIC_COUNTER,
	"Requests to webhooks, by family and what became of them.", .label = { "kind", "result" } };
static struct metric items = { "busbar_hookd_items_total", METRIC_COUNTER,
	"Events that webhooks have taken.", .label = { NULL } };
static struct metric events = { "busbar_hookd_events_total", METRIC_COUNTER,
	"Events that got their places in logs.", .label = { NULL } };
static struct metric running = { "busbar_hookd_running", METRIC_GAUGE,
	"Webhooks that are spoken to now.", .label = { NULL } };
static struct metric webhooks = { "busbar_hookd_webhooks", METRIC_GAUGE,
	"Webhooks by state; failing: proven ones that do not take what they are sent; behind: events "
	"that wait; lag_s: seconds that the oldest of them has.", .label = { "state" } };
/* clang-format on */
static struct metric *const all[] = { &requests, &items, &events, &running, &webhooks };

void
count_request(const char *kind, const char *result)
{
	metric_add(&requests, kind, result, 1);
}

void
count_items(int64_t n)
{
	metric_add(&items, NULL, NULL, n);
}

void
count_events(int64_t n)
{
	metric_add(&events, NULL, NULL, n);
}

void
gauge_set(struct str name, int64_t value)
{
	char text[METRIC_VALUE_SIZE];

	str_copy(text, sizeof text, name);
	metric_set(&webhooks, text, NULL, value);
}

void
hook_metrics(struct buf *to, void *arg)
{
	const struct hookd *d = arg;

	metric_set(&running, NULL, NULL, d->running);
	metrics_write(to, all, nitems(all));
}
