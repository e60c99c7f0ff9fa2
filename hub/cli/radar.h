/* What commands of the watch over abuse share. */
#ifndef CLI_RADAR_H
#define CLI_RADAR_H

#include "cli/cli.h"

/* Prints the events that speak for a hit, or (P_INT8 or P_NULL, either) for all that held an
 * agreement. */
bool radar_evidence(
    struct task *t, struct cli *cli, struct param hit, struct param agreement, struct err *e);

/* The SHA-256 of a file that stays where it is, and its name without folders. */
enum { EVIDENCE_NAME_SIZE = 101 };
struct evidence {
	char name[EVIDENCE_NAME_SIZE];
	unsigned char sha256[32];
};
bool evidence_read(struct evidence *x, struct str path, struct err *e);

#endif
