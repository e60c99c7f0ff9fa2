/* Links of mails; see link.h. */
#include "link.h"

#include "base/code.h"
#include "sys/digest.h"
#include "sys/secret.h"

static const struct db_field fields[] = {
	DB_TEXT(link, purpose),
	DB_TEXT(link, state),
	DB_INT8(link, id),
	DB_TEXT(link, csp),
	DB_TEXT(link, site),
	DB_TEXT(link, privacy),
	DB_TEXT(link, use_en),
	DB_TEXT(link, use_es),
	DB_TEXT(link, kind),
	DB_TEXT(link, kinds),
	DB_INT4(link, months),
	DB_INT4(link, history_months),
	DB_TEXT(link, language),
	DB_TEXT(link, by),
	DB_TEXT(link, reason),
	DB_STAMP(link, dies_at),
	DB_STAMP(link, starts_at),
	DB_STAMP(link, ends_at),
	DB_STAMP(link, decided_at),
	DB_STAMP(link, ended_at),
	DB_BOOL(link, used),
	DB_TEXT(link, premises),
};

bool
link_form(struct str token)
{
	unsigned char bytes[TOKEN_BYTES];

	return token.len == TOKEN_LEN && code_unb64u(bytes, sizeof bytes, token);
}

void
token_make(char to[TOKEN_LEN + 1])
{
	unsigned char secret[TOKEN_BYTES];

	secret_random(secret, sizeof secret);
	code_b64u(to, secret, sizeof secret);
	secret_wipe(secret, sizeof secret);
}

void
link_hash(struct str token, unsigned char sha256[32])
{
	digest_of(token.at, token.len, sha256);
}

enum db_got
link_read(struct task *t, struct db *db, const unsigned char sha256[32], struct link *to,
    struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, db, e);

	*to = (struct link){ 0 };
	if (c == NULL)
		return DB_RETRY;
	return db_one(t, c, SQL_PORTAL_PAGE, ARGS(P_BYTES(sha256, 32)), fields, nitems(fields),
	    to, &to->keep, e);
}

bool
link_runs(const struct link *l)
{
	return str_is(l->state, "ACTIVE") || str_is(l->state, "HELD") ||
	       str_is(l->state, "SUSPENDED");
}

void
link_auto(struct link *l)
{
	rows_free(&l->keep);
}
