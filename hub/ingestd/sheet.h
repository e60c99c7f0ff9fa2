/*
 * Files of invitations, one task a third party (CSP). A file is read whole, its groups become
 * invitations in transactions of a few, each on record together with the lines it came
 * from, and the result goes into the box with the file's last move. Killed anywhere, the file
 * still waits, and what was invited is found instead of done again.
 *
 *   sheets.c   which third party has files waiting
 *   sheet.c    one file
 *   result.c   what the third party gets back
 */
#ifndef INGESTD_SHEET_H
#define INGESTD_SHEET_H

#include "ingest.h"
#include "meter/invitation.h"
#include "store/mailbox.h"

enum { CSPS_MOST = 256, SHEETS_AT_ONCE = 4, CSP_CODE_SIZE = 41 };

struct sheets {
	struct ingest *in;
	struct db
	    *db; /* of its own: a utility's files never wait for these, nor they for them */
	struct gate gate;
	struct task *dispatcher;
	bool look;
	int32_t busy[CSPS_MOST]; /* third parties whose files are being read */
	size_t busy_count;
};

struct sheet_row { /* one file that waits */
	int64_t file, size;
	int32_t csp;
	struct str csp_code, name, sha256;
};

struct sheet { /* one file under way */
	struct sheets *all;
	const struct sheet_row *row;
	struct str bytes;
	struct invitations invitations;
	bool read; /* what invitations_read() said */
	size_t at; /* the next record to invite */
	int64_t invited;
	/* of the group that is being invited */
	size_t premises;
	int64_t line[INVITATION_GROUP_MOST];
	struct str esiid[INVITATION_GROUP_MOST], meter[INVITATION_GROUP_MOST],
	    rep[INVITATION_GROUP_MOST];
	struct mailbox mailbox;
};

bool sheets_open(struct sheets *s, struct ingest *in, struct err *e);
void sheets_run(struct task *t, void *sheets); /* task: for ever */
void sheets_wake(struct sheets *s);

/* To its end, INVITED or REFUSED. False: it still waits, for a reason in e. */
bool sheet_load(struct task *t, struct sheets *all, const struct sheet_row *row, struct err *e);
/* Not read, for words that a person must look at. */
bool sheet_trouble(struct task *t, struct sheets *all, const struct sheet_row *row,
    const char *words, struct err *e);

/* The file of what became of each record, kept in the store. */
bool result_keep(struct task *t, struct sheet *s, struct object_name *name, struct err *e);

#endif
