/*
 * One file of a drop: pages of rows → text, a piece at a time in the work pool → packed,
 * encrypted and hashed (pack.h, which is a piece behind) → a part of the store, made durable at
 * the end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "rt/work.h"

enum {
	PIECE_BYTES = 1024 * 1024,
	FILE_MOST_GIB = 1024 /* a file system ends before */
};

void
file_span(struct file *f, int64_t first_s, int64_t past_s)
{
	struct made *m = f->made;

	if (m->first_s == INT64_MIN || first_s < m->first_s)
		m->first_s = first_s;
	if (m->last_s == INT64_MIN || past_s > m->last_s)
		m->last_s = past_s;
}

/* ---- text ---- */

static int64_t
lines_in(struct str s)
{
	const char *at = s.at, *past = s.at + s.len;
	int64_t n = 0;

	while (at < past && (at = memchr(at, '\n', (size_t)(past - at))) != NULL) {
		at++;
		n++;
	}
	return n;
}

struct piece { /* of a page, in the work pool */
	struct file *f;
	struct rows *rows;
	enum io_got got;
	struct err e;
};

static void
piece_work(void *arg)
{
	struct piece *p = arg;
	struct file *f = p->f;

	do
		p->got = f->kind->row(f, p->rows, &p->e);
	while (p->got == IO_OK && f->buf.len < PIECE_BYTES && buf_ok(&f->buf));
	if (f->form->lines)
		f->made->rows += lines_in(buf_view(&f->buf));
}

static bool
give(struct file *f, struct err *e)
{
	bool ok = buf_ok(&f->buf) || err(e, ERR_BUG, "a record does not fit its buffer");

	ok = ok && (f->buf.len == 0 || pack_add(f->pack, buf_view(&f->buf), e));
	buf_reset(&f->buf);
	return ok;
}

static bool
page_write(struct task *t, struct file *f, struct rows *rows, struct err *e)
{
	struct piece p = { .f = f, .rows = rows };

	do {
		if (!work_run(t, piece_work, &p, e))
			return false;
		if (p.got == IO_FAIL) {
			if (e != NULL)
				*e = p.e;
			return false;
		}
		if (!give(f, e))
			return false;
	} while (p.got == IO_OK);
	return true;
}

static bool
pages_write(struct task *t, struct file *f, int32_t count, struct err *e)
{
	struct pages *pages = pages_begin(t, f->b, f->kind->page, count, e);
	enum io_got got = IO_FAIL;
	struct rows *rows;

	while (pages != NULL && (got = pages_next(t, pages, &rows, e)) == IO_OK) {
		bool ok = page_write(t, f, rows, e);

		rows_free(&rows);
		if (!ok) {
			got = IO_FAIL;
			break;
		}
	}
	pages_end(t, &pages);
	return got == IO_END;
}

/* ---- the whole file ---- */

/* IntervalMeterUsage, 24 hexadecimal digits, the local time at which it was made, and what it
 * is. plain: the member of an archive. */
static bool
file_names(struct file *f, const struct plan *p, char plain[NAME_MOST], enum pack_kind packing,
    struct err *e)
{
	const struct job *j = &f->b->job;
	char zone[64], made[32], suffix[16];
	const struct zone *z;
	unsigned left_s;
	int year, month, dom;
	int64_t local_s;

	str_copy(zone, sizeof zone, j->zone);
	z = zone_get(zone, e);
	if (z == NULL)
		return false;
	local_s = zone_local_s(z, j->made_at);
	left_s = (unsigned)(((local_s % 86400) + 86400) % 86400);
	civil_ymd((int32_t)((local_s - left_s) / 86400), &year, &month, &dom);
	snprintf(made, sizeof made, "%04d%02d%02d%02u%02u%02u", year % 10000, month % 100,
	    dom % 100, left_s / 3600 % 100, left_s / 60 % 60, left_s % 60);
	snprintf(plain, NAME_MOST / 2, "%s" STR_FMT "%s%s", f->kind->prefix, STR_ARG(p->names),
	    made, f->form->suffix);
	pack_suffix(suffix, packing, j->openpgp_key.at != NULL);
	snprintf(f->made->name, sizeof f->made->name, "%.*s%s", NAME_MOST / 2, plain, suffix);
	return true;
}

static bool
to_part(void *self, const void *bytes, size_t len, struct err *e)
{
	return part_add(self, bytes, len, e);
}

/* What a file cannot be larger than, 0 when that is not known: of a premise no day and channel
 * takes more than OUT_DAY_MOST, of any kind. */
static int64_t
file_most(const struct file *f, const struct plan *p)
{
	const struct job *j = &f->b->job;

	if (f->kind->change || j->from_day == DAY_NONE || j->to_day == DAY_NONE)
		return 0;
	return (p->premises + 1) * ((int64_t)j->to_day - j->from_day + 1) * 2 * OUT_DAY_MOST;
}

static bool
pack_begin(struct task *t, struct file *f, const struct plan *p, struct err *e)
{
	const struct job *j = &f->b->job;
	struct pack_job job = {
		.key = j->openpgp_key,
		.made_s = j->made_at,
		.member_most_bytes = file_most(f, p),
		.out = to_part,
		.self = f->part,
	};
	char plain[NAME_MOST];

	if (!pack_kind_of(j->packing, &job.kind))
		return err(e, ERR_BUG, "there is no packing " STR_FMT, STR_ARG(j->packing));
	if (!file_names(f, p, plain, job.kind, e))
		return false;
	f->pack = pack_open(t, &job, e);
	return f->pack != NULL && pack_member(f->pack, plain, NULL, e);
}

static bool
file_open(struct task *t, struct file *f, const struct plan *p, struct err *e)
{
	struct build *b = f->b;

	f->kind = kind_of(p->kind, str_is(b->job.schedule, "CHANGE"));
	f->form = form_of(b->job.format, e);
	if (f->form == NULL)
		return false;
	f->format = out_format_named(f->form->out);
	if (f->kind == NULL || f->format == NULL)
		return err(e, ERR_BUG, "there is no form " STR_FMT " of " STR_FMT,
		    STR_ARG(b->job.format), STR_ARG(p->kind));
	if (b->mades == nitems(b->made))
		return err(e, ERR_BUG, "a drop of too many files");
	f->made = &b->made[b->mades];
	*f->made = (struct made){ .first_s = INT64_MIN, .last_s = INT64_MIN };
	str_copy(f->made->kind, sizeof f->made->kind, p->kind);
	f->part = part_new(b->d->objects, (int64_t)FILE_MOST_GIB << 30, e);
	if (f->part == NULL || !pack_begin(t, f, p, e))
		return false;
	f->out = (struct out_file){ .to = &f->buf,
		.name = f->made->name,
		.made_s = b->job.made_at,
		.space = b->space };
	return true;
}

/* On change nothing is said when nothing changed; else a partner sees that there was nothing.
 */
static bool
file_keep(struct task *t, struct file *f, struct err *e)
{
	struct made *m = f->made;
	struct pack_sums sums;

	if (f->kind->change && m->rows == 0)
		return true;
	if (!f->form->lines)
		m->rows = f->counted;
	if (!pack_end(f->pack, &sums, e) || !part_keep(t, f->part, OBJECT_OUT, &m->object, e))
		return false;
	m->plain_size = sums.member.bytes;
	memcpy(m->plain_sha256, sums.member.sha256, DIGEST_BYTES);
	f->b->mades++;
	return true;
}

static bool
file_write(struct task *t, struct file *f, const struct plan *p, struct err *e)
{
	f->kind->begin(f);
	if (!give(f, e) || !pages_write(t, f, p->pages, e))
		return false;
	f->kind->end(f);
	return give(f, e);
}

bool
file_make(struct task *t, struct build *b, const struct plan *p, struct err *e)
{
	struct file *f = calloc(1, sizeof *f); /* two days and more: too much for a stack */
	size_t before = b->mades;
	bool ok;

	if (f == NULL)
		return err(e, ERR_BUSY, "out of memory");
	f->b = b;
	f->buf = (struct buf)BUF(PIECE_BYTES + OUT_DAY_MOST + 4096);
	ok = file_open(t, f, p, e) && file_write(t, f, p, e) && file_keep(t, f, e);
	pack_free(&f->pack);
	part_free(&f->part);
	buf_auto(&f->buf);
	free(f);
	if (!ok || b->mades == before)
		return ok;
	return manifest_make(t, b, &b->made[before], p, e);
}
