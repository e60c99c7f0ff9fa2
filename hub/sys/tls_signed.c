/* See tls_signed.h. OpenSSL. */
#include "sys/tls_signed.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/code.h"
#include "base/str.h"

enum { RSA_LEAST_BITS = 2048, RSA_MOST_BITS = 8192, EC_LEAST_BITS = 256 };

/* The digest that its signatures are over: Ed25519 has one of its own. */
static bool
key_taken(EVP_PKEY *key, const EVP_MD **digest, struct err *e)
{
	int type = EVP_PKEY_get_base_id(key), bits = EVP_PKEY_get_bits(key);

	*digest = type == EVP_PKEY_ED25519 ? NULL : EVP_sha256();
	if (type == EVP_PKEY_ED25519 ||
	    (type == EVP_PKEY_RSA && bits >= RSA_LEAST_BITS && bits <= RSA_MOST_BITS) ||
	    (type == EVP_PKEY_EC && bits >= EC_LEAST_BITS))
		return true;
	return err(e, ERR_BAD_INPUT,
	    "the certificate's key is of a kind or length that is not taken, expected RSA of "
	    "%d to %d bits, EC of %d or Ed25519",
	    RSA_LEAST_BITS, RSA_MOST_BITS, EC_LEAST_BITS);
}

static bool
signed_by(EVP_PKEY *key, const EVP_MD *digest, struct str signature, struct str message)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, digest, NULL, key) == 1 &&
		  EVP_DigestVerify(ctx, (const unsigned char *)signature.at, signature.len,
		      (const unsigned char *)message.at, message.len) == 1;

	EVP_MD_CTX_free(ctx);
	return ok;
}

static bool
check(X509 *x, struct str signature, struct str message, struct err *e)
{
	EVP_PKEY *key = X509_get0_pubkey(x);
	const EVP_MD *digest;

	if (key == NULL)
		return err(e, ERR_BAD_INPUT, "the certificate's key cannot be read");
	if (!key_taken(key, &digest, e))
		return false;
	if (X509_cmp_current_time(X509_get0_notAfter(x)) <= 0)
		return err(e, ERR_BAD_INPUT, "the certificate is not valid any more");
	return signed_by(key, digest, signature, message) ||
	       err(e, ERR_BAD_INPUT,
		   "the signature is not by the certificate's key over \"" STR_FMT "\"",
		   STR_ARG(message));
}

/* Base64 without its line ends. */
static bool
unfold(struct buf *to, struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] != '\n' && text.at[i] != '\r' && text.at[i] != ' ')
			buf_byte(to, text.at[i]);
	return buf_ok(to);
}

bool
tls_signed(struct str der, struct str signature, struct str message, struct err *e)
{
	AUTO(buf) text = BUF(TLS_SIGNATURE_MOST);
	unsigned char bytes[TLS_SIGNATURE_MOST];
	const unsigned char *at = (const unsigned char *)der.at;
	size_t len;
	X509 *x;
	bool ok;

	if (!unfold(&text, signature) ||
	    !code_unb64(bytes, sizeof bytes, &len, buf_view(&text)) || len == 0)
		return err(e, ERR_BAD_INPUT,
		    "the signature is not base64 of at most %d characters", TLS_SIGNATURE_MOST);
	x = d2i_X509(NULL, &at, (long)der.len);
	ok = x == NULL ? err(e, ERR_BAD_INPUT, "the certificate cannot be read")
		       : check(x, (struct str){ (const char *)bytes, len }, message, e);
	X509_free(x);
	ERR_clear_error();
	return ok;
}
