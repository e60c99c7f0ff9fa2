/*
 * A sealed field is: key id (1 byte), nonce (24), ciphertext, tag (16). The id is the first
 * byte of a hash of the key, so it is nowhere to be configured and a wrong key is told at once.
 * pii.key may hold several keys, one a line: the first seals, all unseal, which is how a key is
 * changed.
 */
#include "sys/secret.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/code.h"

enum {
	KEY_BYTES = 32,
	KEY_LINE = 2 * KEY_BYTES + 1, /* hex and LF */
	KEYS_MOST = 8,
	NONCE_BYTES = 24,
	TAG_BYTES = 16,
	PLACE_MOST = 255,
};

_Static_assert(KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key");
_Static_assert(NONCE_BYTES == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");
_Static_assert(TAG_BYTES == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag");
_Static_assert(SEAL_EXTRA == 1 + NONCE_BYTES + TAG_BYTES, "what sealing adds");

struct pii_key {
	unsigned char id, key[KEY_BYTES];
};

struct keys {
	unsigned n;
	struct pii_key pii[KEYS_MOST];
	unsigned char index[KEY_BYTES], seed[KEY_BYTES], link[KEY_BYTES];
};

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

/* ---- key files ---- */

static bool
may_be_key_file(int fd, const char *path, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_errno(e, ERR_CONF, "cannot look at the key file %s", path);
	if (!S_ISREG(st.st_mode))
		return err(e, ERR_CONF, "the key file %s is not a regular file", path);
	if ((st.st_mode & 07137) != 0)
		return err(e, ERR_CONF, "the key file %s has mode %04o, expected 0600 or 0640",
		    path, (unsigned)st.st_mode & 07777);
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return err(e, ERR_CONF,
		    "the key file %s belongs to user %u, expected root or %u", path,
		    (unsigned)st.st_uid, (unsigned)geteuid());
	return true;
}

/* The whole file into *text, which the caller wipes. */
static bool
read_key_file(const char *path, char *text, size_t size, struct str *s, struct err *e)
{
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t got;

	if (fd < 0)
		return err_errno(e, ERR_CONF, "cannot open the key file %s", path);
	if (!may_be_key_file(fd, path, e))
		return false;
	got = read(fd, text, size);
	if (got < 0)
		return err_errno(e, ERR_CONF, "cannot read the key file %s", path);
	*s = (struct str){ text, (size_t)got };
	return true;
}

/* Keys of 64 hex digits, one a line, at least one and at most `most`. The text is never shown.
 */
static bool
parse_keys(const char *path, struct str text, unsigned most, unsigned char (*to)[KEY_BYTES],
    unsigned *n, struct err *e)
{
	struct str line;

	*n = 0;
	while (text.len > 0) {
		str_cut(text, '\n', &line, &text);
		line = str_trim(line);
		if (*n == most)
			return err(
			    e, ERR_CONF, "the key file %s has more than %u lines", path, most);
		if (!code_unhex(to[*n], KEY_BYTES, line))
			return err(e, ERR_CONF,
			    "line %u of the key file %s is not a key: expected %d hex digits",
			    *n + 1, path, 2 * KEY_BYTES);
		++*n;
	}
	return *n > 0 || err(e, ERR_CONF, "the key file %s is empty", path);
}

static bool
load_keys(const char *folder, const char *name, unsigned most, unsigned char (*to)[KEY_BYTES],
    unsigned *n, struct err *e)
{
	char path[512], text[KEYS_MOST * KEY_LINE + 1];
	struct str s;
	bool ok;

	if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, name) >= sizeof path)
		return err(e, ERR_CONF, "the path of the key folder is too long: %s", folder);
	ok = read_key_file(path, text, sizeof text, &s, e) &&
	     parse_keys(path, s, most, to, n, e);
	secret_wipe(text, sizeof text);
	return ok;
}

static bool
fill_seals(struct keys *k, const char *folder, const char *name, struct err *e)
{
	unsigned char pii[KEYS_MOST][KEY_BYTES], hash[crypto_generichash_BYTES_MIN];
	bool ok = load_keys(folder, name, KEYS_MOST, pii, &k->n, e);

	for (unsigned i = 0; ok && i < k->n; i++) {
		crypto_generichash(hash, sizeof hash, pii[i], KEY_BYTES, NULL, 0);
		k->pii[i].id = hash[0];
		memcpy(k->pii[i].key, pii[i], KEY_BYTES);
	}
	secret_wipe(pii, sizeof pii);
	return ok;
}

static bool
fill_keys(struct keys *k, const char *folder, struct err *e)
{
	unsigned one;

	return fill_seals(k, folder, "pii.key", e) &&
	       load_keys(folder, "index.key", 1, &k->index, &one, e);
}

static bool
fill_push(struct keys *k, const char *folder, struct err *e)
{
	return fill_seals(k, folder, "push.key", e);
}

static bool
fill_audit(struct keys *k, const char *folder, struct err *e)
{
	unsigned one;

	return load_keys(folder, "audit.key", 1, &k->seed, &one, e);
}

static bool
fill_mail(struct keys *k, const char *folder, struct err *e)
{
	unsigned one;

	return fill_seals(k, folder, "pii.key", e) &&
	       load_keys(folder, "link.key", 1, &k->link, &one, e);
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

struct keys *
keys_open_mail(const char *folder, struct err *e)
{
	return open_with(fill_mail, folder, e);
}

static bool
fill_portal(struct keys *k, const char *folder, struct err *e)
{
	unsigned one;

	return load_keys(folder, "portal.key", 1, &k->index, &one, e);
}

struct keys *
keys_open_portal(const char *folder, struct err *e)
{
	return open_with(fill_portal, folder, e);
}

static bool
fill_hook(struct keys *k, const char *folder, struct err *e)
{
	unsigned one;

	return load_keys(folder, "hook.key", 1, &k->seed, &one, e);
}

struct keys *
keys_open_hook(const char *folder, struct err *e)
{
	return open_with(fill_hook, folder, e);
}

void
keys_free(struct keys **k)
{
	sodium_free(*k); /* wipes first */
	*k = NULL;
}

static bool
write_key(const char *path, struct err *e)
{
	unsigned char key[KEY_BYTES];
	char line[KEY_LINE + 1];
	AUTO_FD fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool ok;

	if (fd < 0)
		return err_errno(e, errno == EEXIST ? ERR_CONFLICT : ERR_IO,
		    "cannot make the key file %s", path);
	secret_random(key, sizeof key);
	code_hex(line, key, sizeof key);
	line[2 * KEY_BYTES] = '\n';
	ok = write(fd, line, KEY_LINE) == KEY_LINE && fsync(fd) == 0;
	if (!ok)
		err_errno(e, ERR_IO, "cannot write the key file %s", path);
	secret_wipe(key, sizeof key);
	secret_wipe(line, sizeof line);
	return ok;
}

/* A folder of an earlier version lacks the last ones, which are then made. Of the first two one
 * without its fellow is a mistake that a new key would hide. */
bool
keys_make(const char *folder, struct err *e)
{
	static const char *const names[] = { "pii.key", "index.key", "push.key", "audit.key",
		"link.key", "portal.key", "hook.key" };
	char path[nitems(names)][512];
	bool there[nitems(names)], all = true;

	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return err_errno(e, ERR_IO, "cannot make the key folder %s", folder);
	for (size_t i = 0; i < nitems(names); i++) {
		if ((size_t)snprintf(path[i], sizeof path[i], "%s/%s", folder, names[i]) >=
		    sizeof path[i])
			return err(
			    e, ERR_CONF, "the path of the key folder is too long: %s", folder);
		there[i] = access(path[i], F_OK) == 0;
		all = all && there[i];
	}
	for (size_t i = all ? nitems(names) - 1 : 0; i < nitems(names); i++)
		if (there[i] && (all || !there[0] || !there[1]))
			return err(
			    e, ERR_CONFLICT, "the key file %s is there already", path[i]);
	for (size_t i = 0; i < nitems(names); i++)
		if (!there[i] && !write_key(path[i], e))
			return false;
	return true;
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
