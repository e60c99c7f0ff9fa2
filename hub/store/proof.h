/*
 * What an account logs in with, as the database keeps it: never the secret itself but a
 * verifier.
 */
#ifndef STORE_PROOF_H
#define STORE_PROOF_H

#include "base/err.h"
#include "sys/digest.h"
#include "sys/secret.h"

enum { PROOF_FILE_MOST = 64 * 1024, PASSWORD_LEAST = 12, PASSWORD_MOST = 256, MADE_SIZE = 48 };

struct proof {
	const char *kind; /* "PASSWORD", "CERTIFICATE", "SSH_KEY", "TOKEN" */
	unsigned char salt[SECRET_SALT_BYTES], verifier[DIGEST_BYTES];
	bool salted; /* PASSWORD only */
};

/* A new random password of 24 characters that cannot be mistaken for one another. */
void proof_new_password(char to[MADE_SIZE]);
/* argon2id with the login's salt: some 20 ms, call it in the work pool. ERR_BAD_INPUT: fewer
 * than PASSWORD_LEAST or more than PASSWORD_MOST bytes, not UTF-8, control characters. */
bool proof_of_password(struct proof *p, struct str password,
    const unsigned char salt[SECRET_SALT_BYTES], struct err *e);
/* A new random token, and what is kept of it. */
void proof_new_token(struct proof *p, char to[MADE_SIZE]);
/* A line as in authorized_keys, of a type that sshd takes; ERR_BAD_FILE. */
bool proof_of_ssh_key(struct proof *p, struct str text, struct err *e);
/* The first certificate of a PEM file, or a DER file; ERR_BAD_FILE. */
bool proof_of_certificate(struct proof *p, struct str text, struct err *e);

#endif
