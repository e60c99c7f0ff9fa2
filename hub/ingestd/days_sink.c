/* What the reader of an interval file gives, in the work pool: blocks are checked, packed,
 * added. */
#include "days.h"

#include <string.h>

static int32_t
shape_index(struct days *d, struct str text)
{
	struct shape *s = &d->shape[d->last_shape];

	if (d->shapes > 0 && s->len == text.len && memcmp(s->text, text.at, text.len) == 0)
		return (int32_t)d->last_shape;
	for (size_t i = 0; i < d->shapes; i++)
		if (d->shape[i].len == text.len &&
		    memcmp(d->shape[i].text, text.at, text.len) == 0)
			return (int32_t)(d->last_shape = i);
	if (d->shapes == FILE_SHAPES_MOST || text.len >= sizeof s->text)
		return -1;
	s = &d->shape[d->shapes];
	memcpy(s->text, text.at, text.len);
	s->len = text.len;
	s->id = 0;
	d->shape_asked = true;
	return (int32_t)(d->last_shape = d->shapes++);
}

/* Refuses or quarantines the block when one of its faults asks for that. */
static bool
refused(struct loading *l, struct fault *fault, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (fault[i].severity >= SEV_QUARANTINE) {
			l->future += fault[i].rule == RULE_FUTURE;
			findings_reject(&l->findings, &fault[i]);
			return true;
		}
	return false;
}

static void
fault_about(struct fault *f, const struct day *d)
{
	f->esiid = d->esiid;
	f->day = d->day;
	f->channel = d->channel;
}

/* Counted for all; listed for the first ones only, since before a utility's premises arrive
 * every block is one. */
static void
note_unknown(struct loading *l, const struct day *day)
{
	enum { LISTED_MOST = 100 };
	struct fault f = fault_at(RULE_UNKNOWN_ESIID, &l->rules, day->line, 0);

	if (f.severity == SEV_OFF)
		return;
	fault_about(&f, day);
	fault_expected(&f, "an announced premise; kept until it is");
	if (l->findings.by_rule[RULE_UNKNOWN_ESIID] < LISTED_MOST) {
		f.severity = SEV_FLAG;
		findings_note(&l->findings, &f);
	} else {
		l->findings.by_rule[RULE_UNKNOWN_ESIID]++;
		l->findings.flagged++;
	}
}

void
days_sink_day(void *self, const struct day *day)
{
	struct days *d = self;
	struct loading *l = d->l;
	struct fault *fault = d->fault;
	unsigned n = 0;
	int32_t shape, premise;
	bool known = false;
	struct item *item;

	l->records++;
	fault[0] = fault_at(RULE_OTHER_TDU, &l->rules, day->line, 0);
	if (!esiid_mine(l, day->esiid, &fault[0]))
		n = 1;
	n += validate_day(&l->rules, day, l->reading.today, fault + n);
	shape = day->shape.len == 0 ? -2 : shape_index(d, day->shape);
	if (shape == -1) {
		fault[n] = fault_at(RULE_STRUCTURE, &l->rules, day->line, 0);
		fault[n].severity = SEV_REJECT;
		fault_expected(&fault[n++], "at most %d different second rows in a file",
		    FILE_SHAPES_MOST);
	}
	if (day->line > INT32_MAX) {
		fault[n] = fault_at(RULE_STRUCTURE, &l->rules, day->line, 0);
		fault[n].severity = SEV_REJECT;
		fault_expected(&fault[n++], "at most %d lines", INT32_MAX);
	}
	for (unsigned i = 0; i < n; i++)
		fault_about(&fault[i], day);
	if (refused(l, fault, n))
		return;
	premise = premises_find(l->tdu->premises, day->esiid, &known);
	item = batch_add(d->fill, day, premise * CHANNELS + day->channel, known,
	    shape < 0 ? 0 : (uint32_t)d->shape[shape].id);
	if (item == NULL)
		return;
	/* until the shape has its number the packed bytes are not final; see settle_shapes() */
	item->shape = (int16_t)(shape < 0 || d->shape[shape].id > 0 ? -1 : shape);
	if (!known)
		note_unknown(l, day);
	if (premise == 0)
		batch_miss(d->fill, d->fill->n - 1, day->esiid, day->channel);
	for (unsigned i = 0; i < n; i++)
		batch_doubt(d->fill, d->fill->n - 1, &fault[i]);
}

void
days_sink_fault(void *self, const struct fault *f)
{
	struct days *d = self;
	struct loading *l = d->l;

	if (f->severity >= SEV_QUARANTINE) {
		l->records++;
		findings_reject(&l->findings, f);
	} else if (f->severity == SEV_FLAG) {
		findings_note(&l->findings, f);
	}
}
