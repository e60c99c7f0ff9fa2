/*
 * What every command works with: settings, the operator's database, and the ways to print. Data
 * goes to stdout, words about it and progress to stderr, so a pipe gets data only.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/json.h"
#include "cli/command.h"
#include "sys/conf.h"
#include "sys/db.h"

struct cli {
	struct conf conf;
	const char *conf_given; /* -c FILE, or NULL */
	bool json;		/* --json */
	bool colour;		/* stdout is a terminal and NO_COLOR is not set */
	bool to_screen;		/* stdout is a terminal */
	bool progress;		/* stderr is a terminal and --json was not asked for */
	unsigned columns;	/* width of the terminal, 80 when unknown */
	struct db *db;		/* made by cli_db */
};

enum { CONNECT_MS = 5 * 1000 };

/* Finds and reads the settings; done already for commands that need them. */
bool cli_conf(struct cli *c, struct err *e);
/* The operator's pool, made at the first call. Not connected yet. */
struct db *cli_db(struct cli *c, struct err *e);
/* A connection of it, within CONNECT_MS, else ERR_UNAVAILABLE. AUTO_PTR(conn). */
struct conn *cli_lease(struct task *t, struct cli *c, struct err *e);
/* The same from another pool. */
struct conn *cli_lease_from(struct task *t, struct db *db, struct err *e);
/* Who is asking, for audit events: "operator NAME" of the Unix user, of sudo's when root. */
void cli_actor(char *to, size_t size);

/* Writes all of it to stdout; ERR_IO when that fails (a closed pipe, a full disk). */
bool cli_out(struct str bytes, struct err *e);
/* Words for the person, a line on stderr. */
void cli_say(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* ---- progress: one line on a terminal's stderr, redrawn at most ten times a second ---- */
struct progress {
	const char *what; /* "checked" */
	const char *unit; /* "files" */
	int64_t total;	  /* 0: unknown */
	bool on;
	int64_t told_ms;
	unsigned width;
};
struct progress progress_start(
    const struct cli *c, const char *what, const char *unit, int64_t total);
void progress_tell(struct progress *p, int64_t done);
void progress_end(struct progress *p); /* takes the line away */

#endif
