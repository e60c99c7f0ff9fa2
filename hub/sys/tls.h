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
	/* Server without ca: peers are asked, and any certificate will do: the caller knows it
	 * by tls_peer(). Its key is proven, its name is not. */
	bool peer_any;
	/* Server whose connections have others beside them (FTPS): see tls_start_beside(). */
	bool binds;
};

struct tls *tls_server(const struct tls_rules *r, struct err *e);
struct tls *tls_client(const struct tls_rules *r, struct err *e);
/* A server's connections that bind must have ended before. */
void tls_free(struct tls **x);
bool tls_reload(
    struct tls *x, struct err *e); /* reads the files again; running connections stay */

/* Shakes hands over s (nothing may be unread) and returns the encrypted stream, which owns the
 * descriptor; s is freed in every case. `host`: client only, the name the certificate must
 * bear. */
struct stream *tls_start(
    struct task *t, struct tls *x, struct stream **s, const char *host, struct err *e);
const char *tls_version(const struct stream *s); /* "TLSv1.3" */
/* The new stream has a read buffer as large as that of s (rt/io.h). */
/* SHA-256 of the peer's certificate, false when it showed none. */
bool tls_peer(const struct stream *s, unsigned char sha256[32]);

/*
 * Connections beside a control connection. Each connection of a server that `binds` draws a
 * random binding, which its tickets bear; it never resumes. One that starts beside it resumes
 * sessions of that binding only; it gives no tickets itself (a peer that only writes would
 * never read them, and closing then resets), and knows the certificate of the control
 * connection even after a reload.
 *
 * Ticket keys come from a random seed that is drawn by tls_server(): processes forked after it
 * share them. Each TLS_TICKET_S the seed moves on by a hash, and the keys of the time before
 * are kept for one more; older ones cannot be computed any more.
 */
enum { TLS_BINDING_BYTES = 16, TLS_TICKET_S = 24 * 3600 };

enum tls_bound {
	TLS_BOUND,    /* resumed a session of that control connection */
	TLS_FOREIGN,  /* showed a ticket of another one; it was not used */
	TLS_UNRESUMED /* showed none, or one that has expired */
};

/* As tls_start(), for a server. Receives with large reads. `control` may go away meanwhile. */
struct stream *tls_start_beside(
    struct task *t, const struct stream *control, struct stream **s, struct err *e);
enum tls_bound tls_bound(const struct stream *s); /* of one that started beside */
/* One more ticket for the peer: it goes out with the next write. Clients use each only once.
 * Nothing happens in TLS 1.2, which does not need it. Does not wait. */
void tls_renew(struct stream *control);
/* From here on, records are collected and go out some at a time; the last of them with
 * stream_finish(), behind which the write side must be shut down. Only for a connection beside.
 */
void tls_gather(struct stream *s);

#endif
