/*
 * One invitation of a request: read, asked for, and what came of it. What is wrong is told for
 * each premise and field, with what was found and what was expected, as of files of invitations
 * (docs/formats/invitations.md). A mailbox is never said back.
 *
 *	struct invite *i = invite_new(0, e);
 *	if (i == NULL) …
 *	invite_read(i, c, value);
 *	if (!invite_ask(t, c, i, batch, e)) …
 *	invite_put(&j, i);
 *	invite_free(&i);
 */
#ifndef API_V1_INVITE_H
#define API_V1_INVITE_H

#include "store/mailbox.h"
#include "v1.h"

enum {
	INVITE_PREMISES_MOST = 100,
	INVITE_READS_MOST = 3,
	INVITE_FAULTS_MOST = 100, /* that are told */
	INVITE_FAULT_BYTES = 256 * 1024
};

struct invite {
	size_t row; /* of the request's list, from 1; 0: it is not in one */
	/* premises that are well formed: where each stood in the request, from 1 */
	struct str esiids[INVITE_PREMISES_MOST], meters[INVITE_PREMISES_MOST],
	    reps[INVITE_PREMISES_MOST];
	int32_t place[INVITE_PREMISES_MOST];
	size_t n;
	struct str reads[INVITE_READS_MOST], email, kind, language, reference;
	size_t reads_n;
	int64_t months, history; /* INVITE_NONE: not told */
	bool all_or_none;
	struct mailbox box;
	/* what came of it */
	bool whole_faulty; /* nobody can be asked, whatever the premises */
	size_t faults;
	struct buf fault_text; /* a list of JSON without its brackets */
	int64_t agreement;     /* 0: nobody was asked */
};
#define INVITE_NONE INT64_MIN

struct invite *invite_new(size_t row, struct err *e);
void invite_free(struct invite **i);

/* Takes what a JSON value says; faults are kept in it. What is no object has no members. */
void invite_read(struct invite *i, const struct call *c, const struct json_value *v);
/* Asks, unless its faults are against it. batch (DIGEST_BYTES, or NULL): see api.invite().
 * False: it could not be asked for now, or is not for the caller. */
bool invite_ask(struct task *t, struct call *c, struct invite *i, const unsigned char *batch,
    struct err *e);
/* Members row, agreement, state, reference, faults, into an object that is open. */
void invite_put(struct json *j, const struct invite *i);

#endif
