/* What the auditor counts. */
#include "auditd.h"
#include "sys/metrics.h"

/* clang-format off */
static struct metric entries = { "busbar_auditd_entries_total", METRIC_COUNTER,
	"Audit events that were given their entry in the tree.", .label = { NULL } };
static struct metric checkpoints = { "busbar_auditd_checkpoints_total", METRIC_COUNTER,
	"Checkpoints that were signed.", .label = { NULL } };
static struct metric receipts = { "busbar_auditd_receipts_total", METRIC_COUNTER,
	"Consent receipts that were signed.", .label = { NULL } };
static struct metric erased = { "busbar_auditd_erased_total", METRIC_COUNTER,
	"Personal texts and mailboxes that were erased because their time was over.", .label = { NULL } };
static struct metric failures = { "busbar_auditd_failures_total", METRIC_COUNTER,
	"Rounds that failed and were tried again, by reason.", .label = { "reason" } };
static struct metric size = { "busbar_auditd_tree_size", METRIC_GAUGE,
	"Entries of the tree.", .label = { NULL } };
static struct metric signed_size = { "busbar_auditd_signed_size", METRIC_GAUGE,
	"Entries under the last checkpoint.", .label = { NULL } };
/* clang-format on */
static struct metric *const all[] = { &entries, &checkpoints, &receipts, &erased, &failures,
	&size, &signed_size };

void
count_entries(int64_t n)
{
	metric_add(&entries, NULL, NULL, n);
}

void
count_checkpoint(void)
{
	metric_add(&checkpoints, NULL, NULL, 1);
}

void
count_receipts(int64_t n)
{
	metric_add(&receipts, NULL, NULL, n);
}

void
count_erased(int64_t n)
{
	metric_add(&erased, NULL, NULL, n);
}

void
count_failure(const struct err *e)
{
	metric_add(&failures, err_rows[e->code].name, NULL, 1);
}

void
audit_metrics(struct buf *to, void *arg)
{
	const struct auditd *a = arg;

	metric_set(&size, NULL, NULL, (int64_t)a->size);
	metric_set(&signed_size, NULL, NULL, (int64_t)a->signed_size);
	metrics_write(to, all, nitems(all));
}
