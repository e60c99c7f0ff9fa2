/*
 * Fields of a form as a table: name, type, limits, texts; views/fields.html shows them, what is
 * wrong stands beside each with what to do. Passwords and codes that were typed are never shown
 * again.
 *
 * Types: those of HTML's input; "textarea", "select", "checkbox" (its value is "1", and one
 * that must be ticked has a `missing`). A select has `choices`, or, of what only the database
 * knows, those that fields_options() gave the page under the field's name.
 */
#ifndef PORTAL_FIELDS_H
#define PORTAL_FIELDS_H

#include "portal.h"

enum { FIELDS_MOST = 20 };

struct field_choice {
	const char *value;
	enum text text;
};
struct field {
	const char *name, *type;
	const char *complete;  /* autocomplete; NULL: off */
	int most;	       /* characters; of a number its largest value */
	enum text label, hint; /* hint TEXTS: none */
	enum text missing;     /* what is said when it is empty; TEXTS: it may be */
	/* the rest is one of the three below */
	const struct field_choice *choices;
	size_t choice_count;
	int rows; /* of a textarea */
};
#define FIELD_PLAIN	     NULL, 0, 0
#define FIELD_CHOICES(table) (table), nitems(table), 0
#define FIELD_ROWS(n)	     NULL, 0, (n)

/* What is wrong with each field, TEXTS: nothing. Found are fields that are missing, that are
 * longer than they may be (TEXT_WRONG_LONG), numbers and dates that are none
 * (TEXT_WRONG_NUMBER, TEXT_WRONG_DATE), and choices that the table does not have
 * (TEXT_WRONG_PICK); the caller adds what else it finds. False: something is. */
bool fields_check(
    const struct field *rows, size_t n, const struct form *f, enum text wrong[FIELDS_MOST]);
/* Sets the list `list` for fields.html. f: as they were filled in, NULL the first time; wrong
 * may be NULL. */
bool fields_set(struct page *p, const char *list, const struct field *rows, size_t n,
    const struct form *f, const enum text *wrong, struct err *e);

/* What a select offers, before fields_set(). */
struct field_option {
	struct str value, name;
};
bool fields_options(struct page *p, const char *field, const struct field_option *options,
    size_t n, struct err *e);
/* What a field holds before anybody typed: of the page's values, under "field-NAME". */
void fields_value(struct page *p, const struct field *field, struct str value);

#endif
