/*
 * Pages of organisations that have a box: what lies in it and what opens it, what is built for
 * it, whom else is told.
 *
 *   box.c            folders and files
 *   keys.c           what opens it, from where
 *   subscriptions.c  what is built, and when; drops.c: what was; drop.c: one of those
 *   webhooks.c       programs that are told of events; webhook.c: one, with its log
 *   limits.c         what may be asked for, and how much of it is used
 *   words.c          states in words
 */
#ifndef PORTAL_BOX_BOX_H
#define PORTAL_BOX_BOX_H

#include "act.h"
#include "listing.h"

struct box_word {
	const char *is;
	enum text text;
};
/* What a word means, or itself where nothing is said of it. */
struct str box_says(struct page *p, const struct box_word *rows, size_t n, struct str is);
extern const struct box_word box_states[];
extern const size_t box_state_count;
/* Choices out of words. */
bool box_choices(struct page *p, struct field_choices *to, const char *field,
    const struct box_word *rows, size_t n, bool any, struct err *e);

#endif
