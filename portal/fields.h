/*
 * Fields of a form as a table: name, type, limits, texts; views/fields.html shows them, what is
 * wrong stands beside each with what to do. Passwords and codes that were typed are never shown
 * again.
 */
#ifndef PORTAL_FIELDS_H
#define PORTAL_FIELDS_H

#include "portal.h"

enum { FIELDS_MOST = 12 };

struct field {
	const char *name, *type; /* of HTML: text, email, password, … */
	const char *complete;	 /* autocomplete */
	int most;		 /* characters */
	enum text label, hint;	 /* hint TEXTS: none */
	enum text missing;	 /* what is said when it is empty; TEXTS: it may be */
};

/* What is wrong with each field, TEXTS: nothing. Fields that are missing are found; the caller
 * adds what else it finds. False: something is. */
bool fields_check(
    const struct field *rows, size_t n, const struct form *f, enum text wrong[FIELDS_MOST]);
/* Sets the list `list` for fields.html. f: as they were filled in, NULL the first time; wrong
 * may be NULL. */
bool fields_set(struct page *p, const char *list, const struct field *rows, size_t n,
    const struct form *f, const enum text *wrong, struct err *e);

#endif
