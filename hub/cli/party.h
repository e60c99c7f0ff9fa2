/* A party as the command line names it: by its code, in any case. */
#ifndef CLI_PARTY_H
#define CLI_PARTY_H

#include "cli/cli.h"

enum { PARTY_CODE_SIZE = 41, ZONE_NAME_SIZE = 64, ACTOR_SIZE = 80 };

struct party {
	int32_t party;
	char kind[16], code[PARTY_CODE_SIZE], zone[ZONE_NAME_SIZE];
};

/* ERR_NOT_FOUND when there is none; kind NULL: any. */
bool party_get(struct task *t, struct conn *c, struct str code, const char *kind,
    struct party *p, struct err *e);

/* Runs an "add" statement, which gives the new party's number. A code or number that is taken
 * is bad input: trying again would not help. */
bool party_add(
    struct task *t, struct conn *c, enum sql q, struct args a, int32_t *party, struct err *e);
bool party_tell_made(const struct cli *c, struct str code, int32_t party, struct err *e);

#endif
