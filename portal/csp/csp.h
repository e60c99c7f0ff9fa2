/*
 * Pages of third parties (CSPs).
 *
 *   home.c        how one stands; funnel.c: how far its invitations came
 *   agreements.c  all of them, with filters; agreement.c: one, and what may be done to it
 *   invite.c      asks one customer; sheet.c: many, by a spreadsheet
 *   clients.c     its programs (OAuth); client.c: one, and a new one
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

/* ---- client.c ---- */
/* Sets the fields of a new one; f and wrong NULL: the first time. */
bool csp_client_form(
    struct page *p, const struct form *f, const enum text *wrong, struct err *e);
/* The status of the page that says what is wrong, 303 when it is made and the reply given, or
 * 0. */
int csp_client_add(struct task *t, struct page *p, const struct form *f,
    enum text wrong[FIELDS_MOST], struct err *e);

/* ---- funnel.c ---- */
/* Sets the list "funnel" for invitations made on these days; DAY_NONE: any. */
bool csp_funnel(struct task *t, struct page *p, int32_t from, int32_t to, struct err *e);

#endif
