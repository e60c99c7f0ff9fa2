/* Words of the database on Spanish pages: what it refuses, kinds of events, detectors. */
#ifndef PORTAL_SAYS_H
#define PORTAL_SAYS_H

#include "portal.h"

/* What the database said, in the page's language; kept. English: it stays so, as the template
 * then says (says_set). */
struct str says_refused(struct page *p, struct str english, bool *in_english);
/* Sets `name`, and NAME_en where the words are English on another page. */
void says_set(struct page *p, const char *name, const char *name_en, struct str english);
/* What is wrong in a spreadsheet, in the page's language; kept. */
struct str says_sheet(struct page *p, struct str english);
/* Sets "detail" to what keeps the whole file from being read. */
void says_sheet_line(
    struct page *p, uint64_t line, uint32_t column, struct str found, struct str expected);
/* A kind of event or a detector in words; as it is, if it has none. */
struct str says_kind(const struct page *p, struct str code);
/* The same of what the table has as "family.code". */
struct str says_one_of(const struct page *p, const char *family, struct str code);

#endif
