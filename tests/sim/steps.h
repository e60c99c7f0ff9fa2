/* The product's tables of steps, as its SQL has them. */
#ifndef SIM_STEPS_H
#define SIM_STEPS_H

#include "sim.h"

/* clang-format off */
#define STEP_EVENTS(X) X(affirm) X(hold) X(release) X(park) X(decline) X(report) X(lapse) X(withdraw) X(bounce) \
	X(complete) X(terminate) X(suspend) X(resume)
/* clang-format on */
enum step_event {
#define X(name) EV_##name,
	STEP_EVENTS(X)
#undef X
	    EV_N
};
enum csp_state { C_ACTIVE, C_SUSPENDED, C_REVOKED, C_STATES };

struct steps {
	uint8_t next[STATES][EV_N];	   /* S_NONE: not possible */
	uint8_t csp[C_STATES][CSP_EVENTS]; /* C_STATES: not possible */
	unsigned rows;
};

/* Adds a row of agreement.step; false when a name is new to the simulator. */
bool steps_row(
    struct steps *to, const char *state, const char *event, const char *next, struct err *e);

#endif
