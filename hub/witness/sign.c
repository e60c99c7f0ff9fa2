/* What is asked for, and whether it may be signed. */
#include "witness.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

enum { PROOF_MOST = 63 };

struct asked {
	uint64_t old;
	struct hash proof[PROOF_MOST];
	size_t n;
	struct str note, text; /* of the checkpoint: with its signatures, without */
	struct checkpoint at;
};

static bool
asked_read(struct asked *a, struct str request, struct err *e)
{
	static const char old[] = "old ";
	struct str line, rest;

	if (!str_cut(request, '\n', &line, &rest) || !str_starts(line, old) ||
	    !note_number(
		(struct str){ line.at + sizeof old - 1, line.len - (sizeof old - 1) }, &a->old))
		return err(e, ERR_BAD_INPUT, "a request begins with a line \"old N\"");
	for (a->n = 0; str_cut(rest, '\n', &line, &rest) && line.len > 0; a->n++)
		if (a->n == PROOF_MOST || !note_hash(line, &a->proof[a->n]))
			return err(e, ERR_BAD_INPUT, "hash %zu of the proof is none", a->n);
	a->note = rest;
	return true;
}

/* The log's own word, about itself. */
static bool
checkpoint_is_the_logs(const struct witness *w, struct asked *a, struct err *e)
{
	return checkpoint_open(&a->at, a->note, w->log, w->log_count, e) &&
	       note_open(a->note, w->log, w->log_count, &a->text, e) &&
	       (w->size == 0 || str_is(a->at.origin, w->origin) ||
		   err(e, ERR_FINDINGS, "the memory is of the log %s, not of " STR_FMT,
		       w->origin, STR_ARG(a->at.origin)));
}

static bool
continues(const struct witness *w, const struct asked *a, struct err *e)
{
	uint64_t size = a->at.size;
	bool ok;

	if (a->old > size)
		return err(e, ERR_BAD_INPUT,
		    "the checkpoint is of %" PRIu64 " entries, less than \"old %" PRIu64 "\"",
		    size, a->old);
	if (a->old != w->size)
		return err(e, ERR_CONFLICT,
		    "the last checkpoint that was signed is of %" PRIu64
		    " entries, not of %" PRIu64,
		    w->size, a->old);
	if (a->old == 0)
		ok = a->n == 0;
	else if (a->old == size)
		ok = a->n == 0 && hash_eq(&w->root, &a->at.root);
	else
		ok = tree_continues(w->size, &w->root, size, &a->at.root, a->proof, a->n);
	return ok || err(e, ERR_FINDINGS,
			 "the log of %" PRIu64 " entries does not continue that of %" PRIu64
			 ", which was signed here: it is not signed",
			 size, w->size);
}

bool
witness_sign(struct witness *w, struct str request, struct buf *line, struct err *e)
{
	struct timespec now;
	struct asked a;

	if (!asked_read(&a, request, e) || !checkpoint_is_the_logs(w, &a, e) ||
	    !continues(w, &a, e) || !memory_keep(w, a.note, e))
		return false;
	clock_gettime(CLOCK_REALTIME, &now);
	note_cosign(line, &w->key, w->seed, (uint64_t)now.tv_sec, a.text);
	return buf_ok(line) || err(e, ERR_TOO_BIG, "the checkpoint is too long");
}
