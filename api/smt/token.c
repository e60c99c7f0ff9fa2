/* Logins: name and password for a token of an hour. */
#include "smt.h"
#include "sys/secret.h"

enum { ADDRESS_SIZE = 64 };

/* ---- a token ---- */

struct times_row {
	int64_t issued_at, expires_at;
};
static const struct db_field times_row[] = {
	DB_STAMP(times_row, issued_at),
	DB_STAMP(times_row, expires_at),
};

static bool
make(struct task *t, struct call *c, const struct box *b, struct smt_token *to, struct err *e)
{
	AUTO_PTR(conn) db = call_lease(t, c, e);
	struct times_row row;

	if (db == NULL)
		return false;
	token_draw(&to->made, "bbs_");
	if (db_one(t, db, SQL_SMT_TOKEN,
		ARGS(P_BYTES(b->handle, BOX_HANDLE_BYTES),
		    P_BYTES(to->made.sha256, sizeof to->made.sha256)),
		times_row, nitems(times_row), &row, NULL, e) != DB_FOUND)
		return false;
	to->issued_s = row.issued_at;
	to->expires_s = row.expires_at;
	return true;
}

bool
smt_login(struct task *t, struct call *c, struct str login, struct str password,
    struct smt_token *to, int *wait_s, struct err *e)
{
	char from[ADDRESS_SIZE];
	struct box b = { 0 };
	bool ok;

	str_copy(from, sizeof from, call_from(c));
	if (!box_login(t, &call_api(c)->door, login, password, from, &b, wait_s, e))
		return false;
	ok = make(t, c, &b, to, e);
	box_end(t, &b);
	return ok;
}

/* ---- /v2/token/ ---- */

static bool
answer(struct task *t, struct call *c, const struct smt_token *k, struct err *e)
{
	const struct zone *z = zone_get("America/Chicago", e);
	AUTO(buf) b = BUF(SMT_SMALL);
	struct json j = json_to(&b);
	char stamp[SMT_STAMP_SIZE];
	bool ok;

	if (z == NULL)
		return false;
	json_open(&j, NULL);
	json_text(&j, "statusCode", STR("200"));
	json_text(&j, "accessToken", str_of(k->made.text));
	json_text(&j, "tokenType", STR("Bearer"));
	json_text(&j, "expiresIn", STR("3600"));
	smt_stamp(stamp, z, k->issued_s);
	json_text(&j, "issuedAt", str_of(stamp));
	smt_stamp(stamp, z, k->expires_s);
	json_text(&j, "expiresAt", str_of(stamp));
	json_end(&j);
	ok = answer_json(t, c, 200, &b, e);
	secret_wipe(b.at, b.len);
	return ok;
}

bool
smt_token_post(struct task *t, struct call *c, struct err *e)
{
	AUTO_PTR(json_in) json = NULL;
	struct str name, password;
	struct smt_token k;
	struct err why = { 0 };
	int wait_s = 0;
	bool ok;

	if (!call_json(t, c, &json, e))
		return false;
	if (!json_in_text_of(json_in_fold(json_in_root(json), "username"), &name) ||
	    name.len == 0)
		return smt_words(t, c, 400, "Please provide username.", e);
	if (!json_in_text_of(json_in_fold(json_in_root(json), "password"), &password) ||
	    password.len == 0)
		return smt_words(t, c, 400, "Please provide password.", e);
	if (!smt_login(t, c, name, password, &k, &wait_s, &why)) {
		if (wait_s > 0)
			http_header(c->http, "Retry-After", "%d", wait_s);
		if (why.code == ERR_LOGIN)
			return smt_words(t, c, 401, "Incorrect username or password.", e);
		*e = why;
		return false;
	}
	ok = answer(t, c, &k, e);
	secret_wipe(&k, sizeof k);
	return ok;
}
