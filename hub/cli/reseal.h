/* What an older key sealed is sealed anew by the newest, in small batches. */
#ifndef CLI_RESEAL_H
#define CLI_RESEAL_H

#include "cli/cli.h"
#include "sys/secret.h"

struct reseal {
	const char *key;  /* "pii" or "push" */
	int32_t id;	  /* of the newest key */
	int64_t most;	  /* rows in this run */
	int64_t resealed; /* what was done */
	int64_t unopened; /* by no key that there is */
	int64_t left;	  /* of older keys, when it ended */
};

/* A batch is a transaction: it may be stopped at any time and begun again. */
bool reseal_run(struct task *t, struct cli *cli, struct conn *c, const struct keys *k,
    struct reseal *r, struct err *e);

#endif
