/* Errors in OAuth's words. */
#include "oauth.h"

enum { REPLY_MOST = 4096 };

struct str
oauth_field(const struct form *f, const char *name)
{
	struct str v = form_get(f, name);

	return v.len > 0 ? v : (struct str){ NULL, 0 };
}

static bool
say(struct task *t, struct http *r, int status, const char *error, struct str description,
    struct err *e)
{
	AUTO(buf) b = BUF(REPLY_MOST);
	struct json j = json_to(&b);

	json_open(&j, NULL);
	json_text(&j, "error", str_of(error));
	if (description.len > 0)
		json_text(&j, "error_description", description);
	json_end(&j);
	buf_byte(&b, '\n');
	http_header(r, "Cache-Control", "no-store");
	http_header(r, "Pragma", "no-cache");
	if (status == 401)
		http_header(r, "WWW-Authenticate", "Basic realm=\"busbar\", charset=\"UTF-8\"");
	return http_reply(t, r, status, "application/json", buf_view(&b), e);
}

bool
oauth_refuse(
    struct task *t, struct call *c, const char *error, struct str description, struct err *e)
{
	return say(t, c->http, str_is(str_of(error), "invalid_client") ? 401 : 400, error,
	    description, e);
}

/* What is wrong with a form is a bad request here, whatever it is. */
bool
oauth_problem(struct task *t, struct http *r, const struct err *why, struct err *e)
{
	int status = err_rows[why->code].http;
	bool ours = why->code == ERR_BUG || why->code == ERR_IO || why->code == ERR_CONF;

	if (status == 422 || status == 415 || status == 411)
		status = 400;
	return say(t, r, status,
	    status < 500    ? "invalid_request"
	    : status == 503 ? "temporarily_unavailable"
			    : "server_error",
	    ours ? STR("") : str_of(why->text), e);
}
