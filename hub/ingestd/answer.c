/* What the sender gets back: an acknowledgement with counts, and a file of the records not
 * taken. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/json.h"
#include "ingest.h"
#include "rt/log.h"

enum {
	ANSWER_MOST_BYTES = 256 * 1024 * 1024,
	PIECE_BYTES = 256 * 1024,
	ACK_MOST_BYTES = 16 * 1024
};

/* ---- acknowledgement ---- */

static void
counts(struct json *j, const struct loading *l)
{
	json_int(j, "records", l->records);
	json_int(j, "accepted", l->accepted);
	json_int(j, "unchanged", l->unchanged);
	json_int(j, "flagged", l->findings.flagged);
	json_int(j, "quarantined", l->findings.quarantined);
	json_int(j, "rejected", l->findings.rejected);
	json_int(j, "meter_days", l->meter_days);
	json_int(j, "intervals", l->intervals);
	json_int(j, "estimated", l->estimated);
	json_open(j, "by_rule");
	for (int i = 0; i < RULES; i++)
		if (l->findings.by_rule[i] > 0)
			json_int(j, rule_rows[i].code, l->findings.by_rule[i]);
	json_end(j);
	json_bool(j, "rejects_cut", l->findings.cut);
}

static bool
keep_buffer(struct task *t, struct loading *l, const struct buf *b, struct object_name *name,
    struct err *e)
{
	AUTO_PTR(part) p = part_new(l->in->objects, ACK_MOST_BYTES, e);

	if (!buf_ok(b))
		return err(
		    e, ERR_BUG, "an acknowledgement of more than %d bytes", ACK_MOST_BYTES);
	return p != NULL && part_add(p, b->at, b->len, e) &&
	       part_keep(t, p, OBJECT_OUT, name, e);
}

static bool
make_ack(struct task *t, struct loading *l, const char *state, struct answers *a, struct err *e)
{
	char sha[DIGEST_HEX];
	AUTO(buf) b = BUF(ACK_MOST_BYTES);
	struct json j = json_to(&b);

	code_hex(sha, l->w->sha256.at, DIGEST_BYTES);
	json_open(&j, NULL);
	json_text(&j, "file", l->w->name);
	json_int(&j, "number", l->w->file);
	json_int(&j, "revision", l->w->revision);
	json_text(&j, "sha256", str_of(sha));
	json_int(&j, "size", l->w->size);
	json_text(&j, "format",
	    l->format == NULL ? (struct str){ NULL, 0 } : str_of(l->format->name));
	json_stamp(&j, "received", l->w->received_at);
	json_stamp(&j, "loaded", l->hub_now_s);
	json_text(&j, "state", str_of(state));
	if (strcmp(state, "LOADED") != 0)
		json_text(&j, "reason", str_of(l->hold_text));
	counts(&j, l);
	json_end(&j);
	buf_byte(&b, '\n');
	return keep_buffer(t, l, &b, &a->ack, e);
}

/* ---- reject file ---- */

static void
reject_line(struct buf *b, const struct fault *f)
{
	char esiid[ESIID_SIZE] = "", day[CIVIL_DATE_SIZE] = "";

	if (f->esiid.head != 0)
		esiid_write(esiid, f->esiid);
	if (f->day != DAY_NONE)
		civil_date(day, f->day);
	buf_fmt(b, "%llu,", (unsigned long long)f->line);
	if (f->column > 0)
		buf_fmt(b, "%u", f->column);
	buf_fmt(b, ",%s,%s,%s,%s,%s,", rule_rows[f->rule].code, severity_name(f->severity),
	    esiid, day,
	    f->channel == CHANNEL_LOAD	       ? "load"
	    : f->channel == CHANNEL_GENERATION ? "generation"
					       : "");
	csv_put(b, str_of(f->found));
	buf_byte(b, ',');
	csv_put(b, str_of(f->expected));
	buf_c(b, "\r\n");
}

static bool
write_rejects(struct part *p, const struct findings *f, struct err *e)
{
	AUTO(buf) b = BUF(PIECE_BYTES * 2);

	buf_c(&b, "line,column,rule,severity,esiid,date,channel,found,expected\r\n");
	for (size_t i = 0; i < f->rejects; i++) {
		reject_line(&b, &f->reject[i]);
		if (b.len < PIECE_BYTES)
			continue;
		if (!part_add(p, b.at, b.len, e))
			return false;
		buf_reset(&b);
	}
	return part_add(p, b.at, b.len, e);
}

struct rejects { /* written in the work pool: there may be a hundred thousand */
	struct part *part;
	const struct findings *findings;
	struct err e;
	bool ok;
};

static void
rejects_work(void *arg)
{
	struct rejects *r = arg;

	r->ok = write_rejects(r->part, r->findings, &r->e);
}

static bool
make_rejects(struct task *t, struct loading *l, struct answers *a, struct err *e)
{
	AUTO_PTR(part) p = NULL;
	struct rejects r = { .findings = &l->findings };

	a->has_rejects = l->findings.rejects > 0;
	if (!a->has_rejects)
		return true;
	r.part = p = part_new(l->in->objects, ANSWER_MOST_BYTES, e);
	if (p == NULL || !work_run(t, rejects_work, &r, e))
		return false;
	if (!r.ok && e != NULL)
		*e = r.e;
	return r.ok && part_keep(t, p, OBJECT_OUT, &a->rejects, e);
}

static void spool_lay(struct task *t, struct loading *l, const struct answers *a);

bool
answers_make(
    struct task *t, struct loading *l, const char *state, struct answers *a, struct err *e)
{
	AUTO(buf) b = BUF(sizeof a->counts);
	struct json j = json_to(&b);

	*a = (struct answers){ 0 };
	json_open(&j, NULL);
	counts(&j, l);
	json_end(&j);
	str_copy(a->counts, sizeof a->counts, buf_view(&b));
	if (!make_ack(t, l, state, a, e) || !make_rejects(t, l, a, e))
		return false;
	spool_lay(t, l, a);
	return true;
}

/*
 * ---- copies beside the spool ----
 *
 * Written hidden before the file's fate is committed, named right after. What a crash left
 * hidden is named when nothing of the utility waits any more: then its fate is committed.
 */

static const struct answer_kind {
	const char *folder, *suffix;
} kinds[] = { { "ack", ".ack.json" }, { "rejects", ".rejects.csv" } };

struct spooled {
	struct loading *l;
	const struct object_name *name; /* NULL: there is none of this kind */
	const struct answer_kind *kind;
	struct err e;
	bool ok;
};

/* Its place, or the hidden one, which has a dot before the name. */
static void
spool_path(char path[PATH_MOST], const struct spooled *s, const char *dot)
{
	const struct loading *l = s->l;
	char revision[16] = "";

	if (l->w->revision > 1)
		snprintf(revision, sizeof revision, ".r%d", l->w->revision);
	snprintf(path, PATH_MOST, "%s/%s/%s/%s" STR_FMT "%s%s", l->in->conf.spool_path,
	    l->tdu->code, s->kind->folder, dot, STR_ARG(l->w->name), revision, s->kind->suffix);
}

static bool
copy_bytes_of(int from, int to, struct err *e)
{
	char room[4096];
	ssize_t n;

	while ((n = read(from, room, sizeof room)) > 0)
		if (write(to, room, (size_t)n) != n)
			return err_errno(e, ERR_IO, "cannot write the answer");
	if (n < 0)
		return err_errno(e, ERR_IO, "cannot read the answer");
	return fsync(to) == 0 || err_errno(e, ERR_IO, "the disk did not take the answer");
}

static void
lay_work(void *arg)
{
	struct spooled *s = arg;
	char hidden[PATH_MOST];
	AUTO_FD from = -1;
	AUTO_FD to = -1;

	spool_path(hidden, s, ".");
	/* one of an earlier try must not be taken for this one's */
	if (s->name == NULL) {
		s->ok = unlink(hidden) == 0 || errno == ENOENT;
		return;
	}
	from = object_open(s->l->in->objects, OBJECT_OUT, s->name->sha256, &s->e);
	to = open(hidden, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (to < 0 && errno == ENOENT) {
		s->ok = true; /* the utility has no spool */
		return;
	}
	if (from < 0 || to < 0) {
		err_errno(&s->e, ERR_IO, "cannot write the answer");
		return;
	}
	s->ok = copy_bytes_of(from, to, &s->e);
	if (!s->ok)
		unlink(hidden);
}

/* One that could not be laid gets a second try. */
static void
show_work(void *arg)
{
	struct spooled *s = arg;
	char hidden[PATH_MOST], final[PATH_MOST];

	s->ok = true;
	if (s->name == NULL)
		return;
	spool_path(hidden, s, ".");
	spool_path(final, s, "");
	if (rename(hidden, final) == 0)
		return;
	lay_work(s);
	s->ok = s->ok && (rename(hidden, final) == 0 || errno == ENOENT ||
			     err_errno(&s->e, ERR_IO, "cannot name the answer"));
}

static void
spool_both(
    struct task *t, struct loading *l, const struct answers *a, void (*work)(void *spooled))
{
	const struct object_name *name[] = { &a->ack, a->has_rejects ? &a->rejects : NULL };

	for (size_t i = 0; i < nitems(kinds); i++) {
		struct spooled s = { .l = l, .name = name[i], .kind = &kinds[i] };

		if (!work_run(t, work, &s, &s.e) || !s.ok)
			log_warn(t, "answer.spool", "file=%lld tdu=%s says=\"%s\"",
			    (long long)l->w->file, l->tdu->code, s.e.text);
	}
}

static void
spool_lay(struct task *t, struct loading *l, const struct answers *a)
{
	spool_both(t, l, a, lay_work);
}

void
answers_spool(struct task *t, struct loading *l, const struct answers *a)
{
	spool_both(t, l, a, show_work);
}

struct late {
	const struct ingest *in;
	const struct tdu *tdu;
	unsigned named;
};

static void
late_kind(struct late *late, const struct answer_kind *kind)
{
	char path[PATH_MOST];
	struct dirent *entry;
	DIR *d;

	snprintf(path, sizeof path, "%s/%s/%s", late->in->conf.spool_path, late->tdu->code,
	    kind->folder);
	d = opendir(path);
	while (d != NULL && (entry = readdir(d)) != NULL) {
		const char *name = entry->d_name;

		if (name[0] == '.' && str_ends(str_of(name), kind->suffix))
			late->named += renameat(dirfd(d), name, dirfd(d), name + 1) == 0;
	}
	if (d != NULL)
		closedir(d);
}

static void
late_work(void *arg)
{
	for (size_t i = 0; i < nitems(kinds); i++)
		late_kind(arg, &kinds[i]);
}

void
answers_late(struct task *t, const struct ingest *in, struct tdu *u)
{
	struct late late = { .in = in, .tdu = u };
	struct err e = { 0 };

	if (u->answered)
		return;
	u->answered = true;
	if (!work_run(t, late_work, &late, &e))
		log_warn(t, "answer.late", "tdu=%s says=\"%s\"", u->code, e.text);
	if (late.named > 0)
		log_info(t, "answer.late", "tdu=%s named=%u", u->code, late.named);
}
