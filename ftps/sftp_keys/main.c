/*
 * busbar-sftp-keys: sshd's AuthorizedKeysCommand. For a key that belongs to an open account it
 * prints one line, which makes sshd start busbar-sftp with a handle that can be used once,
 * within two minutes; for any other key nothing. sshd asks up to twice per login.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "line.h"
#include "rt/log.h"
#include "rt/loop.h"
#include "rt/proc.h"
#include "sys/conf.h"
#include "sys/db.h"

enum { ANSWER_MS = 5000, PATH_SIZE = 400 };

static struct {
	struct conf conf;
	char conf_path[PATH_SIZE], program[PATH_SIZE + 20];
	struct str type, text;
} the;

struct answer {
	struct str handle;
};
static const struct db_field answer_row[] = { DB_TEXT(answer, handle) };

/* Beside the running program. */
static bool
find_program(struct err *e)
{
	char self[PATH_SIZE];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	char *slash;

	if (n < 0)
		return err_errno(e, ERR_CONF, "cannot tell where this program lies");
	self[n] = '\0';
	slash = strrchr(self, '/');
	*(slash == NULL ? self : slash) = '\0';
	snprintf(the.program, sizeof the.program, "%s/busbar-sftp", self);
	return true;
}

static bool
ask(struct task *t, struct db *db, const unsigned char sha256[32], struct err *e)
{
	AUTO(buf) line = BUF(KEY_LINE_MOST);
	AUTO_PTR(conn) c = db_lease(t, db, e);
	AUTO_PTR(rows) keep = NULL;
	struct answer a = { 0 };
	enum db_got got;

	if (c == NULL)
		return false;
	got = db_one(t, c, SQL_SFTP_KEY_HANDLE, ARGS(P_BYTES(sha256, 32)), answer_row,
	    nitems(answer_row), &a, &keep, e);
	if (got == DB_NONE)
		return true;
	if (got != DB_FOUND ||
	    !key_line(&line, the.program, the.conf_path, a.handle, the.type, the.text, e))
		return false;
	return fwrite(line.at, 1, line.len, stdout) == line.len && fflush(stdout) == 0
		   ? true
		   : err_errno(e, ERR_IO, "cannot write the answer");
}

static bool
run(struct task *t, void *arg, struct err *e)
{
	unsigned char sha256[32];
	struct db *db;
	bool ok;

	(void)arg;
	if (!key_sha256(sha256, the.type, the.text, e))
		return false;
	db = db_open(the.conf.db_conninfo, the.conf.sftp_keys_role, "busbar-sftp-keys", 1, e);
	if (db == NULL)
		return false;
	task_deadline(t, ANSWER_MS);
	ok = ask(t, db, sha256, e);
	db_close(&db);
	return ok;
}

int
main(int argc, char **argv)
{
	struct err e = { 0 };
	bool with_conf = argc == 5 && strcmp(argv[1], "-c") == 0;

	if (!with_conf && argc != 3) {
		fputs("usage: busbar-sftp-keys [-c FILE] TYPE KEY\n\n"
		      "Answers sshd's AuthorizedKeysCommand (%t %k).\n",
		    stderr);
		return 64;
	}
	log_start("sftp-keys", LOG_WARN_);
	the.type = str_of(argv[argc - 2]);
	the.text = str_of(argv[argc - 1]);
	conf_presets(&the.conf);
	if (conf_find(with_conf ? argv[2] : NULL, the.conf_path, sizeof the.conf_path, &e) &&
	    conf_read(&the.conf, the.conf_path, &e) && find_program(&e) && proc_harden(&e) &&
	    loop_once(run, NULL, &e))
		return 0;
	fprintf(stderr, "busbar-sftp-keys: %s\n", e.text);
	return err_rows[e.code].exit;
}
