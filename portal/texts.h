/* The texts of the pages: text_en_table.h and text_es_table.h, one name a text, the same in
 * both. */
#ifndef PORTAL_TEXTS_H
#define PORTAL_TEXTS_H

#include "base/str.h"

enum language { LANGUAGE_EN, LANGUAGE_ES, LANGUAGES };

enum text {
#define X(name, text) TEXT_##name,
#include "text_en_table.h"
#undef X
	TEXTS
};

extern const char *const text_names[TEXTS];

struct str text_of(enum language l, enum text which);
struct str text_named(enum language l, struct str name); /* at == NULL: there is none */
/* "EN" and "es" alike; anything else is `otherwise`. */
enum language language_of(struct str code, enum language otherwise);
/* The first of our languages in an Accept-Language that has not the weight 0; else English. */
enum language language_accepted(struct str header);
const char *language_code(enum language l); /* "EN", as the database has it */

#endif
