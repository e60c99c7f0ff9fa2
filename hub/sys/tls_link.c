/*
 * TLS by OpenSSL on our own non-blocking descriptor: SSL_read and SSL_write say what they wait
 * for, the stream waits. The error queue belongs to the thread, so it is emptied before each
 * call and read right after.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "sys/tls_parts.h"

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
		err(e, ERR_LOGIN, "TLS: the peer did not accept our certificate: %s",
		    tls_reason());
		return;
	default:
		err(e, ERR_BAD_INPUT, "TLS: %s", tls_reason());
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
	size_t n, done = 0;
	int rc;

	if (!usable(l, want, e))
		return -1;
	do { /* a record each; OpenSSL goes on with the same bytes after it had to wait */
		rc = SSL_write_ex(l->ssl, (const char *)from + done, len - done, &n);
		done += rc == 1 ? n : 0;
	} while (rc == 1 && l->gather != NULL && done < len);
	if (done > 0)
		return (ssize_t)done;
	got = explain(l, rc, want, e);
	if (got == 0)
		err(e, ERR_GONE, "TLS: the peer has said goodbye");
	return -1;
}

/* What was gathered is with the kernel. `last`: the caller shuts the connection down next, and
 * the kernel keeps the end back for that. */
static bool
pushed(struct link *l, bool last, unsigned *want, struct err *e)
{
	if (tls_push(l, last) == 1)
		return true;
	if (errno == EAGAIN) {
		*want = TASK_WRITE;
		return false;
	}
	l->broken = true;
	return err_errno(e, ERR_GONE, "TLS: the peer went away");
}

/* Only our own goodbye: the peer may still have something to say. */
static bool
link_finish(void *self, unsigned *want, struct err *e)
{
	struct link *l = self;
	int rc;

	if (!usable(l, want, e))
		return false;
	if (!tls_room(l) && !pushed(l, false, want, e))
		return false;
	rc = (SSL_get_shutdown(l->ssl) & SSL_SENT_SHUTDOWN) != 0 && l->gather != NULL
		 ? 0
		 : SSL_shutdown(l->ssl);
	if (rc >= 0)
		return pushed(l, true, want, e);
	explain(l, rc, want, e);
	return false;
}

static void
link_free(void *self)
{
	struct link *l = self;

	SSL_free(l->ssl);
	tls_gather_free(l);
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

/* x: of a connection of its own; like: the control connection of one beside it. */
static struct link *
link_new(const struct tls *x, const struct link *like, int fd, const char *host, struct err *e)
{
	struct link *l = calloc(1, sizeof *l);
	bool server = like != NULL || x->server;

	assert(l != NULL && (host != NULL) == !server);
	ERR_clear_error();
	l->ssl = SSL_new(like != NULL ? SSL_get_SSL_CTX(like->ssl) : x->ctx);
	if (l->ssl != NULL && SSL_set_fd(l->ssl, fd) == 1 &&
	    (host == NULL || expect_host(l->ssl, host)) &&
	    ((like == NULL && !x->binds) || tls_bind_link(l, like))) {
		if (server)
			SSL_set_accept_state(l->ssl);
		else
			SSL_set_connect_state(l->ssl);
		return l;
	}
	err(e, ERR_BUSY, "cannot begin TLS: %s", tls_reason());
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

/* A handshake over *s, which is freed; the new stream's buffer is as large. */
static struct stream *
start(struct task *t, const struct tls *x, const struct link *like, struct stream **s,
    const char *host, struct err *e)
{
	size_t size = stream_size(*s);
	struct link *l;
	int fd;

	assert(stream_unread(*s) == 0);
	fd = stream_take(s);
	l = link_new(x, like, fd, host, e);
	if (l != NULL && shake_hands(t, l, fd, e))
		return stream_over_sized(fd, size, &link_ops, l, e);
	if (l != NULL)
		link_free(l);
	close(fd);
	return NULL;
}

struct stream *
tls_start(struct task *t, struct tls *x, struct stream **s, const char *host, struct err *e)
{
	return start(t, x, NULL, s, host, e);
}

struct stream *
tls_start_beside(struct task *t, const struct stream *control, struct stream **s, struct err *e)
{
	const struct link *like = stream_self(control);

	assert(!like->beside && SSL_is_server(like->ssl));
	return start(t, NULL, like, s, NULL, e);
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
