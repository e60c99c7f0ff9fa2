/* What the files of tls_*.c share; they include <openssl/ssl.h> before it. */
#ifndef SYS_TLS_PARTS_H
#define SYS_TLS_PARTS_H

#include "sys/tls.h"

enum { TLS_PATH_SIZE = 256, TLS_ALPN_MOST = 32, TLS_SEED_BYTES = 32 };

struct tickets { /* see tls_bind.c */
	unsigned char seed[TLS_SEED_BYTES], before[TLS_SEED_BYTES];
	int64_t turn; /* of seed; `before` is of the turn before */
};

struct tls {
	SSL_CTX *ctx;
	bool server, peer_must, peer_any, only13, binds;
	char certificate[TLS_PATH_SIZE], key[TLS_PATH_SIZE], ca[TLS_PATH_SIZE]; /* "": none */
	unsigned char alpn[1 + TLS_ALPN_MOST]; /* length first; 0: none */
	struct tickets tickets;
};

struct link {
	SSL *ssl;
	bool broken; /* nothing may be said any more, not even goodbye */
	bool beside, foreign;
	unsigned char binding[TLS_BINDING_BYTES];
	struct gather *gather; /* NULL: records go out one by one */
};

/* What OpenSSL has to say, as the end of a text. */
const char *tls_reason(void);
/* For a context that binds; to be called in each new SSL_CTX. */
bool tls_bind_ctx(SSL_CTX *ctx, struct tls *x);
bool tls_bind_begin(struct tls *x);
/* A link of a server that binds: `like` is the control connection's, or NULL for one. */
bool tls_bind_link(struct link *l, const struct link *like);
/* Sends what was gathered: 1, or -1 with errno. */
int tls_push(struct link *l, bool last);
bool tls_room(const struct link *l); /* for a goodbye behind what was gathered */
void tls_gather_free(struct link *l);

#endif
