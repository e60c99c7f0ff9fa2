/* Language, and which mails one wants. */
#include "mine.h"

static const struct field rows[] = {
	{ "language", "select", "off", 2, TEXT_PREFER_LANGUAGE, TEXT_PREFER_LANGUAGE_HINT,
	    TEXT_WRONG_LANGUAGE },
	{ "signs", "tick", "off", 1, TEXT_PREFER_SIGN_IN, TEXTS, TEXTS },
	{ "mails", "tick", "off", 1, TEXT_PREFER_MAILS, TEXT_PREFER_MAILS_HINT, TEXTS },
};

struct prefers {
	struct str language;
	bool sign_in_mails, mails;
};

static bool
set(struct task *t, struct page *p, struct mine_form *x, struct err *e)
{
	static const struct field_choice languages[] = { { { "EN", 2 }, { "English", 7 } },
		{ { "ES", 2 }, { "Espa\xc3\xb1ol", 8 } } };
	static const struct db_field fields[] = { DB_TEXT(prefers, language),
		DB_BOOL(prefers, sign_in_mails), DB_BOOL(prefers, mails) };
	struct field_preset presets[3];
	AUTO_PTR(conn) c = NULL;
	AUTO_PTR(rows) keep = NULL;
	struct prefers now;
	size_t n = 0;

	x->choices[x->n_choices++] =
	    (struct field_choices){ "language", languages, nitems(languages) };
	x->n = (p->me->is & PORTAL_CUSTOMER) != 0 ? nitems(rows) : nitems(rows) - 1;
	if (x->f != NULL)
		return true;
	c = db_lease(t, p->portal->db, e);
	if (c == NULL || db_one(t, c, SQL_PORTAL_PREFERENCES, ARGS(P_ME(p)), fields,
			     nitems(fields), &now, &keep, e) != DB_FOUND)
		return false;
	presets[n++] =
	    (struct field_preset){ "language", str_is(now.language, "ES") ? "ES" : "EN" };
	if (now.sign_in_mails)
		presets[n++] = (struct field_preset){ "signs", "1" };
	if (now.mails)
		presets[n++] = (struct field_preset){ "mails", "1" };
	x->f = fields_preset(p, presets, n, e);
	return x->f != NULL;
}

static bool
act(struct task *t, struct page *p, const struct form *f, struct mine_said *said, struct err *e)
{
	AUTO_PTR(conn) c = NULL;

	if (said->wrong[0] != TEXTS)
		return false;
	c = db_lease(t, p->portal->db, e);
	if (c == NULL ||
	    db_exec(t, c, SQL_PORTAL_PREFERENCES_SET,
		ARGS(P_ME(p), P_STR(form_get(f, "language")),
		    P_BOOL(form_get(f, "signs").len > 0), P_BOOL(form_get(f, "mails").len > 0)),
		NULL, e) > DB_NONE)
		return false;
	p->language = language_of(form_get(f, "language"), p->language);
	return true;
}

const struct mine mine_preferences = { "/account/preferences", "mine.html", "PREFERENCES",
	TEXT_PREFER_TITLE, TEXT_PREFER_LEAD, TEXT_PREFER_BUTTON, TEXT_PREFER_DONE, rows,
	nitems(rows), set, act };
