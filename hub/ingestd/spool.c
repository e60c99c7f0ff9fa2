/*
 * The spool: one folder a utility, <spool>/<code>/in/. A file is complete when it appears under
 * a name that does not begin with a dot (write elsewhere or hidden, then rename). It is
 * received, then removed; a crash in between receives the same bytes again, which gives the
 * first receipt. What cannot be received goes to refused/. Acknowledgements and reject files
 * appear in ack/ and rejects/.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest.h"
#include "rt/log.h"

enum { RETRY_MS = 2000, NAMES_A_SCAN = 10000 };

struct spool {
	struct ingest *in;
	struct watch *watch;
};

static const char *const folders[] = { "", "/in", "/ack", "/rejects", "/refused" };

static bool
make_folders(const struct ingest *in, const struct tdu *u, struct err *e)
{
	char path[PATH_MOST];

	for (size_t i = 0; i < nitems(folders); i++) {
		snprintf(
		    path, sizeof path, "%s/%s%s", in->conf.spool_path, u->code, folders[i]);
		if (mkdir(path, 0770) != 0 && errno != EEXIST)
			return err_errno(e, ERR_IO, "cannot make %s", path);
	}
	return true;
}

static void
refuse(struct task *t, const struct ingest *in, const struct tdu *u, const char *name,
    const struct err *why)
{
	char from[PATH_MOST], to[PATH_MOST];

	snprintf(from, sizeof from, "%s/%s/in/%s", in->conf.spool_path, u->code, name);
	snprintf(to, sizeof to, "%s/%s/refused/%s", in->conf.spool_path, u->code, name);
	log_warn(t, "spool.refused", "tdu=%s says=\"%s\"", u->code, why->text);
	if (rename(from, to) != 0)
		unlink(from);
}

/* True: done with the name, whatever became of it. */
static bool
take(struct task *t, struct ingest *in, const struct tdu *u, const char *name, struct err *e)
{
	struct sender from = { .party = u->party, .door = "spool", .actor = u->code };
	struct receipt receipt;
	struct stat st;
	char path[PATH_MOST];
	AUTO_FD fd = -1;

	snprintf(path, sizeof path, "%s/%s/in/%s", in->conf.spool_path, u->code, name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT)
		return true;
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		err(e, ERR_BAD_INPUT, "only plain files belong into the spool");
		refuse(t, in, u, name, e);
		return true;
	}
	if (receive_fd(t, in->db, in->objects, fd, in->conf.ingest_file_max_bytes, &from,
		str_of(name), &receipt, e)) {
		unlink(path);
		loaders_wake(in);
		return true;
	}
	if (e->code != ERR_BAD_INPUT && e->code != ERR_TOO_BIG)
		return false;
	refuse(t, in, u, name, e);
	return true;
}

/* All that lies in the folder now, in order of name: senders number their files. */
static bool
scan(struct task *t, struct ingest *in, const struct tdu *u, struct err *e)
{
	char path[PATH_MOST];
	struct dirent **names;
	bool ok = true;
	int n;

	snprintf(path, sizeof path, "%s/%s/in", in->conf.spool_path, u->code);
	n = scandir(path, &names, NULL, alphasort);
	if (n < 0)
		return err_errno(e, ERR_IO, "cannot list %s", path);
	for (int i = 0; i < n; i++) {
		if (ok && names[i]->d_name[0] != '.')
			ok = take(t, in, u, names[i]->d_name, e);
		free(names[i]);
	}
	free(names);
	return ok;
}

static bool
watch_all(struct task *t, struct spool *s, struct err *e)
{
	char path[PATH_MOST];

	for (size_t i = 0; i < s->in->tdus; i++) {
		struct tdu *u = &s->in->tdu[i];

		if (u->spool_watch < 0) {
			snprintf(
			    path, sizeof path, "%s/%s/in", s->in->conf.spool_path, u->code);
			if (!make_folders(s->in, u, e))
				return false;
			u->spool_watch = watch_folder(s->watch, path, e);
			if (u->spool_watch < 0)
				return false;
		}
		if (!scan(t, s->in, u, e))
			return false;
	}
	return true;
}

/* One change; an empty name says that some were missed. */
static bool
next_change(struct task *t, struct spool *s, struct err *e)
{
	char name[256];
	int id;

	if (!watch_next(t, s->watch, &id, name, sizeof name, e))
		return false;
	if (name[0] == '\0')
		return watch_all(t, s, e);
	for (size_t i = 0; i < s->in->tdus; i++)
		if (s->in->tdu[i].spool_watch == id && name[0] != '.')
			return take(t, s->in, &s->in->tdu[i], name, e);
	return true;
}

void
spool_run(struct task *t, void *arg)
{
	struct spool s = { .in = arg };
	struct err e = { 0 };

	s.watch = watch_new(&e);
	while (s.watch != NULL && !task_cancelled(t)) {
		bool ok = watch_all(t, &s, &e);

		while (ok)
			ok = next_change(t, &s, &e);
		if (task_cancelled(t))
			break;
		/* the database or the disk: look at everything again when it is back */
		log_warn(t, "spool.retry", "says=\"%s\"", e.text);
		if (!task_sleep(t, RETRY_MS, &e))
			break;
	}
	watch_free(&s.watch);
}
