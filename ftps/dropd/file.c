/*
 * One file of a drop. Pages of rows come from the database while the work pool turns the page
 * before into text, hashes it and writes it; then the file is made durable.
 */
#include <stdio.h>
#include <string.h>

#include "build.h"
#include "rt/work.h"

enum {
	PIECE_BYTES = 256 * 1024,
	PAGE_WAIT_MS = 600000,
	FILE_MOST_GIB = 1024 /* a file system ends before */
};

struct page { /* of rows, on its way into the file */
	struct work work;
	bool begun, ok;
	struct file *f;
	struct rows *rows;
	struct err e;
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

bool
file_flush(struct file *f, bool all, struct err *e)
{
	if (!buf_ok(&f->buf))
		return err(e, ERR_BUG, "a record does not fit its buffer");
	if (f->buf.len == 0 || (!all && f->buf.len < PIECE_BYTES))
		return true;
	if (f->begun && f->form->lines)
		f->made->rows += lines_in(buf_view(&f->buf));
	if (f->plain != NULL)
		digest_add(f->plain, f->buf.at, f->buf.len);
	f->made->plain_size += (int64_t)f->buf.len;
	if (!part_add(f->part, f->buf.at, f->buf.len, e))
		return false;
	buf_reset(&f->buf);
	return true;
}

/* ---- pages ---- */

static void
page_work(void *arg)
{
	struct page *p = arg;

	p->ok = p->f->kind->write(p->f, p->rows, &p->e);
}

/* What the pool did with the page before. */
static bool
page_join(struct task *t, struct page *p, struct err *e)
{
	if (!p->begun)
		return true;
	work_join(t, &p->work);
	p->begun = false;
	rows_free(&p->rows);
	if (!p->ok && e != NULL)
		*e = p->e;
	return p->ok;
}

static bool
page_begin(struct task *t, struct page *p, struct rows *rows, struct err *e)
{
	p->rows = rows;
	if (!work_begin(t, &p->work, page_work, p, e)) {
		rows_free(&p->rows);
		return false;
	}
	p->begun = true;
	return true;
}

static bool
pages_write(struct task *t, struct file *f, int32_t pages, struct err *e)
{
	struct build *b = f->b;
	struct page page = { .f = f };
	bool ok = true;

	for (int32_t i = 0; ok && i < pages; i++) {
		struct rows *rows = db_rows(t, b->conn, f->kind->page,
		    ARGS(P_INT8(b->job.drop), P_STR(b->job.token), P_INT4(i)), e);

		ok = page_join(t, &page, rows == NULL ? NULL : e) && rows != NULL;
		if (!ok)
			rows_free(&rows);
		ok = ok && page_begin(t, &page, rows, e) && build_beat(t, b, e);
	}
	/* also after a failure: the pool may be using it */
	return page_join(t, &page, ok ? e : NULL) && ok;
}

/* ---- the whole file ---- */

/* IntervalMeterUsage, 24 hexadecimal digits, and the local time at which it was made. */
static bool
file_name(struct file *f, const struct plan *p, struct err *e)
{
	const struct job *j = &f->b->job;
	char zone[64], time[16];
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
	snprintf(time, sizeof time, "%04d%02d%02d%02u%02u%02u", year % 10000, month, dom,
	    left_s / 3600, left_s / 60 % 60, left_s % 60);
	snprintf(f->made->name, sizeof f->made->name, "%s" STR_FMT "%s%s", f->kind->prefix,
	    STR_ARG(p->names), time, f->form->suffix);
	return true;
}

static bool
file_open(struct file *f, const struct plan *p, struct err *e)
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
	if (f->part == NULL || !file_name(f, p, e))
		return false;
	f->out =
	    (struct out_file){ .to = &f->buf, .name = f->made->name, .made_s = b->job.made_at };
	return true;
}

/* On change nothing is said when nothing changed; else a partner sees that there was nothing.
 */
static bool
file_keep(struct task *t, struct file *f, struct err *e)
{
	struct made *m = f->made;

	if (f->kind->change && m->rows == 0)
		return true;
	if (!f->form->lines)
		m->rows = f->counted;
	if (!part_keep(t, f->part, OBJECT_OUT, &m->object, e))
		return false;
	if (f->plain != NULL)
		digest_end(f->plain, m->plain_sha256);
	else
		memcpy(m->plain_sha256, m->object.sha256, DIGEST_BYTES);
	f->b->mades++;
	return true;
}

bool
file_make(struct task *t, struct build *b, const struct plan *p, struct err *e)
{
	struct file f = { .b = b, .buf = BUF(PIECE_BYTES + OUT_DAY_MOST + 4096) };
	size_t before = b->mades;
	bool ok = file_open(&f, p, e);

	if (ok) {
		f.kind->begin(&f);
		ok = file_flush(&f, true, e);
		f.begun = true;
		ok = ok && pages_write(t, &f, p->pages, e);
	}
	if (ok) {
		f.kind->end(&f);
		ok = file_flush(&f, true, e) && file_keep(t, &f, e);
	}
	part_free(&f.part);
	digest_free(&f.plain);
	buf_auto(&f.buf);
	if (!ok || b->mades == before)
		return ok;
	return manifest_make(t, b, &b->made[before], p, e);
}
