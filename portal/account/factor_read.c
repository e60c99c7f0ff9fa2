/* A second factor as the database has it; see factor.h. */
#include "factor.h"

#include <string.h>

static const struct db_field fields[] = {
	DB_BYTES(factor, sealed),
	DB_BYTES(factor, place),
	DB_BOOL(factor, is_set),
	DB_TEXT(factor, login),
};

void
factor_auto(struct factor *x)
{
	secret_wipe(x->secret, sizeof x->secret);
	rows_free(&x->keep);
}

enum db_got
factor_read(struct task *t, const struct page *p, struct factor *x, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	unsigned char room[TOTP_BYTES + SEAL_EXTRA];
	enum db_got got;
	size_t len;

	if (c == NULL)
		return DB_RETRY;
	got = db_one(t, c, SQL_PORTAL_FACTOR_SECRET, ARGS(P_BYTES(p->sha256, LINK_BYTES)),
	    fields, nitems(fields), x, &x->keep, e);
	if (got != DB_FOUND)
		return got;
	if (x->sealed.len != sizeof room ||
	    !unseal(p->portal->consent_keys, room, &len, x->sealed, x->place) ||
	    len != TOTP_BYTES) {
		err(e, ERR_CONF, "a second factor was not sealed by this consent.key");
		return DB_FAILED;
	}
	memcpy(x->secret, room, TOTP_BYTES);
	secret_wipe(room, sizeof room);
	return DB_FOUND;
}

void
factor_typed(const struct factor *x, struct str typed, struct factor_typed *to)
{
	to->step = totp_step(x->secret, typed, page_now_ms() / 1000);
	recovery_hash(typed, to->recovery);
}
