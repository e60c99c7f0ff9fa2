/* What the auditor counts. */
#include <stdio.h>
#include <string.h>

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

/* Of the database itself, since one process must tell it: the alarms' other half. */
bool
audit_gauges(struct task *t, struct buf *to, void *arg, struct err *e)
{
	struct gauge {
		struct str name, of;
		int64_t value;
	};
	static const struct db_field fields[] = { DB_TEXT(gauge, name), DB_TEXT(gauge, of),
		DB_INT8(gauge, value) };
	const struct auditd *a = arg;
	AUTO_PTR(conn) c = db_lease(t, a->db, e);
	AUTO_PTR(rows) told = c == NULL ? NULL : db_rows(t, c, SQL_AUDIT_GAUGES, NO_ARGS, e);
	char name[80], last[80] = "", of[80];
	struct gauge g;

	while (told != NULL && rows_next(told, fields, nitems(fields), &g)) {
		snprintf(name, sizeof name, "busbar_hub_" STR_FMT, STR_ARG(g.name));
		str_copy(of, sizeof of, g.of);
		if (strcmp(name, last) != 0)
			metrics_head(
			    to, name, METRIC_GAUGE, "Of the database: docs/operations.md.");
		metrics_line(to, name, g.of.at == NULL ? NULL : "of",
		    g.of.at == NULL ? NULL : of, g.value);
		memcpy(last, name, sizeof last);
	}
	return told != NULL;
}
