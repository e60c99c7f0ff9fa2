/* What is shown once; see once.h. */
#include "once.h"

#include <stdio.h>
#include <string.h>

#include "base/code.h"

#define ONCE_COOKIE "__Host-busbar-once"
enum { ONCE_LIFE_S = 60, STAMP_BYTES = 8, PATH_MOST = 200 };
enum { PLAIN_MOST = STAMP_BYTES + ONCE_MOST, SEALED_MOST = PLAIN_MOST + SEAL_EXTRA };

static struct str
place_of(const struct page *p, struct str path, char to[LINK_BYTES + PATH_MOST])
{
	size_t len = path.len < PATH_MOST ? path.len : PATH_MOST;

	memcpy(to, p->sha256, LINK_BYTES);
	memcpy(to + LINK_BYTES, path.at, len);
	return (struct str){ to, LINK_BYTES + len };
}

bool
once_go(struct task *t, struct page *p, struct str secret, const char *done, struct str path,
    struct err *e)
{
	char room[LINK_BYTES + PATH_MOST], text[code_b64u_size(SEALED_MOST)];
	char to[PATH_MOST + 32], sealed[SEALED_MOST], plain[PLAIN_MOST];
	size_t len;

	if (secret.len > ONCE_MOST || path.len > PATH_MOST)
		return err(e, ERR_BUG, "%zu bytes to show once", secret.len);
	put_be64((unsigned char *)plain, (uint64_t)page_now_ms());
	memcpy(plain + STAMP_BYTES, secret.at, secret.len);
	len = seal(p->portal->consent_keys, sealed,
	    (struct str){ plain, STAMP_BYTES + secret.len }, place_of(p, path, room));
	secret_wipe(plain, sizeof plain);
	code_b64u(text, sealed, len);
	http_header(p->call->http, "Set-Cookie",
	    ONCE_COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=%d", text,
	    ONCE_LIFE_S);
	snprintf(to, sizeof to, STR_FMT "?done=%s", STR_ARG(path), done);
	return page_go(t, p, to, e);
}

void
once_take(struct page *p)
{
	struct str cookie = cookie_get(http_var(p->call->http, SCGI_COOKIE), ONCE_COOKIE);
	char room[LINK_BYTES + PATH_MOST], sealed[SEALED_MOST], plain[SEALED_MOST];
	struct str path = p->call->http->path;
	size_t len = cookie.len * 3 / 4, got;
	int64_t age_ms;

	view_c(&p->view, "made", "");
	if (cookie.at == NULL || len > sizeof sealed || !code_unb64u(sealed, len, cookie) ||
	    !unseal(p->portal->consent_keys, plain, &got, (struct str){ sealed, len },
		place_of(p, path, room)))
		return;
	age_ms = page_now_ms() - (int64_t)get_be64(plain);
	http_header(p->call->http, "Set-Cookie",
	    ONCE_COOKIE "=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
	if (got > STAMP_BYTES && age_ms < (int64_t)ONCE_LIFE_S * 1000) {
		view_c(&p->view, "done", "");
		view_set(&p->view, "made",
		    page_keep(p, (struct str){ plain + STAMP_BYTES, got - STAMP_BYTES }));
	}
	secret_wipe(plain, sizeof plain);
}
