/*
 * busbar-dropd: what partners have subscribed to is built when it falls due. What has to
 * survive is rows of delivery.drop; this process may be killed at any instant and is started
 * again.
 *
 *   schedule.c  one task: makes drops of what has fallen due, takes back those whose rights
 *               ended, sweeps boxes; sleeps until the next of these, or a notification
 *   build.c     a few tasks: take a drop, have its rights put on record, make its files, and
 *               have them appear in the box in one transaction
 *   pages.c     rows of the database, fetched ahead
 *   file.c      one file: rows → text → packed (pack.c) → store
 *   kinds.c     what the kinds of reads look like as rows and as text
 *   reports.c   reports of months, for regulators
 *   metrics.c   what is counted
 *   pushes.c    deliveries to partners' own servers, by busbar-push; push_job.c says what it is
 *               to do, said.c reads what it says, push_notice.c tells what was given up
 *   manifest.c  what is told beside each file, and to the database at the end
 *
 * Memory is flat: reads come in pages of some 8,000 meter-days, and the next page is fetched
 * while the work pool writes the one before.
 */
#ifndef DROPD_DROPD_H
#define DROPD_DROPD_H

#include "pushes.h"
#include "store/objects.h"
#include "store/shapes.h"
#include "sys/conf.h"
#include "sys/db.h"
#include "sys/ops.h"

enum { BUILDERS_MOST = 16, NAME_MOST = 256, KINDS_MOST = 3 };

struct dropd;

struct builder {
	struct dropd *d;
	struct task *task;
};

struct dropd {
	struct conf conf;
	struct db *db;
	struct objects *objects;
	struct task *scheduler;
	struct task *reporter;
	bool report;	   /* a month may be over */
	bool look, rights; /* something may have fallen due; a right may have ended */
	uint64_t call;	   /* grows whenever a drop may wait to be built */
	struct builder builder[BUILDERS_MOST];
	unsigned builders;
	struct ops ops;
	struct pushes pushes;
};

/* schedule.c */
void schedule_run(struct task *t, void *dropd); /* task */
void listen_run(struct task *t, void *dropd);	/* task: hears what others tell */

/* reports.c */
void reports_run(struct task *t, void *dropd); /* task */

/* metrics.c */
struct build;
void count_built(const struct build *b, struct str result);
void count_failed(const struct build *b, const struct err *why);
void count_schedule(int64_t fell_due, int64_t taken_back);
void drops_metrics(struct buf *to, void *dropd);

/* build.c */
void builder_run(struct task *t, void *builder); /* task */
void builders_wake(struct dropd *d);

#endif
