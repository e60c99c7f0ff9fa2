/* Third parties that are live: what they say they do, and where sharing with them begins. */
#include <stdio.h>

#include "public.h"

enum { COMPANIES = 20, COMPANY_VALUES = 8, NAME_MOST = 60 };

struct company {
	struct str code, name, site, privacy, use_en, use_es, client_id;
};

static const struct db_field fields[] = {
	DB_TEXT(company, code),
	DB_TEXT(company, name),
	DB_TEXT(company, site),
	DB_TEXT(company, privacy),
	DB_TEXT(company, use_en),
	DB_TEXT(company, use_es),
	DB_TEXT(company, client_id),
};

struct ask {
	struct str having, after;
};

static void
set_company(struct page *p, const struct company *c, struct view *to)
{
	view_set(&p->view, "csp", page_keep(p, c->name));
	view_set(to, "code", page_keep(p, c->code));
	view_set(to, "name", page_keep(p, c->name));
	view_set(to, "use", page_keep(p, p->language == LANGUAGE_ES ? c->use_es : c->use_en));
	view_set(to, "site", page_keep(p, page_web_address(c->site)));
	view_set(to, "privacy", page_keep(p, page_web_address(c->privacy)));
	view_set(to, "client", page_keep(p, c->client_id));
	view_set(to, "press", page_text(p, TEXT_COMPANY_CONNECT));
}

static bool
fill(struct task *t, struct page *p, void *arg, struct err *e)
{
	const struct ask *a = arg;
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	AUTO_PTR(rows) rows = NULL;
	struct view *items;
	struct company one = { 0 };
	size_t n = 0;

	/* one more tells whether there are more */
	if (c != NULL)
		rows = db_rows(t, c, SQL_PUBLIC_COMPANIES,
		    ARGS(P_STR(a->having), P_STR(a->after), P_INT4(COMPANIES + 1)), e);
	db_release(&c);
	if (rows == NULL || (items = page_items(p, COMPANIES, COMPANY_VALUES, e)) == NULL)
		return false;
	while (n < COMPANIES && ROWS_NEXT(rows, fields, &one))
		set_company(p, &one, &items[n++]);
	view_list(&p->view, "companies", items, n);
	view_set(&p->view, "after", rows_count(rows) > n ? page_keep(p, one.code) : STR(""));
	view_set(&p->view, "having", a->having);
	view_c(&p->view, "later", a->after.len > 0 ? "1" : "");
	/* a name to look for is only worth a field where there is more than one can see */
	view_c(&p->view, "looks", a->having.len > 0 || rows_count(rows) > n ? "1" : "");
	return true;
}

static bool
companies(struct task *t, struct page *p, struct err *e)
{
	struct form *f = page_form_room(p, e);
	struct ask a;
	struct public_page page = { "companies.html", 10, "", fill, &a };

	if (f == NULL)
		return false;
	if (!form_parse(f, p->call->http->query, e)) {
		err_clear(e);
		*f = (struct form){ 0 };
	}
	a.having = str_first(str_trim(form_get(f, "name")), NAME_MOST);
	a.after = str_first(form_get(f, "after"), NAME_MOST);
	snprintf(page.key, sizeof page.key, STR_FMT " " STR_FMT, STR_ARG(a.after),
	    STR_ARG(a.having));
	return public_send(t, p, &page, e);
}

bool
companies_get(struct task *t, struct call *c, struct err *e)
{
	return public_open(t, c, companies, e);
}
