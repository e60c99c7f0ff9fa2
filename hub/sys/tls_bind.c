/*
 * Connections beside a control connection, and the tickets that tie them to it. The binding is
 * the session's id context, which OpenSSL compares for tickets and for session ids of both
 * versions; and it is in the ticket's own data, by which a ticket of somebody else is told from
 * none.
 *
 * Ticket keys are made from a seed and the number of the turn. Every process that has the seed
 * comes to the same keys by the clock alone.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include "base/code.h"
#include "sys/tls_parts.h"

enum {
	/* under malloc's limit for memory of its own: a connection for each small file must
	 * not cost a map and an unmap */
	READ_BYTES = 96 * 1024,
	GATHER_BYTES = 120 * 1024,
	GOODBYE_BYTES = 256,
	KEYS_BYTES = 64,   /* 32 to encrypt, 32 to sign */
	CACHED_MOST = 1024 /* sessions of clients that cannot take tickets */
};

struct gather {
	int fd;
	size_t first, len;
	unsigned char at[GATHER_BYTES];
};

/* ---- ticket keys ---- */

static bool
hash(unsigned char to[32], const unsigned char seed[TLS_SEED_BYTES], const char *what)
{
	unsigned char in[TLS_SEED_BYTES + 16];
	size_t len = strlen(what);

	assert(len <= 16);
	memcpy(in, seed, TLS_SEED_BYTES);
	memcpy(in + TLS_SEED_BYTES, what, len);
	return EVP_Digest(in, TLS_SEED_BYTES + len, to, NULL, EVP_sha256(), NULL) == 1;
}

/* Since the machine started: the same in all processes, and nobody sets it back. */
static int64_t
turn_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec / TLS_TICKET_S;
}

static bool
move_on(struct tickets *k)
{
	for (int64_t now = turn_now(); k->turn < now; k->turn++) {
		memcpy(k->before, k->seed, TLS_SEED_BYTES);
		if (!hash(k->seed, k->before, "next"))
			return false;
	}
	return true;
}

struct ticket_key {
	unsigned char name[32], encrypt[32], sign[32];
};

static bool
key_of(struct ticket_key *to, const unsigned char seed[TLS_SEED_BYTES])
{
	return hash(to->name, seed, "name") && hash(to->encrypt, seed, "encrypt") &&
	       hash(to->sign, seed, "sign");
}

static bool
use_key(
    struct ticket_key *k, const unsigned char *iv, EVP_CIPHER_CTX *c, EVP_MAC_CTX *m, int enc)
{
	char digest[] = "SHA256";
	OSSL_PARAM params[] = { OSSL_PARAM_construct_octet_string(
				    OSSL_MAC_PARAM_KEY, k->sign, sizeof k->sign),
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end() };

	return EVP_CipherInit_ex(c, EVP_aes_256_cbc(), NULL, k->encrypt, iv, enc) == 1 &&
	       EVP_MAC_CTX_set_params(m, params) == 1;
}

static struct tls *
tls_of(SSL *ssl)
{
	return SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
}

/* 1: use it; 0: not a key of ours; -1: failed. */
static int
ticket_key(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *c, EVP_MAC_CTX *m,
    int enc)
{
	struct tickets *keys = &tls_of(ssl)->tickets;
	struct ticket_key k;
	int got = -1;

	if (!move_on(keys) || !key_of(&k, keys->seed))
		return -1;
	if (enc) {
		memcpy(name, k.name, 16);
		if (RAND_bytes(iv, 16) == 1 && use_key(&k, iv, c, m, 1))
			got = 1;
	} else if (code_same(name, k.name, 16))
		got = use_key(&k, iv, c, m, 0) ? 1 : -1;
	else if (!key_of(&k, keys->before) || !code_same(name, k.name, 16))
		got = 0;
	else
		got = use_key(&k, iv, c, m, 0) ? 1 : -1;
	OPENSSL_cleanse(&k, sizeof k);
	return got;
}

/* ---- what a ticket bears ---- */

static int
ticket_made(SSL *ssl, void *arg)
{
	const struct link *l = SSL_get_app_data(ssl);

	(void)arg;
	return SSL_SESSION_set1_ticket_appdata(
	    SSL_get_session(ssl), l->binding, TLS_BINDING_BYTES);
}

static SSL_TICKET_RETURN
ticket_shown(SSL *ssl, SSL_SESSION *session, const unsigned char *name, size_t name_len,
    SSL_TICKET_STATUS status, void *arg)
{
	struct link *l = SSL_get_app_data(ssl);
	void *data = NULL;
	size_t len = 0;

	(void)name, (void)name_len, (void)arg;
	if (!l->beside)
		return SSL_TICKET_RETURN_IGNORE_RENEW;
	if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW)
		return SSL_TICKET_RETURN_IGNORE;
	if (SSL_SESSION_get0_ticket_appdata(session, &data, &len) == 1 &&
	    len == TLS_BINDING_BYTES && code_same(data, l->binding, len))
		return SSL_TICKET_RETURN_USE;
	l->foreign = true;
	return SSL_TICKET_RETURN_IGNORE;
}

bool
tls_bind_begin(struct tls *x)
{
	x->tickets.turn = turn_now();
	return RAND_bytes(x->tickets.seed, TLS_SEED_BYTES) == 1 &&
	       RAND_bytes(x->tickets.before, TLS_SEED_BYTES) == 1;
}

bool
tls_bind_ctx(SSL_CTX *ctx, struct tls *x)
{
	SSL_CTX_set_app_data(ctx, x);
	SSL_CTX_set_timeout(ctx, TLS_TICKET_S);
	SSL_CTX_sess_set_cache_size(ctx, CACHED_MOST);
	return SSL_CTX_set_tlsext_ticket_key_evp_cb(ctx, ticket_key) == 1 &&
	       SSL_CTX_set_session_ticket_cb(ctx, ticket_made, ticket_shown, NULL) == 1 &&
	       SSL_CTX_set_num_tickets(ctx, 2) == 1 && SSL_CTX_set_max_early_data(ctx, 0) == 1;
}

/* ---- records, some at a time ---- */

static int
push(struct gather *g, int flags)
{
	while (g->len > 0) {
		ssize_t n = send(g->fd, g->at + g->first, g->len, MSG_NOSIGNAL | flags);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		g->first += (size_t)n;
		g->len -= (size_t)n;
	}
	g->first = 0;
	return 1;
}

int
tls_push(struct link *l, bool last)
{
	return l->gather == NULL ? 1 : push(l->gather, last ? MSG_MORE : 0);
}

bool
tls_room(const struct link *l)
{
	const struct gather *g = l->gather;

	return g == NULL || GATHER_BYTES - g->first - g->len >= GOODBYE_BYTES;
}

static int
out_write(BIO *b, const char *from, size_t len, size_t *put)
{
	struct gather *g = BIO_get_data(b);

	BIO_clear_retry_flags(b);
	if (len > GATHER_BYTES - g->first - g->len && push(g, 0) < 0) {
		if (errno != EAGAIN)
			return -1;
		memmove(g->at, g->at + g->first, g->len);
		g->first = 0;
	}
	if (len > GATHER_BYTES - g->first - g->len) {
		BIO_set_retry_write(b);
		return -1;
	}
	memcpy(g->at + g->first + g->len, from, len);
	g->len += len;
	*put = len;
	return 1;
}

static long
out_ctrl(BIO *b, int what, long n, void *p)
{
	(void)n, (void)p;
	BIO_clear_retry_flags(b);
	return what == BIO_CTRL_FLUSH; /* later, by tls_push() */
}

static const BIO_METHOD *
out_method(void)
{
	static BIO_METHOD *m; /* one for the process */

	if (m == NULL) {
		m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "records");
		assert(m != NULL);
		BIO_meth_set_write_ex(m, out_write);
		BIO_meth_set_ctrl(m, out_ctrl);
	}
	return m;
}

void
tls_gather(struct stream *s)
{
	struct link *l = stream_self(s);
	BIO *b = BIO_new(out_method());

	assert(l->beside && l->gather == NULL && b != NULL);
	l->gather = malloc(sizeof *l->gather);
	assert(l->gather != NULL);
	l->gather->fd = stream_descriptor(s);
	l->gather->first = l->gather->len = 0;
	BIO_set_data(b, l->gather);
	BIO_set_init(b, 1);
	SSL_set0_wbio(l->ssl, b);
}

void
tls_gather_free(struct link *l)
{
	free(l->gather);
	l->gather = NULL;
}

/* ---- links ---- */

bool
tls_bind_link(struct link *l, const struct link *like)
{
	SSL_set_app_data(l->ssl, l);
	if (like == NULL) {
		if (RAND_bytes(l->binding, TLS_BINDING_BYTES) != 1)
			return false;
	} else {
		l->beside = true;
		memcpy(l->binding, like->binding, TLS_BINDING_BYTES);
		SSL_clear_mode(l->ssl, SSL_MODE_RELEASE_BUFFERS);
		SSL_set_read_ahead(l->ssl, 1);
		SSL_set_default_read_buffer_len(l->ssl, READ_BYTES);
		if (SSL_set_num_tickets(l->ssl, 0) != 1)
			return false;
	}
	return SSL_set_session_id_context(l->ssl, l->binding, TLS_BINDING_BYTES) == 1;
}

enum tls_bound
tls_bound(const struct stream *s)
{
	const struct link *l = stream_self(s);

	assert(l->beside);
	if (SSL_session_reused(l->ssl) == 1)
		return TLS_BOUND;
	return l->foreign ? TLS_FOREIGN : TLS_UNRESUMED;
}

void
tls_renew(struct stream *control)
{
	struct link *l = stream_self(control);

	ERR_clear_error();
	if (!l->broken)
		SSL_new_session_ticket(l->ssl); /* 0 in TLS 1.2 */
}
