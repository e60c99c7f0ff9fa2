/* A counting gate: at most `places` inside; the others wait in order of arrival. */
#ifndef RT_GATE_H
#define RT_GATE_H

#include "rt/task.h"

struct gate {
	unsigned places, inside, waiting_most;
	unsigned waiting;
	struct gate_place *first, *last; /* waiting, on their tasks' stacks */
};

#define GATE(n, most_waiting)                                 \
	{                                                     \
		.places = (n), .waiting_most = (most_waiting) \
	}

/* ERR_BUSY at once when waiting_most already wait; else waits for a place. */
bool gate_enter(struct task *t, struct gate *g, struct err *e);
void gate_leave(struct gate *g); /* hands the place to the first waiting */

#endif
