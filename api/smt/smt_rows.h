/*
 * What the Smart Meter Texas family says of reads, as rows of its JSON. All of it is text, even
 * numbers; days and times are local ones of the utility, without a zone.
 */
#ifndef API_SMT_ROWS_H
#define API_SMT_ROWS_H

#include "base/json.h"
#include "meter/out_rows.h"

#define SMT_DATE_SIZE  11 /* 09/01/2025 */
#define SMT_STAMP_SIZE 20 /* 09/02/2025 07:37:17 */
void smt_date(char to[SMT_DATE_SIZE], int32_t day);
void smt_stamp(char to[SMT_STAMP_SIZE], const struct zone *z, int64_t utc_s);
/* MM/DD/YYYY only, real dates only. */
bool smt_read_date(struct str s, int32_t *day);

/*
 * A day as a list of 25 hours of slots, 100 quarter-hours, so that each slot stands for the
 * same wall time on every day: the third hour is the second pass of 01:00, and empty but in
 * autumn. "-" where there is no value: a missing one, or the hour that spring leaves out.
 */
enum { SMT_RD_MOST = 25 * (DAY_SLOTS_MOST / 25) * 24 };
void smt_rd(struct buf *to, const struct day *d);

/* Rows; `many`: the answer is of more than one premise, so each row has its ESI ID; `rt`: of
 * both channels, so each row says which. */
void smt_energy_row(struct json *j, const struct out_day *o, bool many);
void smt_register_row(struct json *j, const struct out_register *r, bool many, bool rt);
void smt_billing_row(struct json *j, const struct out_billing *b, bool many, bool rt);

/*
 * Rows of the usage pages of Smart Meter Texas's portal, as the programs that call them read
 * them (docs/api-smt.md says which). Here numbers are numbers. A slot without a value has no
 * row, and consumption that is not known has none: these rows have no sign for it.
 * `generation`: of the same day, NULL where the meter has none.
 */
void smt_page_day(
    struct json *j, const struct out_day *o, const struct day *generation, bool many);
void smt_page_register(struct json *j, const struct out_register *r, bool many);
void smt_page_billing(struct json *j, const struct out_billing *b, bool many);

#endif
