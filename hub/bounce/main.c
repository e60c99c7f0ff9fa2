/*
 * busbar-bounce: reads one message that a mail server pipes to it. Its exit status is for the
 * mail server: 0 done with it, whatever it was; 75 the database is away, keep it and try again.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dsn.h"
#include "rt/log.h"
#include "rt/loop.h"
#include "rt/proc.h"
#include "sys/conf.h"
#include "sys/db.h"

enum { ASK_MS = 10000 };

struct bounce {
	struct conf conf;
	struct dsn dsn;
};

/* Standard input to its end; what is over DSN_MOST is read and forgotten, so that the mail
 * server does not meet a closed pipe. */
static bool
read_message(struct buf *to, struct err *e)
{
	static char piece[65536];
	ssize_t n;

	while ((n = read(STDIN_FILENO, piece, sizeof piece)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, ERR_IO, "cannot read the message");
		if (to->len + (size_t)n <= DSN_MOST)
			buf_add(to, piece, (size_t)n);
	}
	return true;
}

static bool
tell(struct task *t, void *arg, struct err *e)
{
	struct became {
		struct str became;
	} row;
	static const struct db_field fields[] = { DB_TEXT(became, became) };
	struct bounce *b = arg;
	struct db *db =
	    db_open(b->conf.db_conninfo, b->conf.bounce_role, "busbar-bounce", 1, e);
	AUTO_PTR(rows) keep = NULL;
	bool ok = false;

	if (db == NULL)
		return false;
	task_deadline(t, ASK_MS);
	{
		AUTO_PTR(conn) c = db_lease(t, db, e);

		ok = c != NULL && db_one(t, c, SQL_MAIL_BOUNCED,
				      ARGS(P_TEXT(b->dsn.verp), P_BOOL(b->dsn.permanent),
					  P_TEXT(b->dsn.says)),
				      fields, nitems(fields), &row, &keep, e) == DB_FOUND;
		if (ok)
			log_info(t, "bounce.told", "became=" STR_FMT, STR_ARG(row.became));
		if (ok && str_is(row.became, "EARLY"))
			ok = err(e, ERR_BUSY, "the mail is not yet known to have gone");
	}
	db_close(&db);
	return ok;
}

static int
serve(struct bounce *b, const char *to)
{
	AUTO(buf) message = BUF(DSN_MOST + 1);
	struct err e = { 0 };

	if (!read_message(&message, &e)) {
		log_error(NULL, "bounce.unread", "says=\"%s\"", e.text);
		return err_rows[ERR_BUSY].exit;
	}
	dsn_read(&b->dsn, buf_view(&message), b->conf.mail_bounce, str_of(to));
	if (b->dsn.verp[0] == '\0' || !b->dsn.found) {
		/* an answer of a machine or a person; nobody is to be told by mail */
		log_info(NULL, "bounce.ignored", "code=%s status=%s",
		    b->dsn.verp[0] == '\0' ? "no" : "yes", b->dsn.found ? "yes" : "no");
		return 0;
	}
	if (loop_once(tell, b, &e))
		return 0;
	log_error(NULL, "bounce.kept", "says=\"%s\"", e.text);
	return err_rows[ERR_BUSY].exit; /* the mail server keeps it */
}

int
main(int argc, char **argv)
{
	static struct bounce b;
	const char *given = NULL, *to = "";
	struct err e = { 0 };
	char path[512];

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-c") == 0 && i + 1 < argc) {
			given = argv[++i];
		} else if (argv[i][0] != '-' && to[0] == '\0') {
			to = argv[i];
		} else {
			fputs(
			    "usage: busbar-bounce [-c FILE] [ADDRESS] <MESSAGE\n\n"
			    "Takes one bounce from a mail server's pipe. ADDRESS: what it was "
			    "sent\n"
			    "to, if the server tells; else it is looked for in the message.\n",
			    stderr);
			return 64;
		}
	}
	log_start("bounce", LOG_INFO_);
	conf_presets(&b.conf);
	if (!conf_find(given, path, sizeof path, &e) || !conf_read(&b.conf, path, &e) ||
	    !proc_harden(&e)) {
		log_error(NULL, "bounce.settings", "says=\"%s\"", e.text);
		return err_rows[ERR_BUSY].exit;
	}
	return serve(&b, to);
}
