/*
 * A file that a command hands in for a party: received as at every door, and waited for until
 * the loader has said what became of it.
 */
#ifndef CLI_SENDING_H
#define CLI_SENDING_H

#include "cli/cli.h"
#include "store/receive.h"

struct sending {
	struct str file, as, name; /* name: at == NULL for the file's own */
	const char *kind;	   /* of the party: "TDU", "CSP" */
};

struct outcome { /* texts live as long as the rows that sending_wait() keeps */
	struct str state, hold_rule, hold_text;
	int64_t records, accepted, flagged, refused;
};

struct str sending_name(struct str path); /* what is behind the last slash */
/* On disk and in the ledger when it returns true. Only a plain file: its end is the end. */
bool sending_receive(struct task *t, struct cli *cli, const struct sending *what,
    struct receipt *r, struct err *e);
bool sending_wait(struct task *t, struct cli *cli, int64_t file, struct outcome *o,
    struct rows **keep, struct err *e);

#endif
