/* Which row of the table a request is for; see route.h. */
#include "sys/route.h"

#include <string.h>

static struct str
without_slash(struct str path)
{
	while (path.len > 1 && path.at[path.len - 1] == '/')
		path.len--;
	return path;
}

/* ROUTE_NONE: another path. */
static enum route_found
match(const struct route *row, bool any_case, struct str path, struct call *c)
{
	struct str template = without_slash(str_of(row->path));
	size_t params = 0;
	bool more = true, more_too = true;

	path = without_slash(path);
	while (more && more_too) {
		struct str word, name;

		more = str_cut(template, '/', &word, &template);
		more_too = str_cut(path, '/', &name, &path);
		/* people put a path behind an address that ends with a slash */
		while (word.len > 0 && name.len == 0 && more_too)
			more_too = str_cut(path, '/', &name, &path);
		if (word.len == 0 || word.at[0] != '{') {
			if (any_case ? !str_ieq(word, name) : !str_eq(word, name))
				return ROUTE_NONE;
			continue;
		}
		if (name.len == 0 || params == ROUTE_PARAMS_MOST)
			return ROUTE_NONE;
		/* what is no text is nobody's name, and nothing to be asked of the database */
		if (!http_unescape(c->param[params], ROUTE_PARAM_SIZE, name) ||
		    !str_utf8(str_of(c->param[params])))
			return ROUTE_BAD;
		params++;
	}
	return more == more_too ? ROUTE_OK : ROUTE_NONE;
}

static void
add_method(char allow[ROUTE_ALLOW_SIZE], const char *method)
{
	size_t len = strlen(allow);

	if (len > 0)
		str_copy(allow + len, ROUTE_ALLOW_SIZE - len, STR(", "));
	len = strlen(allow);
	str_copy(allow + len, ROUTE_ALLOW_SIZE - len, str_of(method));
}

enum route_found
route_find(const struct route *rows, size_t n, bool any_case, struct str method,
    struct str path, struct call *c, char allow[ROUTE_ALLOW_SIZE])
{
	enum route_found found = ROUTE_NONE;

	allow[0] = '\0';
	if (str_is(method, "HEAD"))
		method = STR("GET");
	for (size_t i = 0; i < n; i++) {
		enum route_found got = match(&rows[i], any_case, path, c);

		if (got == ROUTE_NONE)
			continue;
		if (got == ROUTE_BAD || str_is(method, rows[i].method)) {
			c->route = &rows[i];
			return got;
		}
		found = ROUTE_METHOD;
		add_method(allow, rows[i].method);
		if (strcmp(rows[i].method, "GET") == 0)
			add_method(allow, "HEAD");
	}
	return found;
}
