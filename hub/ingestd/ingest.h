/*
 * busbar-ingestd: received files become reads. One loader task per utility takes the utility's
 * files in ledger order, each in one transaction; the spool watcher receives files that are
 * moved into a utility's folder. Nothing here survives a crash but rows and stored objects, so
 * it may be killed at any instant.
 *
 *   spool.c    watched folders → receive path
 *   loaders.c  waiting files → one loader task a utility
 *   file.c     one file: recognise, check as a whole, load, hold or refuse, answer
 *   source.c   the file's plain bytes, through the sandboxed unpacker where needed
 *   days.c     interval files: blocks → batches → versions → COPY
 *   compare.c  blocks whose day has versions already
 *   rows.c     reference files: rows → staging table → one SQL function
 *   sheet.h    files of invitations, which third parties send
 *   metrics.c  what is counted
 *   answer.c   acknowledgement and reject file
 */
#ifndef INGESTD_INGEST_H
#define INGESTD_INGEST_H

#include "findings.h"
#include "meter/format.h"
#include "premises.h"
#include "rt/gate.h"
#include "rt/loop.h"
#include "store/receive.h"
#include "sys/conf.h"
#include "sys/ops.h"
#include "sys/secret.h"

enum { PATH_MOST = 1024, TDUS_MOST = 64, PREFIXES_MOST = 1024, CONNECTIONS_LEAST = 4 };

enum { WHOLE_DAYS_MOST = 1024 };

/* What a loader remembers from file to file, so that the second file of a day is not compared
 * meter by meter with the first: `seen` has a bit for each row that the utility has of a whole
 * day. It holds as long as nobody else loads for the utility (last_load); else it is forgotten.
 */
struct memory {
	struct seen *seen;
	int32_t whole[WHOLE_DAYS_MOST]; /* days of which this process loaded every row */
	size_t wholes;
	int32_t last_load;
};

struct tdu {
	int32_t party;
	char code[40];
	const struct zone *zone;
	char duns[200]; /* ",007924772,007923311," */
	int spool_watch;
	bool loading;  /* its loader task runs */
	bool answered; /* no answer of it is left hidden; see answers_late() */
	/* the file that failed last for a reason that will not pass, and how often in a row */
	int64_t trouble_file;
	int trouble_times;
	struct memory memory;
	struct premises *premises; /* NULL: not read yet; kept while the process lives */
};

struct prefix {
	uint32_t prefix;
	int32_t tdu;
};

struct ingest {
	struct conf conf;
	struct db *db;
	struct objects *objects;
	struct keys *keys;
	char unpacker[PATH_MOST]; /* path of busbar-unpack */
	struct tdu tdu[TDUS_MOST];
	size_t tdus;
	struct gate gate; /* files under way: each holds two connections */
	struct task *dispatcher;
	bool look; /* something may be waiting */
	struct ops ops;
};

/* tdus.c: reads the utilities again; the tables of ESI IDs stay. */
bool tdus_read(struct task *t, struct ingest *in, struct err *e);
struct tdu *tdu_of(struct ingest *in, int32_t party);
/* Reads all of a utility's ESI IDs, once. */
bool tdu_premises(struct task *t, struct conn *c, struct tdu *u, struct err *e);

struct loading;
/* metrics.c: what became of a file ("LOADED", "HELD", "REFUSED"), after commit; how many wait.
 */
void count_file(const struct loading *l, const char *state);
void count_waiting(int64_t files);
void count_sheet(const char *state, int64_t accepted, int64_t rejected);
void ingest_metrics(struct buf *to, void *ingest);

void spool_run(struct task *t, void *in);   /* task: watches the spool for ever */
void loaders_run(struct task *t, void *in); /* task: spawns loaders for ever */
void loaders_wake(struct ingest *in);

/* One row of the ledger that waits. */
struct waiting {
	int64_t file, size, received_at, hub_at;
	int32_t tdu, revision;
	bool released;
	struct str tdu_code, name, sha256;
};

/* Loads one file to its end (loaded, held or refused). False: nothing was decided, for a
 * passing reason (database away, disk full); the file still waits. */
bool file_load(
    struct task *t, struct ingest *in, struct tdu *u, const struct waiting *w, struct err *e);

/* ---- what days.c and rows.c share with file.c ---- */
struct source;
struct loading { /* one file under way */
	struct ingest *in;
	struct tdu *tdu;
	const struct waiting *w;
	const struct format *format;
	struct source *source;
	struct rules rules;
	struct prefix *prefix; /* as they are when the load begins: read in the work pool */
	size_t prefixes;
	struct reading reading;
	struct findings findings;
	struct conn *conn; /* in the load's transaction */
	struct conn *side; /* for what commits on its own */
	int32_t load;
	int64_t hub_now_s;
	int64_t records, accepted, unchanged, meter_days, intervals, estimated;
	int64_t foreign,
	    future;	/* records of other utilities, blocks of days that are not over */
	enum rule hold; /* RULES: none; else why the whole file waits */
	char hold_text[400];
};

bool days_load(struct task *t, struct loading *l, struct err *e);
bool rows_load(struct task *t, struct loading *l, struct err *e);
/* Holds the file when its rule asks for it and the share reaches the threshold. */
void loading_hold(struct loading *l, enum rule rule, int64_t part, int64_t whole);
bool esiid_mine(struct loading *l, struct esiid id, struct fault *f);
/* tdus.c: fills l->prefix. */
bool prefixes_read(struct task *t, struct loading *l, struct err *e);
/* Whose prefix, whatever the ESI ID's length: the party, or 0 when nobody registered it. */
int32_t prefix_owner(const struct loading *l, struct esiid id);

struct answers {
	struct object_name ack, rejects;
	bool has_rejects;
	char counts[4096]; /* JSON, for the ledger */
};
/* Writes acknowledgement and reject file into the store, and hidden copies beside the spool. */
bool answers_make(
    struct task *t, struct loading *l, const char *state, struct answers *a, struct err *e);
/* Names the copies that answers_make() laid hidden beside the spool. After commit. */
void answers_spool(struct task *t, struct loading *l, const struct answers *a);
/* The same for copies that a crash left hidden; while nothing of the utility waits. */
void answers_late(struct task *t, const struct ingest *in, struct tdu *u);

#endif
