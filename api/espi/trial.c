/*
 * The addresses that a new third party tries its program against before it is live: tokens and
 * codes of their own, a sample of a feed. Nothing of a customer is behind them, and nothing
 * that they give out opens anything else: a token says when it ends and is signed for here, and
 * no other address looks at such ones.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/code.h"
#include "base/json.h"
#include "espi.h"
#include "sys/secret.h"

enum {
	TRIAL_S = 3600,
	BASIC_MOST = 512,
	REPLY_MOST = 8192,
	TOKEN_TEXT = 4 + 16 + 2 * INDEX_BYTES + 1
};

static const char prefix[] = "bbt_", code[] = "test-code",
		  scope[] = "FB=4_5;IntervalDuration=900";

/* ---- tokens ---- */

static void
sign(const struct call *c, char to[TOKEN_TEXT], int64_t ends_s)
{
	unsigned char mac[INDEX_BYTES];
	char when[17];

	snprintf(when, sizeof when, "%016llx", (unsigned long long)ends_s);
	blind_index(call_api(c)->keys, mac, "espi-test-token", str_of(when));
	memcpy(to, prefix, 4);
	memcpy(to + 4, when, 16);
	code_hex(to + 20, mac, sizeof mac);
}

static bool
holds(const struct call *c)
{
	struct str given = http_var(c->http, SCGI_AUTHORIZATION);
	char want[TOKEN_TEXT], when[17];
	unsigned long long ends_s;

	if (given.len != strlen("Bearer ") + TOKEN_TEXT - 1 ||
	    !str_ieq((struct str){ given.at, 7 }, STR("Bearer ")))
		return false;
	memcpy(when, given.at + 7 + 4, 16);
	when[16] = '\0';
	if (strspn(when, "0123456789abcdef") != 16)
		return false;
	ends_s = strtoull(when, NULL, 16);
	sign(c, want, (int64_t)ends_s);
	return code_same(given.at + 7, want, TOKEN_TEXT - 1) &&
	       ends_s > (unsigned long long)time_now_s();
}

static bool
need_token(const struct call *c, struct err *e)
{
	if (holds(c))
		return true;
	http_header(c->http, "WWW-Authenticate", "Bearer realm=\"test\"");
	return err(e, ERR_LOGIN, "a test token (Authorization: Bearer bbt_…) is needed");
}

/* ---- who asks for one ---- */

struct client {
	char text[BASIC_MOST];
	struct str id, secret;
};

static bool
basic(const struct call *c, struct client *to)
{
	struct str given = http_var(c->http, SCGI_AUTHORIZATION);
	size_t len;

	if (given.len < 6 || !str_ieq((struct str){ given.at, 6 }, STR("Basic ")) ||
	    !code_unb64(
		to->text, sizeof to->text, &len, (struct str){ given.at + 6, given.len - 6 }))
		return false;
	return str_cut((struct str){ to->text, len }, ':', &to->id, &to->secret);
}

static bool
refuse(struct task *t, struct call *c, int status, const char *why, struct err *e)
{
	AUTO(buf) b = BUF(REPLY_MOST);

	if (status == 401)
		http_header(c->http, "WWW-Authenticate", "Basic realm=\"test\"");
	buf_fmt(&b, "{\"error\":\"%s\"}\n", why);
	return answer_json(t, c, status, &b, e);
}

static bool
known(struct task *t, struct call *c, struct str id, struct str secret, struct str redirect,
    bool *ok, struct err *e)
{
	struct row {
		bool ok;
	} row;
	static const struct db_field fields[] = { DB_BOOL(row, ok) };
	unsigned char sha256[DIGEST_BYTES];
	AUTO_PTR(conn) conn = call_lease(t, c, e);

	digest_of(secret.at, secret.len, sha256);
	if (conn == NULL ||
	    db_one(t, conn, SQL_ESPI_TRIAL_CLIENT,
		ARGS(P_STR(id),
		    secret.at == NULL ? (struct param)P_NULL()
				      : (struct param)P_BYTES(sha256, DIGEST_BYTES),
		    P_STR(redirect)),
		fields, nitems(fields), &row, NULL, e) != DB_FOUND)
		return false;
	*ok = row.ok;
	return true;
}

/* As programs of that family know it: XML for a client's token. */
static bool
give_client(struct task *t, struct call *c, const char *token, struct err *e)
{
	AUTO(buf) b = BUF(REPLY_MOST);

	buf_fmt(&b,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<token>"
	    "<client_access_token>%s</client_access_token><expires_in>%d</expires_in>"
	    "<scope>FB=34_35</scope><token_type>Bearer</token_type></token>\n",
	    token, TRIAL_S);
	http_header(c->http, "Cache-Control", "no-store");
	return http_reply(t, c->http, 200, "application/xml", buf_view(&b), e);
}

static bool
give_pair(struct task *t, struct call *c, const char *token, struct err *e)
{
	AUTO(buf) b = BUF(REPLY_MOST);
	struct json j = json_to(&b);
	char uri[ESPI_ROOT_SIZE + 128];

	snprintf(uri, sizeof uri, "%s/datacustodian/test/espi/1_1/resource/DownloadSampleData",
	    call_api(c)->conf.api_url);
	json_open(&j, NULL);
	json_text(&j, "access_token", str_of(token));
	json_text(&j, "refresh_token", str_of(token));
	json_int(&j, "expires_in", TRIAL_S);
	json_text(&j, "token_type", STR("Bearer"));
	json_text(&j, "scope", str_of(scope));
	json_text(&j, "resourceURI", str_of(uri));
	json_text(&j, "authorizationURI", str_of(uri));
	json_end(&j);
	buf_byte(&b, '\n');
	return answer_json(t, c, 200, &b, e);
}

bool
trial_token(struct task *t, struct call *c, struct err *e)
{
	struct form *f = calloc(1, sizeof *f);
	struct client client;
	struct str type;
	char token[TOKEN_TEXT];
	bool ok = false, done = false;

	if (f == NULL || !call_form(t, c, f, e)) {
		free(f);
		return false;
	}
	type = form_get(f, "grant_type");
	sign(c, token, time_now_s() + TRIAL_S);
	if (!basic(c, &client))
		done = refuse(t, c, 401, "invalid_client", e);
	else if (!known(t, c, client.id, client.secret, STR(""), &ok, e))
		done = false;
	else if (!ok)
		done = refuse(t, c, 401, "invalid_client", e);
	else if (str_is(type, "client_credentials"))
		done = give_client(t, c, token, e);
	else if (str_is(type, "authorization_code"))
		done = str_is(form_get(f, "code"), code)
			   ? give_pair(t, c, token, e)
			   : refuse(t, c, 400, "invalid_grant", e);
	else
		done = refuse(
		    t, c, 400, type.len == 0 ? "invalid_request" : "unsupported_grant_type", e);
	secret_wipe(&client, sizeof client);
	free(f);
	return done;
}

/* Sends the browser back at once with the code that is the same for all. */
bool
trial_authorize(struct task *t, struct call *c, struct err *e)
{
	AUTO(buf) to = BUF(REPLY_MOST);
	struct str id, redirect, state, type;
	bool ok;

	(void)call_query(c, "client_id", &id);
	(void)call_query(c, "redirect_uri", &redirect);
	(void)call_query(c, "state", &state);
	(void)call_query(c, "response_type", &type);
	if (!known(t, c, id, (struct str){ NULL, 0 }, redirect, &ok, e))
		return false;
	if (!ok || redirect.len == 0)
		return refuse(t, c, 400, "invalid_request", e);
	buf_fmt(&to, STR_FMT "%c", STR_ARG(redirect), str_has(redirect, STR("?")) ? '&' : '?');
	if (str_is(type, "code"))
		buf_fmt(&to, "code=%s", code);
	else
		buf_c(&to, "error=unsupported_response_type");
	if (state.len > 0) {
		buf_c(&to, "&state=");
		http_escape(&to, state);
	}
	if (!buf_ok(&to) || to.len >= API_HEADER_MOST)
		return err(e, ERR_USAGE, "the address is too long");
	http_header(c->http, "Location", STR_FMT, STR_ARG(buf_view(&to)));
	http_header(c->http, "Cache-Control", "no-store");
	return http_reply(t, c->http, 302, "text/plain", STR(""), e);
}

/* ---- what it opens ---- */

bool
trial_status(struct task *t, struct call *c, struct err *e)
{
	return need_token(c, e) &&
	       http_reply(t, c->http, 200, "application/xml",
		   STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ServiceStatus " ESPI_NS
		       "><currentStatus>1</currentStatus></ServiceStatus>\n"),
		   e);
}

/* A made day of a made home: values rise and fall by the hour. */
static void
make_day(struct day *d, const struct zone *z)
{
	d->day = civil_day(2026, 3, 9);
	d->interval_s = 900;
	d->n = (uint16_t)day_slots(z, d->day, d->interval_s);
	for (unsigned i = 0; i < d->n; i++) {
		d->status[i] = i == 40 ? STATUS_ESTIMATED : STATUS_ACTUAL;
		d->wh[i] = 100 + (int64_t)(i < 48 ? i : d->n - i) * 5;
	}
}

static bool
write_sample(
    struct call *c, const struct custodian *dc, struct day *d, struct answer *a, struct err *e)
{
	struct espi_out o = espi_to(answer_to(a), dc->space, dc->root);
	struct espi_point p = { .esiid = "sample", .zone = zone_get("America/Chicago", e) };
	struct espi_series s = espi_series_of(CHANNEL_LOAD, 900, 0);
	struct espi_stamps at = { 1773122400, 1773122400 };

	if (p.zone == NULL)
		return false;
	p.local = true;
	make_day(d, p.zone);
	espi_point_named(&o, &p);
	espi_series_named(&o, &p, &s);
	espi_feed_begin(&o, dc, espi_tail(c), STR(""), "Sample", "Sample data", at.updated);
	espi_put_point(&o, &p, &at);
	espi_put_local_time(&o, &p);
	espi_put_meter_reading(&o, &p, &s, &at);
	espi_put_reading_type(&o, &s);
	espi_put_block(&o, &p, &s, d, NULL, &at);
	espi_feed_close(&o);
	return answer_more(a, e);
}

bool
trial_sample(struct task *t, struct call *c, struct err *e)
{
	struct day *d = calloc(1, sizeof *d);
	struct custodian dc;
	struct answer a;
	bool ok;

	answer_begin(&a, c, ESPI_TYPE);
	ok = (d != NULL || err(e, ERR_BUSY, "no memory for a sample")) && need_token(c, e) &&
	     custodian_read(t, c, &dc, e) && write_sample(c, &dc, d, &a, e) &&
	     answer_send(t, &a, 200, e);
	answer_auto(&a);
	free(d);
	return ok;
}

enum { NO_BODY = 0 };
#define TEST_BASE "/datacustodian/test"

/* clang-format off */
const struct route trial_routes[] = {
	{ "POST", TEST_BASE "/oauth/v2/token", API_ANYBODY, FORM_BYTES_MOST, trial_token,
	  "a token for these test addresses alone" },
	{ "GET", TEST_BASE "/oauth/v2/authorize", API_ANYBODY, NO_BODY, trial_authorize,
	  "a code for these test addresses alone" },
	{ "GET", TEST_BASE "/espi/1_1/resource/ReadServiceStatus", API_ANYBODY, NO_BODY, trial_status,
	  "whether it runs, by a test token" },
	{ "GET", TEST_BASE "/espi/1_1/resource/DownloadSampleData", API_ANYBODY, NO_BODY, trial_sample,
	  "a sample of a feed, by a test token" },
};
/* clang-format on */
const size_t trial_routes_n = nitems(trial_routes);
