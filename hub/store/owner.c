/* See owner.h. */
#include "store/owner.h"

#include <string.h>

#include "base/civil.h"
#include "rt/work.h"
#include "store/box_in.h"
#include "sys/sshsig.h"
#include "sys/tls_chain.h"
#include "sys/tls_signed.h"

enum { SIGNED_MOST = 256, SIGNED_KEY_MOST = 2 * SSHSIG_MOST };

#define HANDLE(b) P_BYTES((b)->handle, BOX_HANDLE_BYTES)

/* ---- what there is ---- */

struct credential_row {
	struct str kind, label, fingerprint;
	int64_t credential, made_at, expires_at, last_used_at;
	bool here;
};
static const struct db_field credential_row[] = {
	DB_INT8(credential_row, credential),
	DB_TEXT(credential_row, kind),
	DB_TEXT(credential_row, label),
	DB_TEXT(credential_row, fingerprint),
	DB_STAMP(credential_row, made_at),
	DB_STAMP(credential_row, expires_at),
	DB_STAMP(credential_row, last_used_at),
	DB_BOOL(credential_row, here),
};

static int64_t
or_never(int64_t at_s)
{
	return at_s == DB_STAMP_NONE ? 0 : at_s;
}

bool
owner_list(struct task *t, struct box *b,
    void (*each)(void *arg, const struct owner_credential *x), void *arg, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, b->door->db, e);
	AUTO_PTR(rows) rows = NULL;
	struct credential_row row;

	if (c == NULL)
		return false;
	rows = db_rows(t, c, SQL_OWNER_CREDENTIALS, ARGS(HANDLE(b)), e);
	if (rows == NULL)
		return false;
	while (ROWS_NEXT(rows, credential_row, &row)) {
		struct owner_credential x = { .number = row.credential,
			.made_s = row.made_at,
			.expires_s = or_never(row.expires_at),
			.used_s = or_never(row.last_used_at),
			.here = row.here };

		str_copy(x.kind, sizeof x.kind, row.kind);
		str_copy(x.label, sizeof x.label, row.label);
		str_copy(x.fingerprint, sizeof x.fingerprint, row.fingerprint);
		each(arg, &x);
	}
	return true;
}

/* ---- proofs ---- */

struct password_work {
	struct proof *p;
	struct str password;
	unsigned char salt[SECRET_SALT_BYTES];
	struct err e;
	bool ok;
};

static void
derive(void *arg)
{
	struct password_work *w = arg;

	w->ok = proof_of_password(w->p, w->password, w->salt, &w->e);
}

struct account_row {
	struct str login, salt;
};
static const struct db_field account_row[] = {
	DB_TEXT(account_row, login),
	DB_BYTES(account_row, salt),
};

bool
owner_password(
    struct task *t, struct box *b, struct str password, struct proof *p, struct err *e)
{
	struct password_work w = { .p = p, .password = password };
	AUTO_PTR(rows) keep = NULL;
	struct account_row row;

	if (box_ask(t, b->door, SQL_OWNER_ACCOUNT, ARGS(HANDLE(b)), account_row,
		nitems(account_row), &row, &keep, BOX_TRIES, e) != DB_FOUND)
		return false;
	if (row.salt.len != sizeof w.salt)
		return err(e, ERR_BUG, "the salt has %zu bytes", row.salt.len);
	memcpy(w.salt, row.salt.at, sizeof w.salt);
	if (!work_run(t, derive, &w, e))
		return false;
	return w.ok || err(e, w.e.code, "%s", w.e.text);
}

struct signed_work {
	struct str key, signature, login;
	struct err e;
	bool ok;
};

static void
check_signature(void *arg)
{
	struct signed_work *w = arg;

	w->ok = sshsig_check(w->key, w->signature, OWNER_NAMESPACE, w->login, &w->e);
}

bool
owner_signed_key(
    struct task *t, struct str login, struct str both, struct proof *p, struct err *e)
{
	struct signed_work w = { .login = login };
	AUTO(buf) plain = BUF(SIGNED_KEY_MOST);

	/* browsers end lines by CR LF, which ssh-keygen does not read */
	for (size_t i = 0; i < both.len; i++)
		if (both.at[i] != '\r')
			buf_byte(&plain, both.at[i]);
	if (!buf_ok(&plain))
		return err(e, ERR_TOO_BIG, "the key and its signature are too long");
	str_cut(str_trim(buf_view(&plain)), '\n', &w.key, &w.signature);
	w.signature = str_trim(w.signature);
	if (!proof_of_ssh_key(p, w.key, e))
		return false;
	if (!str_starts(w.signature, "-----BEGIN SSH SIGNATURE-----"))
		return err(e, ERR_BAD_INPUT,
		    "behind the key there is no signature, expected what "
		    "\"printf %%s " STR_FMT " | ssh-keygen -Y sign -n " OWNER_NAMESPACE
		    " -f KEY\" prints",
		    STR_ARG(login));
	if (!work_run(t, check_signature, &w, e))
		return false;
	return w.ok || err(e, w.e.code, "%s", w.e.text);
}

bool
owner_ssh_key(struct task *t, struct box *b, struct str both, struct proof *p, struct err *e)
{
	return owner_signed_key(t, str_of(b->login), both, p, e);
}

/* Behind the last certificate; "" when there is none. */
static struct str
behind_certificates(struct str text)
{
	static const char mark[] = "-----END CERTIFICATE-----";
	const char *at;

	while (text.len > 0 && (at = memmem(text.at, text.len, mark, sizeof mark - 1)) != NULL)
		text = (struct str){ at + sizeof mark - 1,
			text.len - (size_t)(at - text.at) - (sizeof mark - 1) };
	return str_trim(text);
}

bool
owner_signed_certificate(struct str login, struct str both, struct proof *p, struct err *e)
{
	AUTO(buf) der = BUF(CHAIN_BYTES_MOST);
	AUTO(buf) message = BUF(SIGNED_MOST);
	struct str leaf;
	size_t len;

	if (!chain_read(both, &der, &len, e))
		return false;
	leaf = (struct str){ der.at, len };
	buf_fmt(&message, OWNER_NAMESPACE " " STR_FMT, STR_ARG(login));
	*p = (struct proof){ .kind = "CERTIFICATE" };
	digest_of(leaf.at, leaf.len, p->verifier);
	return tls_signed(leaf, behind_certificates(both), buf_view(&message), e);
}

/* ---- adding and ending ---- */

struct made_row {
	int64_t credential;
};
static const struct db_field made_row[] = { DB_INT8(made_row, credential) };

/* Asked once: an answer that was lost may have been a yes. */
bool
owner_add(struct task *t, struct box *b, const struct proof *p, struct str label,
    int64_t until_s, int64_t *number, struct err *e)
{
	char stamp[CIVIL_STAMP_SIZE];
	struct param until = P_NULL();
	struct made_row row;

	civil_stamp(stamp, until_s);
	if (until_s != 0)
		until = (struct param)P_TEXT(stamp);
	if (box_ask(t, b->door, SQL_OWNER_CREDENTIAL_ADD,
		ARGS(HANDLE(b), P_TEXT(p->kind), P_STR(label),
		    P_BYTES(p->salted ? p->salt : NULL, sizeof p->salt),
		    P_BYTES(p->verifier, sizeof p->verifier), until),
		made_row, nitems(made_row), &row, NULL, 1, e) != DB_FOUND)
		return false;
	*number = row.credential;
	return true;
}

bool
owner_end(struct task *t, struct box *b, int64_t number, struct err *e)
{
	return box_do(t, b, SQL_OWNER_CREDENTIAL_END, ARGS(HANDLE(b), P_INT8(number)), e);
}
