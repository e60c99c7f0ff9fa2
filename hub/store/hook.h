/* What whoever names a webhook needs: an address that may be one, and a secret. */
#ifndef STORE_HOOK_H
#define STORE_HOOK_H

#include "sys/conf.h"
#include "sys/secret.h"

/* https://, a host, a port of hook.ports, a path; no login, no query. ERR_BAD_INPUT says what
 * is wrong. Whether the host's addresses may be connected to is looked at each time by hookd.
 */
bool hook_url_check(struct str url, const struct conf *c, struct err *e);

/* A new secret, "whsec_" and 43 characters, whose bytes as text are the key of HMAC: shown
 * once; what is kept is sealed to busbar-hookd, for that party. Wipe it. */
enum { HOOK_SECRET_SIZE = 6 + 43 + 1 };
struct hook_secret {
	char text[HOOK_SECRET_SIZE];
	unsigned char sealed[VAULT_MOST];
	size_t len;
};
bool hook_secret_make(
    struct hook_secret *s, const struct conf *c, int32_t party, struct err *e);

#endif
