/* The oracle: what is legal, from what has happened. See oracle.c for the rules. */
#ifndef SIM_ORACLE_H
#define SIM_ORACLE_H

#include "sim.h"

enum permit { MUST, MAY, MUST_NOT };
enum { TRIES = 128 };
enum answer { UNANSWERED, CONFIRMED, DECLINED, REPORTED_AS_SPAM };

struct told_move {
	int32_t day;
	uint8_t says; /* who lives there, which meter, which REP, retired or not */
};
struct tries {
	int32_t hour; /* of the real clock */
	int16_t n;
	uint8_t csp, premise; /* PREMISES: an ESI ID of nobody */
};

/* What is known of one invitation: facts, each set once, none of them a state. */
struct facts {
	bool exists, large, renewal;
	int8_t renewed_by; /* slot, -1 */
	uint8_t csp, premises, kind, kinds, months, history, mailbox;
	uint16_t others, used; /* other mailboxes that heard of it; whose link was used */
	bool bounced;
	int64_t asked_at, accepted_at, last_try, answered_at;
	uint8_t arrived; /* how often a server took its mail */
	uint8_t deaths;	 /* how often a sender died over it */
	bool refused;	 /* no server will take it */
	uint64_t letter;
	enum answer answer;
	bool held; /* and nobody has released it */
	int64_t starts, ends, reads_from;
	uint8_t customer[PREMISES]; /* who was asked; who answered where nobody was known */
	bool withdrawn, lapsed, undelivered, completed, ended;
	bool either; /* the clock ran when two ends were due: until it is seen which one it was
		      */
	uint8_t gone, doubtful; /* premises that it no longer has; may no longer have */
};

struct oracle {
	const struct history *h;
	struct facts at[SLOTS];
	bool suspended[CSPS], revoked[CSPS], reported[CSPS][MAILBOXES];
	bool unsettled[CSPS]; /* resumed, and the agreement clock has not run since */
	struct told_move told[TOPICS][PREMISES][MOVES];
	uint8_t told_n[TOPICS][PREMISES];
	uint8_t bounces[MAILBOXES];
	struct tries tries[TRIES];
	unsigned tries_n;
	int32_t hour;
};

void oracle_begin(struct oracle *o, const struct history *h);
/* False: nothing that could happen (a button of a mail that never came). */
bool oracle_possible(const struct oracle *o, const struct event *ev);
enum permit oracle_permit(const struct oracle *o, const struct event *ev, int64_t now);
/* Takes note of what happened. What is wrong with how it happened, or NULL. */
const char *oracle_note(
    struct oracle *o, const struct event *ev, int64_t now, const struct outcome *out);
/* Set of states that a slot may be in. */
unsigned oracle_states(const struct oracle *o, unsigned slot, int64_t now);
/* The system has made up its mind where it was free to. */
void oracle_pin(struct oracle *o, unsigned slot, enum state s);
/* What must be readable, and what may be. */
void oracle_reads(struct oracle *o, int64_t now, unsigned kind,
    struct span must[CSPS][PREMISES][SPANS], uint8_t must_n[CSPS][PREMISES],
    struct span may[CSPS][PREMISES][SPANS], uint8_t may_n[CSPS][PREMISES]);
/* The edge that an event is to happen at; NEVER when the slot has none. */
int64_t oracle_edge(const struct oracle *o, const struct event *ev, int64_t now);
/* How many mails must and may have told a side of a slot's end, and others of its beginning. */
void oracle_told(const struct oracle *o, unsigned slot, uint8_t least[3], uint8_t most[3]);

/* ---- a calendar of its own (oracle_days.c) ---- */
void days_make(void);
int64_t days_midnight(int32_t day); /* the instant at which a day begins in Chicago */
int32_t days_of(int64_t at);
bool days_weekday(int32_t day);
int64_t days_months(int64_t at, int months);

#endif
