/* What the loader counts. */
#include <time.h>

#include "ingest.h"
#include "sys/metrics.h"

/* clang-format off */
static struct metric files = { "busbar_ingestd_files_total", METRIC_COUNTER,
	"Files by what became of them.", .label = { "utility", "state" } };
static struct metric meter_days = { "busbar_ingestd_meter_days_total", METRIC_COUNTER,
	"Meter-days written.", .label = { "utility" } };
static struct metric records = { "busbar_ingestd_records_total", METRIC_COUNTER,
	"Records of loaded files, by what became of them.", .label = { "utility", "state" } };
static struct metric last = { "busbar_ingestd_last_load_seconds", METRIC_GAUGE,
	"When a file was loaded last, in seconds since 1970.", .label = { "utility" } };
static struct metric waiting = { "busbar_ingestd_files_waiting", METRIC_GAUGE,
	"Files that waited when the ledger was looked at last.", .label = { NULL } };
static struct metric sheets = { "busbar_ingestd_sheets_total", METRIC_COUNTER,
	"Files of invitations by what became of them.", .label = { "state" } };
static struct metric sheet_records = { "busbar_ingestd_sheet_records_total", METRIC_COUNTER,
	"Records of files of invitations, by what became of them.", .label = { "state" } };
/* clang-format on */
static struct metric *const all[] = { &files, &meter_days, &records, &last, &waiting, &sheets,
	&sheet_records };

static int64_t
now_s(void)
{
	struct timespec is;

	clock_gettime(CLOCK_REALTIME, &is);
	return is.tv_sec;
}

void
count_file(const struct loading *l, const char *state)
{
	const char *tdu = l->tdu->code;

	metric_add(&files, tdu, state, 1);
	if (l->load == 0)
		return;
	metric_add(&meter_days, tdu, NULL, l->meter_days);
	metric_add(&records, tdu, "accepted", l->accepted);
	metric_add(&records, tdu, "unchanged", l->unchanged);
	metric_add(&records, tdu, "rejected", (int64_t)l->findings.rejected);
	metric_set(&last, tdu, NULL, now_s());
}

void
count_waiting(int64_t n)
{
	metric_set(&waiting, NULL, NULL, n);
}

void
count_sheet(const char *state, int64_t accepted, int64_t rejected)
{
	metric_add(&sheets, state, NULL, 1);
	metric_add(&sheet_records, "accepted", NULL, accepted);
	metric_add(&sheet_records, "rejected", NULL, rejected);
}

void
ingest_metrics(struct buf *to, void *arg)
{
	(void)arg;
	metrics_write(to, all, nitems(all));
}
