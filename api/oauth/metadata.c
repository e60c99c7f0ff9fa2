/* Where everything is. */
#include "oauth.h"

enum { METADATA_MOST = 8192 };

static const char *const grants[] = { "authorization_code", "refresh_token",
	"client_credentials" };
static const char *const methods[] = { "client_secret_basic", "none" };
static const char *const no_public[] = { "client_secret_basic" };

static void
list(struct json *j, const char *name, const char *const *items, size_t n)
{
	json_list(j, name);
	for (size_t i = 0; i < n; i++)
		json_text(j, NULL, str_of(items[i]));
	json_end(j);
}

static void
address(struct json *j, const char *name, const char *base, const char *path)
{
	AUTO(buf) b = BUF(METADATA_MOST);

	buf_fmt(&b, "%s%s", base, path);
	json_text(j, name, buf_view(&b));
}

bool
oauth_metadata(struct task *t, struct call *c, struct err *e)
{
	AUTO(buf) b = BUF(METADATA_MOST);
	struct json j = json_to(&b);
	const struct conf *conf = &call_api(c)->conf;
	static const char *const code[] = { "code" }, *const s256[] = { "S256" },
				 *const query[] = { "query" },
				 *const locales[] = { "en", "es" };

	json_open(&j, NULL);
	json_text(&j, "issuer", str_of(conf->api_url));
	address(&j, "authorization_endpoint", conf->portal_url, "/oauth/authorize");
	address(&j, "token_endpoint", conf->api_url, "/oauth/token");
	address(&j, "revocation_endpoint", conf->api_url, "/oauth/revoke");
	address(&j, "introspection_endpoint", conf->api_url, "/oauth/introspect");
	list(&j, "response_types_supported", code, 1);
	list(&j, "response_modes_supported", query, 1);
	list(&j, "grant_types_supported", grants, nitems(grants));
	list(&j, "token_endpoint_auth_methods_supported", methods, nitems(methods));
	list(&j, "revocation_endpoint_auth_methods_supported", methods, nitems(methods));
	list(&j, "introspection_endpoint_auth_methods_supported", no_public, 1);
	list(&j, "code_challenge_methods_supported", s256, 1);
	json_bool(&j, "authorization_response_iss_parameter_supported", true);
	list(&j, "ui_locales_supported", locales, 2);
	json_end(&j);
	buf_byte(&b, '\n');
	http_header(c->http, "Cache-Control", "max-age=3600");
	return http_reply(t, c->http, 200, "application/json", buf_view(&b), e);
}

/* Customers are asked by the portal: with what was asked for, unread. */
bool
oauth_elsewhere(struct task *t, struct call *c, struct err *e)
{
	http_header(c->http, "Cache-Control", "no-store");
	http_header(c->http, "Location", "%s/oauth/authorize?" STR_FMT,
	    call_api(c)->conf.portal_url, STR_ARG(c->http->query));
	return http_reply(t, c->http, 302, "text/plain", STR(""), e);
}
