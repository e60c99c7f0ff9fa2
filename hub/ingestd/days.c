/*
 * Interval files. The reader runs in the work pool and fills a batch; the loop meanwhile copies
 * the batch before into the database:
 *
 *   fill (pool): bytes → blocks → checked, packed, added to the batch
 *   settle:      numbers of new ESI IDs, shapes and days, each made in a transaction of its own
 *   prepare (pool): sort; blocks that need a comparison are marked
 *   compare:     those against the stored versions; roll-ups get the difference
 *   push:        COPY, while the next batch is filled
 */
#include "days.h"

#include <stdlib.h>
#include <string.h>

#include "copyrow.h"
#include "rt/log.h"

/* ---- fill ---- */

enum { BATCH_MOST_BYTES = 32 * 1024 * 1024 }; /* packed: six times the usual batch */

static bool
is_full(const struct days *d)
{
	return d->fill->n >= (size_t)d->l->in->conf.ingest_batch ||
	       d->fill->packed.len >= BATCH_MOST_BYTES;
}

static void
fill_work(void *arg)
{
	struct days *d = arg;
	struct str piece;

	while (!is_full(d) && !d->fill->failed && !d->shape_asked) {
		d->got = source_piece(d->l->source, &piece, &d->e);
		if (d->got == IO_FAIL || (d->got == IO_OK && piece.len == 0))
			return;
		reader_feed(d->reader, piece, d->got == IO_END);
		if (d->got == IO_END)
			break;
	}
	if (d->fill->failed) {
		err(&d->e, ERR_BUSY, "out of memory for a batch");
		d->got = IO_FAIL;
	} else if (d->got != IO_END) {
		d->got = IO_OK;
	}
}

/* Whether the batch under way is complete (or the file over). */
static bool
filled(const struct days *d)
{
	return d->got != IO_OK || is_full(d);
}

/* ---- prepare ---- */

void
count_first(struct days *d, const struct item *i, struct rollup_day *r)
{
	const struct day_fact *f = day_fact_of(d, i->day, NULL);
	struct weight w = { .total_wh = i->total_wh,
		.n = i->n,
		.estimated = i->estimated,
		.missing = i->missing,
		.channel = (uint8_t)((uint32_t)i->series % CHANNELS) };

	memcpy(w.reason, i->reason, sizeof w.reason);
	r->meter_days++;
	r->unknown += !i->known;
	r->late += d->l->w->hub_at > f->due_s;
	rollup_weigh(r, &w, 1);
}

/* Every stride-th block; when the sample is full, every second of it goes and the stride
 * doubles: all of a small file, and a large one evenly from end to end. */
static void
sample(struct days *d, const struct item *i)
{
	if (d->l->meter_days % d->stride != 0)
		return;
	if (d->samples == SAMPLE_MOST) {
		d->stride *= 2;
		d->samples /= 2;
		for (size_t j = 0; j < d->samples; j++)
			d->sample[j] = d->sample[j * 2];
		if (d->l->meter_days % d->stride != 0)
			return;
	}
	d->sample[d->samples++] = (struct sample){ i->series, i->day, i->total_wh };
}

static bool
prepare_item(struct days *d, struct item *i)
{
	struct rollup_day *r = rollup_of(&d->rollup, i->day, &d->e);
	const struct day_fact *f = day_fact_of(d, i->day, &d->e);
	bool before;

	if (r == NULL || !seen_mark(d->seen, i->series, i->day, &before, &d->e))
		return false;
	i->state = f->earlier || before ? ITEM_CHECK : ITEM_NEW;
	if (i->state == ITEM_NEW)
		count_first(d, i, r);
	sample(d, i);
	d->l->meter_days++;
	d->l->intervals += i->n - i->missing;
	d->l->estimated += i->estimated;
	return true;
}

static void
prepare_work(void *arg)
{
	struct days *d = arg;
	struct batch *b = d->fill;

	d->got = IO_FAIL;
	if (b->failed || !batch_sort(b)) {
		err(&d->e, ERR_BUSY, "out of memory");
		return;
	}
	for (size_t i = 0; i < b->n; i++) {
		struct item *item = &b->item[b->order[i]];

		if (item->state != ITEM_DROP && !prepare_item(d, item))
			return;
	}
	d->got = IO_OK;
}

/* Neighbours of an item that needs comparing must be compared, too: the first of two equal days
 * in one batch is new, and its copy behind it is checked against it. */
static bool
needs_compare(const struct batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->item[i].state == ITEM_CHECK)
			return true;
	return false;
}

static void
flag_doubts(struct days *d, const struct batch *b)
{
	for (size_t i = 0; i < b->doubts; i++) {
		const struct item *item = &b->item[b->doubt[i].item];

		if (item->state != ITEM_DROP)
			findings_flag(&d->l->findings, &b->doubt[i].fault, item->series,
			    item->day, item->line);
	}
}

/* ---- push ---- */

static bool
copy_buffer(struct task *t, struct conn *c, enum sql q, struct buf *b, struct err *e)
{
	return copy_in_begin(t, c, q, e) && copy_in_add(t, c, b->at, b->len, e) &&
	       copy_in_end(t, c, NULL, e);
}

enum { FLAGS_A_PIECE = 20000 };

struct encode {
	struct batch *batch;
	int32_t load;
	size_t rows;
};

static void
encode_work(void *arg)
{
	struct encode *n = arg;

	n->rows = batch_encode(n->batch, n->load);
}

static bool
fill(struct task *t, struct days *d, struct err *e)
{
	while (!filled(d)) {
		if (!work_run(t, fill_work, d, e))
			return false;
		if (d->got == IO_FAIL) {
			if (e != NULL)
				*e = d->e;
			return false;
		}
		if (!settle_shapes(t, d, d->fill, e))
			return false;
		if (!filled(d) && !source_wait(t, d->l->source, e))
			return false;
	}
	return true;
}

static bool
prepare(struct task *t, struct days *d, struct err *e)
{
	struct batch *b = d->fill;
	enum io_got got = d->got;

	if (!settle_shapes(t, d, b, e) || !settle_premises(t, d, b, e) ||
	    !settle_days(t, d, b, e) || !work_run(t, prepare_work, d, e))
		return false;
	if (d->got == IO_FAIL) {
		if (e != NULL)
			*e = d->e;
		return false;
	}
	d->got = got;
	if (needs_compare(b) && !compare_batch(t, d, b, e))
		return false;
	flag_doubts(d, b);
	return true;
}

/* Copies b in while the next batch is filled. */
static bool
push_and_fill(struct task *t, struct days *d, struct batch *b, struct err *e)
{
	struct encode n = { b, d->l->load, 0 };
	struct work next = { 0 };
	bool over = d->got == IO_END, ok;

	if (!work_run(t, encode_work, &n, e) || b->failed)
		return b->failed ? err(e, ERR_BUSY, "out of memory") : false;
	d->fill = b == &d->batch[0] ? &d->batch[1] : &d->batch[0];
	batch_clear(d->fill);
	d->got = over ? IO_END : IO_OK;
	if (!over && !work_begin(t, &next, fill_work, d, e))
		return false;
	ok = n.rows == 0 || copy_buffer(t, d->l->conn, SQL_DAY_COPY, &b->copy, e);
	if (!over)
		work_join(t, &next);
	d->l->accepted += (int64_t)n.rows;
	if (ok && d->got == IO_FAIL) {
		if (e != NULL)
			*e = d->e;
		return false;
	}
	return ok;
}

static bool
push_rollup(struct task *t, struct days *d, struct err *e)
{
	size_t n = d->rollup.n;
	int32_t *i4 = calloc(n * 4 + 1, sizeof *i4);
	int64_t *i8 = calloc(n * 6 + 1, sizeof *i8);
	enum db_got got = DB_FAILED;

	for (size_t i = 0; i4 != NULL && i8 != NULL && i < n; i++) {
		const struct rollup_day *r = &d->rollup.at[i];

		i4[i] = r->day;
		i4[n + i] = r->meter_days;
		i4[n * 2 + i] = r->late;
		i4[n * 3 + i] = r->unknown;
		i8[i] = r->intervals;
		i8[n + i] = r->estimated;
		i8[n * 2 + i] = r->missing;
		i8[n * 3 + i] = r->changed;
		i8[n * 4 + i] = r->load_wh;
		i8[n * 5 + i] = r->generation_wh;
	}
	if (i4 == NULL || i8 == NULL)
		err(e, ERR_BUSY, "out of memory");
	else
		got = db_exec(t, d->l->conn, SQL_ROLLUP_ADD,
		    ARGS(P_INT4(d->l->load), P_DATES(i4, n), P_INT4S(i4 + n, n), P_INT8S(i8, n),
			P_INT8S(i8 + n, n), P_INT8S(i8 + n * 2, n), P_INT4S(i4 + n * 2, n),
			P_INT8S(i8 + n * 3, n), P_INT8S(i8 + n * 4, n), P_INT8S(i8 + n * 5, n),
			P_INT4S(i4 + n * 3, n)),
		    NULL, e);
	free(i4);
	free(i8);
	return got <= DB_NONE;
}

/* Few files tell how they estimated: nothing is sent for the others. */
static bool
push_reasons(struct task *t, struct days *d, struct err *e)
{
	size_t most = d->rollup.n * DAY_REASONS, n = 0;
	int32_t *i4 = calloc(most * 2 + 1, sizeof *i4);
	int64_t *i8 = calloc(most + 1, sizeof *i8);
	enum db_got got = DB_FAILED;

	for (size_t i = 0; i4 != NULL && i8 != NULL && i < most; i++) {
		const struct rollup_day *r = &d->rollup.at[i / DAY_REASONS];

		if (r->reason[i % DAY_REASONS] == 0)
			continue;
		i4[n] = r->day;
		i4[most + n] = day_reason[i % DAY_REASONS];
		i8[n++] = r->reason[i % DAY_REASONS];
	}
	if (i4 == NULL || i8 == NULL)
		err(e, ERR_BUSY, "out of memory");
	else if (n == 0)
		got = DB_NONE;
	else
		got = db_exec(t, d->l->conn, SQL_REASONS_ADD,
		    ARGS(P_INT4(d->l->load), P_DATES(i4, n), P_INT4S(i4 + most, n),
			P_INT8S(i8, n)),
		    NULL, e);
	free(i4);
	free(i8);
	return got <= DB_NONE;
}

static bool
push_flags(struct task *t, struct loading *l, struct err *e)
{
	enum { FLAGS_MOST_BYTES = 64 * 1024 * 1024 };
	AUTO(buf) b = BUF(FLAGS_MOST_BYTES);

	for (size_t from = 0; from < l->findings.flags; from += FLAGS_A_PIECE) {
		buf_reset(&b);
		copy_header(&b);
		findings_copy_flags(&l->findings, l->load, from, FLAGS_A_PIECE, &b);
		copy_trailer(&b);
		if (!buf_ok(&b))
			return err(e, ERR_BUSY, "out of memory");
		if (!copy_buffer(t, l->conn, SQL_FLAG_COPY, &b, e))
			return false;
	}
	l->findings.flags = 0;
	return true;
}

static bool
run(struct task *t, struct days *d, struct err *e)
{
	bool over = false;

	batch_clear(d->fill);
	d->got = IO_OK;
	while (!over) {
		struct batch *b;

		if (!fill(t, d, e))
			return false;
		over = d->got == IO_END;
		b = d->fill;
		/* judged when it is in the database: days before a day may be in it, too */
		if (!prepare(t, d, e) || !push_and_fill(t, d, b, e) ||
		    !judge_streaks(t, d, b, e) || !judge_registers(t, d, b, e) ||
		    (d->l->findings.flags >= FLAGS_A_PIECE && !push_flags(t, d->l, e)))
			return false;
	}
	return source_done(t, d->l->source, e) && judge_file(t, d, e);
}

static void
days_free(struct days **pd)
{
	struct days *d = *pd;

	*pd = NULL;
	if (d == NULL)
		return;
	reader_free(&d->reader);
	batch_auto(&d->batch[0]);
	batch_auto(&d->batch[1]);
	rollup_auto(&d->rollup);
	free(d->shape);
	free(d->fact);
	free(d);
}

static struct days *
days_new(struct loading *l, struct err *e)
{
	struct days *d = calloc(1, sizeof *d);
	struct sink sink = { .self = d, .day = days_sink_day, .fault = days_sink_fault };

	if (d == NULL) {
		err(e, ERR_BUSY, "out of memory");
		return NULL;
	}
	d->l = l;
	d->fill = &d->batch[0];
	d->stride = 1;
	d->shape = calloc(FILE_SHAPES_MOST, sizeof *d->shape);
	d->fact = calloc(LISTED_DAYS_MOST, sizeof *d->fact);
	d->seen = l->tdu->memory.seen;
	d->reader = reader_new(l->format, &l->reading, &sink, e);
	if (d->shape == NULL || d->fact == NULL || d->reader == NULL) {
		err(e, ERR_BUSY, "out of memory");
		days_free(&d);
	}
	return d;
}

bool
days_load(struct task *t, struct loading *l, struct err *e)
{
	AUTO_PTR(days) d = settle_memory(t, l, e) ? days_new(l, e) : NULL;

	if (d == NULL || !run(t, d, e))
		return false;
	return l->hold != RULES ||
	       (push_rollup(t, d, e) && push_reasons(t, d, e) && push_flags(t, l, e));
}
