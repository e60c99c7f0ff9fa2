#include "sys/json_in.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* struct json_value is jansson's json_t, struct json_in its root: the names keep the header in
 * this file. */

static const json_t *
of(const struct json_value *v)
{
	return (const json_t *)(const void *)v;
}

static const struct json_value *
as(const json_t *j)
{
	return (const struct json_value *)(const void *)j;
}

/* How deep it goes, before the parser follows it there: its stack is a task's. */
static bool
shallow(struct str text)
{
	unsigned depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '[') && ++depth > JSON_IN_DEPTH)
			return false;
		else if (!quoted && (c == '}' || c == ']') && depth > 0)
			depth--;
	}
	return true;
}

static unsigned char
folded(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c - 'A' + 'a') : c;
}

/* ASCII, and the two letters outside of it that fold to ASCII: U+017F to s, U+212A to k. */
static unsigned char
next_folded(const char **at)
{
	if (strncmp(*at, "\xc5\xbf", 2) == 0) {
		*at += 2;
		return 's';
	}
	if (strncmp(*at, "\xe2\x84\xaa", 3) == 0) {
		*at += 3;
		return 'k';
	}
	return folded((unsigned char)*(*at)++);
}

static bool
same_folded(const char *a, const char *b)
{
	unsigned char x, y;

	do {
		x = next_folded(&a);
		y = next_folded(&b);
	} while (x == y && x != '\0');
	return x == y;
}

/* No member twice once capitals are folded, anywhere. */
static bool
no_twins(json_t *j, struct err *e)
{
	const char *names[JSON_IN_MEMBERS], *name;
	json_t *m;
	size_t n = 0;

	if (json_object_size(j) > JSON_IN_MEMBERS)
		return err(
		    e, ERR_TOO_BIG, "an object has more than %d members", JSON_IN_MEMBERS);
	json_object_foreach(j, name, m)
	{
		for (size_t i = 0; i < n; i++)
			if (same_folded(names[i], name))
				return err(e, ERR_BAD_INPUT, "\"%s\" is there twice", name);
		names[n++] = name;
	}
	return true;
}

static bool
no_twins_in(json_t *j, struct err *e)
{
	const char *name;
	json_t *m;
	size_t i;

	if (json_is_object(j)) {
		if (!no_twins(j, e))
			return false;
		json_object_foreach(j, name, m) if (!no_twins_in(m, e)) return false;
	}
	json_array_foreach(j, i, m) if (!no_twins_in(m, e)) return false;
	return true;
}

struct json_in *
json_in_read(struct str text, struct err *e)
{
	json_error_t why;
	json_t *j;

	if (!shallow(text)) {
		err(e, ERR_USAGE, "more than %d values in each other", JSON_IN_DEPTH);
		return NULL;
	}
	j = json_loadb(text.at, text.len, JSON_REJECT_DUPLICATES, &why);
	if (j == NULL && json_error_code(&why) == json_error_duplicate_key) {
		err(e, ERR_BAD_INPUT, "a member is there twice, at byte %d", why.position);
		return NULL;
	}
	if (j == NULL) {
		err(e, ERR_USAGE, "not JSON at byte %d", why.position);
		return NULL;
	}
	if (!json_is_object(j) || !no_twins_in(j, e)) {
		if (!json_is_object(j))
			err(e, ERR_USAGE, "expected a JSON object");
		json_decref(j);
		return NULL;
	}
	return (struct json_in *)(void *)j;
}

void
json_in_free(struct json_in **j)
{
	json_decref((json_t *)(void *)*j);
	*j = NULL;
}

const struct json_value *
json_in_root(const struct json_in *j)
{
	return (const struct json_value *)(const void *)j;
}

static bool
text_of(const json_t *m, const char *name, struct str *to, struct err *e)
{
	if (!json_is_string(m))
		return err(e, ERR_BAD_INPUT, "\"%s\" is not a text", name);
	*to = (struct str){ json_string_value(m), json_string_length(m) };
	return true;
}

bool
json_in_text(const struct json_value *v, const char *name, struct str *to, struct err *e)
{
	const json_t *m = json_object_get(of(v), name);

	if (m == NULL)
		return err(e, ERR_BAD_INPUT, "\"%s\" is missing", name);
	return text_of(m, name, to, e);
}

bool
json_in_text_or(const struct json_value *v, const char *name, const char *preset,
    struct str *to, struct err *e)
{
	const json_t *m = json_object_get(of(v), name);

	if (m != NULL && !json_is_null(m))
		return text_of(m, name, to, e);
	*to = str_of(preset);
	return true;
}

bool
json_in_int(const struct json_value *v, const char *name, int64_t least, int64_t most,
    int64_t *to, struct err *e)
{
	const json_t *m = json_object_get(of(v), name);

	if (!json_is_integer(m))
		return err(e, ERR_BAD_INPUT, "\"%s\" is missing or not a whole number", name);
	*to = json_integer_value(m);
	return (*to >= least && *to <= most) ||
	       err(e, ERR_BAD_INPUT, "\"%s\" is %lld, expected %lld to %lld", name,
		   (long long)*to, (long long)least, (long long)most);
}

bool
json_in_bool_or(
    const struct json_value *v, const char *name, bool preset, bool *to, struct err *e)
{
	const json_t *m = json_object_get(of(v), name);

	*to = preset;
	if (m == NULL || json_is_null(m))
		return true;
	if (!json_is_boolean(m))
		return err(e, ERR_BAD_INPUT, "\"%s\" is neither true nor false", name);
	*to = json_is_true(m);
	return true;
}

bool
json_in_list(const struct json_value *v, const char *name, size_t most,
    const struct json_value **list, size_t *n, struct err *e)
{
	const json_t *m = json_object_get(of(v), name);

	if (!json_is_array(m))
		return err(e, ERR_BAD_INPUT, "\"%s\" is missing or not a list", name);
	*list = as(m);
	*n = json_array_size(m);
	if (*n > most)
		return err(e, ERR_TOO_BIG, "\"%s\" has %zu items, at most %zu", name, *n, most);
	for (size_t i = 0; i < *n; i++)
		if (!json_is_object(json_array_get(m, i)))
			return err(
			    e, ERR_BAD_INPUT, "\"%s\" holds what is not an object", name);
	return true;
}

bool
json_in_texts(const struct json_value *v, const char *name, size_t most, struct str *to,
    size_t *n, struct err *e)
{
	const json_t *m = json_object_get(of(v), name);

	if (!json_is_array(m))
		return err(e, ERR_BAD_INPUT, "\"%s\" is missing or not a list", name);
	*n = json_array_size(m);
	if (*n > most)
		return err(e, ERR_TOO_BIG, "\"%s\" has %zu items, at most %zu", name, *n, most);
	for (size_t i = 0; i < *n; i++)
		if (!text_of(json_array_get(m, i), name, &to[i], e))
			return false;
	return true;
}

bool
json_in_has(const struct json_value *v, const char *name)
{
	const json_t *m = json_object_get(of(v), name);

	return m != NULL && !json_is_null(m);
}

bool
json_in_object_or(
    const struct json_value *v, const char *name, const struct json_value **to, struct err *e)
{
	const json_t *m = json_object_get(of(v), name);

	*to = NULL;
	if (m == NULL || json_is_null(m))
		return true;
	*to = as(m);
	return json_is_object(m) || err(e, ERR_BAD_INPUT, "\"%s\" is not an object", name);
}

static bool
among(const char *name, const char *names)
{
	struct str one, rest = str_of(names);
	bool more = true;

	while (more) {
		more = str_cut(rest, ' ', &one, &rest);
		if (str_is(one, name))
			return true;
	}
	return false;
}

bool
json_in_other(const struct json_value *v, const char *names, struct str *name)
{
	json_t *j = (json_t *)(uintptr_t)(const void *)v, *m;
	const char *key;

	json_object_foreach(j, key, m)
	{
		(void)m;
		*name = str_of(key);
		if (!among(key, names))
			return true;
	}
	return false;
}

bool
json_in_only(const struct json_value *v, const char *names, struct err *e)
{
	struct str name;

	return !json_in_other(v, names, &name) ||
	       err(e, ERR_BAD_INPUT, "\"" STR_FMT "\" is not known here, expected: %s",
		   STR_ARG(name), names);
}

const struct json_value *
json_in_item(const struct json_value *list, size_t i)
{
	return as(json_array_get(of(list), i));
}

/* ---- whatever the capitals ---- */

const struct json_value *
json_in_fold(const struct json_value *v, const char *name)
{
	json_t *o = (json_t *)(uintptr_t)v; /* jansson walks what it may change */
	const char *key;
	json_t *m;

	json_object_foreach(
	    o, key, m) if (str_ieq(str_of(key), str_of(name))) return json_is_null(m)
	    ? NULL
	    : as(m);
	return NULL;
}

bool
json_in_is_list(const struct json_value *v, size_t *n)
{
	*n = json_array_size(of(v));
	return json_is_array(of(v));
}

bool
json_in_text_of(const struct json_value *v, struct str *to)
{
	*to = (struct str){ NULL, 0 };
	if (!json_is_string(of(v)))
		return false;
	*to = (struct str){ json_string_value(of(v)), json_string_length(of(v)) };
	return true;
}

bool
json_in_scalar(const struct json_value *v, char *room, size_t size, struct str *to)
{
	if (!json_is_integer(of(v)))
		return json_in_text_of(v, to);
	(void)snprintf(room, size, "%lld", (long long)json_integer_value(of(v)));
	*to = str_of(room);
	return true;
}
