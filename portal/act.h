/*
 * What a page does by a statement, and what is said of it then. What the database refuses is
 * told at the top of the page: in words of the page's language, and as the database has it.
 * views/acted.html shows both.
 */
#ifndef PORTAL_ACT_H
#define PORTAL_ACT_H

#include "fields.h"
#include "me.h"

struct act_done { /* ?done=KEY: what was done before the browser came here */
	const char *key;
	enum text text;
};
/* Sets what views/acted.html names; the page is a broad one. */
void act_page(struct page *p, const struct act_done *rows, size_t n);

/* If e is a refusal: says it on the page, clears e, gives the status of the page. 0: it is
 * none, and e stays. */
int act_refused(struct page *p, struct err *e);
/* The same as what is wrong with the form. */
int act_wrong(struct page *p, enum text wrong);

/* One statement whose row, if any, is of no interest. Gives 200 when it was done, the status of
 * a refusal, or 0: it failed. */
int act_do(struct task *t, struct page *p, enum sql q, struct args a, struct err *e);
/* The same, with the row. */
int act_row(struct task *t, struct page *p, enum sql q, struct args a,
    const struct db_field *fields, size_t n, void *out, struct rows **keep, struct err *e);
/* 303 to `path` with ?done=KEY. */
bool act_go(struct task *t, struct page *p, const char *done, struct err *e, const char *fmt,
    ...) PRINTF_LIKE(5, 6);
/* Number in the path at `at`; 0, which is nobody's, for what is none. */
int64_t act_number(const struct page *p, size_t at);
/* One of a form's; false: it is none. */
bool act_form_number(const struct form *f, const char *name, int64_t *n);
/* Rows of a statement, the connection given back. */
struct rows *act_rows(struct task *t, struct page *p, enum sql q, struct args a, struct err *e);
/* What was shown, for ARGS. */
#define P_ME(p) P_BYTES((p)->sha256, LINK_BYTES)

#endif
