/* What the builder of drops counts. */
#include "build.h"
#include "said.h"
#include "sys/metrics.h"

/* clang-format off */
static struct metric drops = { "busbar_dropd_drops_total", METRIC_COUNTER,
	"Builds of drops, by format and what became of them.", .label = { "format", "result" } };
static struct metric failed = { "busbar_dropd_failures_total", METRIC_COUNTER,
	"Builds that came to nothing, by reason.", .label = { "reason" } };
static struct metric rows = { "busbar_dropd_rows_total", METRIC_COUNTER,
	"Rows in files that were placed.", .label = { NULL } };
static struct metric bytes = { "busbar_dropd_bytes_total", METRIC_COUNTER,
	"Bytes of files that were placed, as they are stored.", .label = { NULL } };
static struct metric due = { "busbar_dropd_due_total", METRIC_COUNTER,
	"Drops that fell due.", .label = { NULL } };
static struct metric withdrawn = { "busbar_dropd_withdrawn_total", METRIC_COUNTER,
	"Drops that were taken back because a right ended.", .label = { NULL } };
static struct metric pushes = { "busbar_dropd_pushes_total", METRIC_COUNTER,
	"Attempts to deliver to a partner's own server, by kind and what became of them.",
	.label = { "kind", "result" } };
static struct metric push_failed = { "busbar_dropd_push_failures_total", METRIC_COUNTER,
	"Attempts to deliver that failed, by reason.", .label = { "reason" } };
static struct metric push_bytes = { "busbar_dropd_push_bytes_total", METRIC_COUNTER,
	"Bytes that were delivered to partners' own servers.", .label = { NULL } };
/* clang-format on */
static struct metric *const all[] = { &drops, &failed, &rows, &bytes, &due, &withdrawn, &pushes,
	&push_failed, &push_bytes };

void
count_built(const struct build *b, struct str result)
{
	char format[METRIC_VALUE_SIZE], what[METRIC_VALUE_SIZE];

	str_copy(format, sizeof format, b->job.format);
	str_copy(what, sizeof what, result);
	metric_add(&drops, format, what, 1);
	for (size_t i = 0; i < b->mades; i++) {
		metric_add(&rows, NULL, NULL, b->made[i].rows);
		metric_add(&bytes, NULL, NULL, b->made[i].object.size);
	}
}

void
count_failed(const struct build *b, const struct err *why)
{
	char format[METRIC_VALUE_SIZE];

	str_copy(format, sizeof format, b->job.format);
	metric_add(&drops, format, "failed", 1);
	metric_add(&failed, err_rows[why->code].name, NULL, 1);
}

void
count_schedule(int64_t fell_due, int64_t taken_back)
{
	metric_add(&due, NULL, NULL, fell_due);
	metric_add(&withdrawn, NULL, NULL, taken_back);
}

void
count_push(const char *kind, const struct said *end)
{
	const char *result = end->what == SAID_SENT	   ? "sent"
			     : end->what == SAID_WITHDRAWN ? "withdrawn"
							   : "failed";

	metric_add(&pushes, kind, result, 1);
	if (end->what == SAID_SENT)
		metric_add(&push_bytes, NULL, NULL, end->number);
	if (end->what == SAID_FAILED)
		metric_add(&push_failed, end->reason, NULL, 1);
}

void
drops_metrics(struct buf *to, void *arg)
{
	(void)arg;
	metrics_write(to, all, nitems(all));
}
