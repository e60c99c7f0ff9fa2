/*
 * What customers' own programs call on the portal of Smart Meter Texas. Every answer is
 * application/json, errors too: they die of anything else.
 */
#include <stdlib.h>
#include <string.h>

#include "smt.h"
#include "sys/form.h"
#include "sys/secret.h"

enum { METERS_MOST = 50 };

/* ---- bodies ---- */

static bool
is_form(const struct call *c)
{
	struct str type = http_var(c->http, SCGI_TYPE), head, rest;

	(void)str_cut(type.at != NULL ? type : STR(""), ';', &head, &rest);
	return str_ieq(str_trim(head), STR("application/x-www-form-urlencoded"));
}

/* Some of its clients send forms: as what a form says, in the words of JSON. */
bool
smt_web_body(struct task *t, struct call *c, struct json_in **to, struct err *e)
{
	struct form *f;
	AUTO(buf) b = BUF(2 * FORM_BYTES_MOST);
	struct json j = json_to(&b);
	bool ok;

	if (!is_form(c))
		return call_json(t, c, to, e);
	*to = NULL;
	f = calloc(1, sizeof *f);
	if (f == NULL)
		return err(e, ERR_BUSY, "no memory");
	ok = call_form(t, c, f, e);
	if (ok) {
		json_open(&j, NULL);
		for (size_t i = 0; i < f->n; i++) {
			char name[64];

			str_copy(name, sizeof name, f->at[i].name);
			json_text(&j, name, f->at[i].value);
		}
		json_end(&j);
		*to = json_in_read(buf_view(&b), e);
		ok = *to != NULL;
	}
	secret_wipe(f, sizeof *f);
	free(f);
	secret_wipe(b.at, b.len);
	return ok;
}

/* ---- login ---- */

static bool
no(struct task *t, struct call *c, int status, const char *words, struct err *e)
{
	AUTO(buf) b = BUF(SMT_SMALL);
	struct json j = json_to(&b);

	json_open(&j, NULL);
	json_text(&j, "errormessage", str_of(words));
	json_end(&j);
	return answer_json(t, c, status, &b, e);
}

/* Only the token is needed; the rest is what the portal's own pages would show. */
static bool
yes(struct task *t, struct call *c, struct str name, const struct smt_token *k, struct err *e)
{
	AUTO(buf) b = BUF(SMT_SMALL);
	struct json j = json_to(&b);
	bool ok;

	json_open(&j, NULL);
	json_text(&j, "usr_id", name);
	json_text(&j, "is_rgstrd", STR("Y"));
	json_text(&j, "usr_type", STR("RES"));
	json_text(&j, "usr_frst_nm", STR(""));
	json_text(&j, "usr_lst_nm", STR(""));
	json_text(&j, "usr_eml", STR(""));
	json_text(&j, "lang_pref", STR("ENG"));
	json_text(&j, "ai", STR(""));
	json_text(&j, "smtStatus", STR("ACTIVE"));
	json_text(&j, "smtStatuskey", STR("1"));
	json_text(&j, "token", str_of(k->made.text));
	json_end(&j);
	ok = answer_json(t, c, 200, &b, e);
	secret_wipe(b.at, b.len);
	return ok;
}

bool
smt_web_login(struct task *t, struct call *c, struct err *e)
{
	AUTO_PTR(json_in) json = NULL;
	struct str name = { NULL, 0 }, password = { NULL, 0 };
	struct smt_token k;
	struct err why = { 0 };
	int wait_s = 0;
	bool ok;

	if (!smt_web_body(t, c, &json, e))
		return false;
	(void)json_in_text_of(json_in_fold(json_in_root(json), "username"), &name);
	(void)json_in_text_of(json_in_fold(json_in_root(json), "password"), &password);
	if (smt_login(t, c, name, password, &k, &wait_s, &why)) {
		ok = yes(t, c, name, &k, e);
		secret_wipe(&k, sizeof k);
		return ok;
	}
	if (wait_s > 0) /* what its clients know of being too many */
		http_header(c->http, "Retry-After", "%d", wait_s);
	if (why.code == ERR_WAIT)
		return no(t, c, 403, "Too many attempts. Wait, then try again.", e);
	if (why.code == ERR_LOGIN) /* the same whichever was wrong */
		return no(t, c, 400, "ERR-USR-INVALIDPASSWORDERROR", e);
	*e = why;
	return false;
}

/* ---- the list of meters ---- */

struct mine_row {
	struct str esiid;
};
static const struct db_field mine_row[] = { DB_TEXT(mine_row, esiid) };

struct home_row {
	struct str esiid, street, city, state, zip, duns, meter_number;
	int64_t multiplier;
};
static const struct db_field home_row[] = {
	DB_TEXT(home_row, esiid),
	DB_TEXT(home_row, street),
	DB_TEXT(home_row, city),
	DB_TEXT(home_row, state),
	DB_TEXT(home_row, zip),
	DB_TEXT(home_row, duns),
	DB_TEXT(home_row, meter_number),
	DB_INT8(home_row, multiplier),
};

static void
text(struct json *j, const char *name, struct str s)
{
	json_text(j, name, s.at == NULL ? STR("") : s);
}

static void
put_home(struct json *j, const char *name, const struct home_row *h)
{
	AUTO(buf) full = BUF(SMT_SMALL);

	buf_fmt(&full, STR_FMT ", " STR_FMT ", " STR_FMT " " STR_FMT, STR_ARG(h->street),
	    STR_ARG(h->city), STR_ARG(h->state), STR_ARG(h->zip));
	json_open(j, name);
	json_text(j, "customer", STR(""));
	json_text(j, "email", STR(""));
	json_text(j, "description", STR(""));
	text(j, "address", h->street);
	text(j, "city", h->city);
	text(j, "state", h->state);
	text(j, "zip", h->zip);
	json_text(j, "esiid", h->esiid);
	text(j, "meterNumber", h->meter_number);
	json_int(j, "meterMultiplier", h->multiplier > 0 ? h->multiplier / 1000 : 1);
	json_text(j, "fullAddress", buf_view(&full));
	json_text(j, "errmsg", STR("Success!"));
	json_text(j, "recordStatus", STR("ESIID-RECORD-EXISTS"));
	json_bool(j, "statusIndicator", true);
	text(j, "dunsNumber", h->duns);
	json_end(j);
}

/* {"esiid": "*"}: all that the customer holds; or one of them. `name`: of the one that there
 * may be. */
static bool
put_homes(struct task *t, struct call *c, struct str which, int32_t most, const char *name,
    struct json *j, struct err *e)
{
	AUTO_PTR(conn) db = call_lease(t, c, e);
	AUTO_PTR(rows) mine = NULL;
	AUTO_PTR(rows) homes = NULL;
	struct str all[METERS_MOST];
	struct mine_row row;
	struct home_row home;
	size_t n = 0;

	if (db == NULL ||
	    (mine = db_rows(t, db, SQL_SMT_MINE, ARGS(P_SHOWN(c), P_INT4(most)), e)) == NULL)
		return false;
	while (n < METERS_MOST && ROWS_NEXT(mine, mine_row, &row))
		if (str_is(which, "*") || str_eq(which, row.esiid))
			all[n++] = row.esiid;
	homes = db_rows(t, db, SQL_SMT_HOMES, ARGS(P_SHOWN(c), P_TEXTS(all, n)), e);
	if (homes == NULL)
		return false;
	while (ROWS_NEXT(homes, home_row, &home))
		put_home(j, name, &home);
	return true;
}

bool
smt_web_meter(struct task *t, struct call *c, struct err *e)
{
	AUTO_PTR(json_in) json = NULL;
	AUTO(buf) b = BUF(SMT_LARGE);
	struct json j = json_to(&b);
	struct str which = STR("*");

	if (!smt_web_body(t, c, &json, e))
		return false;
	(void)json_in_text_of(json_in_fold(json_in_root(json), "esiid"), &which);
	json_open(&j, NULL);
	json_list(&j, "data");
	if (!put_homes(t, c, which, METERS_MOST, NULL, &j, e))
		return false;
	json_end(&j);
	json_end(&j);
	return answer_json(t, c, 200, &b, e);
}

/* It comes without a body. Who has no meter has no first one. */
bool
smt_web_dashboard(struct task *t, struct call *c, struct err *e)
{
	AUTO(buf) b = BUF(SMT_SMALL);
	struct json j = json_to(&b);

	json_open(&j, NULL);
	json_open(&j, "data");
	if (!put_homes(t, c, STR("*"), 1, "defaultMeterDetails", &j, e))
		return false;
	json_end(&j);
	json_end(&j);
	return answer_json(t, c, 200, &b, e);
}

/* ---- reads ---- */

/* ESI ID and days as the web's functions name them; the days may stand where SMT's do. */
static bool
ask_of(struct smt_ask *a, const struct json_value *root, struct smt_why *w)
{
	a->root = root;
	a->trans_id = STR("");
	return smt_ask_reads(a, true, w);
}

/* No data has its own words here, and a no is one of 200 like it. */
static bool
nothing(struct task *t, struct call *c, const char *code, const char *words, struct err *e)
{
	AUTO(buf) b = BUF(SMT_SMALL);
	struct json j = json_to(&b);

	json_open(&j, NULL);
	json_open(&j, "data");
	json_text(&j, "errorCode", str_of(code));
	json_text(&j, "errorMessage", str_of(words));
	json_end(&j);
	json_end(&j);
	return answer_json(t, c, 200, &b, e);
}

/* *any false: there are none, and nothing was answered. */
static bool
web_reads(struct task *t, struct call *c, struct smt_call *s, const struct smt_kind *kind,
    const char *wrap, bool *any, struct err *e)
{
	bool foreign;

	*any = true;
	if (!smt_web_body(t, c, &s->json, e))
		return false;
	if (!ask_of(&s->ask, json_in_root(s->json), &s->why))
		return no(t, c, 400, s->why.text, e);
	s->ask.format = SMT_JSON;
	s->ask.all_versions = s->ask.all_versions && wrap != NULL; /* a page has the newest */
	if (smt_reads_now(t, c, &s->ask, kind, wrap, any, e))
		return true;
	if (e->code != ERR_NOT_FOUND || c->http->status != 0)
		return false;
	err_clear(e);
	if (!smt_foreign(t, c, &s->ask, &foreign, e))
		return false;
	if (foreign) { /* a 401 would make them log in again, for ever */
		*any = true;
		return no(t, c, 403, "Not authorized for the ESIID, or it does not exist.", e);
	}
	*any = false;
	return true;
}

bool
smt_web_synch(struct task *t, struct call *c, struct err *e)
{
	AUTO(smt_call) s = { 0 };
	bool any;

	if (!web_reads(t, c, &s, &smt_interval, "data", &any, e))
		return false;
	return any || nothing(t, c, "1", "No Energy Data received from the respective TDSP", e);
}

/* The usage pages: no reads are an empty list. */
static bool
web_usage(struct task *t, struct call *c, const struct smt_kind *kind, struct err *e)
{
	AUTO(smt_call) s = { 0 };
	AUTO(buf) b = BUF(SMT_SMALL);
	struct json j = json_to(&b);
	bool any;

	if (!web_reads(t, c, &s, kind, NULL, &any, e))
		return false;
	if (any)
		return true;
	json_open(&j, NULL);
	json_list(&j, kind->list);
	json_end(&j);
	json_end(&j);
	return answer_json(t, c, 200, &b, e);
}

bool
smt_web_interval(struct task *t, struct call *c, struct err *e)
{
	return web_usage(t, c, &smt_page_interval, e);
}

bool
smt_web_daily(struct task *t, struct call *c, struct err *e)
{
	return web_usage(t, c, &smt_page_daily, e);
}

bool
smt_web_monthly(struct task *t, struct call *c, struct err *e)
{
	return web_usage(t, c, &smt_page_monthly, e);
}
