/* SHA-256 by OpenSSL's EVP: the only way there to the processor's own instructions. */
#include "sys/digest.h"

#include <assert.h>
#include <stdlib.h>

#include <openssl/evp.h>

struct digest {
	EVP_MD_CTX *ctx;
};

/* None of these can fail but for want of memory, which a hash cannot report half way. */
static void
must(int ok)
{
	assert(ok == 1);
	(void)ok;
}

struct digest *
digest_new(void)
{
	struct digest *d = calloc(1, sizeof *d);

	assert(d != NULL);
	d->ctx = EVP_MD_CTX_new();
	must(d->ctx != NULL);
	must(EVP_DigestInit_ex(d->ctx, EVP_sha256(), NULL));
	return d;
}

void
digest_free(struct digest **d)
{
	if (*d == NULL)
		return;
	EVP_MD_CTX_free((*d)->ctx);
	free(*d);
	*d = NULL;
}

void
digest_add(struct digest *d, const void *bytes, size_t len)
{
	must(EVP_DigestUpdate(d->ctx, bytes, len));
}

void
digest_end(struct digest *d, unsigned char sha256[DIGEST_BYTES])
{
	must(EVP_DigestFinal_ex(d->ctx, sha256, NULL));
	must(EVP_DigestInit_ex(d->ctx, EVP_sha256(), NULL));
}

void
digest_of(const void *bytes, size_t len, unsigned char sha256[DIGEST_BYTES])
{
	must(EVP_Digest(bytes, len, sha256, NULL, EVP_sha256(), NULL));
}

void
digest_slow(
    struct str password, struct str salt, unsigned rounds, unsigned char to[DIGEST_BYTES])
{
	must(PKCS5_PBKDF2_HMAC(password.at, (int)password.len, (const unsigned char *)salt.at,
	    (int)salt.len, (int)rounds, EVP_sha256(), DIGEST_BYTES, to));
}
