/* TLS contexts: certificates, keys, rules. Connections are in tls_link.c. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "sys/tls_parts.h"

/* TLS 1.2: AEAD with forward secrecy; all of TLS 1.3 is. */
static const char ciphers12[] = "ECDHE+AESGCM:ECDHE+CHACHA20";

const char *
tls_reason(void)
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
	/* what clients of FTP say on data connections */
	static const unsigned char beside[] = "\x08"
					      "ftp-data"
					      "\x03"
					      "ftp";
	const struct tls *x = arg;
	const struct link *l = SSL_get_app_data(ssl);
	bool data = l != NULL && l->beside;
	unsigned char *chosen;

	if (SSL_select_next_proto(&chosen, out_len, data ? beside : x->alpn,
		data ? sizeof beside - 1 : x->alpn[0] + 1U, in,
		in_len) != OPENSSL_NPN_NEGOTIATED)
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
		    tls_reason());
	if (SSL_CTX_use_PrivateKey_file(ctx, x->key, SSL_FILETYPE_PEM) != 1)
		return err(e, ERR_CONF, "cannot use the key %s with %s: %s", x->key,
		    x->certificate, tls_reason());
	return true;
}

static int
take_any(int ok, X509_STORE_CTX *c)
{
	(void)ok;
	X509_STORE_CTX_set_error(c, X509_V_OK);
	return 1;
}

static bool
load_ca(SSL_CTX *ctx, const struct tls *x, struct err *e)
{
	int mode = SSL_VERIFY_PEER | (x->peer_must ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0);

	if (x->ca[0] == '\0' && x->server) {
		if (x->peer_any)
			SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, take_any);
		return true;
	}
	SSL_CTX_set_verify(ctx, mode, NULL);
	if (x->ca[0] == '\0')
		return SSL_CTX_set_default_verify_paths(ctx) == 1 ||
		       err(e, ERR_CONF, "cannot read the system's authorities: %s",
			   tls_reason());
	if (SSL_CTX_load_verify_file(ctx, x->ca) != 1)
		return err(
		    e, ERR_CONF, "cannot read the authority %s: %s", x->ca, tls_reason());
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
	if (ctx == NULL || !set_rules(ctx, x) || (x->binds && !tls_bind_ctx(ctx, x)))
		err(e, ERR_CONF, "cannot set up TLS: %s", tls_reason());
	else if (load_own(ctx, x, e) && load_ca(ctx, x, e))
		return ctx;
	SSL_CTX_free(ctx);
	return NULL;
}

static bool
keep_rules(struct tls *x, const struct tls_rules *r, struct err *e)
{
	size_t alpn = r->alpn != NULL ? strlen(r->alpn) : 0;

	assert((r->certificate == NULL) == (r->key == NULL) && alpn <= TLS_ALPN_MOST);
	x->peer_must = r->peer_must;
	x->only13 = r->only13;
	x->peer_any = r->peer_any;
	x->binds = r->binds;
	x->alpn[0] = (unsigned char)alpn;
	if (alpn > 0)
		memcpy(x->alpn + 1, r->alpn, alpn);
	if (x->binds && !tls_bind_begin(x))
		return err(e, ERR_CONF, "cannot draw ticket keys: %s", tls_reason());
	return (str_copy(x->certificate, TLS_PATH_SIZE, str_of(r->certificate)) &&
		   str_copy(x->key, TLS_PATH_SIZE, str_of(r->key)) &&
		   str_copy(x->ca, TLS_PATH_SIZE, str_of(r->ca))) ||
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
	OPENSSL_cleanse(&(*x)->tickets, sizeof(*x)->tickets);
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
