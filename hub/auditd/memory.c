/*
 * What was signed last, in a file of the auditor's own: whoever signs a tree must never sign
 * one that contradicts it, also when the database comes out of a backup and has forgotten. The
 * file is on the disk before the signature leaves for the database.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "auditd.h"
#include "rt/work.h"

enum { TEXT_MOST = 512, PATH_SIZE = CONF_TEXT_SIZE + 8 };

struct memory {
	const char *path;
	struct str text;
	bool ok;
	struct err e;
};

/* The folder must know the new name too. */
static bool
sync_folder(const char *path, struct err *e)
{
	char folder[PATH_SIZE];
	AUTO_FD fd = -1;

	snprintf(folder, sizeof folder, "%s", path);
	*(strrchr(folder, '/') + 1) = '\0';
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return (fd >= 0 && fsync(fd) == 0) || err_errno(e, ERR_IO, "keeping %s", path);
}

static bool
write_file(const struct memory *m, struct err *e)
{
	char new[PATH_SIZE];
	AUTO_FD fd = -1;

	if (strchr(m->path, '/') == NULL)
		return err(e, ERR_CONF, "audit.memory is \"%s\", expected a path", m->path);
	snprintf(new, sizeof new, "%s.new", m->path);
	fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_errno(e, ERR_IO, "cannot make %s", new);
	if (write(fd, m->text.at, m->text.len) != (ssize_t)m->text.len || fsync(fd) != 0 ||
	    rename(new, m->path) != 0)
		return err_errno(e, ERR_IO, "cannot write %s", m->path);
	return sync_folder(m->path, e);
}

static void
keep(void *arg)
{
	struct memory *m = arg;

	m->ok = write_file(m, &m->e);
}

bool
memory_keep(struct task *t, const struct auditd *a, struct str text, struct err *e)
{
	struct memory m = { .path = a->conf.audit_memory, .text = text };

	if (!work_run(t, keep, &m, e))
		return false;
	if (!m.ok && e != NULL)
		*e = m.e;
	return m.ok;
}

bool
memory_last(const struct auditd *a, uint64_t *size, struct hash *root, struct err *e)
{
	AUTO_FD fd = open(a->conf.audit_memory, O_RDONLY | O_CLOEXEC);
	struct checkpoint c;
	char text[TEXT_MOST];
	ssize_t got;

	*size = 0;
	if (fd < 0 && errno == ENOENT)
		return true;
	got = fd < 0 ? -1 : read(fd, text, sizeof text);
	if (got < 0)
		return err_errno(e, ERR_IO, "cannot read %s", a->conf.audit_memory);
	if (!checkpoint_read(&c, (struct str){ text, (size_t)got }, e))
		return err_at(e, "%s", a->conf.audit_memory);
	if (!str_is(c.origin, a->key.name))
		return err(e, ERR_SEQUENCE, "%s is of the tree " STR_FMT ", not of %s",
		    a->conf.audit_memory, STR_ARG(c.origin), a->key.name);
	*size = c.size;
	*root = c.root;
	return true;
}
