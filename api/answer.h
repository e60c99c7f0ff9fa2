/*
 * A reply that is written piece by piece and sent when it is whole: its length is known before
 * the first byte, so that one that is cut can be told from one that is whole, and memory does
 * not grow with it. The first ANSWER_HELD pieces stay in memory, if all answers of the process
 * have room for them; what follows goes into a file without a name.
 *
 *	AUTO(answer) a;
 *	answer_begin(&a, c, "text/csv");
 *	while (…) {
 *		buf_fmt(answer_to(&a), …);
 *		if (!answer_more(&a, e))
 *			return false;
 *	}
 *	return answer_send(t, &a, 200, e);
 */
#ifndef API_ANSWER_H
#define API_ANSWER_H

#include "sys/digest.h"
#include "sys/route.h"

enum {
	ANSWER_PIECE = 256 * 1024,
	ANSWER_ROOM = 1024 * 1024,
	ANSWER_HELD = 24,	  /* a year of one meter, in any form */
	ANSWER_HELD_BY_ALL = 192, /* 48 MB, or some more */
	ANSWER_SPARE = 48	  /* which a process keeps */
};

struct answer {
	struct call *call;
	const char *type;	      /* must live as long as the answer */
	struct buf held[ANSWER_HELD]; /* then what is in fd, then piece */
	size_t held_n;
	int64_t held_bytes;
	struct buf piece;
	int fd; /* -1: there is no file */
	int64_t spilled;
	struct tag *tag;
	bool no_tag; /* no ETag, said before the first piece: whoever asks again wants it again
		      */
};

void answer_begin(struct answer *a, struct call *c, const char *type);
void answer_auto(struct answer *a);
void answer_wipe(struct answer *a); /* of what is in memory nothing stays there */
/* Where to write; at most ANSWER_ROOM - ANSWER_PIECE bytes between two answer_more(). */
static inline struct buf *
answer_to(struct answer *a)
{
	return &a->piece;
}
/* After each piece. ERR_NO_SPACE; ERR_BUG when a piece was too large. Does not wait. */
bool answer_more(struct answer *a, struct err *e);
int64_t answer_length(const struct answer *a);
/* With ETag, or 304 when the caller has it already. Cache-Control is `private, no-cache` unless
 * a header was set before. */
bool answer_send(struct task *t, struct answer *a, int status, struct err *e);
/* A small one that is in memory: JSON, Cache-Control: no-store; 304 as above is not asked. */
bool answer_json(
    struct task *t, struct call *c, int status, const struct buf *json, struct err *e);

#endif
