/*
 * Keys and what is done with them (libsodium). Personal fields are sealed with
 * XChaCha20-Poly1305, bound to where they stand (table.column and row key as associated data),
 * and found again by a keyed blind index of their normal form. Keys are 32 bytes in hex in a
 * file of mode 0600 or 0640, kept in locked memory; the key id is the first byte of what was
 * sealed.
 */
#ifndef SYS_SECRET_H
#define SYS_SECRET_H

#include "base/err.h"

struct keys; /* pii.key and index.key of one folder */

bool secret_start(struct err *e); /* once per process, before any other */
struct keys *keys_open(const char *folder, struct err *e);
/* push.key alone: it seals what opens partners' own servers, and only dropd reads it. */
struct keys *keys_open_push(const char *folder, struct err *e);
/* audit.key alone: it signs the audit, and only auditd reads it. */
struct keys *keys_open_audit(const char *folder, struct err *e);
/* The 32 bytes that Ed25519 signs with (sys/sign.h), in the locked memory of such keys. */
const unsigned char *keys_seed(const struct keys *k);
/* Of the key that was added and signs from the next start on; NULL: there is none. */
const unsigned char *keys_seed_next(const struct keys *k);
/* pii.key and consent.key to open mailboxes with, and link.key, from which the secrets of
 * mails' links are made: that one only agreementd reads. */
struct keys *keys_open_mail(const char *folder, struct err *e);
/* portal.key alone, as the key of blind_index(): it signs what busbar-portald gave out. */
struct keys *keys_open_portal(const char *folder, struct err *e);
/* hook.key alone: what is sealed to its public half (vault_seal) only who has it can open. */
struct keys *keys_open_hook(const char *folder, struct err *e);
/* What busbar-portald finds a customer with who is to prove who that is: index.key, for
 * blind_index(), and consent.key, which seals what a consent keeps for an hour. It opens no
 * mailbox that a utility gave: those are sealed with pii.key. */
struct keys *keys_open_consent(const char *folder, struct err *e);
void keys_free(struct keys **k);		   /* wipes */
bool keys_make(const char *folder, struct err *e); /* new random files, never over old ones */

/* A key is changed in steps, so that no process meets what it cannot open: one is added, which
 * opens and does not seal yet; when all processes know it, it is used, and older ones only
 * open; when nothing is sealed by those any more, they are retired. KEY_REPLACE: the added one
 * is used and all others are gone. A step from another state is ERR_SEQUENCE. */
enum key_state { KEY_ONE, KEY_ADDED, KEY_USED };
enum key_step { KEY_ADD, KEY_USE, KEY_REPLACE, KEY_RETIRE };
struct key_look {
	enum key_state state;
	unsigned keys;
	unsigned char newest; /* the first byte of what it seals */
};
bool keys_look(const char *folder, const char *name, struct key_look *to, struct err *e);
bool keys_step(const char *folder, const char *name, enum key_step step, struct err *e);

enum { SEAL_EXTRA = 1 + 24 + 16, INDEX_BYTES = 16 };
/* `to` has room for text.len + SEAL_EXTRA; returns the length. */
size_t seal(const struct keys *k, void *to, struct str text, struct str place);
/* `to` has room for sealed.len; false when key, place or bytes are not the ones sealed. */
bool unseal(const struct keys *k, void *to, size_t *len, struct str sealed, struct str place);
/* HMAC-SHA-256, cut to 16 bytes, of the kind ("email", "phone", …) and the normal form. */
void blind_index(
    const struct keys *k, unsigned char to[INDEX_BYTES], const char *kind, struct str normal);
/* Normal forms: e-mail lower case and trimmed; phone digits only, a leading 1 of 11 dropped;
 * name and address upper case, runs of blanks one, no punctuation; account digits, letters and
 * '-' upper case. */
bool normal_form(const char *kind, struct str text, char *to, size_t size);

/* HMAC-SHA-256 of salt and purpose by link.key: the same again for the same, and nothing to
 * guess from another. */
enum { SECRET_TOKEN_BYTES = 32 };
void keys_token(const struct keys *k, unsigned char to[SECRET_TOKEN_BYTES], struct str salt,
    const char *purpose);

/* argon2id of a password, 19 MiB and two passes: some 20 ms, so in the work pool. ERR_BUSY when
 * there is no memory. */
enum { SECRET_SALT_BYTES = 16, SECRET_DERIVED_BYTES = 32 };
bool secret_derive(unsigned char to[SECRET_DERIVED_BYTES], struct str password,
    const unsigned char salt[SECRET_SALT_BYTES], struct err *e);

/* ---- sealed to somebody else (X25519, XSalsa20-Poly1305: libsodium's sealed boxes) ----
 * Who has the public half can seal and not open: the doors make secrets of webhooks, and only
 * busbar-hookd reads them. The place is sealed with the text. */
enum {
	VAULT_PUBLIC_BYTES = 32,
	VAULT_EXTRA = 48,
	VAULT_PLACE_MOST = 40,
	VAULT_TEXT_MOST = 200
};
void vault_public(const struct keys *k, unsigned char to[VAULT_PUBLIC_BYTES]);
/* A file with the 64 hex digits of it. */
bool vault_public_read(unsigned char to[VAULT_PUBLIC_BYTES], const char *path, struct err *e);
enum { VAULT_MOST = VAULT_PLACE_MOST + 1 + VAULT_TEXT_MOST + VAULT_EXTRA };
size_t vault_seal(unsigned char to[VAULT_MOST],
    const unsigned char public_key[VAULT_PUBLIC_BYTES], struct str text, struct str place);
/* `to` has room for sealed.len. */
bool vault_open(
    const struct keys *k, char *to, size_t *len, struct str sealed, struct str place);

/* HMAC-SHA-256 of two pieces, one behind the other. */
enum { SECRET_HMAC_BYTES = 32 };
void secret_hmac(
    unsigned char to[SECRET_HMAC_BYTES], struct str key, struct str first, struct str second);

void secret_random(void *to, size_t len);
void secret_wipe(void *at, size_t len);

#endif
