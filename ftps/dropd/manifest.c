/* What is told beside each file, and to the database at the end. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "build.h"

enum { MANIFEST_MOST = 64 * 1024 * 1024 };

struct mark {
	struct str tdu;
	int32_t after_load, load;
};

static const struct db_field mark_fields[] = { DB_TEXT(mark, tdu), DB_INT4(mark, after_load),
	DB_INT4(mark, load) };

static void
put_digest(struct json *j, const char *name, const unsigned char sha256[DIGEST_BYTES])
{
	char hex[DIGEST_HEX];

	code_hex(hex, sha256, DIGEST_BYTES);
	json_text(j, name, str_of(hex));
}

/* {"highest":17,"oncor":{"load":17,"after":12}} */
static bool
put_watermark(struct task *t, struct json *j, struct build *b, struct err *e)
{
	AUTO_PTR(rows)
	marks = db_rows(
	    t, b->conn, SQL_DROP_MARKS, ARGS(P_INT8(b->job.drop), P_STR(b->job.token)), e);
	bool change = str_is(b->job.schedule, "CHANGE");
	int32_t highest = 0;
	struct mark m;

	if (marks == NULL)
		return false;
	json_open(j, "watermark");
	json_list(j, "utilities");
	while (ROWS_NEXT(marks, mark_fields, &m)) {
		json_open(j, NULL);
		json_text(j, "utility", m.tdu);
		if (change)
			json_int(j, "after", m.after_load);
		json_int(j, "load", m.load);
		json_end(j);
		highest = m.load > highest ? m.load : highest;
	}
	json_end(j);
	json_int(j, "load", highest);
	json_end(j);
	return true;
}

static void
put_agreements(struct json *j, struct str list)
{
	struct str head;
	int64_t number;

	json_list(j, "agreements");
	while (list.len > 0) {
		if (!str_cut(list, ',', &head, &list))
			list = (struct str){ NULL, 0 };
		if (str_int64(head, &number))
			json_int(j, NULL, number);
	}
	json_end(j);
}

static void
put_days(struct json *j, const struct job *job)
{
	json_text(j, "period", job->period);
	json_int(j, "revision", job->revision);
	json_date(j, "from", job->from_day);
	json_date(j, "to", job->to_day);
	json_stamp(j, "due", job->due_at);
	json_stamp(j, "made", job->made_at);
}

static bool
put_manifest(struct task *t, struct buf *to, struct build *b, const struct made *of,
    const struct plan *p, struct err *e)
{
	const struct job *job = &b->job;
	struct json j = json_to(to);

	json_open(&j, NULL);
	json_text(&j, "file", str_of(of->name));
	json_int(&j, "size", of->object.size);
	put_digest(&j, "sha256", of->object.sha256);
	json_open(&j, "plain");
	json_int(&j, "size", of->plain_size);
	put_digest(&j, "sha256", of->plain_sha256);
	json_end(&j);
	json_int(&j, "rows", of->rows);
	json_stamp(&j, "first", of->first_s);
	json_stamp(&j, "last", of->last_s);
	json_int(&j, "premises", p->premises);
	put_agreements(&j, p->agreements);
	if (!put_watermark(t, &j, b, e))
		return false;
	json_int(&j, "drop", job->drop);
	json_int(&j, "subscription", job->subscription);
	json_text(&j, "label", job->label);
	json_text(&j, "party", job->party_code);
	json_text(&j, "kind", str_of(of->kind));
	json_text(&j, "schedule", job->schedule);
	put_days(&j, job);
	json_text(&j, "format", job->format);
	json_text(&j, "packing", job->packing);
	json_bool(&j, "openpgp", job->openpgp_key.at != NULL);
	json_end(&j);
	buf_byte(to, '\n');
	return buf_ok(to) || err(e, ERR_TOO_BIG, "a manifest that is too long");
}

bool
manifest_make(
    struct task *t, struct build *b, const struct made *of, const struct plan *p, struct err *e)
{
	AUTO(buf) text = BUF(MANIFEST_MOST);
	AUTO_PTR(part) part = part_new(b->d->objects, MANIFEST_MOST, e);
	struct made m = { .manifest = true, .first_s = INT64_MIN, .last_s = INT64_MIN };

	if (part == NULL || !put_manifest(t, &text, b, of, p, e))
		return false;
	if (b->mades == nitems(b->made))
		return err(e, ERR_BUG, "a drop of too many files");
	snprintf(m.name, sizeof m.name, "%.*s.manifest.json", NAME_MOST - 16, of->name);
	str_copy(m.kind, sizeof m.kind, str_of(of->kind));
	m.plain_size = (int64_t)text.len;
	if (!part_add(part, text.at, text.len, e) ||
	    !part_keep(t, part, OBJECT_OUT, &m.object, e))
		return false;
	memcpy(m.plain_sha256, m.object.sha256, DIGEST_BYTES);
	b->made[b->mades++] = m;
	return true;
}

static void
put_seconds(struct json *j, const char *name, int64_t s)
{
	if (s == INT64_MIN)
		json_null(j, name);
	else
		json_int(j, name, s);
}

void
manifest_list(struct buf *to, const struct build *b)
{
	struct json j = json_to(to);

	json_list(&j, NULL);
	for (size_t i = 0; i < b->mades; i++) {
		const struct made *m = &b->made[i];

		json_open(&j, NULL);
		json_text(&j, "name", str_of(m->name));
		json_text(&j, "kind", str_of(m->kind));
		json_bool(&j, "manifest", m->manifest);
		put_digest(&j, "sha256", m->object.sha256);
		json_int(&j, "size", m->object.size);
		put_digest(&j, "plain_sha256", m->plain_sha256);
		json_int(&j, "plain_size", m->plain_size);
		json_int(&j, "rows", m->rows);
		put_seconds(&j, "first", m->first_s);
		put_seconds(&j, "last", m->last_s);
		json_end(&j);
	}
	json_end(&j);
}
