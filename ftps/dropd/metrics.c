/* What the builder of drops counts. */
#include "build.h"
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
/* clang-format on */
static struct metric *const all[] = { &drops, &failed, &rows, &bytes, &due, &withdrawn };

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
drops_metrics(struct buf *to, void *arg)
{
	(void)arg;
	metrics_write(to, all, nitems(all));
}
