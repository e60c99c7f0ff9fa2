/*
 * TLS 1.2 and 1.3 over a descriptor, as a stream. AEAD with forward secrecy only, no
 * renegotiation, no compression; a peer that closes without close_notify is an error
 * (ERR_GONE), never an end.
 */
#ifndef SYS_TLS_H
#define SYS_TLS_H

#include "rt/io.h"

struct tls; /* context: certificate, key, rules; shared by its connections */

struct tls_rules {
	const char *certificate,
	    *key;	/* PEM files, the chain in full; NULL for a client without */
	const char *ca; /* who signs the peers; NULL: peers are not asked (server) */
	bool peer_must; /* server: refuse peers without a certificate */
	bool only13;
	const char *alpn; /* e.g. "ftp"; NULL: none */
};

struct tls *tls_server(const struct tls_rules *r, struct err *e);
struct tls *tls_client(const struct tls_rules *r, struct err *e);
void tls_free(struct tls **x);
bool tls_reload(
    struct tls *x, struct err *e); /* reads the files again; running connections stay */

/* Shakes hands over s (nothing may be unread) and returns the encrypted stream, which owns the
 * descriptor; s is freed in every case. `host`: client only, the name the certificate must
 * bear. */
struct stream *tls_start(
    struct task *t, struct tls *x, struct stream **s, const char *host, struct err *e);
const char *tls_version(const struct stream *s); /* "TLSv1.3" */
/* SHA-256 of the peer's certificate, false when it showed none. */
bool tls_peer(const struct stream *s, unsigned char sha256[32]);

#endif
