/* The templates of texts/LANGUAGE/NAME.mail, built into the program, and the words of a
 * language (texts/LANGUAGE/words). */
#ifndef AGREEMENTD_TEXTS_H
#define AGREEMENTD_TEXTS_H

#include "base/str.h"

struct text_row {
	const char *name; /* "en/invitation" */
	const char *text;
};

/* at == NULL: there is none. language: "en" or "es". */
struct str text_of(const char *language, const char *name);
/* A word or two by name, as in "month.1"; at == NULL: there is none. */
struct str word_of(const char *language, const char *name);
/* All of them, for tests. */
extern const struct text_row text_rows[];
extern const size_t text_row_count;

#endif
