/* Who calls; see caller.h. */
#include "caller.h"

#include <stdlib.h>
#include <string.h>

#include "base/code.h"
#include "rt/log.h"
#include "rt/loop.h"
#include "sys/digest.h"

enum { TOKEN_MOST = 200, PEM_MOST = 16 * 1024, LOOK_MS = 30000 };

/* ---- what was shown ---- */

/* Armour and line ends taken away, what is left is base64; decoded where it stands. */
static bool
der_of(char *pem, size_t size, size_t *len)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----", end[] = "-----END";
	char *from = strstr(pem, begin), *to;
	size_t n = 0;

	to = from == NULL ? NULL : strstr(from + strlen(begin), end);
	if (to == NULL)
		return false;
	for (const char *p = from + strlen(begin); p < to; p++)
		if (*p != '\n' && *p != '\r')
			pem[n++] = *p;
	return code_unb64(pem, size, len, (struct str){ pem, n }) && *len > 0;
}

bool
caller_certificate(struct str escaped, unsigned char sha256[32])
{
	size_t size = escaped.len + 1, len;
	char *pem = escaped.len > PEM_MOST ? NULL : malloc(size);
	bool ok = pem != NULL && http_unescape(pem, size, escaped) && der_of(pem, size, &len);

	if (ok)
		digest_of(pem, len, sha256);
	free(pem);
	return ok;
}

struct shown {
	struct str token; /* len 0: a certificate */
	unsigned char sha256[32];
};

static bool
shown_by(const struct http *r, struct shown *s, struct err *e)
{
	static const struct str bearer = { "Bearer ", 7 };
	struct str given = http_var(r, SCGI_AUTHORIZATION);
	struct str certificate = http_var(r, SCGI_CERTIFICATE);

	*s = (struct shown){ 0 };
	if (given.len > bearer.len && given.len <= TOKEN_MOST &&
	    str_ieq((struct str){ given.at, bearer.len }, bearer)) {
		s->token =
		    str_trim((struct str){ given.at + bearer.len, given.len - bearer.len });
		return s->token.len > 0 || err(e, ERR_LOGIN, "the token is empty");
	}
	if (given.len == 0 && certificate.len > 0)
		return caller_certificate(certificate, s->sha256) ||
		       err(e, ERR_LOGIN, "the certificate cannot be read");
	return err(e, ERR_LOGIN, "nothing was shown that is understood");
}

/* The address belongs to it: a session was opened for one, by the networks of its account. */
static void
key_of(const struct shown *s, struct str from, unsigned char key[CALLER_KEY_BYTES])
{
	AUTO_PTR(digest) d = digest_new();

	digest_add(d, s->token.len > 0 ? "T" : "C", 1);
	digest_add(d, from.at, from.len);
	digest_add(d, "", 1);
	if (s->token.len > 0)
		digest_add(d, s->token.at, s->token.len);
	else
		digest_add(d, s->sha256, sizeof s->sha256);
	digest_end(d, key);
}

/* ---- the sessions that are kept ---- */

static struct caller *
find(struct callers *all, const unsigned char key[CALLER_KEY_BYTES])
{
	for (size_t i = 0; i < all->n; i++)
		if (code_same(all->at[i]->key, key, CALLER_KEY_BYTES))
			return all->at[i];
	return NULL;
}

/* Out of the table; who uses it goes on, and the last one ends the session. */
static void
forget(struct callers *all, struct caller *c)
{
	for (size_t i = 0; i < all->n && c->kept; i++)
		if (all->at[i] == c) {
			all->at[i] = all->at[--all->n];
			c->kept = false;
		}
}

static void
end(struct task *t, struct caller *c)
{
	box_end(t, &c->box);
	free(c);
}

/* The one that nobody uses and was used longest ago makes room. NULL: all are in use. */
static struct caller *
oldest(struct callers *all, uint64_t before_ms)
{
	struct caller *found = NULL;

	for (size_t i = 0; i < all->n; i++) {
		struct caller *c = all->at[i];

		if (c->users == 0 && c->used_ms < before_ms &&
		    (found == NULL || c->used_ms < found->used_ms))
			found = c;
	}
	return found;
}

static void
keep(struct task *t, struct callers *all, struct caller *c)
{
	struct caller *gone = all->n < CALLERS_MOST ? NULL : oldest(all, UINT64_MAX);

	if (gone != NULL)
		forget(all, gone);
	if (all->n < CALLERS_MOST) {
		all->at[all->n++] = c;
		c->kept = true;
	}
	if (gone != NULL)
		end(t, gone);
}

/* A session of its own; what the door does not like is told in one way. */
static struct caller *
open_new(struct task *t, const struct box_door *door, const struct shown *s, struct str from,
    int *wait_s, struct err *e)
{
	struct caller *c = calloc(1, sizeof *c);
	char address[64];
	bool ok;

	if (c == NULL) {
		err(e, ERR_BUSY, "no memory for a session");
		return NULL;
	}
	str_copy(address, sizeof address, from);
	ok = s->token.len > 0 ? box_login_token(t, door, s->token, address, &c->box, wait_s, e)
			      : box_login_certificate(
				    t, door, s->sha256, STR(""), address, &c->box, wait_s, e);
	if (!ok) {
		free(c);
		return NULL;
	}
	log_info(t, "api.session", "party=%s account=%d from=%s by=%s", c->box.code,
	    (int)c->box.account, address, s->token.len > 0 ? "token" : "certificate");
	return c;
}

struct caller *
caller_enter(struct task *t, struct callers *all, const struct box_door *door,
    const struct http *r, int *wait_s, struct err *e)
{
	struct str from = http_var(r, SCGI_REMOTE);
	struct caller *c, *mine;
	unsigned char key[CALLER_KEY_BYTES];
	struct shown s;

	*wait_s = 0;
	if (!shown_by(r, &s, e))
		return NULL;
	key_of(&s, from, key);
	c = find(all, key);
	if (c == NULL) {
		mine = open_new(t, door, &s, from, wait_s, e);
		if (mine == NULL)
			return NULL;
		memcpy(mine->key, key, sizeof key);
		mine->users = 1; /* it is nobody's to end while we wait */
		c = find(all, key);
		if (c == NULL) {
			keep(t, all, mine);
			mine->used_ms = loop_now_ms(task_loop(t));
			return mine;
		}
		c->users++; /* another request was faster */
		end(t, mine);
		c->users--;
	}
	c->users++;
	c->used_ms = loop_now_ms(task_loop(t));
	return c;
}

void
caller_leave(struct task *t, struct callers *all, struct caller **cp)
{
	struct caller *c = *cp;

	(void)all;
	*cp = NULL;
	if (c != NULL && --c->users == 0 && !c->kept)
		end(t, c);
}

bool
caller_over(struct task *t, struct callers *all, struct caller *c)
{
	struct box_entry root;
	struct err e = { 0 };

	if (box_find(t, &c->box, "/", &root, &e) || e.code != ERR_FORBIDDEN)
		return false;
	forget(all, c);
	return true;
}

void
callers_run(struct task *t, void *arg)
{
	struct callers *all = arg;
	struct err e;

	while (task_sleep(t, LOOK_MS, &e)) {
		uint64_t now = loop_now_ms(task_loop(t));
		struct caller *c;

		while (
		    now > CALLER_IDLE_MS && (c = oldest(all, now - CALLER_IDLE_MS)) != NULL) {
			forget(all, c);
			end(t, c);
		}
	}
}
