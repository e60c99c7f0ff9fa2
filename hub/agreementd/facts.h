/* What the database tells of a mail (mail.facts, args), as fields of its text, in its language.
 */
#ifndef AGREEMENTD_FACTS_H
#define AGREEMENTD_FACTS_H

#include "base/arena.h"
#include "render.h"

/* facts, args: JSON objects; values live in the arena. Each field of facts.c is there
 * afterwards, with a value or without. ERR_BAD_INPUT: no JSON. */
bool facts_read(struct fields *to, struct arena *a, const char *language, struct str facts,
    struct str args, struct err *e);
/* "Thursday, December 3, 2026", "jueves 3 de diciembre de 2026" of 2026-12-03; at == NULL: it
 * is no date. */
struct str facts_day(struct arena *a, const char *language, struct str date);

#endif
