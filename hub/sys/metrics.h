/*
 * What a process counts, as the operator's machines read it (Prometheus text format 0.0.4).
 *
 * A process keeps its metrics as static rows and adds to them where things happen:
 *
 *	static struct metric files = { "busbar_ingestd_files_total", METRIC_COUNTER,
 *		"Files by what became of them.", .label = { "utility", "state" } };
 *	metric_add(&files, "oncor", "LOADED", 1);
 *
 * and writes all of them when it is asked (sys/ops.h). Not for several threads. A metric has at
 * most METRIC_SAMPLES_MOST combinations of label values; what comes after goes to "other", so
 * that nobody outside can make the list grow.
 */
#ifndef SYS_METRICS_H
#define SYS_METRICS_H

#include "base/err.h"

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE };
enum { METRIC_LABELS_MOST = 2, METRIC_SAMPLES_MOST = 200, METRIC_VALUE_SIZE = 48 };

struct metric_sample {
	char value[METRIC_LABELS_MOST][METRIC_VALUE_SIZE]; /* of the labels */
	int64_t n;
};

struct metric {
	const char *name;
	enum metric_kind kind;
	const char *help;
	const char *label[METRIC_LABELS_MOST]; /* NULL: none */
	struct metric_sample *samples;
	unsigned count;
};

/* Values of labels that there are not: NULL. */
void metric_add(struct metric *m, const char *a, const char *b, int64_t n);
void metric_set(struct metric *m, const char *a, const char *b, int64_t n);
int64_t metric_value(const struct metric *m, const char *a, const char *b); /* 0: none */
void metrics_write(struct buf *to, struct metric *const *all, size_t n);

/* For a process that counts in its own way: the two lines above a metric's samples, and one
 * sample; label NULL for none. */
void metrics_head(struct buf *to, const char *name, enum metric_kind kind, const char *help);
void metrics_line(
    struct buf *to, const char *name, const char *label, const char *value, int64_t n);

#endif
