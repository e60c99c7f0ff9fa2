/* A password was forgotten: whoever has the mailbox gets a link. The answer is the same for one
 * that nobody has. */
#include "meter/ids.h"
#include "nobody.h"

static const struct field forgot_fields[] = {
	{ "email", "email", "email", EMAIL_MOST, TEXT_FORGOT_EMAIL, TEXT_FORGOT_EMAIL_HINT,
	    TEXT_WRONG_EMAIL },
};

static bool
ask(struct task *t, struct page *p, const struct form *f, enum text *wrong, struct err *e)
{
	AUTO_PTR(conn) c = NULL;
	unsigned char index[INDEX_BYTES];
	char normal[EMAIL_MOST + 1];

	if (!normal_form("email", str_trim(form_get(f, "email")), normal, sizeof normal) ||
	    !email_ok(str_of(normal)))
		wrong[0] = TEXT_WRONG_EMAIL;
	if (wrong[0] != TEXTS)
		return false;
	blind_index(p->portal->consent_keys, index, "email", str_of(normal));
	c = db_lease(t, p->portal->db, e);
	return c != NULL && db_exec(t, c, SQL_PORTAL_FORGOT,
				ARGS(P_BYTES(index, INDEX_BYTES), P_STR(page_source(p))), NULL,
				e) <= DB_NONE;
}

static const struct nobody page = { "forgot", "/forgot", "forgot.html", "FORGOT", forgot_fields,
	nitems(forgot_fields), NULL, ask };

bool
forgot_get(struct task *t, struct call *c, struct err *e)
{
	return nobody_show(t, c, &page, e);
}

bool
forgot_post(struct task *t, struct call *c, struct err *e)
{
	return nobody_act(t, c, &page, e);
}
