/*
 * A sealed field is: key id (1 byte), nonce (24), ciphertext, tag (16). The id is the first
 * byte of a hash of the key, so it is nowhere to be configured and a wrong key is told at once.
 * pii.key and push.key may hold several keys, one a line: the first seals, all unseal, which is
 * how a key is changed (secret_file.c).
 */
#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "sys/secret_in.h"

enum {
	NONCE_BYTES = 24,
	TAG_BYTES = 16,
	PLACE_MOST = 255,
};

_Static_assert(KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key");
_Static_assert(NONCE_BYTES == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");
_Static_assert(TAG_BYTES == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag");
_Static_assert(SEAL_EXTRA == 1 + NONCE_BYTES + TAG_BYTES, "what sealing adds");

bool
secret_start(struct err *e)
{
	return sodium_init() >= 0 || err(e, ERR_IO, "no random numbers from the system");
}

void
secret_random(void *to, size_t len)
{
	randombytes_buf(to, len);
}

void
secret_wipe(void *at, size_t len)
{
	sodium_memzero(at, len);
}

/* ---- keys of a process ---- */

static bool
load_one(const char *folder, const char *name, unsigned char to[KEY_BYTES], struct err *e)
{
	struct key_file f;
	bool ok = key_file_read(&f, folder, name, e);

	if (ok && f.used > 1)
		ok = err(e, ERR_CONF, "the key file %s/%s has %u keys, expected 1", folder,
		    name, f.used);
	if (ok)
		memcpy(to, f.key[0], KEY_BYTES);
	secret_wipe(&f, sizeof f);
	return ok;
}

/* Behind those that are there: the first of all seals. */
static bool
fill_seals(struct keys *k, const char *folder, const char *name, struct err *e)
{
	struct key_file f;
	bool ok = key_file_read(&f, folder, name, e);

	assert(!ok || k->n + f.n <= nitems(k->pii));
	for (unsigned i = 0; ok && i < f.n; i++, k->n++) {
		k->pii[k->n].id = key_id(f.key[i]);
		memcpy(k->pii[k->n].key, f.key[i], KEY_BYTES);
	}
	secret_wipe(&f, sizeof f);
	return ok;
}

static bool
fill_keys(struct keys *k, const char *folder, struct err *e)
{
	return fill_seals(k, folder, "pii.key", e) &&
	       load_one(folder, "index.key", k->index, e);
}

static bool
fill_push(struct keys *k, const char *folder, struct err *e)
{
	return fill_seals(k, folder, "push.key", e);
}

static bool
fill_audit(struct keys *k, const char *folder, struct err *e)
{
	struct key_file f;
	bool ok = key_file_read(&f, folder, "audit.key", e);

	if (ok) {
		memcpy(k->seed, f.key[0], KEY_BYTES);
		memcpy(k->next_seed, f.key[f.n - 1], KEY_BYTES);
		k->has_next = f.n > f.used;
	}
	secret_wipe(&f, sizeof f);
	return ok;
}

static bool
fill_mail(struct keys *k, const char *folder, struct err *e)
{
	return fill_seals(k, folder, "pii.key", e) && fill_seals(k, folder, "consent.key", e) &&
	       load_one(folder, "link.key", k->link, e);
}

static struct keys *
open_with(bool (*fill)(struct keys *k, const char *folder, struct err *e), const char *folder,
    struct err *e)
{
	struct keys *k = sodium_malloc(sizeof *k);

	if (k == NULL) {
		err_errno(e, ERR_CONF, "no locked memory for the keys");
		return NULL;
	}
	memset(k, 0, sizeof *k);
	if (!fill(k, folder, e)) {
		keys_free(&k);
		return NULL;
	}
	sodium_mprotect_readonly(k);
	return k;
}

struct keys *
keys_open(const char *folder, struct err *e)
{
	return open_with(fill_keys, folder, e);
}

struct keys *
keys_open_push(const char *folder, struct err *e)
{
	return open_with(fill_push, folder, e);
}

struct keys *
keys_open_audit(const char *folder, struct err *e)
{
	return open_with(fill_audit, folder, e);
}

const unsigned char *
keys_seed(const struct keys *k)
{
	return k->seed;
}

const unsigned char *
keys_seed_next(const struct keys *k)
{
	return k->has_next ? k->next_seed : NULL;
}

struct keys *
keys_open_mail(const char *folder, struct err *e)
{
	return open_with(fill_mail, folder, e);
}

static bool
fill_portal(struct keys *k, const char *folder, struct err *e)
{
	return load_one(folder, "portal.key", k->index, e);
}

struct keys *
keys_open_portal(const char *folder, struct err *e)
{
	return open_with(fill_portal, folder, e);
}

static bool
fill_hook(struct keys *k, const char *folder, struct err *e)
{
	return load_one(folder, "hook.key", k->seed, e);
}

struct keys *
keys_open_hook(const char *folder, struct err *e)
{
	return open_with(fill_hook, folder, e);
}

static bool
fill_consent(struct keys *k, const char *folder, struct err *e)
{
	return fill_seals(k, folder, "consent.key", e) &&
	       load_one(folder, "index.key", k->index, e);
}

struct keys *
keys_open_consent(const char *folder, struct err *e)
{
	return open_with(fill_consent, folder, e);
}

void
keys_free(struct keys **k)
{
	sodium_free(*k); /* wipes first */
	*k = NULL;
}

/* ---- sealing ---- */

/* What is bound to the text: the key id and where it stands. */
static size_t
associated(unsigned char to[1 + PLACE_MOST], unsigned char id, struct str place)
{
	assert(place.len > 0 && place.len <= PLACE_MOST);
	to[0] = id;
	memcpy(to + 1, place.at, place.len);
	return 1 + place.len;
}

size_t
seal(const struct keys *k, void *to, struct str text, struct str place)
{
	unsigned char aad[1 + PLACE_MOST], *p = to;
	const struct pii_key *key = &k->pii[0];
	size_t aad_len = associated(aad, key->id, place);
	unsigned long long len;

	p[0] = key->id;
	secret_random(p + 1, NONCE_BYTES);
	crypto_aead_xchacha20poly1305_ietf_encrypt(p + 1 + NONCE_BYTES, &len,
	    (const unsigned char *)text.at, text.len, aad, aad_len, NULL, p + 1, key->key);
	return 1 + NONCE_BYTES + (size_t)len;
}

bool
unseal(const struct keys *k, void *to, size_t *len, struct str sealed, struct str place)
{
	const unsigned char *p = (const unsigned char *)sealed.at;
	unsigned char aad[1 + PLACE_MOST];
	unsigned long long plain;
	size_t aad_len;

	if (sealed.len < SEAL_EXTRA)
		return false;
	aad_len = associated(aad, p[0], place);
	for (unsigned i = 0; i < k->n; i++) /* two keys may have the same id */
		if (k->pii[i].id == p[0] &&
		    crypto_aead_xchacha20poly1305_ietf_decrypt(to, &plain, NULL,
			p + 1 + NONCE_BYTES, sealed.len - 1 - NONCE_BYTES, aad, aad_len, p + 1,
			k->pii[i].key) == 0) {
			*len = (size_t)plain;
			return true;
		}
	return false;
}

void
blind_index(
    const struct keys *k, unsigned char to[INDEX_BYTES], const char *kind, struct str normal)
{
	unsigned char mac[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256_state st;

	crypto_auth_hmacsha256_init(&st, k->index, sizeof k->index);
	/* with its NUL, so that no kind and text run into one another */
	crypto_auth_hmacsha256_update(&st, (const unsigned char *)kind, strlen(kind) + 1);
	crypto_auth_hmacsha256_update(&st, (const unsigned char *)normal.at, normal.len);
	crypto_auth_hmacsha256_final(&st, mac);
	memcpy(to, mac, INDEX_BYTES);
	secret_wipe(mac, sizeof mac);
	secret_wipe(&st, sizeof st);
}

void
keys_token(const struct keys *k, unsigned char to[SECRET_TOKEN_BYTES], struct str salt,
    const char *purpose)
{
	crypto_auth_hmacsha256_state st;

	crypto_auth_hmacsha256_init(&st, k->link, sizeof k->link);
	/* the purpose with its NUL, so that no salt and purpose run into one another */
	crypto_auth_hmacsha256_update(&st, (const unsigned char *)purpose, strlen(purpose) + 1);
	crypto_auth_hmacsha256_update(&st, (const unsigned char *)salt.at, salt.len);
	crypto_auth_hmacsha256_final(&st, to);
	secret_wipe(&st, sizeof st);
}
