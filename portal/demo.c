/*
 * The demo third party: a page that plays a client, where the setting says that this is a demo.
 * All it does is in static/demo.js; nginx takes what it asks the API through this site
 * (deploy/nginx/portal_demo.conf), so that no other site's page may ask the API.
 */
#include "portal.h"

bool
demo_get(struct task *t, struct call *c, struct err *e)
{
	AUTO(page) p;
	AUTO(buf) redirect = BUF(CONF_TEXT_SIZE + 64);
	struct portal *portal = c->who;

	if (!portal->conf.portal_demo)
		return page_unknown(t, portal, c, e);
	page_open(&p, portal, c);
	page_language(&p, LANGUAGE_EN);
	buf_fmt(&redirect, "%s/demo-third-party", portal->conf.portal_url);
	view_c(&p.view, "demo", file_named(STR("demo.js"))->tag);
	view_c(&p.view, "issuer", portal->conf.api_url);
	view_set(&p.view, "redirect", buf_view(&redirect));
	http_header(c->http, "Content-Security-Policy",
	    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
	    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'");
	return page_send(t, &p, 200, "demo.html", e);
}
