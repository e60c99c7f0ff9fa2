/*
 * An account's own credentials: a new one is added, tried, and only then the old one ends.
 *
 * Adding is PUT, not POST: a page of others can make a browser send a POST with the client
 * certificate that it holds, but no PUT. What is added has a label, which is there once, so
 * that asking again after an answer was lost adds no second one.
 */
#include <string.h>

#include "box_parts.h"
#include "base/json.h"
#include "store/owner.h"

enum { REPLY_MOST = 64 * 1024, BODY_MOST = API_PROOF_MOST };

/* ---- the list ---- */

static void
stamp_or_null(struct json *j, const char *name, int64_t at_s)
{
	if (at_s == 0)
		json_null(j, name);
	else
		json_stamp(j, name, at_s);
}

static void
put_row(void *arg, const struct owner_credential *x)
{
	struct json *j = arg;

	json_open(j, NULL);
	json_int(j, "credential", x->number);
	json_text(j, "kind", str_of(x->kind));
	json_text(j, "label", str_of(x->label));
	if (x->fingerprint[0] != '\0')
		json_text(j, "sha256", str_of(x->fingerprint));
	json_stamp(j, "made", x->made_s);
	stamp_or_null(j, "until", x->expires_s);
	stamp_or_null(j, "used", x->used_s);
	json_bool(j, "here", x->here);
	json_end(j);
}

bool
credentials_list(struct task *t, struct call *c, struct err *e)
{
	AUTO(buf) b = BUF(REPLY_MOST);
	struct json j = json_to(&b);

	json_open(&j, NULL);
	json_text(&j, "login", str_of(call_box(c)->login));
	json_list(&j, "items");
	if (!owner_list(t, call_box(c), put_row, &j, e))
		return false;
	json_end(&j);
	json_end(&j);
	buf_byte(&b, '\n');
	if (!buf_ok(&b))
		return err(e, ERR_TOO_BIG, "the list is too long");
	http_header(c->http, "Cache-Control", "no-store");
	return http_reply(t, c->http, 200, "application/json", buf_view(&b), e);
}

/* ---- adding ---- */

static bool
read_body(struct task *t, struct http *r, struct buf *to, struct err *e)
{
	enum io_got got = IO_OK;
	char *room = buf_room(to, BODY_MOST);
	size_t n;

	if (room == NULL)
		return err(e, ERR_BUSY, "no memory for a request");
	while (to->len < BODY_MOST &&
	       (got = http_body(t, r, to->at + to->len, BODY_MOST - to->len, &n, e)) == IO_OK)
		buf_grew(to, n);
	return got != IO_FAIL;
}

/* The `until` of the address; 0 without one. */
static bool
until_of(struct str query, int64_t *at_s, struct err *e)
{
	char text[64];
	struct str pair, rest = query;

	*at_s = 0;
	while (rest.len > 0) {
		str_cut(rest, '&', &pair, &rest);
		if (!str_starts(pair, "until=") ||
		    !http_unescape(
			text, sizeof text, (struct str){ pair.at + 6, pair.len - 6 }) ||
		    !civil_read_stamp(str_of(text), at_s))
			return err(e, ERR_USAGE,
			    "expected nothing but until=TIME behind the '?', a time such as "
			    "2027-01-31T00:00:00Z");
	}
	return true;
}

/* What is to be added: from the body, from TLS, or made here (then `made` is what to show). */
typedef bool prove_fn(struct task *t, struct call *c, struct str body, struct proof *p,
    char made[MADE_SIZE], struct err *e);

static bool
prove_token(struct task *t, struct call *c, struct str body, struct proof *p,
    char made[MADE_SIZE], struct err *e)
{
	(void)t, (void)c;
	if (body.len > 0)
		return err(e, ERR_BAD_INPUT, "a token is made here: expected no body");
	proof_new_token(p, made);
	return true;
}

static bool
prove_password(struct task *t, struct call *c, struct str body, struct proof *p,
    char made[MADE_SIZE], struct err *e)
{
	struct str password = body;

	if (password.len == 0) {
		proof_new_password(made);
		password = str_of(made);
	}
	if (str_ends(password, "\n"))
		password.len--;
	if (str_ends(password, "\r"))
		password.len--;
	return owner_password(t, call_box(c), password, p, e);
}

static bool
prove_ssh_key(struct task *t, struct call *c, struct str body, struct proof *p,
    char made[MADE_SIZE], struct err *e)
{
	(void)made;
	return owner_ssh_key(t, call_box(c), body, p, e);
}

/* TLS has seen that the caller holds its key. */
static bool
prove_certificate(struct task *t, struct call *c, struct str body, struct proof *p,
    char made[MADE_SIZE], struct err *e)
{
	struct str shown = http_var(c->http, SCGI_CERTIFICATE);

	(void)t, (void)made;
	if (body.len > 0 || shown.len == 0)
		return err(e, ERR_BAD_INPUT,
		    "a certificate is added by showing it: expected a request with a token, "
		    "the new "
		    "client certificate and no body");
	*p = (struct proof){ .kind = "CERTIFICATE" };
	return caller_certificate(shown, p->verifier) ||
	       err(e, ERR_BAD_INPUT, "the client certificate cannot be read");
}

static const struct {
	const char *name;
	prove_fn *prove;
} kinds[] = {
	{ "token", prove_token },
	{ "password", prove_password },
	{ "ssh-key", prove_ssh_key },
	{ "certificate", prove_certificate },
};

static prove_fn *
prove_of(const char *kind)
{
	for (size_t i = 0; i < nitems(kinds); i++)
		if (strcmp(kinds[i].name, kind) == 0)
			return kinds[i].prove;
	return NULL;
}

static bool
tell_added(struct task *t, struct call *c, int64_t number, const struct proof *p,
    const char *made, struct err *e)
{
	AUTO(buf) b = BUF(REPLY_MOST);
	struct json j = json_to(&b);
	bool ok;

	json_open(&j, NULL);
	json_int(&j, "credential", number);
	json_text(&j, "kind", str_of(p->kind));
	json_text(&j, "label", str_of(c->param[1]));
	if (made[0] != '\0')
		json_text(&j, "secret", str_of(made)); /* shown only now */
	json_end(&j);
	buf_byte(&b, '\n');
	http_header(c->http, "Cache-Control", "no-store");
	ok = http_reply(t, c->http, 201, "application/json", buf_view(&b), e);
	secret_wipe(b.at, b.len);
	return ok;
}

bool
credential_put(struct task *t, struct call *c, struct err *e)
{
	AUTO(buf) body = BUF(BODY_MOST);
	prove_fn *prove = prove_of(c->param[0]);
	char made[MADE_SIZE] = "";
	struct proof p;
	int64_t until_s, number;
	bool ok;

	if (prove == NULL)
		return err(e, ERR_NOT_FOUND,
		    "there is no such kind, expected token, password, ssh-key or certificate");
	ok = until_of(c->http->query, &until_s, e) && read_body(t, c->http, &body, e) &&
	     prove(t, c, buf_view(&body), &p, made, e);
	if (body.at != NULL)
		secret_wipe(body.at, body.len);
	ok = ok && owner_add(t, call_box(c), &p, str_of(c->param[1]), until_s, &number, e) &&
	     tell_added(t, c, number, &p, made, e);
	secret_wipe(made, sizeof made);
	return ok;
}

bool
credential_delete(struct task *t, struct call *c, struct err *e)
{
	int64_t number;

	if (!str_int64(str_of(c->param[0]), &number))
		return err(e, ERR_NOT_FOUND, "there is no such credential");
	return owner_end(t, call_box(c), number, e) && http_begin(t, c->http, 204, NULL, -1, e);
}
