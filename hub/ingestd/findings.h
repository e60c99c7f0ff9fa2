/*
 * What was found wrong or odd in one file: refused and quarantined records with their place,
 * flags on loaded ones, and counts by rule. The lists are bounded; the counts always tell all.
 */
#ifndef INGESTD_FINDINGS_H
#define INGESTD_FINDINGS_H

#include "meter/rule.h"

enum { FLAGS_MOST = 1000000 };

struct flag { /* on a loaded meter-day */
	int32_t series, day;
	uint32_t line;
	enum rule rule;
	char found[FAULT_FOUND], expected[FAULT_EXPECTED];
};

struct findings {
	struct fault *reject;
	size_t rejects, rejects_room, rejects_most;
	struct flag *flag;
	size_t flags, flags_room;
	int64_t by_rule[RULES];
	int64_t rejected, quarantined,
	    flagged; /* findings by severity; a record is refused once */
	bool cut;    /* more than the lists hold */
};

void findings_auto(struct findings *f);
void findings_forget(struct findings *f); /* as new; memory and limits stay */
/* A record that is not loaded. */
void findings_reject(struct findings *f, const struct fault *fault);
/* A loaded one, by its series; both are counted even when the list is full. */
void findings_flag(
    struct findings *f, const struct fault *fault, int32_t series, int32_t day, uint32_t line);
/* A loaded record of another kind than a meter-day: listed with the rejects as severity "flag".
 */
void findings_note(struct findings *f, const struct fault *fault);

/* Binary COPY bodies (no header or trailer) for reject_copy and flag_copy. */
void findings_copy_rejects(
    const struct findings *f, int64_t file, size_t from, size_t n, struct buf *to);
void findings_copy_flags(
    const struct findings *f, int32_t load, size_t from, size_t n, struct buf *to);

#endif
