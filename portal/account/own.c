/* One's password is changed, by who knows the one that holds. */
#include <string.h>

#include "choose.h"
#include "mine.h"
#include "password.h"

enum { OWN_OLD, OWN_NEW, OWN_AGAIN, OWN_FIELDS };

static const struct field own_fields[OWN_FIELDS] = {
	{ "old", "password", "current-password", LOGIN_MOST, TEXT_OWN_OLD, TEXTS,
	    TEXT_WRONG_PASSWORD },
	{ "password", "password", "new-password", LOGIN_MOST, TEXT_NEW_PASSWORD,
	    TEXT_NEW_PASSWORD_HINT, TEXT_WRONG_NEW },
	{ "again", "password", "new-password", LOGIN_MOST, TEXT_NEW_AGAIN, TEXTS,
	    TEXT_WRONG_NEW_AGAIN },
};

bool
own_salt(struct task *t, const struct page *p, struct login *l, struct err *e)
{
	struct salt_row {
		struct str salt;
	} row;
	static const struct db_field fields[] = { DB_BYTES(salt_row, salt) };
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	AUTO_PTR(rows) keep = NULL;

	if (c == NULL || db_one(t, c, SQL_PORTAL_OWN_SALT, ARGS(P_BYTES(p->sha256, LINK_BYTES)),
			     fields, nitems(fields), &row, &keep, e) != DB_FOUND)
		return false;
	if (row.salt.len != SECRET_SALT_BYTES)
		return err(e, ERR_BUG, "a salt of %zu bytes", row.salt.len);
	memcpy(l->salt, row.salt.at, SECRET_SALT_BYTES);
	return true;
}

static bool
act(struct task *t, struct page *p, const struct form *f, struct mine_said *said, struct err *e)
{
	AUTO(login) old = { .password = form_get(f, "old") };
	AUTO(login) new = { .password = form_get(f, "password") };
	AUTO_PTR(conn) c = NULL;
	AUTO_PTR(rows) keep = NULL;
	struct mine_result r;

	if (old.password.len > LOGIN_MOST)
		said->wrong[OWN_OLD] = TEXT_WRONG_OLD;
	if (!choose_check(f, &said->wrong[OWN_NEW]) || said->wrong[OWN_OLD] != TEXTS)
		return false;
	if (!own_salt(t, p, &old, e))
		return false;
	memcpy(new.salt, old.salt, sizeof new.salt);
	if (!login_work(t, &old, e) || !login_work(t, &new, e) ||
	    (c = db_lease(t, p->portal->db, e)) == NULL ||
	    db_one(t, c, SQL_PORTAL_PASSWORD_CHANGE,
		ARGS(P_BYTES(p->sha256, LINK_BYTES), P_BYTES(old.derived, SECRET_DERIVED_BYTES),
		    P_BYTES(new.derived, SECRET_DERIVED_BYTES)),
		mine_result_fields, 2, &r, &keep, e) != DB_FOUND)
		return false;
	return mine_is_ok(p, &r, OWN_OLD, TEXT_WRONG_OLD, said);
}

const struct mine mine_password = { "/account/password", "mine.html", "PASSWORD_CHANGE",
	TEXT_OWN_TITLE, TEXT_OWN_LEAD, TEXT_CHOOSE_BUTTON, TEXT_OWN_DONE, own_fields,
	nitems(own_fields), NULL, act };
