/*
 * Files of invitations: a CSV in which a third party names premises and the mailboxes of their
 * customers, a premise a record (docs/formats/invitations.md). Unlike other readers this one
 * keeps the whole file: records of a group are one agreement, wherever in the file they stand.
 *
 * A record that cannot be used keeps its place and says why. Of a group nothing is used when
 * one of its records cannot be.
 */
#ifndef METER_INVITATION_H
#define METER_INVITATION_H

#include "base/arena.h"
#include "meter/rule.h"

enum {
	INVITATION_FILE_MOST_BYTES = 8 * 1024 * 1024,
	INVITATION_ROWS_MOST = 20000,
	INVITATION_GROUP_MOST = 500, /* premises of one agreement */
	INVITATION_CODE_SIZE = 32
};

struct invitation_fault {
	char code[INVITATION_CODE_SIZE]; /* "" : none */
	uint32_t column;		 /* 0: the record as a whole */
	char found[FAULT_FOUND], expected[FAULT_EXPECTED];
};

struct invitation {
	uint64_t line;
	struct str esiid, meter, rep, email, language, kind, reads, reference, group;
	int64_t months; /* 0: none */
	int64_t history;
	struct invitation_fault fault;
	bool first;	   /* of its group, or alone */
	size_t next;	   /* place of the next record of its group; 0: there is none */
	int64_t agreement; /* what came of it, for the caller; 0: nothing */
};

struct invitations {
	struct arena *arena; /* texts of records */
	struct invitation *at;
	size_t n, room;
	bool refused; /* the file cannot be read at all: `why` has the line */
	uint64_t why_line;
	struct invitation_fault why;
	struct err e; /* memory ran out */
};

/* Reads a whole file: 2 ms a thousand records, so in the work pool. False: memory ran out, see
 * e. */
bool invitations_read(struct invitations *to, struct str file);
void invitations_auto(struct invitations *i);
/* The record cannot be used. `found` may be "". */
void invitation_fault(struct invitation *i, const char *code, uint32_t column, struct str found,
    struct str expected);

#endif
