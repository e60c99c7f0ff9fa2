/* A program of a third party, as the list of them (clients.c) and its own page (client.c) read
 * it. */
#ifndef PORTAL_CSP_CLIENT_H
#define PORTAL_CSP_CLIENT_H

#include "csp.h"

struct client {
	struct str client_id, name, state, redirect_uris, scopes, notify_uri;
	int64_t grants, issued_at;
	bool sandbox, public;
};
static const struct db_field fields[] = {
	DB_TEXT(client, client_id),
	DB_TEXT(client, name),
	DB_TEXT(client, state),
	DB_TEXT(client, redirect_uris),
	DB_TEXT(client, scopes),
	DB_TEXT(client, notify_uri),
	DB_INT8(client, grants),
	DB_STAMP(client, issued_at),
	DB_BOOL(client, sandbox),
	DB_BOOL(client, public),
};

#endif
