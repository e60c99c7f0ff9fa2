/* Programs of a third party (OAuth): what each is registered with, and another secret. */
#include "csp.h"

#include "store/proof.h"

enum { ROWS_MOST = 100 };

struct client {
	struct str client_id, name, state, redirect_uris, scopes, notify_uri;
	int64_t grants, issued_at;
	bool sandbox, public;
};
static const struct db_field fields[] = {
	DB_TEXT(client, client_id),
	DB_TEXT(client, name),
	DB_TEXT(client, state),
	DB_TEXT(client, redirect_uris),
	DB_TEXT(client, scopes),
	DB_TEXT(client, notify_uri),
	DB_INT8(client, grants),
	DB_STAMP(client, issued_at),
	DB_BOOL(client, sandbox),
	DB_BOOL(client, public),
};

static void
put(struct listing *l, const struct client *c)
{
	struct page *p = l->p;

	listing_row(l);
	listing_text(l, c->name);
	listing_more(l, c->client_id);
	listing_text(l, c->state);
	if (c->sandbox)
		listing_more(l, text_of(p->language, TEXT_SANDBOX_TITLE));
	listing_text(l, c->redirect_uris);
	listing_text(l, c->scopes);
	listing_number(l, c->grants);
	listing_text(l, STR(""));
	if (!c->public && (p->me->is & PORTAL_ADMIN) != 0)
		listing_button(
		    l, "secret", c->client_id, text_of(p->language, TEXT_CLIENT_SECRET), false);
}

static bool
show(struct task *t, struct page *p, int status, struct err *e)
{
	static const struct column columns[] = { { TEXT_CLIENT, false },
		{ TEXT_AGREEMENT_STATE, false }, { TEXT_ENROL_REDIRECTS, false },
		{ TEXT_CLIENT_SCOPES, false }, { TEXT_CLIENT_GRANTS, true },
		{ TEXT_KEY_ACT, false } };
	AUTO_PTR(rows) rows = act_rows(t, p, SQL_PORTAL_CSP_CLIENTS, ARGS(P_ME(p)), e);
	struct client c;
	struct listing l;

	if (rows == NULL || !listing_begin(&l, p, "clients", TEXT_CLIENTS_TITLE, columns,
				nitems(columns), ROWS_MOST, e))
		return false;
	while (l.n_rows < ROWS_MOST && ROWS_NEXT(rows, fields, &c))
		put(&l, &c);
	return listing_end(&l, TEXT_CLIENTS_NONE, TEXT_CLIENTS_NONE_SAY, e) &&
	       page_send(t, p, status, "csp_clients.html", e);
}

static bool
see(struct task *t, struct page *p, struct err *e)
{
	act_page(p, NULL, 0);
	view_c(&p->view, "made", "");
	return show(t, p, 200, e);
}

static bool
act(struct task *t, struct page *p, struct err *e)
{
	char made[MADE_SIZE];
	struct proof proof;
	struct form *f;
	struct str id;
	enum text wrong;
	int status;

	act_page(p, NULL, 0);
	view_c(&p->view, "made", "");
	if (!me_form(t, p, &f, &wrong, e))
		return false;
	id = form_get(f, "secret");
	if (wrong == TEXTS && id.len == 0)
		wrong = TEXT_WRONG_FORM;
	if (wrong != TEXTS)
		return show(t, p, act_wrong(p, wrong), e);
	proof_new_token(&proof, made);
	status = act_do(t, p, SQL_PORTAL_CSP_CLIENT_SECRET,
	    ARGS(P_ME(p), P_STR(id), P_BYTES(proof.verifier, sizeof proof.verifier)), e);
	if (status == 200)
		view_set(&p->view, "made", page_keep(p, str_of(made)));
	secret_wipe(made, sizeof made);
	return status != 0 && show(t, p, status, e);
}

bool
csp_clients_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see, e);
}

bool
csp_clients_post(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, act, e);
}
