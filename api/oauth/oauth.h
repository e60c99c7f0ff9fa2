/*
 * OAuth 2.0 at the API: tokens (RFC 6749), their end (RFC 7009), what one is (RFC 7662), and
 * where all that is (RFC 8414). Customers are asked by the portal. Errors are JSON in the words
 * of RFC 6749 section 5.2.
 */
#ifndef API_OAUTH_H
#define API_OAUTH_H

#include "api.h"
#include "base/json.h"
#include "sys/digest.h"

/* ---- client.c: who calls ---- */
enum { OAUTH_NAME_MOST = 80 };
struct oauth_client {
	char name[OAUTH_NAME_MOST + 1];
	bool secret; /* it showed one: */
	unsigned char sha256[DIGEST_BYTES];
};
/* By Basic, or a public client's client_id in the form; both is an error. False: *error says
 * what: "invalid_client", "invalid_request". Names only: the database compares. */
bool oauth_client(const struct call *c, const struct form *f, struct oauth_client *to,
    const char **error, struct err *e);
#define P_SECRET(client) P_BYTES((client).secret ? (client).sha256 : NULL, DIGEST_BYTES)

/* ---- reply.c ---- */
bool oauth_problem(struct task *t, struct http *r, const struct err *why, struct err *e);
/* {"error":…}: 401 for invalid_client, else 400. */
bool oauth_refuse(
    struct task *t, struct call *c, const char *error, struct str description, struct err *e);
/* A field of the form; at == NULL when it is not there or empty. */
struct str oauth_field(const struct form *f, const char *name);

route_fn oauth_token, oauth_revoke, oauth_introspect, oauth_metadata, oauth_elsewhere;

#endif
