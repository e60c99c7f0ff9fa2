/* Client certificates as files (OpenSSL). */
#include "sys/tls_chain.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include "sys/tls_parts.h"

enum { RSA_LEAST_BITS = 2048, EC_LEAST_BITS = 256, CHAIN_MOST = 8, NAME_SIZE = 100 };

/* ---- reading ---- */

static bool
add_der(struct buf *der, X509 *x)
{
	unsigned char *at = NULL;
	int len = i2d_X509(x, &at);

	if (len > 0)
		buf_add(der, at, (size_t)len);
	OPENSSL_free(at);
	return len > 0 && buf_ok(der);
}

static int
no_password(char *to, int size, int writing, void *arg)
{
	(void)to, (void)size, (void)writing, (void)arg;
	return -1; /* else OpenSSL would ask the terminal */
}

static unsigned
read_pem(BIO *in, struct buf *der, size_t *leaf_len)
{
	unsigned n = 0;
	X509 *x;

	while (
	    n <= CHAIN_MOST && (x = PEM_read_bio_X509(in, NULL, no_password, NULL)) != NULL) {
		if (add_der(der, x) && ++n == 1)
			*leaf_len = der->len;
		X509_free(x);
	}
	ERR_clear_error(); /* that there was no further one */
	return n;
}

static STACK_OF(X509) * read_der(struct str der)
{
	STACK_OF(X509) *all = sk_X509_new_null();
	const unsigned char *at = (const unsigned char *)der.at, *end = at + der.len;

	while (all != NULL && at < end) {
		X509 *x = d2i_X509(NULL, &at, end - at);

		if (x == NULL || sk_X509_num(all) > CHAIN_MOST || sk_X509_push(all, x) <= 0) {
			X509_free(x);
			sk_X509_pop_free(all, X509_free);
			ERR_clear_error();
			return NULL;
		}
	}
	return all;
}

bool
chain_read(struct str text, struct buf *der, size_t *leaf_len, struct err *e)
{
	BIO *in = BIO_new_mem_buf(text.at, text.len > CHAIN_BYTES_MOST ? 0 : (int)text.len);
	unsigned n = in == NULL ? 0 : read_pem(in, der, leaf_len);
	STACK_OF(X509) * all;

	BIO_free(in);
	if (text.len > CHAIN_BYTES_MOST || n > CHAIN_MOST)
		return err(e, ERR_BAD_FILE,
		    "the certificate and those above it are more than %d "
		    "bytes or %d certificates",
		    CHAIN_BYTES_MOST, CHAIN_MOST);
	if (n > 0)
		return true;
	all = text.len == 0 ? NULL : read_der(text);
	for (int i = 0; all != NULL && i < sk_X509_num(all); i++)
		if (add_der(der, sk_X509_value(all, i)) && i == 0)
			*leaf_len = der->len;
	sk_X509_pop_free(all, X509_free);
	return (all != NULL && der->len > 0) ||
	       err(e, ERR_BAD_FILE,
		   "the file is not a certificate, expected one in PEM or DER");
}

/* ---- checking ---- */

static void
name_of(char to[NAME_SIZE], const X509_NAME *name)
{
	int len = X509_NAME_get_text_by_NID(
	    (X509_NAME *)(uintptr_t)name, NID_commonName, to, NAME_SIZE);

	if (len <= 0)
		X509_NAME_oneline(name, to, NAME_SIZE);
}

static void
day_of(char to[16], const ASN1_TIME *at)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(at, &tm) != 1 || strftime(to, 16, "%Y-%m-%d", &tm) == 0)
		snprintf(to, 16, "unknown");
}

struct leaf {
	char key[32], digest[32], issuer[NAME_SIZE], until[16];
};

static bool
key_is_strong(X509 *x, struct leaf *l, struct err *e)
{
	EVP_PKEY *key = X509_get0_pubkey(x);
	int type = key == NULL ? NID_undef : EVP_PKEY_get_base_id(key);
	int bits = key == NULL ? 0 : EVP_PKEY_get_bits(key);
	const char *name = type == EVP_PKEY_RSA || type == EVP_PKEY_RSA_PSS ? "RSA"
			   : type == EVP_PKEY_EC			    ? "EC"
			   : type == EVP_PKEY_ED25519			    ? "Ed25519"
									    : NULL;

	if (name == NULL)
		return err(e, ERR_BAD_INPUT, "its key is neither RSA nor EC nor Ed25519");
	snprintf(l->key, sizeof l->key, "%s %d", name, bits);
	if (name[0] == 'R' && bits < RSA_LEAST_BITS)
		return err(e, ERR_BAD_INPUT, "its key is %s, expected RSA of %d bits or more",
		    l->key, RSA_LEAST_BITS);
	return type != EVP_PKEY_EC || bits >= EC_LEAST_BITS ||
	       err(e, ERR_BAD_INPUT, "its key is %s, expected EC of %d bits or more", l->key,
		   EC_LEAST_BITS);
}

static bool
signature_is_strong(X509 *x, struct leaf *l, struct err *e)
{
	int digest = NID_undef, key = NID_undef;

	if (X509_get_signature_info(x, &digest, &key, NULL, NULL) != 1)
		return err(e, ERR_BAD_INPUT, "its signature is of no known kind");
	/* Ed25519 has a SHA-512 of its own */
	snprintf(l->digest, sizeof l->digest, "%s",
	    digest == NID_undef ? "Ed25519" : OBJ_nid2sn(digest));
	return digest == NID_sha256 || digest == NID_sha384 || digest == NID_sha512 ||
	       (digest == NID_undef && key == NID_ED25519) ||
	       err(e, ERR_BAD_INPUT,
		   "it is signed with %s, expected SHA-2 (SHA256, SHA384, SHA512)", l->digest);
}

static bool
is_valid_now(X509 *x, struct leaf *l, struct err *e)
{
	char from[16];

	day_of(l->until, X509_get0_notAfter(x));
	day_of(from, X509_get0_notBefore(x));
	if (X509_cmp_current_time(X509_get0_notAfter(x)) <= 0)
		return err(e, ERR_BAD_INPUT, "it has expired on %s", l->until);
	return X509_cmp_current_time(X509_get0_notBefore(x)) < 0 ||
	       err(e, ERR_BAD_INPUT, "it is not valid before %s", from);
}

static bool
is_signed_by_another(X509 *x, struct leaf *l, struct err *e)
{
	name_of(l->issuer, X509_get_issuer_name(x));
	if (X509_NAME_cmp(X509_get_issuer_name(x), X509_get_subject_name(x)) == 0)
		return err(e, ERR_BAD_INPUT,
		    "it is signed by itself, expected a certificate of an authority");
	return true;
}

static bool
leads_to_authority(X509 *x, STACK_OF(X509) * above, X509_STORE *store, struct err *e)
{
	enum { AUTH_LEVEL = 2 }; /* 112 bits all the way up */
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	bool ok = ctx != NULL && X509_STORE_CTX_init(ctx, store, x, above) == 1 &&
		  X509_STORE_CTX_set_default(ctx, "ssl_client") == 1;

	if (!ok) {
		X509_STORE_CTX_free(ctx);
		return err(e, ERR_BUSY, "no memory for a chain of certificates");
	}
	X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(ctx), AUTH_LEVEL);
	ok = X509_verify_cert(ctx) == 1;
	if (!ok)
		err(e, ERR_BAD_INPUT,
		    "no authority that the hub knows vouches for it: %s (certificate %d of "
		    "the chain)",
		    X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)),
		    X509_STORE_CTX_get_error_depth(ctx) + 1);
	X509_STORE_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}

static bool
check(STACK_OF(X509) * all, X509_STORE *store, struct leaf *l, struct err *e)
{
	X509 *x = sk_X509_value(all, 0);

	return is_signed_by_another(x, l, e) && key_is_strong(x, l, e) &&
	       signature_is_strong(x, l, e) && is_valid_now(x, l, e) &&
	       leads_to_authority(x, all, store, e);
}

bool
chain_check(struct str der, const char *ca, char says[CHAIN_SAYS_SIZE], struct err *e)
{
	STACK_OF(X509) *all = der.len == 0 ? NULL : read_der(der);
	X509_STORE *store = X509_STORE_new();
	struct leaf l;
	bool ok = false;

	if (all == NULL)
		err(e, ERR_BAD_INPUT, "there is no certificate");
	else if (store == NULL || X509_STORE_load_file(store, ca) != 1)
		err(e, ERR_CONF, "%s: %s", ca, tls_reason());
	else
		ok = check(all, store, &l, e);
	if (ok)
		snprintf(says, CHAIN_SAYS_SIZE, "%s, %s, signed by %s, until %s", l.key,
		    l.digest, l.issuer, l.until);
	X509_STORE_free(store);
	sk_X509_pop_free(all, X509_free);
	ERR_clear_error();
	return ok;
}
