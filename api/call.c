/* What a handler asks about its request; see api.h. */
#include "api.h"

struct conn *
call_lease(struct task *t, const struct call *c, struct err *e)
{
	return db_lease(t, call_api(c)->door.db, e);
}

/* ---- who ---- */

const unsigned char *
call_shown(const struct call *c)
{
	return call_of(c)->caller->shown;
}

int32_t
call_party(const struct call *c)
{
	return call_of(c)->caller->party;
}

const char *
call_kind(const struct call *c)
{
	return call_of(c)->caller->kind;
}

const char *
call_code(const struct call *c)
{
	return call_of(c)->caller->code;
}

const char *
call_class(const struct call *c)
{
	return call_of(c)->caller->class_;
}

const char *
call_login(const struct call *c)
{
	return call_of(c)->caller->login;
}

struct str
call_from(const struct call *c)
{
	return http_var(c->http, SCGI_REMOTE);
}

struct box *
call_box(struct call *c)
{
	return &call_of(c)->caller->box;
}

/* ---- the address ---- */

bool
call_query(const struct call *c, const char *name, struct str *to)
{
	const struct form *f = &call_of(c)->query;

	*to = STR("");
	for (size_t i = 0; i < f->n; i++)
		if (str_is(f->at[i].name, name)) {
			*to = f->at[i].value;
			return true;
		}
	return false;
}

static bool
among(struct str name, struct str names)
{
	struct str one;
	bool more = names.len > 0;

	while (more) {
		more = str_cut(names, ' ', &one, &names);
		if (str_eq(one, name))
			return true;
	}
	return false;
}

bool
call_only(const struct call *c, const char *names, struct err *e)
{
	const struct form *f = &call_of(c)->query;

	for (size_t i = 0; i < f->n; i++)
		if (!among(f->at[i].name, str_of(names)))
			return err(e, ERR_USAGE,
			    "the parameter \"" STR_FMT "\" is not known here, expected %s%s",
			    STR_ARG(str_first(f->at[i].name, 40)),
			    names[0] == '\0' ? "none" : "only: ", names);
	return true;
}

/* ---- the body ---- */

bool
call_body(struct task *t, struct call *c, struct str *to, struct err *e)
{
	struct api_call *of = c->who;
	size_t most = (size_t)c->http->length, n;
	enum io_got got = of->body_read ? IO_END : IO_OK;
	struct buf *b = &of->body;

	if (!of->body_read) {
		*b = (struct buf)BUF(API_BODY_MOST + 1);
		if (buf_room(b, most + 1) == NULL)
			return err(e, ERR_BUSY, "no memory for a request");
	}
	while (got == IO_OK && b->len <= most) {
		got = http_body(t, c->http, b->at + b->len, most + 1 - b->len, &n, e);
		if (got == IO_OK)
			buf_grew(b, n);
	}
	of->body_read = got == IO_END;
	*to = buf_view(b);
	return of->body_read;
}

/* "application/json; charset=utf-8", or what ends with +json; none at all is taken for JSON. */
static bool
is_json(struct str type)
{
	struct str head, rest;

	if (type.at == NULL)
		return true;
	(void)str_cut(type, ';', &head, &rest);
	head = str_trim(head);
	return str_ieq(head, STR("application/json")) || str_ieq(head, STR("text/json")) ||
	       (str_ends(head, "+json") && str_starts(head, "application/"));
}

bool
call_json(struct task *t, struct call *c, struct json_in **to, struct err *e)
{
	struct str body;

	*to = NULL;
	if (!is_json(http_var(c->http, SCGI_TYPE)))
		return err(e, ERR_MEDIA, "expected a body of type application/json");
	if (!call_body(t, c, &body, e))
		return false;
	*to = json_in_read(body, e);
	return *to != NULL;
}

bool
call_form(struct task *t, struct call *c, struct form *to, struct err *e)
{
	struct str body, type = http_var(c->http, SCGI_TYPE), head, rest;

	if (!call_body(t, c, &body, e))
		return false;
	(void)str_cut(type.at != NULL ? type : STR(""), ';', &head, &rest);
	if (body.len > 0 && !str_ieq(str_trim(head), STR("application/x-www-form-urlencoded")))
		return err(
		    e, ERR_MEDIA, "expected a body of type application/x-www-form-urlencoded");
	return form_parse(to, body, e);
}
