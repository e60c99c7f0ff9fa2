/*
 * Who else has seen the log. A witness signs a checkpoint only when it continues all that it
 * signed before, so what two people are shown under its signature is one log.
 */
#include <inttypes.h>

#include "base/civil.h"
#include "verify.h"

bool
witnesses_look(struct verify *v, struct str note, uint64_t size, struct err *e)
{
	for (size_t i = 0; i < v->witness_count; i++) {
		struct seen *s = &v->seen[i];
		uint64_t time;

		if (!note_cosigned(note, &v->witness[i], &time, NULL, e))
			return false;
		if (time != 0 && size >= s->size)
			*s = (struct seen){ .size = size, .time = time };
	}
	return true;
}

static void
say(struct verify *v, size_t i)
{
	const struct seen *s = &v->seen[i];
	char at[CIVIL_STAMP_SIZE];

	civil_stamp(at, (int64_t)s->time);
	buf_fmt(&v->says, "witness %s signed the checkpoint of %" PRIu64 " entries at %s\n",
	    v->witness[i].name, s->size, at);
}

bool
witnesses_say(struct verify *v, struct err *e)
{
	size_t there = 0, want = v->quorum > 0 ? (size_t)v->quorum : v->witness_count;

	for (size_t i = 0; i < v->witness_count; i++)
		if (v->seen[i].size > 0) {
			there++;
			say(v, i);
		}
	return there >= want ||
	       err(e, ERR_FINDINGS, "%zu of %zu witnesses have signed it, expected %zu", there,
		   v->witness_count, want);
}
