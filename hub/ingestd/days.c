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

/* ---- sink: in the work pool ---- */

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

static void
sink_day(void *self, const struct day *day)
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
		fault_expected(&fault[n++], "at most %d different second rows in a file",
		    FILE_SHAPES_MOST);
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

static void
sink_fault(void *self, const struct fault *f)
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

/* ---- fill ---- */

static void
fill_work(void *arg)
{
	struct days *d = arg;
	size_t most = (size_t)d->l->in->conf.ingest_batch;
	struct str piece;

	while (d->fill->n < most && !d->fill->failed && !d->shape_asked) {
		d->got = source_piece(d->l->source, &piece, &d->e);
		if (d->got == IO_FAIL || (d->got == IO_OK && piece.len == 0))
			return;
		reader_feed(d->reader, piece, d->got == IO_END);
		if (d->got == IO_END)
			return;
	}
	d->got = IO_OK;
}

/* Whether the batch under way is complete (or the file over). */
static bool
filled(const struct days *d)
{
	return d->got != IO_OK || d->fill->n >= (size_t)d->l->in->conf.ingest_batch;
}

/* ---- settle: numbers that this batch needs, each in a transaction of its own ---- */

struct shape_row {
	int32_t shape;
};
static const struct db_field shape_fields[] = { DB_INT4(shape_row, shape) };

static bool
settle_shapes(struct task *t, struct days *d, struct batch *b, struct err *e)
{
	unsigned char room[PACK_MOST];
	struct day *day;

	if (!d->shape_asked)
		return true;
	d->shape_asked = false;
	for (size_t i = 0; i < d->shapes; i++) {
		struct shape *s = &d->shape[i];
		struct str text = { s->text, s->len };
		struct shape_row row;

		if (s->id == 0) {
			if (db_one(t, d->l->side, SQL_SHAPE_OF, ARGS(P_STR(text)), shape_fields,
				nitems(shape_fields), &row, NULL, e) != DB_FOUND)
				return false;
			s->id = row.shape;
		}
	}
	/* blocks that were packed before their shape had a number are packed again */
	day = malloc(sizeof *day);
	if (day == NULL)
		return err(e, ERR_BUSY, "out of memory");
	for (size_t i = b->n; i-- > 0;) {
		struct item *item = &b->item[i];
		uint32_t old;

		if (item->shape < 0)
			continue;
		if (!day_unpack(item_packed(b, item), day, &old, e))
			break;
		item->len = (uint16_t)day_pack(room, day, (uint32_t)d->shape[item->shape].id);
		item->at = b->packed.len;
		item->shape = -1;
		buf_add(&b->packed, room, item->len);
	}
	free(day);
	return buf_ok(&b->packed) || err(e, ERR_BUSY, "out of memory");
}

struct premise_row {
	int32_t premise, tdu;
	struct str esiid;
	bool known;
};
static const struct db_field premise_fields[] = { DB_INT4(premise_row, premise),
	DB_TEXT(premise_row, esiid), DB_BOOL(premise_row, known), DB_INT4(premise_row, tdu) };

/* Asks for all at once: the texts lie one after the other in `text`. */
static bool
ensure_premises(struct task *t, struct days *d, struct batch *b, struct str *name, char *text,
    struct err *e)
{
	struct loading *l = d->l;
	struct premise_row row;
	AUTO_PTR(rows) rows = NULL;

	for (size_t i = 0; i < b->misses; i++) {
		char *at = text + i * ESIID_SIZE;

		name[i] = (struct str){ at, esiid_write(at, b->miss[i].esiid) };
	}
	rows = db_rows(t, l->side, SQL_PREMISE_ENSURE,
	    ARGS(P_INT4(l->tdu->party), P_TEXTS(name, b->misses)), e);
	if (rows == NULL)
		return false;
	while (ROWS_NEXT(rows, premise_fields, &row)) {
		struct esiid id;

		if (row.tdu == l->tdu->party && esiid_read(row.esiid, &id) &&
		    !premises_put(l->tdu->premises, id, row.premise, row.known, e))
			return false;
	}
	return true;
}

/* A miss that has no number even now belongs to another utility, in spite of its prefix. */
static void
drop_foreign(struct days *d, struct batch *b, const struct miss *m)
{
	struct item *item = &b->item[m->item];
	struct fault f = fault_at(RULE_OTHER_TDU, &d->l->rules, item->line, 0);

	f.esiid = m->esiid;
	f.day = item->day;
	f.channel = m->channel;
	f.severity = SEV_REJECT;
	fault_expected(&f, "an ESI ID of the sender");
	d->l->foreign++;
	findings_reject(&d->l->findings, &f);
	item->state = ITEM_DROP;
}

static bool
settle_premises(struct task *t, struct days *d, struct batch *b, struct err *e)
{
	struct str *name;
	char *text;
	bool ok;

	if (b->misses == 0)
		return true;
	name = calloc(b->misses, sizeof *name);
	text = calloc(b->misses, ESIID_SIZE);
	ok = name != NULL && text != NULL ? ensure_premises(t, d, b, name, text, e)
					  : err(e, ERR_BUSY, "out of memory");
	free(name);
	free(text);
	if (!ok)
		return false;
	for (size_t i = 0; i < b->misses; i++) {
		const struct miss *m = &b->miss[i];
		bool known;
		int32_t premise = premises_find(d->l->tdu->premises, m->esiid, &known);

		if (premise == 0) {
			drop_foreign(d, b, m);
			continue;
		}
		b->item[m->item].series = premise * CHANNELS + m->channel;
		b->item[m->item].known = known;
	}
	b->misses = 0;
	return true;
}

struct day_row {
	int32_t day;
	int64_t due;
};
static const struct db_field earlier_fields[] = { DB_DATE(day_row, day) };
static const struct db_field due_fields[] = { DB_DATE(day_row, day), DB_STAMP(day_row, due) };

struct day_fact *
day_fact_of(struct days *d, int32_t day, struct err *e)
{
	if (d->last_fact < d->facts && d->fact[d->last_fact].day == day)
		return &d->fact[d->last_fact];
	for (d->last_fact = 0; d->last_fact < d->facts; d->last_fact++)
		if (d->fact[d->last_fact].day == day)
			return &d->fact[d->last_fact];
	if (d->facts == LISTED_DAYS_MOST) {
		err(e, ERR_TOO_BIG, "the file has more than %d different days",
		    LISTED_DAYS_MOST);
		return NULL;
	}
	d->fact[d->facts] = (struct day_fact){ .day = day, .due_s = INT64_MAX };
	return &d->fact[d->facts++];
}

static bool
ask_days(struct task *t, struct days *d, const int32_t *day, size_t n, struct err *e)
{
	struct loading *l = d->l;
	struct day_row row;
	AUTO_PTR(rows) earlier = NULL;
	AUTO_PTR(rows) due = NULL;

	if (db_exec(t, l->side, SQL_DAYS_ENSURE, ARGS(P_DATES(day, n)), NULL, e) > DB_NONE)
		return false;
	earlier = db_rows(
	    t, l->side, SQL_DAYS_EARLIER, ARGS(P_INT4(l->tdu->party), P_DATES(day, n)), e);
	due =
	    db_rows(t, l->side, SQL_DAYS_DUE, ARGS(P_INT4(l->tdu->party), P_DATES(day, n)), e);
	if (earlier == NULL || due == NULL)
		return false;
	while (ROWS_NEXT(earlier, earlier_fields, &row))
		day_fact_of(d, row.day, e)->earlier = true;
	while (ROWS_NEXT(due, due_fields, &row))
		day_fact_of(d, row.day, e)->due_s = row.due;
	return true;
}

static bool
settle_days(struct task *t, struct days *d, struct batch *b, struct err *e)
{
	int32_t *fresh;
	size_t n = 0;
	bool ok;

	for (size_t i = 0; i < b->n; i++)
		if (day_fact_of(d, b->item[i].day, e) == NULL)
			return false;
	fresh = calloc(d->facts + 1, sizeof *fresh);
	if (fresh == NULL)
		return err(e, ERR_BUSY, "out of memory");
	for (size_t i = 0; i < d->facts; i++)
		if (!d->fact[i].ready)
			fresh[n++] = d->fact[i].day;
	ok = n == 0 || ask_days(t, d, fresh, n, e);
	for (size_t i = 0; i < d->facts; i++)
		d->fact[i].ready = ok || d->fact[i].ready;
	free(fresh);
	return ok;
}

/* ---- prepare ---- */

void
count_first(struct days *d, const struct item *i, struct rollup_day *r)
{
	const struct day_fact *f = day_fact_of(d, i->day, NULL);
	struct weight w = { i->total_wh, i->n, i->estimated, i->missing,
		(uint8_t)((uint32_t)i->series % CHANNELS) };

	r->meter_days++;
	r->unknown += !i->known;
	r->late += d->l->w->hub_at > f->due_s;
	rollup_weigh(r, &w, 1);
}

static void
sample(struct days *d, const struct item *i)
{
	/* every 37th block: spread over the file, and cheap */
	if (d->samples < SAMPLE_MOST && d->l->meter_days % 37 == 0)
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

/* ---- estimate streaks: asked only for days that hold estimates ---- */

struct history_row {
	int32_t series, estimated_days;
};
static const struct db_field history_fields[] = { DB_INT4(history_row, series),
	DB_INT4(history_row, estimated_days) };

static int
by_series(const void *a, const void *b)
{
	const struct item *const *x = a, *const *y = b;

	return ((*x)->series > (*y)->series) - ((*x)->series < (*y)->series);
}

static bool
streaks_of_day(struct task *t, struct days *d, struct item **item, int32_t *series, size_t n,
    struct err *e)
{
	struct loading *l = d->l;
	int64_t days = l->rules.of[RULE_ESTIMATES].threshold;
	struct history_row row;
	size_t at = 0;
	AUTO_PTR(rows) rows = NULL;

	for (size_t i = 0; i < n; i++)
		series[i] = item[i]->series;
	rows = db_rows(t, l->conn, SQL_DAYS_HISTORY,
	    ARGS(P_INT4S(series, n), P_DATE(item[0]->day), P_INT4((int32_t)days)), e);
	if (rows == NULL)
		return false;
	qsort(item, n, sizeof *item, by_series);
	while (ROWS_NEXT(rows, history_fields, &row)) {
		struct item key = { .series = row.series }, *k = &key, **hit;
		struct fault f = fault_at(RULE_ESTIMATES, &l->rules, 0, 0);

		hit = bsearch(&k, item, n, sizeof *item, by_series);
		if (hit == NULL || row.estimated_days + 1 < days)
			continue;
		fault_found(&f, "%d days in a row", row.estimated_days + 1);
		fault_expected(&f, "fewer than %lld", (long long)days);
		findings_flag(&l->findings, &f, (*hit)->series, (*hit)->day, (*hit)->line);
		at++;
	}
	log_debug(t, "ingest.streaks", "asked=%zu found=%zu", n, at);
	return true;
}

static bool
streaks(struct task *t, struct days *d, struct batch *b, struct err *e)
{
	struct item **item;
	int32_t *series;
	bool ok = true;

	if (d->l->rules.of[RULE_ESTIMATES].severity == SEV_OFF)
		return true;
	item = calloc(b->n + 1, sizeof *item);
	series = calloc(b->n + 1, sizeof *series);
	if (item == NULL || series == NULL)
		ok = err(e, ERR_BUSY, "out of memory");
	for (size_t f = 0; ok && f < d->facts; f++) {
		size_t n = 0;

		for (size_t i = 0; i < b->n; i++)
			if (b->item[i].estimated > 0 && b->item[i].day == d->fact[f].day &&
			    b->item[i].state != ITEM_DROP)
				item[n++] = &b->item[i];
		ok = n == 0 || streaks_of_day(t, d, item, series, n, e);
	}
	free(item);
	free(series);
	return ok;
}

/* ---- push ---- */

static bool
copy_buffer(struct task *t, struct conn *c, enum sql q, struct buf *b, struct err *e)
{
	return copy_in_begin(t, c, q, e) && copy_in_add(t, c, b->at, b->len, e) &&
	       copy_in_end(t, c, NULL, e);
}

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
	return streaks(t, d, b, e);
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

/* ---- the file as a whole ---- */

struct total_row {
	int32_t series;
	int64_t total_wh;
};
static const struct db_field total_fields[] = { DB_INT4(total_row, series),
	DB_INT8(total_row, total_wh) };

/* A jump is a hundredfold, or a fall to a hundredth of a day that was not near zero. */
static bool
jumped(int64_t was_wh, int64_t is_wh)
{
	return (was_wh > 0 && is_wh / 100 >= was_wh) ||
	       (was_wh > 1000 && is_wh <= was_wh / 100);
}

static bool
shift_of_day(
    struct task *t, struct days *d, int32_t day, int64_t *jumps, int64_t *asked, struct err *e)
{
	int32_t series[SAMPLE_MOST];
	struct total_row row;
	size_t n = 0;
	AUTO_PTR(rows) rows = NULL;

	for (size_t i = 0; i < d->samples; i++)
		if (d->sample[i].day == day)
			series[n++] = d->sample[i].series;
	if (n == 0)
		return true;
	rows =
	    db_rows(t, d->l->conn, SQL_DAYS_TOTALS, ARGS(P_INT4S(series, n), P_DATE(day)), e);
	if (rows == NULL)
		return false;
	while (ROWS_NEXT(rows, total_fields, &row))
		for (size_t i = 0; i < d->samples; i++)
			if (d->sample[i].day == day && d->sample[i].series == row.series) {
				*asked += 1;
				*jumps += jumped(row.total_wh, d->sample[i].total_wh);
				break;
			}
	return true;
}

static bool
judge_file(struct task *t, struct days *d, struct err *e)
{
	struct loading *l = d->l;
	int64_t jumps = 0, asked = 0;

	loading_hold(l, RULE_FILE_FOREIGN, l->foreign, l->records);
	loading_hold(l, RULE_FILE_FUTURE, l->future, l->records);
	if (l->rules.of[RULE_FILE_SHIFT].severity == SEV_OFF || l->meter_days < 100)
		return true;
	for (size_t i = 0; i < d->facts && i < 8; i++)
		if (!shift_of_day(t, d, d->fact[i].day, &jumps, &asked, e))
			return false;
	/* a sample of at least 3 meters stands for a hundred blocks: one in 37 */
	if (asked >= 3)
		loading_hold(l, RULE_FILE_SHIFT, jumps * 100, asked * 100);
	return true;
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

static bool
push_flags(struct task *t, struct loading *l, struct err *e)
{
	enum { FLAGS_A_PIECE = 20000, FLAGS_MOST_BYTES = 64 * 1024 * 1024 };
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
		if (!prepare(t, d, e) || !push_and_fill(t, d, b, e))
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
	seen_free(&d->seen);
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
	struct sink sink = { .self = d, .day = sink_day, .fault = sink_fault };

	if (d == NULL) {
		err(e, ERR_BUSY, "out of memory");
		return NULL;
	}
	d->l = l;
	d->fill = &d->batch[0];
	d->shape = calloc(FILE_SHAPES_MOST, sizeof *d->shape);
	d->fact = calloc(LISTED_DAYS_MOST, sizeof *d->fact);
	d->seen = seen_new(e);
	d->reader = reader_new(l->format, &l->reading, &sink, e);
	if (d->shape == NULL || d->fact == NULL || d->seen == NULL || d->reader == NULL) {
		err(e, ERR_BUSY, "out of memory");
		days_free(&d);
	}
	return d;
}

bool
days_load(struct task *t, struct loading *l, struct err *e)
{
	AUTO_PTR(days) d = days_new(l, e);

	if (d == NULL || !run(t, d, e))
		return false;
	return l->hold != RULES || (push_rollup(t, d, e) && push_flags(t, l, e));
}
