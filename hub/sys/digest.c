/* Hashes by OpenSSL's EVP: the only way there to the processor's own instructions. */
#include "sys/digest.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

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

/* EVP_sha256() is looked up anew at each use, which takes longer than the hash of a short text.
 */
static const EVP_MD *
sha256_md(void)
{
	static _Atomic(EVP_MD *) kept;
	EVP_MD *md = atomic_load(&kept), *none = NULL;

	if (md != NULL)
		return md;
	md = EVP_MD_fetch(NULL, "SHA256", NULL);
	must(md != NULL);
	if (!atomic_compare_exchange_strong(&kept, &none, md)) {
		EVP_MD_free(md); /* another thread was first */
		md = none;
	}
	return md;
}

struct digest *
digest_new(void)
{
	struct digest *d = calloc(1, sizeof *d);

	assert(d != NULL);
	d->ctx = EVP_MD_CTX_new();
	must(d->ctx != NULL);
	must(EVP_DigestInit_ex(d->ctx, sha256_md(), NULL));
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
	must(EVP_DigestInit_ex(d->ctx, sha256_md(), NULL));
}

void
digest_of(const void *bytes, size_t len, unsigned char sha256[DIGEST_BYTES])
{
	must(EVP_Digest(bytes, len, sha256, NULL, sha256_md(), NULL));
}

struct tag {
	EVP_MAC_CTX *ctx;
};

static EVP_MAC *
poly1305(void)
{
	static _Atomic(EVP_MAC *) kept;
	EVP_MAC *mac = atomic_load(&kept), *none = NULL;

	if (mac != NULL)
		return mac;
	mac = EVP_MAC_fetch(NULL, "POLY1305", NULL);
	must(mac != NULL);
	if (!atomic_compare_exchange_strong(&kept, &none, mac)) {
		EVP_MAC_free(mac);
		mac = none;
	}
	return mac;
}

struct tag *
tag_new(const unsigned char key[TAG_KEY_BYTES])
{
	struct tag *g = calloc(1, sizeof *g);

	assert(g != NULL);
	g->ctx = EVP_MAC_CTX_new(poly1305());
	must(g->ctx != NULL);
	must(EVP_MAC_init(g->ctx, key, TAG_KEY_BYTES, NULL));
	return g;
}

void
tag_free(struct tag **g)
{
	if (*g == NULL)
		return;
	EVP_MAC_CTX_free((*g)->ctx);
	free(*g);
	*g = NULL;
}

void
tag_add(struct tag *g, const void *bytes, size_t len)
{
	must(EVP_MAC_update(g->ctx, bytes, len));
}

void
tag_end(struct tag *g, unsigned char to[TAG_BYTES])
{
	size_t len;

	must(EVP_MAC_final(g->ctx, to, &len, TAG_BYTES));
}

void
digest_slow(
    struct str password, struct str salt, unsigned rounds, unsigned char to[DIGEST_BYTES])
{
	must(PKCS5_PBKDF2_HMAC(password.at, (int)password.len, (const unsigned char *)salt.at,
	    (int)salt.len, (int)rounds, EVP_sha256(), DIGEST_BYTES, to));
}

void
digest_hmac_sha1(const void *key, size_t key_len, const void *bytes, size_t len,
    unsigned char to[DIGEST_SHA1_BYTES])
{
	must(HMAC(EVP_sha1(), key, (int)key_len, bytes, len, to, NULL) != NULL);
}
