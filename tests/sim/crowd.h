/*
 * Many histories side by side in one hub of real processes. The crowd says what happens next,
 * in lines of words; hub/crowd.py does it, lets the hub settle, and tells what it sees
 * (README.md has the words). Each history has premises, mailboxes and third parties of its own;
 * the clock is everybody's.
 */
#ifndef SIM_CROWD_H
#define SIM_CROWD_H

#include <stdio.h>

#include "drive.h"

enum { ATTEMPTS = 64 };

/* What the hub shows of one history, as a system that has done its step already. */
struct shown {
	uint8_t states[SLOTS];
	int64_t invited[SLOTS], accepted[SLOTS], starts[SLOTS];
	bool looked;
	struct span spans[CSPS][PREMISES][SPANS];
	uint8_t spans_n[CSPS][PREMISES];
	uint8_t told[SLOTS][3];
	struct outcome did;
	int verdict; /* as the evidence of the decision has it, -1 none */
	struct {
		uint8_t slot, fate;
		uint64_t letter;
	} attempt[ATTEMPTS];
	unsigned attempts;
};

struct member {
	struct history h;
	struct play p;
	struct system s;
	struct shown shown;
	struct finding f;
	struct err e;
	int64_t planned; /* when its next event is to be */
	bool over, found;
	/* of this round */
	struct event ev;
	bool acts;
	enum permit may[2]; /* at its beginning and, when that is known, at its end */
	uint8_t mail_may[SLOTS];
};

struct crowd {
	struct member *at;
	unsigned n;
	struct tally tally;
	int64_t begins, since, now;
	bool jumped;	 /* this round began with a jump of the clock */
	unsigned deaths; /* of the sender, in this round */
	unsigned rounds, jumps, killed[2], found;
	char trouble[500];
};

/* What only other systems have: a clock that is set back, hours of the real clock. */
bool crowd_leaves_out(const struct event *ev);
/* Sets when the member's next event is to be, or that it is over. */
void crowd_plan(const struct crowd *c, struct member *m);
void shown_open(struct member *m);
/* Reads what the hub shows up to the word "end"; false: e. */
bool crowd_read(struct crowd *c, FILE *in, struct err *e);

#endif
