/* Sealed to the holder of another key, and HMAC by a key of any length. */
#include <assert.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "base/code.h"
#include "sys/secret.h"

_Static_assert(VAULT_PUBLIC_BYTES == crypto_box_PUBLICKEYBYTES, "public key");
_Static_assert(VAULT_EXTRA == crypto_box_SEALBYTES, "what sealing adds");
_Static_assert(SECRET_HMAC_BYTES == crypto_auth_hmacsha256_BYTES, "HMAC");

void
vault_public(const struct keys *k, unsigned char to[VAULT_PUBLIC_BYTES])
{
	unsigned char secret[crypto_box_SECRETKEYBYTES];

	crypto_box_seed_keypair(to, secret, keys_seed(k));
	secret_wipe(secret, sizeof secret);
}

bool
vault_public_read(unsigned char to[VAULT_PUBLIC_BYTES], const char *path, struct err *e)
{
	char text[2 * VAULT_PUBLIC_BYTES + 2];
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof text);

	if (got < 0)
		return err_errno(e, ERR_CONF, "cannot read hook.public_key %s", path);
	return code_unhex(
		   to, VAULT_PUBLIC_BYTES, str_trim((struct str){ text, (size_t)got })) ||
	       err(e, ERR_CONF, "%s is not a public key: expected %d hex digits", path,
		   2 * VAULT_PUBLIC_BYTES);
}

size_t
vault_seal(unsigned char to[VAULT_MOST], const unsigned char public_key[VAULT_PUBLIC_BYTES],
    struct str text, struct str place)
{
	unsigned char plain[VAULT_PLACE_MOST + 1 + VAULT_TEXT_MOST];
	size_t len = place.len + 1 + text.len;

	assert(place.len <= VAULT_PLACE_MOST && text.len <= VAULT_TEXT_MOST);
	memcpy(plain, place.at, place.len);
	plain[place.len] = 0; /* so that no place and text run into one another */
	memcpy(plain + place.len + 1, text.at, text.len);
	crypto_box_seal(to, plain, len, public_key);
	secret_wipe(plain, sizeof plain);
	return len + VAULT_EXTRA;
}

bool
vault_open(const struct keys *k, char *to, size_t *len, struct str sealed, struct str place)
{
	unsigned char secret[crypto_box_SECRETKEYBYTES], public_key[VAULT_PUBLIC_BYTES];
	size_t plain, head = place.len + 1;
	bool ok;

	if (sealed.len < VAULT_EXTRA + head || sealed.len > VAULT_MOST)
		return false;
	crypto_box_seed_keypair(public_key, secret, keys_seed(k));
	ok = crypto_box_seal_open((unsigned char *)to, (const unsigned char *)sealed.at,
		 sealed.len, public_key, secret) == 0;
	secret_wipe(secret, sizeof secret);
	plain = sealed.len - VAULT_EXTRA;
	if (!ok || memcmp(to, place.at, place.len) != 0 || to[place.len] != 0) {
		secret_wipe(to, plain);
		return false;
	}
	*len = plain - head;
	memmove(to, to + head, *len);
	secret_wipe(to + *len, head);
	return true;
}

void
secret_hmac(
    unsigned char to[SECRET_HMAC_BYTES], struct str key, struct str first, struct str second)
{
	crypto_auth_hmacsha256_state st;

	crypto_auth_hmacsha256_init(&st, (const unsigned char *)key.at, key.len);
	crypto_auth_hmacsha256_update(&st, (const unsigned char *)first.at, first.len);
	crypto_auth_hmacsha256_update(&st, (const unsigned char *)second.at, second.len);
	crypto_auth_hmacsha256_final(&st, to);
	secret_wipe(&st, sizeof st);
}
