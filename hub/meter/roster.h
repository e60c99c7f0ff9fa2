/*
 * Lists of premises that a customer hands in: a CSV with a premise a record
 * (docs/formats/roster.md). As of invitations the whole file is kept, and a record that cannot
 * be used keeps its place and says why.
 */
#ifndef METER_ROSTER_H
#define METER_ROSTER_H

#include "base/arena.h"
#include "meter/rule.h"

enum {
	ROSTER_FILE_MOST_BYTES = 1024 * 1024,
	ROSTER_ROWS_MOST = 10000,
	ROSTER_GROUP_MOST = 60, /* bytes of a group's name */
	ROSTER_CODE_SIZE = 32
};

/* Of a record. */
enum roster_text {
	ROSTER_ESIID,
	ROSTER_METER,
	ROSTER_REP,
	ROSTER_GROUP,
	ROSTER_CODE,
	ROSTER_FOUND,
	ROSTER_EXPECTED,
	ROSTER_TEXTS
};

struct roster_row {
	uint64_t line;
	uint32_t column; /* of what is wrong; 0: the record as a whole */
	struct str esiid, meter, rep, group;
	const char *code; /* of rule_rows; NULL: nothing is wrong */
	struct str found, expected;
};

struct roster {
	struct arena *arena; /* texts of records */
	struct roster_row *at;
	size_t n, room;
	bool refused; /* the file cannot be read at all: why says so */
	struct roster_row why;
	struct err e; /* memory ran out */
	/* the same as lists, a place a record, as the database takes them */
	int64_t *lines;
	int32_t *columns;
	struct str *texts[ROSTER_TEXTS]; /* at NULL: none */
};

/* Reads a whole file: some ms, so in the work pool. False: memory ran out, see e. */
bool roster_read(struct roster *to, struct str file);
void roster_auto(struct roster *r);

#endif
