/*
 * TLS by OpenSSL on our own non-blocking descriptor: SSL_read and SSL_write say what they wait
 * for, the stream waits. The error queue belongs to the thread, so it is emptied before each
 * call and read right after.
 */
#include "sys/tls.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

enum { PATH_SIZE = 256, ALPN_MOST = 32 };

/* TLS 1.2: AEAD with forward secrecy; all of TLS 1.3 is. */
static const char ciphers12[] = "ECDHE+AESGCM:ECDHE+CHACHA20";

struct tls {
	SSL_CTX *ctx;
	bool server, peer_must, only13;
	char certificate[PATH_SIZE], key[PATH_SIZE], ca[PATH_SIZE]; /* "": none */
	unsigned char alpn[1 + ALPN_MOST];			    /* length first; 0: none */
};

struct link {
	SSL *ssl;
	bool broken; /* nothing may be said any more, not even goodbye */
};

/* ---- the context ---- */

/* What OpenSSL has to say, as the end of a text. */
static const char *
reason(void)
{
	unsigned long first = ERR_peek_error();
	const char *text = ERR_reason_error_string(ERR_peek_last_error());

	if (ERR_SYSTEM_ERROR(first)) /* the later ones only say "system lib" */
		return strerror(ERR_GET_REASON(first));
	return text != NULL ? text : "no reason was given";
}

static int
no_password(char *to, int size, int writing, void *arg)
{
	(void)to, (void)size, (void)writing, (void)arg;
	return -1; /* else OpenSSL would ask the terminal */
}

static int
choose_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
    const unsigned char *in, unsigned in_len, void *arg)
{
	const struct tls *x = arg;
	unsigned char *chosen;

	(void)ssl;
	if (SSL_select_next_proto(&chosen, out_len, x->alpn, x->alpn[0] + 1U, in, in_len) !=
	    OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

static bool
set_rules(SSL_CTX *ctx, struct tls *x)
{
	static const unsigned char id[] = "busbar";

	SSL_CTX_set_options(ctx,
	    SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
				  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
				  SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_default_passwd_cb(ctx, no_password);
	if (x->server && x->alpn[0] != 0)
		SSL_CTX_set_alpn_select_cb(ctx, choose_alpn, x);
	return SSL_CTX_set_min_proto_version(
		   ctx, x->only13 ? TLS1_3_VERSION : TLS1_2_VERSION) &&
	       SSL_CTX_set_cipher_list(ctx, ciphers12) &&
	       SSL_CTX_set_session_id_context(ctx, id, sizeof id - 1) &&
	       (x->server || x->alpn[0] == 0 ||
		   SSL_CTX_set_alpn_protos(ctx, x->alpn, x->alpn[0] + 1U) == 0);
}

static bool
load_own(SSL_CTX *ctx, const struct tls *x, struct err *e)
{
	if (x->certificate[0] == '\0')
		return true;
	if (SSL_CTX_use_certificate_chain_file(ctx, x->certificate) != 1)
		return err(e, ERR_CONF, "cannot read the certificate %s: %s", x->certificate,
		    reason());
	if (SSL_CTX_use_PrivateKey_file(ctx, x->key, SSL_FILETYPE_PEM) != 1)
		return err(e, ERR_CONF, "cannot use the key %s with %s: %s", x->key,
		    x->certificate, reason());
	return true;
}

static bool
load_ca(SSL_CTX *ctx, const struct tls *x, struct err *e)
{
	int mode = SSL_VERIFY_PEER | (x->peer_must ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0);

	if (x->ca[0] == '\0' && x->server)
		return true;
	SSL_CTX_set_verify(ctx, mode, NULL);
	if (x->ca[0] == '\0')
		return SSL_CTX_set_default_verify_paths(ctx) == 1 ||
		       err(e, ERR_CONF, "cannot read the system's authorities: %s", reason());
	if (SSL_CTX_load_verify_file(ctx, x->ca) != 1)
		return err(e, ERR_CONF, "cannot read the authority %s: %s", x->ca, reason());
	if (x->server) /* names that a client may choose its certificate by */
		SSL_CTX_set_client_CA_list(ctx, SSL_load_client_CA_file(x->ca));
	return true;
}

static SSL_CTX *
make_ctx(struct tls *x, struct err *e)
{
	SSL_CTX *ctx;

	ERR_clear_error();
	ctx = SSL_CTX_new(x->server ? TLS_server_method() : TLS_client_method());
	if (ctx == NULL || !set_rules(ctx, x))
		err(e, ERR_CONF, "cannot set up TLS: %s", reason());
	else if (load_own(ctx, x, e) && load_ca(ctx, x, e))
		return ctx;
	SSL_CTX_free(ctx);
	return NULL;
}

static bool
keep_rules(struct tls *x, const struct tls_rules *r, struct err *e)
{
	size_t alpn = r->alpn != NULL ? strlen(r->alpn) : 0;

	assert((r->certificate == NULL) == (r->key == NULL) && alpn <= ALPN_MOST);
	x->peer_must = r->peer_must;
	x->only13 = r->only13;
	x->alpn[0] = (unsigned char)alpn;
	if (alpn > 0)
		memcpy(x->alpn + 1, r->alpn, alpn);
	return (str_copy(x->certificate, PATH_SIZE, str_of(r->certificate)) &&
		   str_copy(x->key, PATH_SIZE, str_of(r->key)) &&
		   str_copy(x->ca, PATH_SIZE, str_of(r->ca))) ||
	       err(e, ERR_CONF, "the path of a certificate, key or authority is too long");
}

static struct tls *
make(bool server, const struct tls_rules *r, struct err *e)
{
	struct tls *x = calloc(1, sizeof *x);

	assert(x != NULL);
	x->server = server;
	if (!keep_rules(x, r, e) || (x->ctx = make_ctx(x, e)) == NULL)
		tls_free(&x);
	return x;
}

struct tls *
tls_server(const struct tls_rules *r, struct err *e)
{
	assert(r->certificate != NULL && (r->ca != NULL || !r->peer_must));
	return make(true, r, e);
}

struct tls *
tls_client(const struct tls_rules *r, struct err *e)
{
	return make(false, r, e);
}

void
tls_free(struct tls **x)
{
	if (*x == NULL)
		return;
	SSL_CTX_free((*x)->ctx);
	free(*x);
	*x = NULL;
}

bool
tls_reload(struct tls *x, struct err *e)
{
	SSL_CTX *ctx = make_ctx(x, e);

	if (ctx == NULL)
		return false;
	SSL_CTX_free(x->ctx); /* connections hold it until they end */
	x->ctx = ctx;
	return true;
}

/* ---- a connection ---- */

/* Of a failure that is OpenSSL's, not the wire's. */
static void
refused(const struct link *l, struct err *e)
{
	unsigned long code = ERR_peek_last_error();
	long verified = SSL_get_verify_result(l->ssl);
	int why = ERR_GET_LIB(code) == ERR_LIB_SSL ? ERR_GET_REASON(code) : 0;

	switch (why) {
	case SSL_R_UNEXPECTED_EOF_WHILE_READING:
		err(e, ERR_GONE, "TLS: the peer went away without saying goodbye");
		return;
	case SSL_R_CERTIFICATE_VERIFY_FAILED:
		err(e, SSL_is_server(l->ssl) ? ERR_LOGIN : ERR_FORBIDDEN,
		    "TLS: the peer's certificate was not accepted: %s",
		    X509_verify_cert_error_string(verified));
		return;
	case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
		err(e, ERR_LOGIN, "TLS: the peer showed no certificate");
		return;
	case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
	case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
	case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
		err(e, ERR_LOGIN, "TLS: the peer did not accept our certificate: %s", reason());
		return;
	default:
		err(e, ERR_BAD_INPUT, "TLS: %s", reason());
	}
}

/* After a call that did not succeed: -1 with *want, 0 for an orderly end, -1 with e. */
static ssize_t
explain(struct link *l, int rc, unsigned *want, struct err *e)
{
	int saved = errno;

	*want = 0;
	switch (SSL_get_error(l->ssl, rc)) {
	case SSL_ERROR_WANT_READ:
		*want = TASK_READ;
		return -1;
	case SSL_ERROR_WANT_WRITE:
		*want = TASK_WRITE;
		return -1;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	case SSL_ERROR_SYSCALL:
		errno = saved;
		if (saved == ECONNRESET || saved == EPIPE || saved == 0)
			err(e, ERR_GONE, "TLS: the peer went away without saying goodbye");
		else
			err_errno(e, ERR_IO, "TLS: cannot use the connection");
		break;
	default:
		refused(l, e);
	}
	l->broken = true;
	return -1;
}

/* Before each call: what is left of another task's failure would be taken for ours. */
static bool
usable(const struct link *l, unsigned *want, struct err *e)
{
	*want = 0;
	ERR_clear_error();
	errno = 0;
	return !l->broken || err(e, ERR_GONE, "TLS: the connection has failed before");
}

static ssize_t
link_read(void *self, void *to, size_t len, unsigned *want, struct err *e)
{
	struct link *l = self;
	size_t n;
	int rc;

	if (!usable(l, want, e))
		return -1;
	rc = SSL_read_ex(l->ssl, to, len, &n);
	return rc == 1 ? (ssize_t)n : explain(l, rc, want, e);
}

static ssize_t
link_write(void *self, const void *from, size_t len, unsigned *want, struct err *e)
{
	struct link *l = self;
	ssize_t got;
	size_t n;
	int rc;

	if (!usable(l, want, e))
		return -1;
	rc = SSL_write_ex(l->ssl, from, len, &n);
	if (rc == 1)
		return (ssize_t)n;
	got = explain(l, rc, want, e);
	if (got == 0)
		err(e, ERR_GONE, "TLS: the peer has said goodbye");
	return -1;
}

/* Only our own goodbye: the peer may still have something to say. */
static bool
link_finish(void *self, unsigned *want, struct err *e)
{
	struct link *l = self;
	int rc;

	if (!usable(l, want, e))
		return false;
	rc = SSL_shutdown(l->ssl);
	if (rc >= 0)
		return true;
	explain(l, rc, want, e);
	return false;
}

static void
link_free(void *self)
{
	struct link *l = self;

	SSL_free(l->ssl);
	free(l);
}

static const struct stream_ops link_ops = {
	.read = link_read,
	.write = link_write,
	.finish = link_finish,
	.free = link_free,
};

/* The name that the certificate must bear; a number address is not sent as a name. */
static bool
expect_host(SSL *ssl, const char *host)
{
	if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1)
		return true;
	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return SSL_set1_host(ssl, host) == 1 && SSL_set_tlsext_host_name(ssl, host) == 1;
}

static struct link *
link_new(const struct tls *x, int fd, const char *host, struct err *e)
{
	struct link *l = calloc(1, sizeof *l);

	assert(l != NULL && (host != NULL) == !x->server);
	ERR_clear_error();
	l->ssl = SSL_new(x->ctx);
	if (l->ssl != NULL && SSL_set_fd(l->ssl, fd) == 1 &&
	    (host == NULL || expect_host(l->ssl, host))) {
		if (x->server)
			SSL_set_accept_state(l->ssl);
		else
			SSL_set_connect_state(l->ssl);
		return l;
	}
	err(e, ERR_BUSY, "cannot begin TLS: %s", reason());
	link_free(l);
	return NULL;
}

static bool
shake_hands(struct task *t, struct link *l, int fd, struct err *e)
{
	for (;;) {
		unsigned want;
		int rc;

		if (!usable(l, &want, e))
			return false;
		rc = SSL_do_handshake(l->ssl);
		if (rc == 1)
			return true;
		if (explain(l, rc, &want, e) == 0)
			return err(e, ERR_GONE, "TLS: the peer has said goodbye");
		if (want == 0 || !task_wait_fd(t, fd, want, e))
			return false;
	}
}

struct stream *
tls_start(struct task *t, struct tls *x, struct stream **s, const char *host, struct err *e)
{
	struct link *l;
	int fd;

	assert(stream_unread(*s) == 0);
	fd = stream_take(s);
	l = link_new(x, fd, host, e);
	if (l != NULL && shake_hands(t, l, fd, e))
		return stream_over(fd, &link_ops, l, e);
	if (l != NULL)
		link_free(l);
	close(fd);
	return NULL;
}

const char *
tls_version(const struct stream *s)
{
	const struct link *l = stream_self(s);

	return SSL_get_version(l->ssl);
}

bool
tls_peer(const struct stream *s, unsigned char sha256[32])
{
	const struct link *l = stream_self(s);
	X509 *c = SSL_get1_peer_certificate(l->ssl);
	bool ok = c != NULL && X509_digest(c, EVP_sha256(), sha256, NULL) == 1;

	X509_free(c);
	return ok;
}
