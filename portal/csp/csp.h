/*
 * Pages of third parties (CSPs).
 *
 *   home.c        how one stands; funnel.c: how far its invitations came
 *   agreements.c  all of them, with filters; agreement.c: one, and what may be done to it
 *   invite.c      asks one customer; sheet.c: many, by a spreadsheet
 *   words.c       states and kinds in words
 */
#ifndef PORTAL_CSP_CSP_H
#define PORTAL_CSP_CSP_H

#include "act.h"
#include "listing.h"

/* ---- words.c ---- */
enum text csp_state(struct str state, struct str stage);
enum text csp_kind(struct str kind);
struct str csp_reads(struct page *p, struct str reads); /* "interval,billing" */
/* Choices, in the language of the page; as long as it lives. "" first when `any`. */
bool csp_states(struct page *p, struct field_choices *to, struct err *e);
bool csp_kinds(struct page *p, struct field_choices *to, bool any, struct err *e);
bool csp_kinds_of_reads(struct page *p, struct field_choices *to, struct err *e);
bool csp_languages(struct page *p, struct field_choices *to, struct err *e);

/* ---- funnel.c ---- */
/* Sets the list "funnel" for invitations made on these days; DAY_NONE: any. */
bool csp_funnel(struct task *t, struct page *p, int32_t from, int32_t to, struct err *e);

#endif
