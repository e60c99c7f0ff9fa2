/* Forms and cookies; see form.h. */
#include "sys/form.h"

#include <string.h>

bool
form_plain(struct str value)
{
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.at[i];

		if (c == 0x7f || (c < ' ' && c != '\t' && c != '\r' && c != '\n'))
			return false;
	}
	return str_utf8(value);
}

/* One name or value: '+' is a blank, %XX undone. */
static bool
unescape(struct form *f, struct str s, struct str *to)
{
	char *at = f->text + f->used;
	char plain[FORM_BYTES_MOST + 1];

	if (s.len > FORM_BYTES_MOST)
		return false;
	for (size_t i = 0; i < s.len; i++)
		plain[i] = s.at[i] == '+' ? ' ' : s.at[i];
	if (!http_unescape(at, sizeof f->text - f->used, (struct str){ plain, s.len }))
		return false;
	*to = str_of(at);
	f->used += to->len + 1;
	return form_plain(*to);
}

bool
form_parse(struct form *f, struct str text, struct err *e)
{
	bool more = text.len > 0;

	f->used = f->n = 0;
	if (text.len > FORM_BYTES_MOST)
		return err(e, ERR_TOO_BIG, "the form has more than %d bytes", FORM_BYTES_MOST);
	while (more) {
		struct str pair, name, value;

		more = str_cut(text, '&', &pair, &text);
		if (pair.len == 0)
			continue;
		if (!str_cut(pair, '=', &name, &value))
			value = STR("");
		if (f->n == FORM_FIELDS_MOST)
			return err(e, ERR_BAD_INPUT, "the form has more than %d fields",
			    FORM_FIELDS_MOST);
		if (!unescape(f, name, &name) || !unescape(f, value, &value))
			return err(e, ERR_BAD_INPUT, "the form is not well formed");
		for (size_t i = 0; i < f->n; i++)
			if (str_eq(f->at[i].name, name))
				return err(e, ERR_BAD_INPUT, "the form has a field twice");
		f->at[f->n].name = name;
		f->at[f->n++].value = value;
	}
	return true;
}

static bool
body(struct task *t, struct http *r, char *to, size_t size, size_t *len, struct err *e)
{
	size_t got;
	enum io_got had;

	*len = 0;
	if (r->length < 0 || r->length > FORM_BYTES_MOST)
		return err(e, ERR_TOO_BIG, "the form has more than %d bytes", FORM_BYTES_MOST);
	while ((had = http_body(t, r, to + *len, size - *len, &got, e)) == IO_OK)
		*len += got;
	return had == IO_END;
}

bool
form_take(struct task *t, struct http *r, struct form *f, struct err *e)
{
	char text[FORM_BYTES_MOST + 1];
	struct str type = http_var(r, SCGI_TYPE), head, rest;
	size_t len;

	f->used = f->n = 0;
	if (type.at == NULL)
		type = STR("");
	if (!body(t, r, text, sizeof text, &len, e))
		return false;
	(void)str_cut(type, ';', &head, &rest);
	head = str_trim(head);
	if (str_ieq(head, STR("multipart/form-data"))) {
		memcpy(f->text, text, len);
		f->used = len;
		return true;
	}
	if (len > 0 && !str_ieq(head, STR("application/x-www-form-urlencoded")))
		return err(e, ERR_BAD_INPUT, "this is not what a form sends");
	return form_parse(f, (struct str){ text, len }, e);
}

struct str
form_get(const struct form *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_is(f->at[i].name, name))
			return f->at[i].value;
	return STR("");
}

struct str
cookie_get(struct str header, const char *name)
{
	struct str found = { NULL, 0 };
	bool more = header.len > 0;

	while (more) {
		struct str pair, key, value;

		more = str_cut(header, ';', &pair, &header);
		if (!str_cut(str_trim(pair), '=', &key, &value) || !str_is(key, name))
			continue;
		if (found.at != NULL)
			return (struct str){ NULL, 0 };
		found = value;
	}
	return found;
}
