/* See child.h. */
#include "sys/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUT_BYTES = 64 * 1024, WORDS_MOST = 300, ENDS = 3 + CHILD_FILES_MOST };

struct child {
	pid_t pid;
	int in, out, words;
	const char *name; /* of the program, for words */
	child_out *take;
	void *self;
	char said[WORDS_MOST];
	unsigned char buffer[OUT_BYTES];
};

/* ends: what the child has as its descriptors from 0 on, or -1. */
static bool
spawn(pid_t *child, const char *const *argv, const int ends[ENDS], struct err *e)
{
	char *const env[] = { (char *)"PATH=/usr/bin:/bin", (char *)"LC_ALL=C", NULL };
	posix_spawn_file_actions_t fds;
	posix_spawnattr_t attr;
	sigset_t none, pipes;
	int rc;

	posix_spawn_file_actions_init(&fds);
	for (int i = 0; i < ENDS; i++)
		if (ends[i] >= 0)
			posix_spawn_file_actions_adddup2(&fds, ends[i], i);
	posix_spawnattr_init(&attr);
	sigemptyset(&none);
	sigemptyset(&pipes);
	sigaddset(&pipes, SIGPIPE);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &pipes);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	rc = posix_spawn(child, argv[0], &fds, &attr, (char *const *)argv, env);
	posix_spawn_file_actions_destroy(&fds);
	posix_spawnattr_destroy(&attr);
	if (rc == 0)
		return true;
	*child = 0;
	errno = rc;
	return err_errno(e, ERR_UNAVAILABLE, "cannot start %s", argv[0]);
}

static bool
pipe_pair(int pair[2], struct err *e)
{
	return pipe2(pair, O_CLOEXEC) == 0 || err_errno(e, ERR_BUSY, "cannot make a pipe");
}

static bool
nonblock(int fd, struct err *e)
{
	return fcntl(fd, F_SETFL, O_NONBLOCK) == 0 ||
	       err_errno(e, ERR_BUSY, "cannot change a pipe");
}

int
child_file(struct str bytes, struct err *e)
{
	AUTO_FD made = memfd_create("child", MFD_CLOEXEC);
	/* out of the way of the numbers that a child has */
	int fd = made < 0 ? -1 : fcntl(made, F_DUPFD_CLOEXEC, 10);

	if (fd >= 0 && write(fd, bytes.at, bytes.len) == (ssize_t)bytes.len)
		return fd;
	err_errno(e, ERR_BUSY, "cannot keep a file in memory");
	fd_auto(&fd);
	return -1;
}

struct child *
child_begin(const char *const *argv, const int files[CHILD_FILES_MOST], child_out *out,
    void *self, struct err *e)
{
	struct child *c = calloc(1, sizeof *c);
	const char *slash = strrchr(argv[0], '/');
	int ins[2] = { -1, -1 }, outs[2] = { -1, -1 }, words[2] = { -1, -1 };
	bool ok;

	if (c == NULL) {
		err(e, ERR_BUSY, "no memory for a child");
		return NULL;
	}
	ok = pipe_pair(ins, e) && pipe_pair(outs, e) && pipe_pair(words, e) &&
	     spawn(&c->pid, argv, (int[ENDS]){ ins[0], outs[1], words[1], files[0], files[1] },
		 e) &&
	     nonblock(ins[1], e) && nonblock(outs[0], e) && nonblock(words[0], e);
	fd_auto(&ins[0]);
	fd_auto(&outs[1]);
	fd_auto(&words[1]);
	c->in = ins[1];
	c->out = outs[0];
	c->words = words[0];
	c->name = slash == NULL ? argv[0] : slash + 1;
	c->take = out;
	c->self = self;
	if (!ok)
		child_free(&c);
	return c;
}

void
child_free(struct child **cp)
{
	struct child *c = *cp;

	*cp = NULL;
	if (c == NULL)
		return;
	if (c->pid > 0) {
		kill(c->pid, SIGKILL);
		while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	fd_auto(&c->in);
	fd_auto(&c->out);
	fd_auto(&c->words);
	free(c);
}

/* ---- bytes ---- */

static void
shut(int *fd)
{
	fd_auto(fd);
	*fd = -1;
}

/* Waits for what can go on. */
static bool
wait_for(struct child *c, bool write_too, bool *readable, bool *writable, struct err *e)
{
	struct pollfd fds[2] = { { c->out, POLLIN, 0 },
		{ write_too ? c->in : -1, POLLOUT, 0 } };
	int n;

	do
		n = poll(fds, 2, CHILD_STALL_S * 1000);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_errno(e, ERR_BUG, "cannot wait for %s", c->name);
	if (n == 0)
		return err(
		    e, ERR_TIMEOUT, "%s made no progress for %d s", c->name, CHILD_STALL_S);
	*readable = fds[0].revents != 0;
	*writable = fds[1].revents != 0;
	return true;
}

/* What the child has written; *end at its end. */
static bool
take_out(struct child *c, bool *end, struct err *e)
{
	ssize_t n = read(c->out, c->buffer, sizeof c->buffer);

	*end = n == 0;
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ||
		       err_errno(e, ERR_IO, "cannot read from %s", c->name);
	return n == 0 || c->take(c->self, c->buffer, (size_t)n, e);
}

/* Waits for the end of the child, which has closed its output. */
static bool
reap(struct child *c, struct err *e)
{
	ssize_t n = read(c->words, c->said, sizeof c->said - 1);
	struct str said = str_trim((struct str){ c->said, n > 0 ? (size_t)n : 0 });
	int status = -1;

	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	c->pid = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	return err(e, ERR_BAD_INPUT, "%s failed: " STR_FMT, c->name,
	    STR_ARG(said.len > 0 ? said : STR("it was ended")));
}

bool
child_add(struct child *c, const void *bytes, size_t len, struct err *e)
{
	const unsigned char *from = bytes;

	while (len > 0) {
		bool readable, writable, end = false;
		ssize_t n;

		if (!wait_for(c, true, &readable, &writable, e) ||
		    (readable && !take_out(c, &end, e)))
			return false;
		if (end)
			return reap(c, e) &&
			       err(e, ERR_IO, "%s ended before its input", c->name);
		if (!writable)
			continue;
		n = write(c->in, from, len);
		if (n < 0 && errno == EPIPE)
			continue; /* its output ends next */
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return err_errno(e, ERR_IO, "cannot write to %s", c->name);
		if (n > 0) {
			from += n;
			len -= (size_t)n;
		}
	}
	return true;
}

bool
child_end(struct child *c, struct err *e)
{
	bool readable, writable, end = false;

	shut(&c->in);
	while (!end)
		if (!wait_for(c, false, &readable, &writable, e) || !take_out(c, &end, e))
			return false;
	return reap(c, e);
}
