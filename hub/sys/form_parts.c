/* Forms that may hold files (multipart/form-data, RFC 7578); see form.h. */
#include <string.h>

#include "sys/form.h"

enum { BOUNDARY_MOST = 70 /* RFC 2046 */ };

bool
form_is_parts(struct str type, struct str *boundary)
{
	struct str head, rest, key, value;

	if (type.at == NULL || !str_cut(type, ';', &head, &rest) ||
	    !str_ieq(str_trim(head), STR("multipart/form-data")) ||
	    !str_cut(str_trim(rest), '=', &key, &value) || !str_ieq(key, STR("boundary")))
		return false;
	if (value.len > 2 && value.at[0] == '"' && value.at[value.len - 1] == '"')
		value = (struct str){ value.at + 1, value.len - 2 };
	*boundary = value;
	return value.len > 0 && value.len <= BOUNDARY_MOST;
}

/* What stands before `mark`; *in goes on behind it. */
static bool
up_to(struct str *in, struct str mark, struct str *before)
{
	const char *at = in->len == 0 ? NULL : memmem(in->at, in->len, mark.at, mark.len);

	if (at == NULL)
		return false;
	*before = (struct str){ in->at, (size_t)(at - in->at) };
	in->len -= before->len + mark.len;
	in->at = at + mark.len;
	return true;
}

/* name="…" of a Content-Disposition; at == NULL: it has none. */
static struct str
parameter(struct str line, const char *name)
{
	bool more = true;

	while (more) {
		struct str pair, key, value;

		more = str_cut(line, ';', &pair, &line);
		if (!str_cut(str_trim(pair), '=', &key, &value) || !str_is(key, name))
			continue;
		if (value.len < 2 || value.at[0] != '"' || value.at[value.len - 1] != '"')
			break;
		return (struct str){ value.at + 1, value.len - 2 };
	}
	return (struct str){ NULL, 0 };
}

/* The name of a part, and whether it is a file, by its headers. */
static bool
head_of(struct str headers, struct str *name, bool *file)
{
	static const char kind[] = "content-disposition";
	bool more = true;

	while (more) {
		struct str line, key, value, rest;

		more = str_cut(headers, '\n', &line, &headers);
		if (!str_cut(str_trim(line), ':', &key, &value) || !str_ieq(key, str_of(kind)))
			continue;
		(void)str_cut(value, ';', &key, &rest);
		*name = parameter(rest, "name");
		*file = parameter(rest, "filename").at != NULL;
		return str_ieq(str_trim(key), STR("form-data")) && name->len > 0 &&
		       str_utf8(*name);
	}
	return false;
}

static bool
add(struct form *f, struct str name, bool file, struct str value, struct err *e)
{
	if (f->n == FORM_FIELDS_MOST)
		return err(
		    e, ERR_BAD_INPUT, "the form has more than %d fields", FORM_FIELDS_MOST);
	if (!file && !form_plain(value))
		return err(e, ERR_BAD_INPUT, "the form is not well formed");
	for (size_t i = 0; i < f->n; i++)
		if (str_eq(f->at[i].name, name))
			return err(e, ERR_BAD_INPUT, "the form has a field twice");
	f->at[f->n].name = name;
	f->at[f->n++].value = value;
	return true;
}

bool
form_parts(struct form *f, struct str body, struct str boundary, struct err *e)
{
	char text[BOUNDARY_MOST + 8];
	size_t len;
	struct str mark, before, headers, value, name;
	bool file = false;

	f->used = f->n = 0;
	len = 4 + boundary.len;
	memcpy(text, "\r\n--", 4);
	memcpy(text + 4, boundary.at, boundary.len);
	mark = (struct str){ text, len };
	/* the first one has no line before it */
	if (!up_to(&body, (struct str){ text + 2, len - 2 }, &before) || before.len > 0)
		return err(e, ERR_BAD_INPUT, "the form is not well formed");
	while (str_starts(body, "\r\n")) {
		if (!up_to(&body, STR("\r\n\r\n"), &headers) || !up_to(&body, mark, &value) ||
		    !head_of(headers, &name, &file))
			return err(e, ERR_BAD_INPUT, "the form is not well formed");
		if (!add(f, name, file, value, e))
			return false;
	}
	return str_starts(body, "--") || err(e, ERR_BAD_INPUT, "the form is cut off");
}
