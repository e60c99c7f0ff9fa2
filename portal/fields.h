/*
 * Fields of a form as a table: name, type, limits, texts; views/fields.html shows them, what is
 * wrong stands beside each with what to do. Passwords and codes that were typed are never shown
 * again.
 *
 * Types are those of HTML (text, email, password, date, url, …), and "number" (digits alone),
 * "textarea", "file", "tick" (one box: NAME=1), "hidden" (what a handler fills in: not shown),
 * and two that have choices: "select", and "checks" (a box each: NAME-VALUE=1). A form that is
 * shown the first time may begin with presets: they are given as one that was filled in.
 */
#ifndef PORTAL_FIELDS_H
#define PORTAL_FIELDS_H

#include "portal.h"

enum { FIELDS_MOST = 40, CHOICES_MOST = 400 };

struct field {
	const char *name, *type; /* of HTML: text, email, password, … */
	const char *complete;	 /* autocomplete */
	int most;		 /* characters */
	enum text label, hint;	 /* hint TEXTS: none */
	enum text missing;	 /* what is said when it is empty; TEXTS: it may be */
};

struct field_choice {
	struct str value, label;
};
struct field_choices { /* of the field of that name */
	const char *field;
	const struct field_choice *at;
	size_t n;
};

/* What is wrong with each field, TEXTS: nothing. Found are fields that are missing, that hold
 * more than fits, characters of control or such as turn text round; the caller adds what else
 * it finds. False: something is. */
bool fields_check(
    const struct field *rows, size_t n, const struct form *f, enum text wrong[FIELDS_MOST]);
/* Sets the list `list` for fields.html. f: as they were filled in, NULL the first time; wrong
 * may be NULL. */
bool fields_set(struct page *p, const char *list, const struct field *rows, size_t n,
    const struct form *f, const enum text *wrong, struct err *e);
/* The same in `to`, with choices. */
bool fields_put(struct page *p, struct view *to, const char *list, const struct field *rows,
    size_t n, const struct field_choices *choices, size_t n_choices, const struct form *f,
    const enum text *wrong, struct err *e);

/* Presets: pairs of name and value, as a form. */
struct field_preset {
	const char *name, *value;
};
struct form *fields_preset(
    struct page *p, const struct field_preset *rows, size_t n, struct err *e);

/* Which of a field's boxes are ticked: their values; how many. */
size_t fields_checked(const struct form *f, const char *field, const struct field_choice *at,
    size_t n, struct str *to);
/* The value of a select, if it is one of its choices; else "". */
struct str fields_chosen(
    const struct form *f, const char *field, const struct field_choice *at, size_t n);
/* What the address asks for, as a form: strict as one. NULL: nothing, or not well formed. */
const struct form *fields_query(struct page *p);

#endif
