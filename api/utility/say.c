/* Errors in the family's words, and what handlers ask about their request; see utility.h. */
#include <string.h>

#include "utility.h"

enum { NO_MOST = 4096 };

/* ---- errors ---- */

static const struct {
	int status;
	const char *error;
} words[] = {
	{ 400, "invalid_param" },
	{ 401, "unauthorized" },
	{ 403, "forbidden" },
	{ 404, "not_found" },
	{ 405, "method_not_allowed" },
	{ 409, "conflict" },
	{ 413, "too_large" },
	{ 429, "rate_limited" },
	{ 503, "unavailable" },
};

bool
utility_problem(struct task *t, struct http *r, const struct err *why, struct err *e)
{
	AUTO(buf) b = BUF(NO_MOST);
	struct json j = json_to(&b);
	int status = err_rows[why->code].http;
	const char *error = "server_error";

	if (status == 422 || status == 415 || status == 411 || status == 406)
		status = 400;
	for (size_t i = 0; i < nitems(words); i++)
		if (words[i].status == status)
			error = words[i].error;
	json_open(&j, NULL);
	json_text(&j, "error", str_of(error));
	json_text(&j, "error_description",
	    status >= 500 ? str_of(err_rows[why->code].say) : str_of(why->text));
	json_text(&j, "url", STR("docs/utility-api.md"));
	json_end(&j);
	buf_byte(&b, '\n');
	http_header(r, "Cache-Control", "no-store");
	return http_reply(t, r, status, "application/json", buf_view(&b), e);
}

bool
utility_done(struct task *t, struct call *c, struct err *e)
{
	AUTO(buf) b = BUF(64);

	buf_c(&b, "{\"success\":true}\n");
	return answer_json(t, c, 200, &b, e);
}

/* ---- the request ---- */

void
utility_hub(const struct call *c, struct buf *to)
{
	struct json j = json_to(to);

	json_open(&j, NULL);
	json_text(&j, "api", str_of(call_api(c)->conf.api_url));
	json_text(&j, "portal", str_of(call_api(c)->conf.portal_url));
	json_end(&j);
}

static bool
of_page(struct str name)
{
	return str_is(name, "after") || str_is(name, "limit") || str_is(name, "order") ||
	       str_is(name, "start") || str_is(name, "end") || str_is(name, "access_token");
}

bool
utility_filters(const struct call *c, const char *names, struct buf *to, struct err *e)
{
	const struct form *f = &call_of(c)->query;
	struct json j = json_to(to);
	char name[64];

	if (!call_only(c, names, e))
		return false;
	json_open(&j, NULL);
	for (size_t i = 0; i < f->n; i++)
		if (!of_page(f->at[i].name)) {
			str_copy(name, sizeof name, f->at[i].name);
			json_text(&j, name, f->at[i].value);
		}
	json_end(&j);
	return true;
}

bool
utility_limit(const struct call *c, int64_t preset, int64_t most, int64_t *to, struct err *e)
{
	struct str text;

	*to = preset;
	return !call_query(c, "limit", &text) ||
	       (str_int64(text, to) && *to >= 1 && *to <= most) ||
	       err(e, ERR_USAGE, "limit is \"" STR_FMT "\", expected a number from 1 to %lld",
		   STR_ARG(str_first(text, 40)), (long long)most);
}

bool
utility_body(struct task *t, struct call *c, struct str *to, struct err *e)
{
	AUTO_PTR(json_in) in = NULL;

	if (!call_body(t, c, to, e))
		return false;
	if (str_trim(*to).len == 0) {
		*to = STR("{}");
		return true;
	}
	in = json_in_read(*to, e);
	return in != NULL;
}

void
utility_next(struct json *j, const struct call *c, struct str after)
{
	const struct form *f = &call_of(c)->query;
	AUTO(buf) b = BUF(32 * 1024);

	if (after.at == NULL) {
		json_null(j, "next");
		return;
	}
	buf_fmt(&b, "%s" STR_FMT "?", call_api(c)->conf.api_url, STR_ARG(c->http->path));
	for (size_t i = 0; i < f->n; i++) {
		if (str_is(f->at[i].name, "after") || str_is(f->at[i].name, "access_token"))
			continue;
		http_escape(&b, f->at[i].name);
		buf_byte(&b, '=');
		http_escape(&b, f->at[i].value);
		buf_byte(&b, '&');
	}
	buf_c(&b, "after=");
	http_escape(&b, after);
	json_text(j, "next", buf_view(&b));
}
