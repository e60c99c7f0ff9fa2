/* OAuth's own addresses, and those under which clients of other data custodians look for them.
 */
#include "oauth.h"

enum { NO_BODY = 0 };

#define TOKEN_SAYS "a token for a code, a refresh token, or a client itself (RFC 6749)"
#define ASK_SAYS   "the portal's page that asks the customer"

/* clang-format off */
const struct route oauth_routes[] = {
	{ "POST", "/oauth/token",                API_ANYBODY, FORM_BYTES_MOST, oauth_token, TOKEN_SAYS },
	{ "POST", "/oauth/revoke",               API_ANYBODY, FORM_BYTES_MOST, oauth_revoke,
	  "ends a token and the consent it is of (RFC 7009)" },
	{ "POST", "/oauth/introspect",           API_ANYBODY, FORM_BYTES_MOST, oauth_introspect,
	  "what a token of yours is, and whether it lives (RFC 7662)" },
	{ "GET",  "/oauth/authorize",            API_ANYBODY, NO_BODY, oauth_elsewhere, ASK_SAYS },
	{ "GET",  "/.well-known/oauth-authorization-server", API_ANYBODY, NO_BODY, oauth_metadata,
	  "what the authorization server has and where (RFC 8414)" },
	{ "POST", "/DataCustodian/oauth/token",  API_ANYBODY, FORM_BYTES_MOST, oauth_token, TOKEN_SAYS },
	{ "GET",  "/DataCustodian/oauth/authorize", API_ANYBODY, NO_BODY, oauth_elsewhere, ASK_SAYS },
	{ "POST", "/DataCustodian/{utility}/oauth/token", API_ANYBODY, FORM_BYTES_MOST, oauth_token, TOKEN_SAYS },
	{ "GET",  "/DataCustodian/{utility}/oauth/authorize", API_ANYBODY, NO_BODY, oauth_elsewhere, ASK_SAYS },
	{ "POST", "/datacustodian/oauth/v2/token", API_ANYBODY, FORM_BYTES_MOST, oauth_token, TOKEN_SAYS },
};
/* clang-format on */
const size_t oauth_routes_n = nitems(oauth_routes);
