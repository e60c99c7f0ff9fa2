/* Into the box: what a partner shows, and the session that it opens. */
#include <stdlib.h>
#include <string.h>

#include "base/code.h"
#include "rt/gate.h"
#include "rt/log.h"
#include "rt/work.h"
#include "store/box_in.h"
#include "sys/digest.h"
#include "sys/secret.h"

enum { BEAT_MS = 60000 };
enum { DERIVE_AT_ONCE = 2, DERIVE_WAITING_MOST = 200, TOKEN_MOST = 512 };

struct login_row {
	struct str result, handle, party_code, kind, login, data_tls;
	int32_t wait_s, account, party;
};
static const struct db_field login_row[] = {
	DB_TEXT(login_row, result),
	DB_BYTES(login_row, handle),
	DB_TEXT(login_row, party_code),
	DB_TEXT(login_row, kind),
	DB_TEXT(login_row, login),
	DB_TEXT(login_row, data_tls),
	DB_INT4(login_row, wait_s),
	DB_INT4(login_row, account),
	DB_INT4(login_row, party),
};

static enum box_tls
tls_of(struct str s)
{
	return str_is(s, "OFF") ? BOX_TLS_OFF
				: (str_is(s, "PREFER") ? BOX_TLS_PREFER : BOX_TLS_REQUIRE);
}

/* ---- sessions that this process holds ---- */

static struct {
	unsigned char (*handle)[BOX_HANDLE_BYTES];
	size_t n, room;
} held;

/* Without memory for it, a session counts for three minutes from its last call. */
static void
held_add(const unsigned char *handle)
{
	if (held.n == held.room) {
		size_t room = held.room == 0 ? 16 : 2 * held.room;
		void *more = reallocarray(held.handle, room, BOX_HANDLE_BYTES);

		if (more == NULL)
			return;
		held.handle = more;
		held.room = room;
	}
	memcpy(held.handle[held.n++], handle, BOX_HANDLE_BYTES);
}

static void
held_drop(const unsigned char *handle)
{
	for (size_t i = 0; i < held.n; i++)
		if (memcmp(held.handle[i], handle, BOX_HANDLE_BYTES) == 0) {
			memcpy(held.handle[i], held.handle[--held.n], BOX_HANDLE_BYTES);
			secret_wipe(held.handle[held.n], BOX_HANDLE_BYTES);
			return;
		}
}

static bool
beat(struct task *t, const struct box_door *d, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, d->db, e);
	size_t len = held.n * BOX_HANDLE_BYTES;
	/* what is held may change while the statement is under way */
	void *now = c == NULL ? NULL : malloc(len + 1);
	bool ok;

	if (now == NULL)
		return c != NULL ? err(e, ERR_BUSY, "no memory") : false;
	memcpy(now, held.handle, len);
	ok = db_exec(t, c, SQL_BOX_BEAT, ARGS(P_BYTES(now, len)), NULL, e) == DB_FOUND;
	secret_wipe(now, len);
	free(now);
	return ok;
}

void
box_beat(struct task *t, void *door)
{
	struct err e = { 0 };

	while (task_sleep(t, BEAT_MS, &e)) {
		if (held.n > 0 && !beat(t, door, &e) && !task_cancelled(t))
			log_warn(t, "box.beat", "says=\"%s\"", e.text);
		err_clear(&e);
	}
}

/* Asked once: a session whose answer was lost on the way ends by itself after a day. */
static bool
enter(struct task *t, const struct box_door *d, enum sql q, struct args a, struct box *b,
    int *wait_s, struct err *e)
{
	struct login_row row;
	AUTO_PTR(rows) keep = NULL;

	*wait_s = 0;
	if (box_ask(t, d, q, a, login_row, nitems(login_row), &row, &keep, 1, e) != DB_FOUND)
		return false;
	*wait_s = row.wait_s;
	if (str_is(row.result, "WAIT"))
		return err(e, ERR_WAIT, "too many failed logins from this network: wait %d s",
		    (int)row.wait_s);
	if (str_is(row.result, "FULL"))
		return err(e, ERR_WAIT, "the account has as many sessions as it may have");
	if (!str_is(row.result, "OK") || row.handle.len != BOX_HANDLE_BYTES)
		return err(
		    e, ERR_LOGIN, "the name, or what was shown to prove it, is not right");
	*b = (struct box){ .door = d,
		.account = row.account,
		.party = row.party,
		.data_tls = tls_of(row.data_tls) };
	memcpy(b->handle, row.handle.at, BOX_HANDLE_BYTES);
	str_copy(b->code, sizeof b->code, row.party_code);
	str_copy(b->kind, sizeof b->kind, row.kind);
	str_copy(b->login, sizeof b->login, row.login);
	held_add(b->handle);
	return true;
}

/* ---- passwords ---- */

struct derive {
	struct str password;
	unsigned char salt[SECRET_SALT_BYTES], derived[SECRET_DERIVED_BYTES];
	struct err e;
	bool ok;
};

static void
derive_work(void *arg)
{
	struct derive *x = arg;

	x->ok = secret_derive(x->derived, x->password, x->salt, &x->e);
}

static bool
derive(struct task *t, struct derive *x, struct err *e)
{
	static struct gate at_once = GATE(DERIVE_AT_ONCE, DERIVE_WAITING_MOST);
	bool ran;

	if (!gate_enter(t, &at_once, e))
		return false;
	ran = work_run(t, derive_work, x, e);
	gate_leave(&at_once);
	if (ran && !x->ok && e != NULL)
		*e = x->e;
	return ran && x->ok;
}

struct salt_row {
	struct str salt;
};
static const struct db_field salt_row[] = { DB_BYTES(salt_row, salt) };

bool
box_login(struct task *t, const struct box_door *d, struct str login, struct str password,
    const char *from, struct box *b, int *wait_s, struct err *e)
{
	struct derive x = { .password = password };
	struct salt_row row;
	AUTO_PTR(rows) keep = NULL;
	bool ok;

	*wait_s = 0;
	if (!str_utf8(login) || login.len == 0 || login.len >= sizeof b->login ||
	    password.len > BOX_PASSWORD_MOST)
		return err(
		    e, ERR_LOGIN, "the name, or what was shown to prove it, is not right");
	if (box_ask(t, d, SQL_BOX_SALT, ARGS(P_STR(login)), salt_row, nitems(salt_row), &row,
		&keep, BOX_TRIES, e) != DB_FOUND)
		return false;
	if (row.salt.len != sizeof x.salt)
		return err(e, ERR_BUG, "a salt of %zu bytes", row.salt.len);
	memcpy(x.salt, row.salt.at, sizeof x.salt);
	ok = derive(t, &x, e) && enter(t, d, SQL_BOX_LOGIN,
				     ARGS(P_STR(login), P_BYTES(x.derived, sizeof x.derived),
					 P_TEXT(d->name), P_TEXT(from)),
				     b, wait_s, e);
	secret_wipe(x.derived, sizeof x.derived);
	return ok;
}

bool
box_login_certificate(struct task *t, const struct box_door *d, const unsigned char sha256[32],
    struct str login, const char *from, struct box *b, int *wait_s, struct err *e)
{
	return enter(t, d, SQL_BOX_LOGIN_CERTIFICATE,
	    ARGS(P_BYTES(sha256, 32), P_STR(login), P_TEXT(d->name), P_TEXT(from)), b, wait_s,
	    e);
}

bool
box_login_token(struct task *t, const struct box_door *d, struct str token, const char *from,
    struct box *b, int *wait_s, struct err *e)
{
	unsigned char sha256[DIGEST_BYTES];

	if (token.len == 0 || token.len > TOKEN_MOST)
		return err(e, ERR_LOGIN, "a token of %zu bytes", token.len);
	digest_of(token.at, token.len, sha256);
	return enter(t, d, SQL_BOX_LOGIN_TOKEN,
	    ARGS(P_BYTES(sha256, sizeof sha256), P_TEXT(d->name), P_TEXT(from)), b, wait_s, e);
}

bool
box_login_portal(struct task *t, const struct box_door *d, struct str secret, const char *from,
    struct box *b, struct err *e)
{
	unsigned char shown[DIGEST_BYTES];
	int wait_s;

	digest_of(secret.at, secret.len, shown);
	return enter(t, d, SQL_BOX_LOGIN_PORTAL,
	    ARGS(P_BYTES(shown, sizeof shown), P_TEXT(from)), b, &wait_s, e);
}

bool
box_login_once(struct task *t, const struct box_door *d, struct str hex, const char *from,
    struct box *b, struct err *e)
{
	unsigned char handle[BOX_HANDLE_BYTES];
	int wait_s;

	if (!code_unhex(handle, sizeof handle, hex))
		return err(e, ERR_LOGIN, "the handle is not 64 hex digits");
	return enter(t, d, SQL_BOX_LOGIN_ONCE,
	    ARGS(P_BYTES(handle, sizeof handle), P_TEXT(from)), b, &wait_s, e);
}

void
box_end(struct task *t, struct box *b)
{
	struct err e = { 0 };

	if (b->door == NULL)
		return;
	held_drop(b->handle);
	box_sent_all(t, b);
	if (!box_do(t, b, SQL_BOX_SESSION_END, ARGS(P_BYTES(b->handle, BOX_HANDLE_BYTES)), &e))
		log_warn(t, "box.end", "account=%d says=\"%s\"", (int)b->account, e.text);
	secret_wipe(b->handle, sizeof b->handle);
	b->door = NULL;
}
