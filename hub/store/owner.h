/*
 * What the owner of an account does about its own credentials, in a session of its box: adds
 * the new one, logs in with it, ends the old one. A key or certificate opens the account that
 * has it, so it is taken only with a proof that the owner holds it; see proof.h for the others.
 *
 * All calls wait.
 */
#ifndef STORE_OWNER_H
#define STORE_OWNER_H

#include "store/box.h"
#include "store/proof.h"

/* What is signed is the account's login. */
#define OWNER_NAMESPACE "busbar-box"

struct owner_credential {
	int64_t number;
	char kind[16], label[404];	   /* 100 characters */
	char fingerprint[DIGEST_HEX];	   /* "" for a password */
	int64_t made_s, expires_s, used_s; /* 0: never */
	bool here;			   /* what this session was opened with */
};

/* Those that are not ended, in the order in which they were made. */
bool owner_list(struct task *t, struct box *b,
    void (*each)(void *arg, const struct owner_credential *x), void *arg, struct err *e);
/* argon2id with the salt of the account's login, in the work pool. */
bool owner_password(
    struct task *t, struct box *b, struct str password, struct proof *p, struct err *e);
/* A public key, as in id_ed25519.pub, and behind it the owner's signature over the login:
 *	printf %s LOGIN | ssh-keygen -Y sign -n busbar-box -f id_ed25519
 * ERR_BAD_FILE: no key; ERR_BAD_INPUT: not signed by it. */
bool owner_ssh_key(struct task *t, struct box *b, struct str key_and_signature, struct proof *p,
    struct err *e);
/* The same without a session of the box, for the login that is signed. */
bool owner_signed_key(struct task *t, struct str login, struct str key_and_signature,
    struct proof *p, struct err *e);
/* A certificate in PEM (those above it may follow), and behind it a signature by its key over
 * OWNER_NAMESPACE, a blank and the login:
 *	printf '%s LOGIN' busbar-box | openssl dgst -sha256 -sign KEY | base64
 * ERR_BAD_FILE: no certificate; ERR_BAD_INPUT: not signed by it. Does not wait. */
bool owner_signed_certificate(
    struct str login, struct str certificate_and_signature, struct proof *p, struct err *e);
/* until_s 0: without end. ERR_CONFLICT: there is one of that kind and label, or the key or
 * certificate opens an account already; ERR_SEQUENCE: there are too many; ERR_UNCERTAIN: look
 * before trying again. */
bool owner_add(struct task *t, struct box *b, const struct proof *p, struct str label,
    int64_t until_s, int64_t *number, struct err *e);
/* ERR_SEQUENCE: this session was opened with it, and no other is known to work. */
bool owner_end(struct task *t, struct box *b, int64_t number, struct err *e);

#endif
