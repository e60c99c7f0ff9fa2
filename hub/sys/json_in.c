#include "sys/json_in.h"

#include <jansson.h>
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

struct json_in *
json_in_read(struct str text, struct err *e)
{
	json_error_t why;
	json_t *j = json_loadb(text.at, text.len, JSON_REJECT_DUPLICATES, &why);

	if (j == NULL) {
		err(e, ERR_BAD_INPUT, "not JSON at byte %d", why.position);
		return NULL;
	}
	if (!json_is_object(j)) {
		json_decref(j);
		err(e, ERR_BAD_INPUT, "expected a JSON object");
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

const struct json_value *
json_in_item(const struct json_value *list, size_t i)
{
	return as(json_array_get(of(list), i));
}
