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
call_body(struct task *t, struct call *c, struct buf *to, struct err *e)
{
	size_t most = (size_t)c->http->length, n;
	enum io_got got = IO_OK;
	char *room = buf_room(to, most + 1);

	if (room == NULL)
		return err(e, ERR_BUSY, "no memory for a request");
	while (to->len <= most && (got = http_body(t, c->http, to->at + to->len,
				       most + 1 - to->len, &n, e)) == IO_OK)
		buf_grew(to, n);
	return got == IO_END;
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
	AUTO(buf) body = BUF(API_BODY_MOST + 2);

	*to = NULL;
	if (!is_json(http_var(c->http, SCGI_TYPE)))
		return err(e, ERR_MEDIA, "expected a body of type application/json");
	if (!call_body(t, c, &body, e))
		return false;
	*to = json_in_read(buf_view(&body), e);
	return *to != NULL;
}

bool
call_form(struct task *t, struct call *c, struct form *to, struct err *e)
{
	if (!form_take(t, c->http, to, e))
		return false;
	return to->n > 0 || to->used == 0 ||
	       err(e, ERR_MEDIA, "expected a body of type application/x-www-form-urlencoded");
}
