/*
 * OpenPGP: encrypting for a partner, by gpg as a child (docs/decisions has why not gpgme). It
 * is given a key in memory and three pipes, and keeps nothing: no key ring, no agent, no folder
 * that outlives a call. When this process ends, its pipes end and so does it.
 *
 * All calls but pgp_key_ok() block: they are for the work pool (sys/child.h).
 */
#ifndef SYS_PGP_H
#define SYS_PGP_H

#include "rt/task.h"
#include "sys/child.h"

enum {
	PGP_KEY_MOST = 64 * 1024,
	PGP_FINGERPRINT_SIZE = 65, /* 40 hex digits, 64 of a version 5 key, and a NUL */
	PGP_BITS_LEAST = 2048,	   /* of RSA and ElGamal */
};

struct pgp_key {
	char fingerprint[PGP_FINGERPRINT_SIZE];
	int64_t expires_s; /* when nothing can be encrypted to it any more; 0: never */
};

/* Whether something can be encrypted to this armoured public key. ERR_BAD_INPUT says what is
 * wrong: no key, a private one, several, damaged, expired, revoked, short, not for encryption.
 */
bool pgp_key_check(struct str armoured, struct pgp_key *key, struct err *e);

/* The same in the work pool: waits. Never ERR_BAD_FILE. */
bool pgp_key_ok(struct task *t, struct str armoured, struct err *e);

typedef child_out pgp_out;

struct pgp; /* AUTO_PTR(pgp) p = pgp_begin(…); freed before pgp_end(): gpg is killed */
/* An armoured message to the holder of the key (one that pgp_key_check accepts), signed by
 * nobody, not compressed once more. */
struct pgp *pgp_begin(struct str armoured_key, pgp_out *out, void *self, struct err *e);
bool pgp_add(struct pgp *p, const void *bytes, size_t len, struct err *e);
bool pgp_end(struct pgp *p, struct err *e);
void pgp_free(struct pgp **p);

#endif
