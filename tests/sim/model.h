/* Inside of the model. */
#ifndef SIM_MODEL_H
#define SIM_MODEL_H

#include "base/civil.h"
#include "steps.h"

struct move {
	int32_t day; /* INT32_MIN: from long ago on */
	uint8_t customer;
};

enum letter { L_QUEUED, L_SENDING, L_SENT, L_FAILED, L_CANCELLED };

struct agreement {
	uint8_t state, csp, premises, gone, kinds, months, history, mailbox;
	bool large;
	int64_t invited, accepted, dies, decided, starts, ends, reads_from, asked;
	uint8_t customer[PREMISES]; /* who lived there when it was asked for */
	int8_t renewed_by, renews;  /* slots, -1 */
	/* its mail */
	enum letter letter;
	uint8_t tries, copies;
	int64_t next_try, lease_until;
	uint8_t told[2];
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
	struct move moves[PREMISES][MOVES];
	uint8_t moves_n[PREMISES];
};

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
int64_t model_deadline(const struct model *m, int64_t accepted);

#endif
