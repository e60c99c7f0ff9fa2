/* All routes as lines, for who checks them against what is written elsewhere
 *(tests/flow/97_openapi.sh, 98_matrix.sh):
 *
 *	family TAB method TAB path TAB who TAB budget TAB body-most TAB once TAB words
 *
 * Only those that a request can reach: the first family that has a path answers for it. */
#include <stdio.h>
#include <string.h>

#include "api.h"

struct word {
	int bit;
	const char *name;
};

static const struct word who_words[] = {
	{ API_BOX, "box" },
	{ API_LOGIN, "login" },
	{ API_PERSONAL, "personal" },
	{ API_ACCESS, "access" },
	{ API_CLIENT, "client" },
	{ API_REGISTRATION, "registration" },
	{ API_CUSTODIAN, "custodian" },
};
static const struct word rate_words[] = {
	{ API_RATE_NORMAL, "NORMAL" },
	{ API_RATE_READS, "READS" },
	{ API_RATE_BULK, "BULK" },
	{ API_RATE_WRITE, "WRITE" },
	{ API_RATE_NONE, "NONE" },
};

/* "login,personal"; "anybody" for those that ask nobody. */
static void
put_who(const struct route *row, FILE *to)
{
	bool any = false;

	for (size_t i = 0; i < nitems(who_words); i++)
		if ((row->who & who_words[i].bit) != 0) {
			fprintf(to, "%s%s", any ? "," : "", who_words[i].name);
			any = true;
		}
	if (!any)
		fputs("anybody", to);
}

static const char *
rate_of(const struct route *row)
{
	for (size_t i = 0; i < nitems(rate_words); i++)
		if (row->who != API_ANYBODY && (row->who & API_RATE_MASK) == rate_words[i].bit)
			return rate_words[i].name;
	return "NONE";
}

/* Of /v1 alone; see serve.c. */
static bool
is_once(const struct api_family *f, const struct route *row)
{
	return strcmp(f->name, "v1") == 0 && strcmp(row->method, "GET") != 0 &&
	       (row->who & API_NOT_ONCE) == 0;
}

static bool
is_of(const struct api_family *f, const struct route *row)
{
	size_t n = strlen(f->prefix);
	struct str head = str_first(str_of(row->path), n);

	return n == 0 ||
	       (f->any_case ? str_ieq(head, str_of(f->prefix)) : str_is(head, f->prefix));
}

/* Whether a family before the one at `f` has it. */
static bool
taken(size_t f, const struct route *row)
{
	for (size_t i = 0; i < f; i++)
		for (size_t k = 0; k < *api_families[i]->n; k++)
			if (&api_families[i]->rows[k] == row && is_of(api_families[i], row))
				return true;
	return false;
}

void
api_routes_print(FILE *to)
{
	for (size_t f = 0; api_families[f] != NULL; f++)
		for (size_t i = 0; i < *api_families[f]->n; i++) {
			const struct route *row = &api_families[f]->rows[i];

			if (!is_of(api_families[f], row) || taken(f, row))
				continue;
			fprintf(
			    to, "%s\t%s\t%s\t", api_families[f]->name, row->method, row->path);
			put_who(row, to);
			fprintf(to, "\t%s\t%lld\t%s\t%s\n", rate_of(row),
			    (long long)row->body_most,
			    is_once(api_families[f], row) ? "once" : "-", row->does);
		}
}
