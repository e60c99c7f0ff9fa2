/* What is said no with, and how a request begins. */
#include <string.h>

#include "base/code.h"
#include "once.h"
#include "smt.h"
#include "sys/digest.h"

enum { NO_MOST = 2048, SHOWN_MOST = 1024 };

/* ---- errors of the API ---- */

/* {"error": words}, and the words once more by the name that the web's clients look for. */
static bool
say(struct task *t, struct http *r, int status, const char *also, const char *words,
    struct err *e)
{
	AUTO(buf) b = BUF(NO_MOST);
	struct json j = json_to(&b);

	json_open(&j, NULL);
	json_text(&j, "error", str_of(words));
	if (also != NULL)
		json_text(&j, also, str_of(words));
	json_end(&j);
	http_header(r, "Cache-Control", "no-store");
	return http_reply(t, r, status, "application/json", buf_view(&b), e);
}

bool
smt_words(struct task *t, struct call *c, int status, const char *words, struct err *e)
{
	return say(t, c->http, status, NULL, words, e);
}

/* Which of the four it is, by what was shown. */
static const char wrong[] = "Incorrect username or password.";

static bool
no_login(struct task *t, struct http *r, struct err *e)
{
	struct str given = http_var(r, SCGI_AUTHORIZATION), name, password;
	char plain[SHOWN_MOST];
	size_t len = 0;

	if (given.len == 0)
		return http_var(r, SCGI_CERTIFICATE).len > 0
			   ? say(t, r, 401, NULL, wrong, e)
			   : say(t, r, 403, NULL, "Basic authentication header is missing.", e);
	if (given.len < 6 || !str_ieq((struct str){ given.at, 6 }, STR("Basic ")))
		return say(t, r, 401, "message", "Invalid Token", e);
	if (!code_unb64(plain, sizeof plain, &len,
		str_trim((struct str){ given.at + 6, given.len - 6 })))
		return say(t, r, 401, NULL, wrong, e);
	(void)str_cut((struct str){ plain, len }, ':', &name, &password);
	if (name.len == 0)
		return say(t, r, 400, NULL, "Please provide username.", e);
	if (password.len == 0 || name.len == len)
		return say(t, r, 400, NULL, "Please provide password.", e);
	return say(t, r, 401, NULL, wrong, e);
}

bool
smt_problem(struct task *t, struct http *r, const struct err *why, struct err *e)
{
	int status = err_rows[why->code].http;

	if (why->code == ERR_LOGIN)
		return no_login(t, r, e);
	if (status >= 500)
		return say(
		    t, r, status, NULL, "Something went wrong. Please try again later.", e);
	return say(t, r, status, NULL, why->text, e);
}

/* ---- its own ---- */

bool
smt_no(
    struct task *t, struct call *c, const struct smt_why *w, struct str trans_id, struct err *e)
{
	const struct smt_fault_row *row = &smt_faults[w->fault];
	AUTO(buf) b = BUF(NO_MOST);
	struct json j = json_to(&b);

	json_open(&j, NULL);
	if (trans_id.len > 0)
		json_text(&j, "trans_id", trans_id);
	json_text(&j, "errorCode", str_of(row->code));
	json_text(&j, "errorMessage", str_of(w->text));
	if (row->http >= 400)
		json_text(&j, "error", str_of(w->text));
	json_end(&j);
	return answer_json(t, c, row->http, &b, e);
}

bool
smt_refuse(
    struct task *t, struct call *c, enum smt_fault fault, struct str trans_id, struct err *e)
{
	struct smt_why w;

	(void)smt_say(&w, fault, "%s", smt_faults[fault].words);
	return smt_no(t, c, &w, trans_id, e);
}

/* ---- a request ---- */

void
smt_call_auto(struct smt_call *s)
{
	if (s->json != NULL)
		json_in_free(&s->json);
}

/* Who asks is said up to four times: by what is shown, in the body (requestorID, which the
 * database compares, and the organisation's DUNS) and in two headers. */
static bool
header_is(const struct call *c, enum scgi_var name, const struct smt_ask *a)
{
	struct str said = http_var(c->http, name);

	return said.at == NULL || str_ieq(str_trim(said), a->requestor);
}

static bool
one_name(struct task *t, struct call *c, const struct smt_ask *a, bool *is, struct err *e)
{
	struct same_row {
		bool same;
	} row = { true };
	static const struct db_field fields[] = { DB_BOOL(same_row, same) };
	char room[SMT_ROOM];
	struct str duns;
	AUTO_PTR(conn) db = NULL;

	*is = header_is(c, SCGI_USERNAME, a) && header_is(c, SCGI_SERVICE_ID, a);
	if (!*is || !smt_ask_text(a->root, "requesterAuthenticationID", room, SMT_ROOM, &duns))
		return true;
	db = call_lease(t, c, e);
	if (db == NULL || db_one(t, db, SQL_SMT_IS_DUNS, ARGS(P_SHOWN(c), P_STR(duns)), fields,
			      nitems(fields), &row, NULL, e) != DB_FOUND)
		return false;
	*is = row.same;
	return true;
}

bool
smt_begin(
    struct task *t, struct call *c, struct smt_call *s, bool terms, bool *ok, struct err *e)
{
	bool is;

	*ok = false;
	*s = (struct smt_call){ 0 };
	if (!call_json(t, c, &s->json, e))
		return false;
	if (!smt_ask_head(&s->ask, json_in_root(s->json), terms, &s->why)) {
		*ok = smt_no(t, c, &s->why, s->ask.trans_id, e);
		return false;
	}
	if (!one_name(t, c, &s->ask, &is, e))
		return false;
	*ok = !is && smt_refuse(t, c, SMT_MISMATCH, s->ask.trans_id, e);
	return is;
}

struct against_row {
	struct str against;
};
static const struct db_field against_row[] = { DB_TEXT(against_row, against) };

static const struct {
	const char *says;
	enum smt_fault fault;
} against[] = {
	{ "MISMATCH", SMT_MISMATCH },
	{ "TOO_LARGE", SMT_TOO_LARGE },
	{ "FOREIGN", SMT_FOREIGN },
};

static bool
against_what(struct task *t, struct call *c, const struct smt_ask *a, const char *kind,
    enum smt_fault *fault, struct err *e)
{
	AUTO_PTR(conn) db = call_lease(t, c, e);
	AUTO_PTR(rows) keep = NULL;
	struct against_row row;

	*fault = SMT_FINE;
	if (db == NULL ||
	    db_one(t, db, SQL_SMT_AGAINST,
		ARGS(P_SHOWN(c), P_STR(a->requestor), P_TEXT(kind), P_TEXTS(a->esiids, a->n),
		    P_DATE(kind == NULL ? DAY_NONE : a->from),
		    P_DATE(kind == NULL ? DAY_NONE : a->to)),
		against_row, nitems(against_row), &row, &keep, e) != DB_FOUND)
		return false;
	for (size_t i = 0; i < nitems(against); i++)
		if (str_is(row.against, against[i].says))
			*fault = against[i].fault;
	return true;
}

bool
smt_foreign(
    struct task *t, struct call *c, const struct smt_ask *a, bool *foreign, struct err *e)
{
	enum smt_fault fault;

	if (!against_what(t, c, a, NULL, &fault, e))
		return false;
	*foreign = fault == SMT_FOREIGN;
	return true;
}

bool
smt_nothing_against(struct task *t, struct call *c, const struct smt_ask *a, const char *kind,
    bool *ok, struct err *e)
{
	enum smt_fault fault;

	*ok = false;
	if (!against_what(t, c, a, kind, &fault, e))
		return false;
	if (fault == SMT_FINE)
		return true;
	*ok = smt_refuse(t, c, fault, a->trans_id, e);
	return false;
}

/* ---- once ---- */

bool
smt_once(struct task *t, struct call *c, struct smt_call *s, smt_work *work, void *arg,
    struct err *e)
{
	AUTO(buf) key = BUF(ONCE_KEY_MOST);
	unsigned char sha256[DIGEST_BYTES];
	char id[2 * DIGEST_BYTES + 1];
	struct once o;

	if (s->ask.trans_id.len == 0)
		return work(t, c, s, arg, e);
	/* a trans_id may hold blanks and any letters, a key visible ASCII alone */
	digest_of(s->ask.trans_id.at, s->ask.trans_id.len, sha256);
	code_hex(id, sha256, DIGEST_BYTES);
	buf_fmt(&key, "smt:%s:%s", c->route->path, id);
	if (!once_begin(t, c, buf_view(&key), &o, e) || o.answered)
		return o.answered;
	return once_end(t, c, &o, work(t, c, s, arg, e), e);
}
