/* Counters that worker processes share; see count.h. */
#include "count.h"

#include <stdio.h>
#include <sys/mman.h>

#include "sys/metrics.h"

struct counts *
counts_shared(unsigned n, struct err *e)
{
	void *at = mmap(NULL, n * sizeof(struct counts), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (at != MAP_FAILED)
		return at;
	err_errno(e, ERR_BUSY, "no memory for counters");
	return NULL;
}

void
counts_sum(struct counts *to, const struct counts *all, unsigned n)
{
	*to = (struct counts){ 0 };
	for (unsigned i = 0; i < n; i++) {
#define X(member, gauge, help) to->member += all[i].member;
		COUNTS(X)
#undef X
		for (unsigned code = 0; code < ERR_CODES; code++)
			to->failed[code] += all[i].failed[code];
	}
}

static void
write_one(struct buf *to, const char *member, bool gauge, const char *help, uint64_t n)
{
	char name[64];

	snprintf(name, sizeof name, "busbar_ftpsd_%s%s", member, gauge ? "" : "_total");
	metrics_head(to, name, gauge ? METRIC_GAUGE : METRIC_COUNTER, help);
	metrics_line(to, name, NULL, NULL, (int64_t)n);
}

void
counts_write(struct buf *to, const struct counts *c)
{
	static const char failed[] = "busbar_ftpsd_transfers_failed_total";

#define X(member, gauge, help) write_one(to, #member, gauge, help, c->member);
	COUNTS(X)
#undef X
	metrics_head(to, failed, METRIC_COUNTER, "Transfers that failed, by reason");
	for (unsigned code = 1; code < ERR_CODES; code++)
		if (c->failed[code] > 0)
			metrics_line(to, failed, "reason", err_rows[code].name,
			    (int64_t)c->failed[code]);
}
