/*
 * Signed notes and checkpoints as the C2SP specifications "signed-note" (v1.0.0) and
 * "tlog-checkpoint" write them (c2sp.org, read 2026-11): a text, an empty line, and a line for
 * each signature:
 *
 *	hub.example/audit			the origin, which is the key's name too
 *	20852163				how many entries
 *	CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=	the root
 *
 *	— hub.example/audit Az3grl…		base64 of key id and Ed25519 signature
 *
 * and receipts: {"receipt":BODY,"key":"NAME","signature":"BASE64"}, where the same key has
 * signed the line "busbar consent receipt", BODY byte for byte and a line end.
 *
 * A witness signs a checkpoint too ("tlog-cosignature", v1): with the time at which it saw that
 * the checkpoint continues all that it saw before, in a line of the same kind, whose base64 is
 *of key id, eight bytes of the time and the signature over
 *
 *	cosignature/v1
 *	time 1679315147
 *	(the checkpoint's text)
 *
 * Readers are strict: what they accept has one way of being written only, so no changed byte
 * goes unseen. Signatures of unknown keys are passed over.
 */
#ifndef TREE_NOTE_H
#define TREE_NOTE_H

#include "base/err.h"
#include "sys/sign.h"
#include "tree/tree.h"

enum {
	NOTE_NAME_SIZE = 128,
	NOTE_ID = 4,
	NOTE_SIGNATURES_MOST = 64,
	NOTE_BYTES_MOST = 64 * 1024,
	RECEIPT_BYTES_MOST = 1024 * 1024,
};

/* What a key signs: its type byte. */
enum note_type { NOTE_LOG = 1, NOTE_WITNESS = 4 };

struct note_key {
	enum note_type type;
	char name[NOTE_NAME_SIZE];
	unsigned char id[NOTE_ID], public_key[SIGN_PUBLIC_BYTES];
};

/* name+xxxxxxxx+base64: how a public key is handed on; one line, without its end. */
bool note_key_make(struct note_key *k, enum note_type type, const char *name,
    const unsigned char public_key[SIGN_PUBLIC_BYTES], struct err *e);
bool note_key_read(struct note_key *k, struct str text, struct err *e);
void note_key_write(struct buf *to, const struct note_key *k);

/* The note's text, with its last line end. ERR_FINDINGS unless one of the keys has signed it,
 * or when a signature of one of them is false. */
bool note_open(
    struct str note, const struct note_key *keys, size_t n, struct str *text, struct err *e);
/* "— name base64" and a line end. The text may be what stands in `to`. */
void note_sign(
    struct buf *to, const struct note_key *k, const unsigned char seed[], struct str text);
/* A witness's line: the text is a checkpoint's, time in seconds since 1970. */
void note_cosign(struct buf *to, const struct note_key *k, const unsigned char seed[],
    uint64_t time, struct str text);
/* Whether a witness has signed the note, when (0: it has not) and in which line (NULL: do not
 * say), without its end. The note must be one that note_open() took. ERR_FINDINGS when a
 * signature of the witness is false. */
bool note_cosigned(
    struct str note, const struct note_key *k, uint64_t *time, struct str *line, struct err *e);
/* The next note of several that follow each other; false at the end. */
bool note_next(struct str *rest, struct str *note);

struct checkpoint {
	struct str origin;
	uint64_t size;
	struct hash root;
};
void checkpoint_write(
    struct buf *to, const char *origin, uint64_t size, const struct hash *root);
bool checkpoint_read(struct checkpoint *c, struct str text, struct err *e);
/* Both: signed by one of the keys, and of that key's name. */
bool checkpoint_open(struct checkpoint *c, struct str note, const struct note_key *keys,
    size_t n, struct err *e);

bool receipt_is(struct str text);
void receipt_sign(
    struct buf *to, const struct note_key *k, const unsigned char seed[], struct str body);
bool receipt_open(
    struct str receipt, const struct note_key *keys, size_t n, struct str *body, struct err *e);

/* A number in decimal digits as it must be written: no sign, no leading zero. */
bool note_number(struct str s, uint64_t *n);
/* A hash in base64 and nothing else. */
bool note_hash(struct str s, struct hash *h);

#endif
