/* A password is chosen; see choose.h. */
#include "choose.h"

#include <string.h>

#include "password.h"

const struct field choose_fields[CHOOSE_FIELDS] = {
	{ "password", "password", "new-password", LOGIN_MOST, TEXT_NEW_PASSWORD,
	    TEXT_NEW_PASSWORD_HINT, TEXT_WRONG_NEW },
	{ "again", "password", "new-password", LOGIN_MOST, TEXT_NEW_AGAIN, TEXTS,
	    TEXT_WRONG_NEW_AGAIN },
};

bool
choose_check(const struct form *f, enum text wrong[CHOOSE_FIELDS])
{
	struct str password = form_get(f, "password");

	if (password.len == 0) {
		wrong[CHOOSE_PASSWORD] = TEXT_WRONG_NEW;
		wrong[CHOOSE_AGAIN] = TEXTS;
		return false;
	}
	wrong[CHOOSE_PASSWORD] = password_wrong(password);
	wrong[CHOOSE_AGAIN] =
	    str_eq(password, form_get(f, "again")) ? TEXTS : TEXT_WRONG_NEW_AGAIN;
	return wrong[CHOOSE_PASSWORD] == TEXTS && wrong[CHOOSE_AGAIN] == TEXTS;
}

bool
choose_derive(struct task *t, struct login *l, struct str salt, struct err *e)
{
	if (salt.len != SECRET_SALT_BYTES)
		return err(e, ERR_BUG, "a salt of %zu bytes", salt.len);
	memcpy(l->salt, salt.at, SECRET_SALT_BYTES);
	return login_work(t, l, e);
}
