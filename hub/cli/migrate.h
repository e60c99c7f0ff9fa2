/*
 * The scripts of sql/ and what is to be done with them: pure but for reading the folder.
 *
 *	migrations/NNNN_name.sql	in one transaction, once, in the order of the numbers
 *from 0001 migrations/NNNN_name.auto.sql	statement by statement outside a transaction
 *(CREATE INDEX CONCURRENTLY); written so that it can be run again from its start functions/,
 *grants/ replaced as a whole at every migration, in one transaction
 */
#ifndef CLI_MIGRATE_H
#define CLI_MIGRATE_H

#include "sys/digest.h"
#include "base/err.h"

enum { SCRIPT_NAME_MOST = 80, SCRIPT_MOST_BYTES = 4 * 1024 * 1024, SCRIPTS_MOST = 512 };

struct script {
	char name[SCRIPT_NAME_MOST + 1]; /* "0001_schema", "reads" */
	int32_t number;			 /* 0: none */
	bool alone;			 /* .auto.sql */
	unsigned char sha256[DIGEST_BYTES];
	struct buf text; /* with a NUL behind it */
};

struct scripts {
	size_t n;
	struct script *at;
};

/* Reads all *.sql of the folder in the order of their names. numbered: names must begin with
 * 0001, 0002 … without gaps. ERR_BAD_INPUT says which file is wrong. Release with scripts_auto.
 */
bool scripts_read(struct scripts *s, const char *folder, bool numbered, struct err *e);
void scripts_auto(struct scripts *s);
/* Of all of them, in order: the mark of a set of functions and grants. */
void scripts_digest(const struct scripts *a, const struct scripts *b, char hex[DIGEST_HEX]);

struct applied { /* a row of ops.migration */
	int32_t number;
	struct str name, sha256, version;
};

/* Compares what was applied (in order) with the files; *first is the first file still to be
 * run. ERR_SEQUENCE when the database is from the future, ERR_CONFLICT-free: a changed or
 * missing earlier file is ERR_BAD_INPUT. */
bool migrate_plan(const struct scripts *s, const struct applied *a, size_t n,
    const char *version, size_t *first, struct err *e);

/* Cuts the next statement off a script, with its semicolon; knows quotes, dollar quotes and
 * comments. False at the end. */
bool script_next(struct str *rest, struct str *statement);

#endif
