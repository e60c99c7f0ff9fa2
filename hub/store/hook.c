#include "store/hook.h"

#include <stdio.h>
#include <string.h>

#include "base/code.h"
#include "sys/egress.h"

enum { SECRET_BYTES = 32, PLACE_SIZE = 16, URL_MOST = 400 };

bool
hook_url_check(struct str url, const struct conf *c, struct err *e)
{
	struct egress_rules rules;
	struct egress_url u;

	if (url.len > URL_MOST)
		return err(e, ERR_BAD_INPUT,
		    "the address has %zu characters, at most %d may be", url.len, URL_MOST);
	if (!str_starts(url, "https://"))
		return err(e, ERR_BAD_INPUT, "url: expected one that begins with https://");
	if (!egress_url_read(&u, url, e))
		return err_at(e, "url");
	if (u.kind != EGRESS_HTTPS || u.login[0] != '\0')
		return err(e, ERR_BAD_INPUT, "url: expected https:// and no login");
	if (!egress_rules_read(&rules, "hook", c->hook_ports, c->hook_private_networks, e))
		return false;
	if (egress_port_ok(&rules, u.port, e) && !egress_host_inside(&rules, u.host, e))
		return true;
	e->code = ERR_BAD_INPUT;
	return false;
}

bool
hook_secret_make(struct hook_secret *s, const struct conf *c, int32_t party, struct err *e)
{
	unsigned char random[SECRET_BYTES], public_key[VAULT_PUBLIC_BYTES];
	char place[PLACE_SIZE];

	if (!vault_public_read(public_key, c->hook_public_key, e))
		return false;
	secret_random(random, sizeof random);
	memcpy(s->text, "whsec_", 6);
	code_b64u(s->text + 6, random, sizeof random);
	snprintf(place, sizeof place, "%d", party);
	s->len = vault_seal(s->sealed, public_key, str_of(s->text), str_of(place));
	secret_wipe(random, sizeof random);
	return true;
}
