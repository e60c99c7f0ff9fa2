/*
 * Pages of one's account that are a form: a table of them (mine.c), all by two handlers. What
 * was done is told on the page that the browser is led to, so that reloading does nothing
 * twice.
 */
#ifndef PORTAL_MINE_H
#define PORTAL_MINE_H

#include "act.h"

enum { MINE_CHOICES_MOST = 3 };

struct mine_form {
	const struct form *f; /* as it was filled in; NULL: as it begins */
	struct field_choices choices[MINE_CHOICES_MOST];
	size_t n_choices;
	size_t n; /* the form has so many of the rows; 0: all */
};

struct mine_said {
	enum text wrong[FIELDS_MOST]; /* beside fields */
	enum text all;		      /* above the form: TEXT_WRONG_SEE unless it is set */
	int status;		      /* 422 unless it is set */
	const char *goes;	      /* where to when it was done; NULL: back to the page */
};

struct mine {
	const char *path, *view, *counts_as;
	enum text title, lead, button, done;
	const struct field *rows;
	size_t n;
	/* Values of the page, choices of selects, and what the form begins with (NULL: it needs
	 * none). */
	bool (*set)(struct task *t, struct page *p, struct mine_form *x, struct err *e);
	/* Does it, or says what is wrong; a reply of its own is one, too. False with e: e. */
	bool (*act)(struct task *t, struct page *p, const struct form *f,
	    struct mine_said *said, struct err *e);
};
extern const struct mine mine_password, mine_preferences, mine_homes, mine_tokens, mine_delete,
    mine_people, mine_factor;

/* The page as it stands, e.g. with values that act() has set. */
bool mine_send(struct task *t, struct page *p, const struct mine *m, const struct form *f,
    int status, const struct mine_said *said, struct err *e);

/* What the database says of a code or a password: OK; else said tells it. */
struct mine_result {
	struct str result;
	int32_t wait_s;
};
extern const struct db_field mine_result_fields[2];
/* Field `at` was wrong, by these words; or there is a wait. */
bool mine_is_ok(struct page *p, const struct mine_result *r, size_t at, enum text wrong,
    struct mine_said *said);

#endif
