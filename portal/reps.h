/*
 * The retailers (REPs) as choices of a form: a bill shows the name, few people know the
 * certificate number.
 */
#ifndef PORTAL_REPS_H
#define PORTAL_REPS_H

#include "fields.h"

/* Choices for the field of that name, the first one empty; in the page's memory. */
bool reps_read(
    struct task *t, struct page *p, const char *field, struct field_choices *to, struct err *e);

#endif
