/*
 * A person's mailbox on its way into the database: sealed, so that only who holds the keys can
 * read it, with the place that it was sealed for and the blind index that finds it again. A
 * column's place is its name and the index: a mailbox that is moved to another row or column
 * does not open.
 */
#ifndef STORE_MAILBOX_H
#define STORE_MAILBOX_H

#include "meter/ids.h"
#include "sys/secret.h"

enum { MAILBOX_PLACE_MOST = 64 + INDEX_BYTES };

struct mailbox {
	char sealed[EMAIL_MOST + SEAL_EXTRA], place[MAILBOX_PLACE_MOST];
	unsigned char index[INDEX_BYTES];
	unsigned char
	    domain[INDEX_BYTES]; /* what stands behind the @, for the watch over abuse */
	size_t sealed_len, place_len;
};

/* column: "agreement.email". ERR_BAD_INPUT, without quoting it, when it is no mailbox. */
bool mailbox_seal(struct mailbox *m, const struct keys *k, const char *column,
    struct str address, struct err *e);
/* `to` ends with a NUL. False: not sealed with these keys, or for another place. */
bool mailbox_open(
    char to[EMAIL_MOST + 1], const struct keys *k, struct str sealed, struct str place);

/* Where a name stands that is sealed beside its mailbox: the column and the mailbox's index. */
#define MAILBOX_NAME_COLUMN "person.name"
enum { MAILBOX_NAME_PLACE = sizeof MAILBOX_NAME_COLUMN - 1 + INDEX_BYTES };
struct str mailbox_name_place(char to[MAILBOX_NAME_PLACE], const void *index);
/* to: the name's length and SEAL_EXTRA. */
size_t mailbox_name_seal(
    char *to, const struct keys *k, struct str name, const struct mailbox *beside);

#define P_MAILBOX(m)                                                            \
	P_BYTES((m).sealed, (m).sealed_len), P_BYTES((m).place, (m).place_len), \
	    P_BYTES((m).index, sizeof(m).index)

#endif
