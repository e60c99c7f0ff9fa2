/* One history being played: by itself (drive.c), or beside others in a hub (crowd.c). */
#ifndef SIM_DRIVE_H
#define SIM_DRIVE_H

#include "oracle.h"

struct play {
	struct system *s;
	const struct history *h;
	struct oracle o;
	struct finding *f;
	struct err *e;
	bool tell;
	struct tally *tally;
	int64_t since, now; /* what is looked at happened between them */
	unsigned step;
};

/* Says what was found; false. */
bool play_found(struct play *p, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The instant at which an event is to happen, as things are now. */
int64_t play_when(const struct play *p, const struct event *ev);
/* What it did is taken down, if it was as it may be. */
bool play_did(
    struct play *p, const struct event *ev, enum permit may, const struct outcome *out);
/* The states that it says are as they may be. */
bool play_says(struct play *p);
/* And what it would give away. */
bool play_looks(struct play *p, unsigned kind);
/* At the end: who was told. */
bool play_told(struct play *p);

#endif
