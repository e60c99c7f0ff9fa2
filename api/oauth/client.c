/* Who calls: the client's name and the SHA-256 of its secret, as it shows them. */
#include "oauth.h"

#include <string.h>

#include "base/code.h"
#include "sys/secret.h"

enum { BASIC_MOST = 400 };

/* Names and secrets are escaped as in a form before they are joined (RFC 6749 section 2.3.1);
 * those who do not escape have none of the characters that it matters for. */
static bool
unescape(char *to, size_t size, struct str s)
{
	char plus[BASIC_MOST + 1];

	if (s.len >= sizeof plus)
		return false;
	for (size_t i = 0; i < s.len; i++)
		plus[i] = s.at[i] == '+' ? ' ' : s.at[i];
	return http_unescape(to, size, (struct str){ plus, s.len });
}

static bool
by_basic(struct str header, struct oauth_client *to)
{
	char text[BASIC_MOST + 4], secret[BASIC_MOST + 1];
	struct str name, rest;
	size_t len;
	bool ok = header.len <= BASIC_MOST && code_unb64(text, BASIC_MOST, &len, header) &&
		  str_cut((struct str){ text, len }, ':', &name, &rest) &&
		  unescape(to->name, sizeof to->name, name) && str_utf8(str_of(to->name)) &&
		  unescape(secret, sizeof secret, rest) && secret[0] != '\0';

	if (ok) {
		to->secret = true;
		digest_of(secret, strlen(secret), to->sha256);
		secret_wipe(secret, sizeof secret);
	}
	secret_wipe(text, sizeof text);
	return ok;
}

bool
oauth_client(const struct call *c, const struct form *f, struct oauth_client *to,
    const char **error, struct err *e)
{
	struct str given = http_var(c->http, SCGI_AUTHORIZATION);
	struct str named = oauth_field(f, "client_id");
	static const struct str basic = { "Basic ", 6 };

	*to = (struct oauth_client){ 0 };
	*error = "invalid_client";
	if (oauth_field(f, "client_secret").at != NULL) {
		*error = "invalid_request";
		return err(e, ERR_USAGE,
		    "the secret is in the form; expected it in Authorization: Basic");
	}
	if (given.len > 0) {
		if (named.at != NULL) {
			*error = "invalid_request";
			return err(e, ERR_USAGE, "the client is named twice");
		}
		if (given.len <= basic.len ||
		    !str_ieq((struct str){ given.at, basic.len }, basic))
			return err(e, ERR_LOGIN, "expected Authorization: Basic");
		return by_basic(str_trim((struct str){
				    given.at + basic.len, given.len - basic.len }),
			   to) ||
		       err(e, ERR_LOGIN, "Authorization cannot be read");
	}
	if (named.at == NULL)
		return err(e, ERR_LOGIN, "expected Authorization: Basic");
	if (!str_copy(to->name, sizeof to->name, named))
		return err(e, ERR_LOGIN, "there is no such client");
	return true;
}
