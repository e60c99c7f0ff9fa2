/* Passwords; see login.h. */
#include "login.h"

#include <string.h>

#include "meter/ids.h"
#include "rt/work.h"

void
login_auto(struct login *l)
{
	secret_wipe(l->derived, sizeof l->derived);
}

void
login_mailbox(const struct page *p, struct str typed, struct login *to)
{
	char normal[LOGIN_MOST + 1];

	*to = (struct login){ .typed = str_trim(typed) };
	if (!normal_form("email", to->typed, normal, sizeof normal) ||
	    !email_ok(str_of(normal)))
		return;
	to->mailbox = true;
	blind_index(p->portal->consent_keys, to->index, "email", str_of(normal));
}

bool
login_read(const struct page *p, const struct form *f, struct login *to)
{
	login_mailbox(p, form_get(f, "user"), to);
	to->password = form_get(f, "password");
	return to->typed.len > 0 && to->typed.len <= LOGIN_MOST && to->password.len > 0 &&
	       to->password.len <= LOGIN_MOST;
}

struct salt_row {
	struct str salt;
};

static bool
salt_of(struct task *t, const struct page *p, struct login *l, struct err *e)
{
	static const struct db_field fields[] = { DB_BYTES(salt_row, salt) };
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	AUTO_PTR(rows) keep = NULL;
	struct salt_row row;

	if (c == NULL || db_one(t, c, SQL_PORTAL_SALT, ARGS(P_LOGIN_NAME(l)), fields,
			     nitems(fields), &row, &keep, e) != DB_FOUND)
		return false;
	if (row.salt.len != SECRET_SALT_BYTES)
		return err(e, ERR_BUG, "a salt of %zu bytes", row.salt.len);
	memcpy(l->salt, row.salt.at, SECRET_SALT_BYTES);
	return true;
}

static void
derive(void *arg)
{
	struct login *l = arg;

	l->ok = secret_derive(l->derived, l->password, l->salt, &l->e);
}

bool
login_work(struct task *t, struct login *l, struct err *e)
{
	if (!work_run(t, derive, l, e))
		return false;
	if (!l->ok)
		*e = l->e;
	return l->ok;
}

bool
login_derive(struct task *t, const struct page *p, struct login *l, struct err *e)
{
	return salt_of(t, p, l, e) && login_work(t, l, e);
}
