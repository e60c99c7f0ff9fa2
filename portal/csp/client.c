/*
 * One program of a third party (OAuth): what it is registered with, which its admins change;
 * and a new one. What customers allowed stays as they allowed it: a scope that is taken away
 * here can only not be asked for any more.
 */
#include "client.h"
#include "says.h"

#include "meter/scope.h"
#include "once.h"
#include "store/hook.h"
#include "store/proof.h"

enum { LINES_MOST = 10, LINES_CHARACTERS = 3000, FACTS_MOST = 8 };
enum { NAME, REDIRECTS, SCOPES, NOTIFY, SANDBOX, PUBLIC, FIELDS, FIELDS_SET = SANDBOX };

static const struct field form_fields[FIELDS] = {
	[NAME] = { "name", "text", "off", 200, TEXT_CLIENT_NAME, TEXT_CLIENT_NAME_HINT,
	    TEXT_WRONG_LABEL },
	[REDIRECTS] = { "redirects", "textarea", "off", LINES_CHARACTERS, TEXT_ENROL_REDIRECTS,
	    TEXT_CLIENT_REDIRECTS_HINT, TEXTS },
	[SCOPES] = { "scopes", "textarea", "off", LINES_CHARACTERS, TEXT_CLIENT_SCOPES,
	    TEXT_CLIENT_SCOPES_HINT, TEXTS },
	[NOTIFY] = { "notify", "url", "off", 400, TEXT_CLIENT_NOTIFY, TEXT_CLIENT_NOTIFY_HINT,
	    TEXTS },
	[SANDBOX] = { "sandbox", "tick", "off", 1, TEXT_CLIENT_SANDBOX, TEXTS, TEXTS },
	[PUBLIC] = { "public", "tick", "off", 1, TEXT_CLIENT_PUBLIC, TEXTS, TEXTS },
};

static const struct act_done done[] = {
	{ "set", TEXT_CLIENT_SET_DONE },
	{ "made", TEXT_CLIENT_MADE_DONE },
	{ "secret", TEXT_ONCE_GONE },
};

/* ---- the form ---- */

struct asked { /* as the database takes it */
	struct str redirects[LINES_MOST + 1], scopes[LINES_MOST + 1];
	size_t n_redirects, n_scopes;
	struct param notify;
};

static size_t
lines_of(struct str text, struct str to[LINES_MOST + 1])
{
	bool more = text.len > 0;
	struct str line;
	size_t n = 0;

	while (more && n <= LINES_MOST) {
		more = str_cut(text, '\n', &line, &text);
		line = str_trim(line);
		if (line.len > 0)
			to[n++] = line;
	}
	return n;
}

/* As the hub writes them, which is what requests are compared with. */
static bool
write_scopes(struct page *p, struct asked *a, struct err *e)
{
	for (size_t i = 0; i < a->n_scopes; i++) {
		AUTO(buf) room = BUF(2 * SCOPE_BYTES_MOST);
		struct scope s;

		if (!scope_read(&s, a->scopes[i], e) || !scope_write(&room, &s, e))
			return false;
		a->scopes[i] = page_keep(p, buf_view(&room));
	}
	return true;
}

/* Says beside the field what is wrong; false: something is, and *status says what to answer. */
static bool
take(struct page *p, const struct form *f, struct asked *a, enum text wrong[FIELDS_MOST],
    int *status, struct err *e)
{
	struct str notify = str_trim(form_get(f, "notify"));

	a->notify = (struct param)P_NULL();
	if (!fields_check(form_fields, FIELDS, f, wrong)) {
		*status = act_wrong(p, TEXT_WRONG_SEE);
		return false;
	}
	a->n_redirects = lines_of(form_get(f, "redirects"), a->redirects);
	a->n_scopes = lines_of(form_get(f, "scopes"), a->scopes);
	if (!write_scopes(p, a, e)) {
		wrong[SCOPES] = TEXT_WRONG_SCOPES;
		*status = act_refused(p, e);
		return false;
	}
	if (notify.len > 0 && !hook_url_check(notify, &p->portal->conf, e)) {
		wrong[NOTIFY] = TEXT_WRONG_HOOK;
		*status = act_refused(p, e);
		return false;
	}
	if (notify.len > 0)
		a->notify = (struct param)P_STR(notify);
	return true;
}

bool
csp_client_form(struct page *p, const struct form *f, const enum text *wrong, struct err *e)
{
	return fields_set(p, "fields", form_fields, FIELDS, f, wrong, e);
}

/* ---- a new one ---- */

/* 303: the reply is given. */
int
csp_client_add(struct task *t, struct page *p, const struct form *f,
    enum text wrong[FIELDS_MOST], struct err *e)
{
	static const struct db_field made_fields[] = { DB_TEXT(client, client_id) };
	AUTO_PTR(rows) keep = NULL;
	AUTO(buf) path = BUF(200);
	bool public = form_get(f, "public").len > 0;
	char made[MADE_SIZE];
	struct proof proof;
	struct asked a;
	struct client c;
	int status;

	if (!take(p, f, &a, wrong, &status, e))
		return status;
	proof_new_token(&proof, made);
	status = act_row(t, p, SQL_PORTAL_CSP_CLIENT_ADD,
	    ARGS(P_ME(p), P_STR(str_trim(form_get(f, "name"))),
		P_BYTES(public ? NULL : proof.verifier, sizeof proof.verifier),
		P_BOOL(form_get(f, "sandbox").len > 0), P_TEXTS(a.redirects, a.n_redirects),
		P_TEXTS(a.scopes, a.n_scopes), a.notify),
	    made_fields, nitems(made_fields), &c, &keep, e);
	if (status == 200) {
		buf_fmt(&path, "/csp/clients/" STR_FMT, STR_ARG(c.client_id));
		status =
		    once_go(t, p, public ? STR("") : str_of(made), "made", buf_view(&path), e)
			? 303
			: 0;
	}
	secret_wipe(made, sizeof made);
	return status;
}

/* ---- one ---- */

static struct form *
as_form(struct page *p, const struct client *c, struct err *e)
{
	const struct {
		const char *name;
		struct str value;
	} all[FIELDS_SET] = { { "name", c->name }, { "redirects", c->redirect_uris },
		{ "scopes", c->scopes }, { "notify", c->notify_uri } };
	struct form *f = page_form_room(p, e);

	for (size_t i = 0; f != NULL && i < FIELDS_SET; i++) {
		f->at[i].name = str_of(all[i].name);
		f->at[i].value = page_keep(p, all[i].value);
		f->n = i + 1;
	}
	return f;
}

static bool
put_facts(struct page *p, const struct client *c, struct err *e)
{
	struct things f;

	if (!things_begin(&f, p, FACTS_MOST, e))
		return false;
	thing(&f, TEXT_GO_CLIENT, c->client_id);
	thing(&f, TEXT_AGREEMENT_STATE, says_one_of(p, "client", c->state));
	if (c->sandbox)
		thing(&f, TEXT_SANDBOX_TITLE, text_of(p->language, TEXT_CLIENT_SANDBOX));
	if (c->public)
		thing(&f, TEXT_CLIENT, text_of(p->language, TEXT_CLIENT_PUBLIC));
	thing_number(&f, TEXT_CLIENT_GRANTS, c->grants);
	thing_at(&f, TEXT_KEY_MADE, c->issued_at);
	things_end(&f);
	return true;
}

static bool
show(struct task *t, struct page *p, int status, const struct form *f, const enum text *wrong,
    struct err *e)
{
	AUTO_PTR(rows) keep = NULL;
	struct client c;
	int got = act_row(t, p, SQL_PORTAL_CSP_CLIENT,
	    ARGS(P_ME(p), P_STR(str_of(p->call->param[0]))), fields, nitems(fields), &c, &keep,
	    e);

	if (got == 404)
		return page_unknown(t, p->portal, p->call, e);
	if (got != 200)
		return got == 0 ? false : page_unknown(t, p->portal, p->call, e);
	if (f == NULL && (f = as_form(p, &c, e)) == NULL)
		return false;
	view_set(&p->view, "client", page_keep(p, c.client_id));
	view_set(&p->view, "name_of", page_keep(p, c.name));
	view_c(&p->view, "may", (p->me->is & PORTAL_ADMIN) != 0 ? "1" : "");
	view_c(&p->view, "has_secret", c.public ? "" : "1");
	return put_facts(p, &c, e) &&
	       fields_set(p, "fields", form_fields, FIELDS_SET, f, wrong, e) &&
	       page_send(t, p, status, "csp_client.html", e);
}

static bool
see(struct task *t, struct page *p, struct err *e)
{
	act_page(p, done, nitems(done));
	once_take(p);
	return show(t, p, 200, NULL, NULL, e);
}

static int
set(struct task *t, struct page *p, const struct form *f, enum text wrong[FIELDS_MOST],
    struct err *e)
{
	struct asked a;
	int status;

	if (!take(p, f, &a, wrong, &status, e))
		return status;
	return act_do(t, p, SQL_PORTAL_CSP_CLIENT_SET,
	    ARGS(P_ME(p), P_STR(str_of(p->call->param[0])),
		P_STR(str_trim(form_get(f, "name"))), P_TEXTS(a.redirects, a.n_redirects),
		P_TEXTS(a.scopes, a.n_scopes), a.notify),
	    e);
}

/* Another secret; 303: the reply is given. */
static int
draw(struct task *t, struct page *p, struct err *e)
{
	char made[MADE_SIZE];
	struct proof proof;
	int status;

	proof_new_token(&proof, made);
	status = act_do(t, p, SQL_PORTAL_CSP_CLIENT_SECRET,
	    ARGS(P_ME(p), P_STR(str_of(p->call->param[0])),
		P_BYTES(proof.verifier, sizeof proof.verifier)),
	    e);
	if (status == 200)
		status =
		    once_go(t, p, str_of(made), "secret", p->call->http->path, e) ? 303 : 0;
	secret_wipe(made, sizeof made);
	return status;
}

static bool
act(struct task *t, struct page *p, struct err *e)
{
	enum text wrong, bad[FIELDS_MOST];
	struct form *f;
	int status;

	act_page(p, NULL, 0);
	view_c(&p->view, "made", "");
	for (size_t i = 0; i < FIELDS_MOST; i++)
		bad[i] = TEXTS;
	if (!me_form(t, p, &f, &wrong, e))
		return false;
	if (wrong != TEXTS)
		return show(t, p, act_wrong(p, wrong), NULL, NULL, e);
	if (str_is(form_get(f, "do"), "secret")) {
		status = draw(t, p, e);
		return status == 303 || (status != 0 && show(t, p, status, NULL, NULL, e));
	}
	status = set(t, p, f, bad, e);
	if (status == 200)
		return act_go(t, p, "set", e, "/csp/clients/%s", p->call->param[0]);
	return status != 0 && show(t, p, status, f, bad, e);
}

bool
csp_client_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see, e);
}

bool
csp_client_post(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, act, e);
}
