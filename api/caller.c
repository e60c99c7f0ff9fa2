/* Who calls; see caller.h. */
#include "caller.h"

#include <stdlib.h>
#include <string.h>

#include "base/code.h"
#include "rt/log.h"
#include "rt/loop.h"
#include "sys/digest.h"
#include "sys/form.h"
#include "sys/secret.h"

enum { SHOWN_MOST = 1024, TOKEN_MOST = 200, PEM_MOST = 16 * 1024, LOOK_MS = 30000 };

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

/* After the scheme of an Authorization header; at NULL: another scheme. */
static struct str
after_scheme(struct str given, const char *scheme)
{
	size_t n = strlen(scheme);

	if (given.len <= n || given.at[n] != ' ' ||
	    !str_ieq((struct str){ given.at, n }, str_of(scheme)))
		return (struct str){ NULL, 0 };
	return str_trim((struct str){ given.at + n, given.len - n });
}

bool
caller_made_token(struct str token)
{
	return token.len > 4 && str_starts(token, "bb") && token.at[3] == '_' &&
	       strchr("spacbgrd", token.at[2]) != NULL;
}

struct shown {
	struct str token, basic; /* neither: a certificate */
	bool portal;		 /* the token is that of a session of the portal, */
	bool box;		 /* which opens the box of its organisation */
	unsigned char sha256[32];
};

/* A page of the portal asks for what its reader may see: with the cookie of the session, on the
 * portal's own host, where nginx hands cookies on. It may look, and change nothing; no page of
 * another site may ask (browsers say so, and do not send the cookie with what these ask for).
 */
static bool
by_portal(const struct http *r, struct shown *s)
{
	struct str cookie = cookie_get(http_var(r, SCGI_COOKIE), PORTAL_SESSION_COOKIE);
	struct str site = http_var(r, SCGI_FETCH_SITE);

	s->box = str_starts(r->path, "/box/");
	if (cookie.len == 0 || cookie.len > TOKEN_MOST ||
	    !(s->box || str_starts(r->path, "/v1/") ||
		str_starts(r->path, "/espi/1_1/resource/Download/")) ||
	    !str_is(http_var(r, SCGI_METHOD), r->head ? "HEAD" : "GET") ||
	    (site.at != NULL && !str_is(site, "same-origin") && !str_is(site, "none")))
		return false;
	s->token = cookie;
	s->portal = true;
	return true;
}

static bool
shown_by(const struct http *r, struct str asked, struct shown *s, struct err *e)
{
	struct str given = http_var(r, SCGI_AUTHORIZATION);
	struct str certificate = http_var(r, SCGI_CERTIFICATE);

	*s = (struct shown){ .token = given.len == 0 ? asked : STR("") };
	if (given.len == 0 && asked.len == 0 && by_portal(r, s))
		return true;
	if (s->token.len > 0)
		return s->token.len <= TOKEN_MOST ||
		       err(e, ERR_LOGIN, "what was shown is too long");
	if (given.len == 0 && certificate.len > 0)
		return caller_certificate(certificate, s->sha256) ||
		       err(e, ERR_LOGIN, "the certificate cannot be read");
	if (given.len > SHOWN_MOST)
		return err(e, ERR_LOGIN, "what was shown is too long");
	s->token = after_scheme(given, "Bearer");
	s->basic = after_scheme(given, "Basic");
	if ((s->token.len == 0 && s->basic.len == 0) || s->token.len > TOKEN_MOST)
		return err(e, ERR_LOGIN, "nothing was shown that is understood");
	return true;
}

/* The address belongs to it: a session was opened for one, by the networks of its account. */
static void
key_of(const struct shown *s, struct str from, unsigned char key[CALLER_KEY_BYTES])
{
	AUTO_PTR(digest) d = digest_new();
	bool token = s->token.len > 0, basic = s->basic.len > 0;

	digest_add(d, s->portal ? (s->box ? "Q" : "P") : token ? "T" : basic ? "B" : "C", 1);
	digest_add(d, from.at, from.len);
	digest_add(d, "", 1);
	if (token || basic)
		digest_add(
		    d, token ? s->token.at : s->basic.at, token ? s->token.len : s->basic.len);
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
	secret_wipe(c, sizeof *c);
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

/* ---- opening ---- */

struct who_row {
	struct str class_, kind, code, login;
	int32_t party, account, client;
};
static const struct db_field who_row[] = {
	DB_TEXT(who_row, class_),
	DB_TEXT(who_row, kind),
	DB_TEXT(who_row, code),
	DB_TEXT(who_row, login),
	DB_INT4(who_row, party),
	DB_INT4(who_row, account),
	DB_INT4(who_row, client),
};

static const struct {
	const char *class_;
	int is;
} classes[] = {
	{ "SESSION", API_LOGIN },
	{ "ACCOUNT", API_LOGIN }, /* of who is signed in at the portal */
	{ "PERSONAL", API_PERSONAL },
	{ "ACCESS", API_ACCESS },
	{ "CLIENT", API_CLIENT },
	{ "REGISTRATION", API_REGISTRATION },
	{ "CUSTODIAN", API_CUSTODIAN },
};

static void
become(struct caller *c, const struct who_row *row)
{
	for (size_t i = 0; i < nitems(classes); i++)
		if (str_is(row->class_, classes[i].class_))
			c->is = classes[i].is;
	str_copy(c->class_, sizeof c->class_, row->class_);
	str_copy(c->kind, sizeof c->kind, row->kind);
	str_copy(c->code, sizeof c->code, row->code);
	str_copy(c->login, sizeof c->login, row->login);
	c->party = row->party;
	c->account = row->account;
	c->client = row->client;
}

/* A token that the hub made. Asking twice does no harm. */
static bool
open_token(struct task *t, const struct box_door *door, struct str token, struct caller *c,
    struct err *e)
{
	enum db_got got = DB_RETRY;
	struct who_row row;

	digest_of(token.at, token.len, c->shown);
	for (int i = 0; i < 3 && (got == DB_RETRY || got == DB_UNCERTAIN); i++) {
		AUTO_PTR(conn) db = db_lease(t, door->db, e);
		AUTO_PTR(rows) keep = NULL;

		if (db == NULL)
			return false;
		got = db_one(t, db, SQL_API_WHO, ARGS(P_BYTES(c->shown, SHOWN_BYTES)), who_row,
		    nitems(who_row), &row, &keep, e);
		if (got == DB_FOUND)
			become(c, &row);
	}
	c->until_ms = loop_now_ms(task_loop(t)) + CALLER_TOKEN_MS;
	return got == DB_FOUND;
}

/* Name and password; both may hold anything but that the name has no colon. */
static bool
open_basic(struct task *t, const struct box_door *door, struct str basic, const char *from,
    struct box *b, int *wait_s, struct err *e)
{
	char plain[SHOWN_MOST];
	struct str name, password;
	size_t len;
	bool ok;

	if (!code_unb64(plain, sizeof plain, &len, basic) ||
	    !str_cut((struct str){ plain, len }, ':', &name, &password))
		return err(e, ERR_LOGIN, "the name and password cannot be read");
	ok = box_login(t, door, name, password, from, b, wait_s, e);
	secret_wipe(plain, sizeof plain);
	return ok;
}

static bool
open_session(struct task *t, const struct box_door *door, const struct shown *s,
    const char *from, struct caller *c, int *wait_s, struct err *e)
{
	struct box *b = &c->box;
	bool ok = s->portal	     ? box_login_portal(t, door, s->token, from, b, e)
		  : s->token.len > 0 ? box_login_token(t, door, s->token, from, b, wait_s, e)
		  : s->basic.len > 0
		      ? open_basic(t, door, s->basic, from, b, wait_s, e)
		      : box_login_certificate(t, door, s->sha256, STR(""), from, b, wait_s, e);

	if (!ok)
		return false;
	become(c, &(struct who_row){ .class_ = STR("ACCOUNT"),
		      .kind = str_of(b->kind),
		      .code = str_of(b->code),
		      .login = str_of(b->login),
		      .party = b->party,
		      .account = b->account });
	c->is = API_BOX | API_LOGIN;
	memcpy(c->shown, b->handle, SHOWN_BYTES);
	log_info(t, "api.session", "party=%s account=%d from=%s by=%s", c->code,
	    (int)c->account, from,
	    s->portal	       ? "portal"
	    : s->token.len > 0 ? "token"
	    : s->basic.len > 0 ? "password"
			       : "certificate");
	return true;
}

/* What the door does not like is told in one way. */
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
	ok = (s->portal ? !s->box : caller_made_token(s->token))
		 ? open_token(t, door, s->token, c, e)
		 : open_session(t, door, s, address, c, wait_s, e);
	if (!ok) {
		free(c);
		return NULL;
	}
	return c;
}

/* What is kept of a token is kept for a moment. */
static struct caller *
find_now(struct task *t, struct callers *all, const unsigned char key[CALLER_KEY_BYTES])
{
	struct caller *c = find(all, key);

	if (c == NULL || c->until_ms == 0 || c->until_ms > loop_now_ms(task_loop(t)))
		return c;
	forget(all, c);
	if (c->users == 0)
		end(t, c);
	return NULL;
}

struct caller *
caller_enter(struct task *t, struct callers *all, const struct box_door *door,
    const struct http *r, struct str asked, int *wait_s, struct err *e)
{
	struct str from = http_var(r, SCGI_REMOTE);
	struct caller *c, *mine;
	unsigned char key[CALLER_KEY_BYTES];
	struct shown s;

	*wait_s = 0;
	if (!shown_by(r, asked, &s, e))
		return NULL;
	key_of(&s, from, key);
	c = find_now(t, all, key);
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

	if (c->box.door == NULL) {
		forget(all, c); /* the next request asks who that is */
		return false;
	}
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
