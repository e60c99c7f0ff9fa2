/* Inside of the model. */
#ifndef SIM_MODEL_H
#define SIM_MODEL_H

#include "base/civil.h"
#include "steps.h"

struct move {
	int32_t day; /* INT32_MIN: from long ago on */
	uint8_t says;
};

enum letter { L_QUEUED, L_SENDING, L_SENT, L_FAILED, L_CANCELLED };

struct agreement {
	uint8_t state, csp, premises, gone, kind, kinds, months, history, mailbox;
	bool large, bounced;
	uint16_t others, used; /* mailboxes that heard of it; whose link was used */
	int64_t invited, accepted, dies, decided, starts, ends, reads_from, asked;
	uint8_t customer[PREMISES]; /* who lived there when it was asked for */
	int8_t renewed_by, renews;  /* slots, -1 */
	/* its mail */
	enum letter letter;
	uint8_t tries, copies;
	int64_t next_try, lease_until;
	uint8_t told[2];
};

/* Wrong tries by the hour of the real clock in which they were. */
struct tally_of_tries {
	int32_t hour[24];
	uint16_t n[24];
};

struct model {
	const struct steps *steps;
	struct steps own; /* with the rows of a plant */
	enum plant plant;
	const struct zone *zone;
	const struct history *h;
	struct agreement at[SLOTS];
	uint8_t csp[CSPS];
	bool reported[CSPS][MAILBOXES]; /* no more mails of it to that one */
	uint8_t bounces[MAILBOXES];
	struct move moves[TOPICS][PREMISES][MOVES];
	uint8_t moves_n[TOPICS][PREMISES];
	struct tally_of_tries at_esiid[PREMISES], of_csp[CSPS];
	int32_t hour;
};

/* What was told of a premise holds on a day. */
uint8_t model_holds(const struct model *m, enum topic t, unsigned premise, int32_t day);
/* Takes down what is told: in the order of days, a later word for a day takes its place. */
void model_tell(struct model *m, const struct event *ev, int32_t today);
/* Of the premises asked for those whose triple is right and may be tried; counts the others. */
unsigned model_match(struct model *m, const struct event *ev, int64_t now);
void model_probe(struct model *m, const struct event *ev);
/* Mailboxes that are told of a share which begins now. */
unsigned model_others(const struct model *m, const struct agreement *a, int64_t now);
bool model_silent(const struct model *m, const struct agreement *a);
/* The span of whoever lives at a premise on a day, or of its being empty: [*from, *to). */
uint8_t model_lives(
    const struct model *m, unsigned premise, int32_t day, int32_t *from, int32_t *to);
/* What an agreement reaches of a premise, whatever the time: empty when *from >= *to. */
struct span model_reach(const struct model *m, const struct agreement *a, unsigned premise);
/* The instant at which the occupancy of its beginning ends. */
int64_t model_moved_out(const struct model *m, const struct agreement *a, unsigned premise);
bool model_rights(struct system *s, int64_t now, unsigned kind,
    struct span to[CSPS][PREMISES][SPANS], uint8_t n[CSPS][PREMISES], struct err *e);
bool model_apply(struct model *m, struct agreement *a, enum step_event event);
/* The invitation's mail is taken up. */
bool model_mail(struct model *m, struct agreement *a, unsigned slot, enum fate fate,
    int64_t now, struct outcome *out);
void model_note_customers(const struct model *m, struct agreement *a, int64_t now);
void model_shares_end(struct model *m, struct agreement *a, int64_t now);
void model_begin_term(struct model *m, struct agreement *a, int64_t now);
/* What somebody says (model_decide.c). */
void model_decide(struct model *m, const struct event *ev, int64_t now, struct outcome *out);
void model_judge(struct model *m, const struct event *ev, struct outcome *out);
void model_renew(struct model *m, const struct event *ev, int64_t now, struct outcome *out);
void model_not_me(struct model *m, const struct event *ev, int64_t now, struct outcome *out);
void model_bounce(struct model *m, const struct event *ev, struct outcome *out);
int64_t model_deadline(const struct model *m, int64_t accepted);

#endif
