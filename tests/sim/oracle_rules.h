/* Rules of oracle.c that what it says (oracle_says.c) is made from. */
#ifndef SIM_ORACLE_RULES_H
#define SIM_ORACLE_RULES_H

#include "oracle.h"

int64_t rule_deadline(const struct facts *f);	/* ALWAYS while no mail was taken */
int64_t rule_give_up(const struct facts *f);	/* not undeliverable before */
int64_t rule_unsent_end(const struct facts *f); /* and surely when the clock runs then */
bool rule_waits(const struct facts *f);		/* for an answer */
uint8_t rule_resident(const struct oracle *o, unsigned p, int32_t day);
void rule_ask_for(const struct oracle *o, const struct event *ev, int64_t now, unsigned *least,
    unsigned *most);
bool rule_over(const struct facts *f);
bool rule_lives(const struct facts *f); /* confirmed and not over */
bool rule_shut(const struct oracle *o, unsigned csp);
bool rule_all_left(const struct oracle *o, const struct facts *f, int64_t now);
/* The instants between which the one who agreed lives at a premise. */
int64_t rule_lived_from(const struct oracle *o, const struct facts *f, unsigned p);
int64_t rule_left_at(const struct oracle *o, const struct facts *f, unsigned p);

#endif
