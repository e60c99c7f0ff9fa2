#include "findings.h"

#include <stdlib.h>
#include <string.h>

#include "copyrow.h"

void
findings_auto(struct findings *f)
{
	free(f->reject);
	free(f->flag);
	f->reject = NULL;
	f->flag = NULL;
	f->rejects = f->rejects_room = f->flags = f->flags_room = 0;
}

void
findings_forget(struct findings *f)
{
	f->rejects = f->flags = 0;
	f->rejected = f->quarantined = f->flagged = 0;
	memset(f->by_rule, 0, sizeof f->by_rule);
	f->cut = false;
}

/* Grows an array by doubling; false when it may not grow further or memory ran out. */
static bool
room_for(void **at, size_t n, size_t *room, size_t most, size_t size)
{
	size_t wanted = *room == 0 ? 64 : *room * 2;
	void *grown;

	if (n < *room)
		return true;
	if (n >= most)
		return false;
	if (wanted > most)
		wanted = most;
	grown = realloc(*at, wanted * size);
	if (grown == NULL)
		return false;
	*at = grown;
	*room = wanted;
	return true;
}

static void
list(struct findings *f, const struct fault *fault)
{
	if (room_for((void **)&f->reject, f->rejects, &f->rejects_room, f->rejects_most,
		sizeof *f->reject))
		f->reject[f->rejects++] = *fault;
	else
		f->cut = true;
}

void
findings_reject(struct findings *f, const struct fault *fault)
{
	f->by_rule[fault->rule]++;
	if (fault->severity == SEV_QUARANTINE)
		f->quarantined++;
	else
		f->rejected++;
	list(f, fault);
}

void
findings_note(struct findings *f, const struct fault *fault)
{
	f->by_rule[fault->rule]++;
	f->flagged++;
	list(f, fault);
}

void
findings_flag(
    struct findings *f, const struct fault *fault, int32_t series, int32_t day, uint32_t line)
{
	struct flag *to;

	f->by_rule[fault->rule]++;
	f->flagged++;
	if (!room_for(
		(void **)&f->flag, f->flags, &f->flags_room, FLAGS_MOST, sizeof *f->flag)) {
		f->cut = true;
		return;
	}
	to = &f->flag[f->flags++];
	*to = (struct flag){ .series = series, .day = day, .line = line, .rule = fault->rule };
	memcpy(to->found, fault->found, sizeof to->found);
	memcpy(to->expected, fault->expected, sizeof to->expected);
}

static void
copy_esiid(struct buf *to, struct esiid id)
{
	char text[ESIID_SIZE];

	if (id.head == 0)
		copy_null(to);
	else
		copy_bytes(to, (struct str){ text, esiid_write(text, id) });
}

void
findings_copy_rejects(
    const struct findings *f, int64_t file, size_t from, size_t n, struct buf *to)
{
	for (size_t i = from; i < f->rejects && i < from + n; i++) {
		const struct fault *r = &f->reject[i];

		copy_row(to, 10);
		copy_int8(to, file);
		copy_int8(to, (int64_t)r->line);
		copy_int4(to, (int32_t)r->column);
		copy_text(to, rule_rows[r->rule].code);
		copy_text(to, severity_name(r->severity));
		copy_esiid(to, r->esiid);
		copy_date(to, r->day);
		if (r->channel < 0)
			copy_null(to);
		else
			copy_int2(to, (int16_t)r->channel);
		copy_text(to, r->found);
		copy_text(to, r->expected);
	}
}

void
findings_copy_flags(
    const struct findings *f, int32_t load, size_t from, size_t n, struct buf *to)
{
	for (size_t i = from; i < f->flags && i < from + n; i++) {
		const struct flag *g = &f->flag[i];

		copy_row(to, 7);
		copy_int4(to, g->series);
		copy_date(to, g->day);
		copy_int4(to, load);
		copy_int4(to, (int32_t)g->line);
		copy_text(to, rule_rows[g->rule].code);
		copy_text(to, g->found);
		copy_text(to, g->expected);
	}
}
