/* All pages as lines, for who checks them against what is written elsewhere
 * (tests/flow/98_pages.sh):
 *
 *	method TAB path TAB who TAB role TAB body-most TAB words
 *
 * who: "anybody", or kinds of parties; role: the least one of an organisation's person. */
#include <stdio.h>

#include "portal.h"

static const struct {
	int bit;
	const char *name;
} kinds[] = {
	{ PORTAL_CUSTOMER, "customer" },
	{ PORTAL_CSP, "csp" },
	{ PORTAL_REP, "rep" },
	{ PORTAL_TDU, "tdu" },
	{ PORTAL_REGULATOR, "regulator" },
	{ PORTAL_OPERATOR, "operator" },
};

static void
put_who(const struct route *page, FILE *to)
{
	const char *before = "";

	if ((page->who & PORTAL_ALL) == 0)
		fputs("anybody", to);
	for (size_t i = 0; i < nitems(kinds); i++)
		if ((page->who & kinds[i].bit) != 0) {
			fprintf(to, "%s%s", before, kinds[i].name);
			before = ",";
		}
}

void
portal_pages_print(FILE *to)
{
	for (size_t i = 0; i < portal_page_count; i++) {
		const struct route *page = &portal_pages[i];

		fprintf(to, "%s\t%s\t", page->method, page->path);
		put_who(page, to);
		fprintf(to, "\t%s\t%lld\t%s\n",
		    (page->who & PORTAL_ADMIN) != 0    ? "admin"
		    : (page->who & PORTAL_MEMBER) != 0 ? "member"
						       : "any",
		    (long long)page->body_most, page->does);
	}
}
