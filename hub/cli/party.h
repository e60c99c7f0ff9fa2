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

/* What an "add" statement gives back: db_one(…, PARTY_MADE, &row, …). */
struct party_made {
	int32_t party;
};
extern const struct db_field party_made_fields[1];
#define PARTY_MADE party_made_fields, 1
bool party_tell_made(const struct cli *c, struct str code, int32_t party, struct err *e);

#endif
