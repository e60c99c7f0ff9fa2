/* Programs of a third party (OAuth): all of them, and a new one; client.c has the rest. */
#include "client.h"
#include "says.h"

enum { ROWS_MOST = 100 };

/* The first, and the others below it. */
static void
put_lines(struct listing *l, struct str text)
{
	struct str first, others;

	if (str_cut(text, ' ', &first, &others)) {
		listing_text(l, first);
		listing_more(l, others);
	} else
		listing_text(l, text);
}

static void
put(struct listing *l, const struct client *c)
{
	struct page *p = l->p;

	listing_row(l);
	listing_link(l, c->name, "/csp/clients/" STR_FMT, STR_ARG(c->client_id));
	listing_more(l, c->client_id);
	listing_text(l, says_one_of(p, "client", c->state));
	if (c->sandbox)
		listing_more(l, text_of(p->language, TEXT_SANDBOX_TITLE));
	put_lines(l, c->redirect_uris);
	listing_number(l, c->grants);
}

static bool
show(struct task *t, struct page *p, int status, const struct form *f, const enum text *wrong,
    struct err *e)
{
	static const struct column columns[] = { { TEXT_CLIENT, false },
		{ TEXT_AGREEMENT_STATE, false }, { TEXT_ENROL_REDIRECTS, false },
		{ TEXT_CLIENT_GRANTS, true } };
	AUTO_PTR(rows) rows = act_rows(t, p, SQL_PORTAL_CSP_CLIENTS, ARGS(P_ME(p)), e);
	struct client c;
	struct listing l;

	view_c(&p->view, "may", (p->me->is & PORTAL_ADMIN) != 0 ? "1" : "");
	view_c(&p->view, "opened", f != NULL ? "1" : "");
	if (rows == NULL || !listing_begin(&l, p, "clients", TEXT_CLIENTS_TITLE, columns,
				nitems(columns), ROWS_MOST, e))
		return false;
	while (l.n_rows < ROWS_MOST && ROWS_NEXT(rows, fields, &c))
		put(&l, &c);
	return listing_end(&l, TEXT_CLIENTS_NONE, TEXT_CLIENTS_NONE_SAY, e) &&
	       csp_client_form(p, f, wrong, e) &&
	       page_send(t, p, status, "csp_clients.html", e);
}

static bool
see(struct task *t, struct page *p, struct err *e)
{
	act_page(p, NULL, 0);
	return show(t, p, 200, NULL, NULL, e);
}

static bool
act(struct task *t, struct page *p, struct err *e)
{
	enum text wrong, bad[FIELDS_MOST];
	struct form *f;
	int status;

	act_page(p, NULL, 0);
	for (size_t i = 0; i < FIELDS_MOST; i++)
		bad[i] = TEXTS;
	if (!me_form(t, p, &f, &wrong, e))
		return false;
	if (wrong != TEXTS)
		return show(t, p, act_wrong(p, wrong), NULL, NULL, e);
	status = csp_client_add(t, p, f, bad, e);
	return status == 303 || (status != 0 && show(t, p, status, f, bad, e));
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
