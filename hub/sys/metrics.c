/* Counters and gauges; see metrics.h. */
#include "sys/metrics.h"

#include <stdlib.h>
#include <string.h>

static const char *
or_empty(const char *s)
{
	return s == NULL ? "" : s;
}

static struct metric_sample *
find(const struct metric *m, const char *a, const char *b)
{
	char first[METRIC_VALUE_SIZE], second[METRIC_VALUE_SIZE];

	str_plain(first, sizeof first, str_of(or_empty(a)));
	str_plain(second, sizeof second, str_of(or_empty(b)));
	for (unsigned i = 0; i < m->count; i++)
		if (strcmp(m->samples[i].value[0], first) == 0 &&
		    strcmp(m->samples[i].value[1], second) == 0)
			return &m->samples[i];
	return NULL;
}

/* NULL: out of memory, and it is not counted. */
static struct metric_sample *
make(struct metric *m, const char *a, const char *b)
{
	struct metric_sample *more;

	if (m->count == METRIC_SAMPLES_MOST - 1) { /* the last place */
		a = m->label[0] != NULL ? "other" : NULL;
		b = m->label[1] != NULL ? "other" : NULL;
	} else if (m->count == METRIC_SAMPLES_MOST) {
		return &m->samples[METRIC_SAMPLES_MOST - 1];
	}
	more = realloc(m->samples, (m->count + 1) * sizeof *more);
	if (more == NULL)
		return NULL;
	m->samples = more;
	more += m->count++;
	more->n = 0;
	str_plain(more->value[0], METRIC_VALUE_SIZE, str_of(or_empty(a)));
	str_plain(more->value[1], METRIC_VALUE_SIZE, str_of(or_empty(b)));
	return more;
}

static struct metric_sample *
sample(struct metric *m, const char *a, const char *b)
{
	struct metric_sample *s = find(m, a, b);

	return s != NULL ? s : make(m, a, b);
}

void
metric_add(struct metric *m, const char *a, const char *b, int64_t n)
{
	struct metric_sample *s = sample(m, a, b);

	if (s != NULL)
		s->n += n;
}

void
metric_set(struct metric *m, const char *a, const char *b, int64_t n)
{
	struct metric_sample *s = sample(m, a, b);

	if (s != NULL)
		s->n = n;
}

int64_t
metric_value(const struct metric *m, const char *a, const char *b)
{
	const struct metric_sample *s = find(m, a, b);

	return s == NULL ? 0 : s->n;
}

void
metrics_head(struct buf *to, const char *name, enum metric_kind kind, const char *help)
{
	buf_fmt(to, "# HELP %s %s\n# TYPE %s %s\n", name, help, name,
	    kind == METRIC_COUNTER ? "counter" : "gauge");
}

/* Backslash and quote are escaped; control characters are not in it. */
static void
put_label(struct buf *to, const char *label, const char *value)
{
	buf_fmt(to, "%s=\"", label);
	for (const char *p = value; *p != '\0'; p++) {
		if (*p == '\\' || *p == '"')
			buf_byte(to, '\\');
		buf_byte(to, *p);
	}
	buf_byte(to, '"');
}

void
metrics_line(struct buf *to, const char *name, const char *label, const char *value, int64_t n)
{
	buf_c(to, name);
	if (label != NULL) {
		buf_byte(to, '{');
		put_label(to, label, value);
		buf_byte(to, '}');
	}
	buf_fmt(to, " %lld\n", (long long)n);
}

static void
write_one(struct buf *to, const struct metric *m)
{
	metrics_head(to, m->name, m->kind, m->help);
	if (m->label[0] == NULL) /* one, and there from the start */
		metrics_line(to, m->name, NULL, NULL, m->count > 0 ? m->samples[0].n : 0);
	for (unsigned i = 0; i < m->count && m->label[0] != NULL; i++) {
		const struct metric_sample *s = &m->samples[i];

		buf_fmt(to, "%s{", m->name);
		put_label(to, m->label[0], s->value[0]);
		if (m->label[1] != NULL) {
			buf_byte(to, ',');
			put_label(to, m->label[1], s->value[1]);
		}
		buf_fmt(to, "} %lld\n", (long long)s->n);
	}
}

void
metrics_write(struct buf *to, struct metric *const *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		write_one(to, all[i]);
}
