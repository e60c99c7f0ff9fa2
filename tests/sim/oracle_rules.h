/* Rules of oracle.c that what it says (oracle_says.c) is made from. */
#ifndef SIM_ORACLE_RULES_H
#define SIM_ORACLE_RULES_H

#include "oracle.h"

int64_t rule_deadline(const struct facts *f);	/* ALWAYS while no mail was taken */
int64_t rule_give_up(const struct facts *f);	/* not undeliverable before */
int64_t rule_unsent_end(const struct facts *f); /* and surely when the clock runs then */
bool rule_waits(const struct facts *f);		/* for an answer */
/* What was told of a premise holds on a day: the last word for the newest day before it. */
uint8_t rule_holds(const struct oracle *o, enum topic t, unsigned p, int32_t day);
static inline uint8_t
rule_resident(const struct oracle *o, unsigned p, int32_t day)
{
	return rule_holds(o, T_LIVES, p, day);
}
void rule_ask_for(const struct oracle *o, const struct event *ev, int64_t now, unsigned *least,
    unsigned *most);
/* R14: of the premises asked for those that are right and may be tried; each wrong try is added
 * to o when note is set. */
unsigned rule_try(struct oracle *o, const struct event *ev, int64_t now, bool note);
void rule_probe(struct oracle *o, const struct event *ev);
/* R13: the mailbox of the n-th of those that were told, -1 when there is none. */
int rule_other(const struct facts *f, unsigned n);
unsigned rule_others(const struct oracle *o, const struct facts *f, int64_t now);
bool rule_silent(const struct oracle *o, const struct facts *f); /* gets no such mails */
bool rule_over(const struct facts *f);
bool rule_lives(const struct facts *f); /* confirmed and not over */
bool rule_shut(const struct oracle *o, unsigned csp);
bool rule_all_left(const struct oracle *o, const struct facts *f, int64_t now);
/* The instants between which the one who agreed lives at a premise; left_at: or it is retired.
 */
int64_t rule_lived_from(const struct oracle *o, const struct facts *f, unsigned p);
int64_t rule_moves_at(const struct oracle *o, const struct facts *f, unsigned p);
int64_t rule_left_at(const struct oracle *o, const struct facts *f, unsigned p);

#endif
