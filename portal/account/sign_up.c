/*
 * An account is asked for: a mailbox, and what proves that somebody knows a home. The answer is
 * the same whatever was wrong; what follows is the clock's, and comes by mail.
 */
#include "nobody.h"
#include "reps.h"
#include "store/mailbox.h"
#include "triple.h"

enum { UP_EMAIL = TRIPLE_FIELDS, UP_FIELDS };

static const struct field up_fields[UP_FIELDS] = {
	TRIPLE_ROWS,
	{ "email", "email", "email", EMAIL_MOST, TEXT_UP_EMAIL, TEXT_UP_EMAIL_HINT,
	    TEXT_WRONG_EMAIL },
};

static int
choices(struct task *t, struct page *p, struct field_choices *to, struct err *e)
{
	return reps_read(t, p, "rep", to, e) ? 1 : -1;
}

static bool
ask(struct task *t, struct page *p, const struct form *f, enum text *wrong, struct err *e)
{
	AUTO_PTR(conn) c = NULL;
	struct err bad = { 0 };
	struct triple home;
	struct mailbox box;
	bool ok = triple_read(p, f, &home, wrong);

	if (!mailbox_seal(&box, p->portal->consent_keys, "holder.email",
		str_trim(form_get(f, "email")), &bad))
		wrong[UP_EMAIL] = TEXT_WRONG_EMAIL;
	if (!ok || wrong[UP_EMAIL] != TEXTS)
		return false;
	c = db_lease(t, p->portal->db, e);
	return c != NULL && db_exec(t, c, SQL_PORTAL_SIGN_UP,
				ARGS(P_TRIPLE(home), P_MAILBOX(box),
				    P_TEXT(language_code(p->language)), P_STR(page_source(p))),
				NULL, e) <= DB_NONE;
}

static const struct nobody page = { "sign-up", "/sign-up", "sign_up.html", "SIGN_UP", up_fields,
	nitems(up_fields), choices, ask };

bool
sign_up_get(struct task *t, struct call *c, struct err *e)
{
	return nobody_show(t, c, &page, e);
}

bool
sign_up_post(struct task *t, struct call *c, struct err *e)
{
	return nobody_act(t, c, &page, e);
}
