/*
 * busbar-auditd: the tree over the audit events, and what is signed. What must survive is
 * in the database, and in one small file; this process may be killed at any instant and goes on
 * from there.
 *
 *   main.c     start and stop, the ear
 *   tree.c     one task: numbers new events, adds their hashes to the edge, signs a checkpoint
 *              when one is due or asked for, signs receipts, erases what is due once a day
 *   memory.c   the last checkpoint, in a file beside the database
 *   metrics.c  what is counted
 *
 * The numbering itself is one statement (audit.sequence): it takes the events that are visible
 * now and were not in the snapshot that it stored last time, so an event of a transaction that
 * was open for hours is neither lost nor waited for. Hashing of rows is the database's too, so
 * this process never sees an event.
 */
#ifndef AUDITD_AUDITD_H
#define AUDITD_AUDITD_H

#include "sys/conf.h"
#include "sys/db.h"
#include "sys/ops.h"
#include "sys/secret.h"
#include "tree/note.h"

struct auditd {
	struct conf conf;
	struct db *db;
	struct keys *keys;
	struct note_key key;
	struct ops ops;
	struct task *worker;
	bool asked;			/* a checkpoint, or a receipt: do not rest */
	struct edge edge;		/* of the entries whose hashes were taken up */
	uint64_t size;			/* entries there are */
	uint64_t signed_size;		/* of the last checkpoint */
	uint64_t waits_since_ms;	/* 0: nothing waits for a checkpoint */
	uint64_t erase_at_ms, ok_at_ms; /* next erasure; when all was done last: loop_now_ms */
};

/* tree.c */
bool tree_start(struct task *t, struct auditd *a, struct err *e);
void tree_run(struct task *t, void *auditd); /* task */

/* memory.c */
bool memory_keep(struct task *t, const struct auditd *a, struct str text, struct err *e);
/* *size 0: nothing is remembered. */
bool memory_last(const struct auditd *a, uint64_t *size, struct hash *root, struct err *e);

/* metrics.c */
void count_entries(int64_t n);
void count_checkpoint(void);
void count_receipts(int64_t n);
void count_erased(int64_t n);
void count_failure(const struct err *e);
void audit_metrics(struct buf *to, void *auditd);
bool audit_gauges(struct task *t, struct buf *to, void *arg, struct err *e);

#endif
