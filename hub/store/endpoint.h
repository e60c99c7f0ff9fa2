/*
 * The secret of a partner's own server, sealed by push.key. It is bound to where it opens a
 * door: who changes host, port, login or pin of the row changes what it can be unsealed for, so
 * a password cannot be sent elsewhere by a change in the database alone.
 */
#ifndef STORE_ENDPOINT_H
#define STORE_ENDPOINT_H

#include "base/err.h"

enum { ENDPOINT_PIN_BYTES = 32, ENDPOINT_SECRET_MOST = 6000, ENDPOINT_PLACE_SIZE = 80 };

struct keys;

struct endpoint_door {
	struct str kind, host, login; /* "SFTP" */
	int32_t port;
	const unsigned char *pin;
};

/* What the secret is sealed to. */
void endpoint_place(char to[ENDPOINT_PLACE_SIZE], const struct endpoint_door *d);

/* A fingerprint as people have it: "SHA256:" and base64 (ssh-keygen -l), or 64 hex digits with
 * or without colons (openssl x509 -fingerprint -sha256), also behind "sha256 Fingerprint=". */
bool endpoint_pin_read(unsigned char pin[ENDPOINT_PIN_BYTES], struct str text, struct err *e);

#endif
