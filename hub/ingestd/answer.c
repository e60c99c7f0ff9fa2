/* What the sender gets back: an acknowledgement with counts, and a file of the records not
 * taken. */
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

static bool
make_rejects(struct task *t, struct loading *l, struct answers *a, struct err *e)
{
	AUTO_PTR(part) p = NULL;

	a->has_rejects = l->findings.rejects > 0;
	if (!a->has_rejects)
		return true;
	p = part_new(l->in->objects, ANSWER_MOST_BYTES, e);
	return p != NULL && write_rejects(p, &l->findings, e) &&
	       part_keep(t, p, OBJECT_OUT, &a->rejects, e);
}

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
	return make_ack(t, l, state, a, e) && make_rejects(t, l, a, e);
}

/* ---- copies beside the spool ---- */

struct spooled {
	struct loading *l;
	const struct object_name *name;
	const char *folder, *suffix;
	struct err e;
	bool ok;
};

static bool
copy_bytes_of(int from, int to, struct err *e)
{
	char room[4096];
	ssize_t n;

	while ((n = read(from, room, sizeof room)) > 0)
		if (write(to, room, (size_t)n) != n)
			return err_errno(e, ERR_IO, "cannot write the answer");
	return n == 0 || err_errno(e, ERR_IO, "cannot read the answer");
}

/* Hidden until whole, as every file here. */
static void
spool_work(void *arg)
{
	struct spooled *s = arg;
	const struct ingest *in = s->l->in;
	char final[PATH_MOST], part[PATH_MOST], revision[16] = "";
	AUTO_FD from = object_open(in->objects, OBJECT_OUT, s->name->sha256, &s->e);
	AUTO_FD to = -1;

	if (s->l->w->revision > 1)
		snprintf(revision, sizeof revision, ".r%d", s->l->w->revision);
	snprintf(final, sizeof final, "%s/%s/%s/" STR_FMT "%s%s", in->conf.spool_path,
	    s->l->tdu->code, s->folder, STR_ARG(s->l->w->name), revision, s->suffix);
	snprintf(part, sizeof part, "%s/%s/%s/.%lld.part", in->conf.spool_path, s->l->tdu->code,
	    s->folder, (long long)s->l->w->file);
	to = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (from < 0 || to < 0) {
		err_errno(&s->e, ERR_IO, "cannot write the answer");
		return;
	}
	s->ok =
	    copy_bytes_of(from, to, &s->e) &&
	    (rename(part, final) == 0 || err_errno(&s->e, ERR_IO, "cannot name the answer"));
}

static void
spool_one(struct task *t, struct loading *l, const struct object_name *name, const char *folder,
    const char *suffix)
{
	struct spooled s = { .l = l, .name = name, .folder = folder, .suffix = suffix };

	if (!work_run(t, spool_work, &s, &s.e) || !s.ok)
		log_warn(t, "answer.spool", "file=%lld tdu=%s says=\"%s\"",
		    (long long)l->w->file, l->tdu->code, s.e.text);
}

void
answers_spool(struct task *t, struct loading *l, const struct answers *a)
{
	if (l->tdu->spool_watch < 0)
		return;
	spool_one(t, l, &a->ack, "ack", ".ack.json");
	if (a->has_rejects)
		spool_one(t, l, &a->rejects, "rejects", ".rejects.csv");
}
