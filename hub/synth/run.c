#include "synth/run.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "synth/csv_out.h"
#include "synth/dirty.h"
#include "synth/lse_text.h"
#include "synth/person.h"

enum {
	PAST_MONTHS = 24,
	LSE_PART_METERS = 40000,    /* some 43,000 blocks of 1.1 KB */
	SENT_AT_S = 8 * 3600 + 300, /* of the morning after */
	CORRECTION_AT_S = 10 * 3600 + 2700,
	REPORT_MOST = 1 << 20
};

/* A piece of work; exactly one of csv and duns is set. */
struct unit {
	unsigned tdu;
	const struct csv_kind *csv;
	const char *duns;
	bool actual; /* the corrections of the day */
	int32_t day;
	uint32_t first, end; /* premises */
	unsigned counter;    /* in the file's name */
	/* results */
	struct synth_sum sum;
	struct buf report; /* rows of expected.csv for good files */
};

struct run {
	const struct synth *s;
	struct period period;
	struct world *world;
	char dir[TDUS][PATH_MOST];
	struct unit *units;
	size_t n, room;
	pthread_mutex_t lock; /* over the rest */
	size_t next, done;
	bool bad;
	struct err e;
};

/* ---- one unit ---- */

static void
note_file(void *self, const char *name, uint64_t records)
{
	struct unit *u = self;

	/* nothing to blame in a good file */
	buf_fmt(&u->report, "%s,LOADED,%llu,%llu,0,0,\n", name, (unsigned long long)records,
	    (unsigned long long)records);
}

static void
add_blocks(struct sheet *sheet, const struct unit *u, const struct premise *p,
    const struct shapes *shapes)
{
	static const enum channel channels[] = { CHANNEL_LOAD, CHANNEL_GENERATION };
	struct day d;

	memset(d.method, 0, sizeof d.method);
	d.shape = STR("");
	d.line = 0;
	for (size_t c = 0; c < nitems(channels); c++)
		if (premise_has(p, channels[c]) &&
		    premise_day(p, shapes, channels[c], u->actual, &d)) {
			char *to = sheet_room(sheet, BLOCK_MOST);

			sheet_add(sheet, lse_block(to, p, &d, tdus[u->tdu].eol));
		}
}

static void
write_lse(struct run *r, struct unit *u, struct sheet *sheet)
{
	struct shapes *shapes = malloc(sizeof *shapes);
	int64_t sent_s = (int64_t)(u->day + 1) * 86400 + SENT_AT_S;

	if (shapes == NULL) {
		sheet->bad = !err(&sheet->e, ERR_TOO_BIG, "no memory for a day's shapes");
		return;
	}
	if (u->actual)
		sent_s += 86400 + CORRECTION_AT_S - SENT_AT_S;
	lse_file_name(sheet->stem, u->duns, sent_s, u->counter);
	world_shapes(r->world, u->day, shapes);
	for (uint32_t i = u->first; i < u->end; i++) {
		struct premise p;

		premise_of(r->world, u->tdu, i, &p);
		if (strcmp(premise_area(&p)->duns, u->duns) == 0)
			add_blocks(sheet, u, &p, shapes);
	}
	free(shapes);
}

static void
write_csv(struct run *r, struct unit *u, struct sheet *sheet)
{
	char date[CIVIL_DATE_SIZE];
	int used = 0;

	civil_date(date, u->csv->daily ? u->day : r->period.from);
	/* what is true sorts before what was read, so sending in the order of names is right */
	if (!u->csv->daily)
		used = snprintf(sheet->stem, sizeof sheet->stem, "00-%02u-",
		    (unsigned)(u->csv - csv_kinds) + 1);
	snprintf(sheet->stem + used, sizeof sheet->stem - (size_t)used, "%s-%.4s%.2s%.2s",
	    u->csv->name, date, date + 5, date + 8);
	if (u->csv->whole != NULL) {
		u->csv->whole(sheet, u->tdu, &r->period);
		return;
	}
	for (uint32_t i = u->first; i < u->end && !sheet->bad; i++) {
		struct premise p;

		premise_of(r->world, u->tdu, i, &p);
		u->csv->write(sheet, &p, &r->period, u->day);
	}
}

static bool
do_unit(struct run *r, struct unit *u, struct err *e)
{
	struct sheet sheet;

	if (!sheet_open(&sheet, r->dir[u->tdu], u->csv != NULL ? u->csv->head : NULL, e))
		return false;
	u->report = (struct buf)BUF(REPORT_MOST);
	if (r->s->dirty) {
		sheet.done = note_file;
		sheet.self = u;
	}
	if (u->csv != NULL)
		write_csv(r, u, &sheet);
	else
		write_lse(r, u, &sheet);
	if (!sheet_close(&sheet, e))
		return false;
	u->sum = (struct synth_sum){ .files = sheet.files, .bytes = sheet.bytes };
	*(u->csv != NULL ? &u->sum.records : &u->sum.blocks) = sheet.records;
	return true;
}

/* ---- all units ---- */

static void *
work(void *self)
{
	struct run *r = self;

	for (;;) {
		struct err e = { ERR_NONE, "" };
		size_t mine;
		bool ok;

		pthread_mutex_lock(&r->lock);
		mine = r->bad ? r->n : r->next++;
		pthread_mutex_unlock(&r->lock);
		if (mine >= r->n)
			return NULL;
		ok = do_unit(r, &r->units[mine], &e);
		pthread_mutex_lock(&r->lock);
		r->done++;
		if (!ok && !r->bad) {
			r->bad = true;
			r->e = e;
		}
		if (ok && r->s->progress != NULL)
			r->s->progress(r->s->self, (unsigned)r->done, (unsigned)r->n);
		pthread_mutex_unlock(&r->lock);
	}
}

static bool
add_unit(struct run *r, struct unit u)
{
	if (r->n == r->room) {
		size_t room = r->room == 0 ? 256 : 2 * r->room;
		struct unit *more = realloc(r->units, room * sizeof *more);

		if (more == NULL)
			return false;
		r->units = more;
		r->room = room;
	}
	r->units[r->n++] = u;
	return true;
}

static bool
plan_lse(struct run *r, unsigned tdu, int32_t day, bool actual)
{
	const struct tdu *t = &tdus[tdu];

	for (unsigned a = 0; a < t->areas; a++) {
		struct unit u = {
			.tdu = tdu, .duns = t->area[a].duns, .day = day, .actual = actual
		};

		if (a > 0 && strcmp(t->area[a].duns, t->area[0].duns) == 0)
			continue; /* one sender, two number ranges */
		for (; u.first < r->s->meters; u.first = u.end) {
			u.end = r->s->meters - u.first > LSE_PART_METERS
				    ? u.first + LSE_PART_METERS
				    : r->s->meters;
			u.counter++;
			if (!add_unit(r, u))
				return false;
		}
	}
	return true;
}

/* In the order in which a utility would send: what is true, then day by day what was read. */
static bool
plan_tdu(struct run *r, unsigned tdu)
{
	unsigned kinds = r->s->kinds;
	struct unit u = { .tdu = tdu, .end = r->s->meters };

	for (size_t i = 0; i < csv_kind_count; i++) {
		u.csv = &csv_kinds[i];
		if (!u.csv->daily && (kinds & u.csv->kind) && !add_unit(r, u))
			return false;
	}
	for (u.day = r->period.from; u.day <= r->period.last; u.day++) {
		if ((kinds & SYNTH_LSE) && !plan_lse(r, tdu, u.day, false))
			return false;
		if ((kinds & SYNTH_LSE) && u.day > r->period.from &&
		    !plan_lse(r, tdu, u.day - 1, true))
			return false;
		for (size_t i = 0; i < csv_kind_count; i++) {
			u.csv = &csv_kinds[i];
			if (u.csv->daily && (kinds & u.csv->kind) && !add_unit(r, u))
				return false;
		}
	}
	return true;
}

static bool
make_dir(const char *path, struct err *e)
{
	return mkdir(path, 0755) == 0 || errno == EEXIST ||
	       err_errno(e, ERR_IO, "cannot make %s", path);
}

static bool
prepare(struct run *r, struct err *e)
{
	const struct synth *s = r->s;

	if (s->meters == 0 || s->meters > SYNTH_METERS_MOST || s->days <= 0 ||
	    s->days > SYNTH_DAYS_MOST)
		return err(e, ERR_USAGE, "meters are 1 to %d and days 1 to %d",
		    SYNTH_METERS_MOST, SYNTH_DAYS_MOST);
	r->period = (struct period){ civil_add_months(s->from, -PAST_MONTHS), s->from,
		s->from + s->days - 1 };
	if (r->period.since < SYNTH_EPOCH)
		return err(e, ERR_USAGE, "the first day must be 2017-01-01 or later");
	r->world = world_new(s->seed, r->period.last, e);
	if (r->world == NULL || !make_dir(s->out, e))
		return false;
	for (unsigned t = 0; t < TDUS; t++) {
		int len = snprintf(r->dir[t], PATH_MOST, "%s/%s", s->out, tdus[t].name);

		if (len >= PATH_MOST - LSE_NAME)
			return err(e, ERR_USAGE, "the folder's name is too long");
		if (!make_dir(r->dir[t], e))
			return false;
		if (!plan_tdu(r, t))
			return err(e, ERR_TOO_BIG, "no memory for the plan");
	}
	return true;
}

static bool
do_all(struct run *r, struct err *e)
{
	pthread_t thread[SYNTH_THREADS_MOST];
	unsigned n = r->s->threads, started = 0;

	n = n < 1 ? 1 : n > SYNTH_THREADS_MOST ? SYNTH_THREADS_MOST : n;
	while (started + 1 < n && pthread_create(&thread[started], NULL, work, r) == 0)
		started++;
	work(r);
	for (unsigned i = 0; i < started; i++)
		pthread_join(thread[i], NULL);
	if (r->bad && e != NULL)
		*e = r->e;
	return !r->bad;
}

static bool
do_dirty(struct run *r, struct synth_sum *sum, struct err *e)
{
	for (unsigned t = 0; t < TDUS; t++) {
		AUTO(buf) good = BUF(64 << 20);

		for (size_t i = 0; i < r->n; i++)
			if (r->units[i].tdu == t)
				buf_str(&good, buf_view(&r->units[i].report));
		if (!buf_ok(&good))
			return err(e, ERR_TOO_BIG, "too many files for a list of them");
		if (!dirty_write(r->world, t, r->s->meters, &r->period, r->dir[t],
			buf_view(&good), sum, e))
			return false;
	}
	return true;
}

static void
run_end(struct run *r)
{
	for (size_t i = 0; i < r->n; i++)
		buf_auto(&r->units[i].report);
	free(r->units);
	world_free(&r->world);
	pthread_mutex_destroy(&r->lock);
}

bool
synth_run(const struct synth *s, struct synth_sum *sum, struct err *e)
{
	struct run r = { .s = s, .lock = PTHREAD_MUTEX_INITIALIZER };
	bool ok = prepare(&r, e) && do_all(&r, e);

	*sum = (struct synth_sum){ 0 };
	for (size_t i = 0; ok && i < r.n; i++) {
		sum->files += r.units[i].sum.files;
		sum->bytes += r.units[i].sum.bytes;
		sum->blocks += r.units[i].sum.blocks;
		sum->records += r.units[i].sum.records;
	}
	if (ok && s->dirty)
		ok = do_dirty(&r, sum, e);
	run_end(&r);
	return ok;
}
