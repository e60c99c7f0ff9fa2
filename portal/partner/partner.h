/* Pages of utilities (tdu_*.c) and retail electric providers (rep_*.c). */
#ifndef PORTAL_PARTNER_H
#define PORTAL_PARTNER_H

#include "act.h"
#include "figures.h"
#include "listing.h"

/* The text of a word, by a table that ends with the one for all others (word ""). */
struct partner_word {
	const char *word;
	enum text text;
};
enum text partner_word(const struct partner_word *rows, struct str word);
/* A number of the address, `otherwise` where it has none. */
int64_t partner_number(const struct form *asked, const char *name, int64_t otherwise);
int32_t partner_day(const struct form *asked, const char *name); /* DAY_NONE: none */
/* A word of the address, as the database takes it; at == NULL: none. */
struct str partner_text(const struct form *asked, const char *name);
/* Choices of a field, from a table as above without its last row. */
bool partner_choices(struct page *p, struct field_choices *to, const char *field, enum text all,
    const struct partner_word *rows, struct err *e);

#endif
