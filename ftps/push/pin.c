#include "pin.h"

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>

#include "base/code.h"

static int
verify(X509_STORE_CTX *store, void *arg)
{
	struct push *p = arg;
	const X509 *leaf = X509_STORE_CTX_get0_cert(store);
	unsigned char sha256[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	char found[17];

	if (leaf != NULL && X509_digest(leaf, EVP_sha256(), sha256, &len) == 1 &&
	    len == JOB_PIN_BYTES && code_same(sha256, p->job.pin, len)) {
		X509_STORE_CTX_set_error(store, X509_V_OK);
		return 1;
	}
	code_hex(found, sha256, len >= 8 ? 8 : 0);
	snprintf(p->said, sizeof p->said,
	    "the server has another certificate (SHA-256 in hex begins %s) than the one that "
	    "was "
	    "pinned",
	    found);
	p->reason = PUSH_PIN;
	X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
	return 0;
}

void
pin_context(struct push *p, void *ctx)
{
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, verify, p);
	SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
}
