#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rt/log.h"

extern char **environ;

enum { BUFFER_BYTES = 1024 * 1024, PIECE_BYTES = 64 * 1024, WORDS_MOST = 400 };

struct source {
	int fd;	   /* where plain bytes come from */
	int words; /* stderr of the unpacker */
	pid_t child;
	size_t at, len;
	bool end, piped;
	char said[WORDS_MOST];
	size_t said_len;
	char buffer[BUFFER_BYTES];
};

/* ---- the unpacker ---- */

static bool
pipe_pair(int pair[2], struct err *e)
{
	if (pipe2(pair, O_CLOEXEC) == 0)
		return true;
	return err_errno(e, ERR_BUSY, "cannot make a pipe");
}

static bool
spawn_unpacker(struct source *s, const struct ingest *in, const char *mode, int out, int words,
    struct err *e)
{
	char most[32], ratio[32];
	char *argv[] = { (char *)"busbar-unpack", (char *)mode, (char *)"--max", most,
		(char *)"--ratio", ratio, NULL };
	posix_spawn_file_actions_t fds;
	posix_spawnattr_t attr;
	sigset_t none;
	int rc;

	snprintf(most, sizeof most, "%lld", (long long)in->conf.ingest_plain_max_bytes);
	snprintf(ratio, sizeof ratio, "%lld", (long long)in->conf.ingest_ratio_max);
	posix_spawn_file_actions_init(&fds);
	posix_spawn_file_actions_adddup2(&fds, s->fd, 0);
	posix_spawn_file_actions_adddup2(&fds, out, 1);
	posix_spawn_file_actions_adddup2(&fds, words, 2);
	posix_spawnattr_init(&attr);
	sigemptyset(&none);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	rc = posix_spawn(&s->child, in->unpacker, &fds, &attr, argv, environ);
	posix_spawn_file_actions_destroy(&fds);
	posix_spawnattr_destroy(&attr);
	if (rc == 0)
		return true;
	s->child = 0;
	errno = rc;
	return err_errno(e, ERR_UNAVAILABLE, "cannot start %s", in->unpacker);
}

static bool
unpack(struct source *s, const struct ingest *in, const char *mode, struct err *e)
{
	int out[2] = { -1, -1 }, words[2] = { -1, -1 };
	bool ok = pipe_pair(out, e) && pipe_pair(words, e) &&
		  spawn_unpacker(s, in, mode, out[1], words[1], e);

	fd_auto(&out[1]);
	fd_auto(&words[1]);
	if (!ok) {
		fd_auto(&out[0]);
		fd_auto(&words[0]);
		return false;
	}
	fd_auto(&s->fd);
	s->fd = out[0];
	s->words = words[0];
	s->piped = true;
	s->at = s->len = 0;
	s->end = false;
	return io_nonblock(s->fd, e) && io_nonblock(s->words, e);
}

static void
stop_child(struct source *s)
{
	if (s->child <= 0)
		return;
	kill(s->child, SIGKILL);
	while (waitpid(s->child, NULL, 0) < 0 && errno == EINTR)
		;
	s->child = 0;
}

void
source_free(struct source **ps)
{
	struct source *s = *ps;

	*ps = NULL;
	if (s == NULL)
		return;
	stop_child(s);
	fd_auto(&s->fd);
	fd_auto(&s->words);
	free(s);
}

/* ---- reading ---- */

static void
hear(struct source *s)
{
	ssize_t n;

	while (
	    s->words >= 0 && s->said_len < sizeof s->said - 1 &&
	    (n = read(s->words, s->said + s->said_len, sizeof s->said - 1 - s->said_len)) > 0)
		s->said_len += (size_t)n;
}

/* Fills the empty buffer; false when there is nothing yet. */
static bool
refill(struct source *s, bool *failed, struct err *e)
{
	ssize_t n;

	do
		n = read(s->fd, s->buffer, sizeof s->buffer);
	while (n < 0 && errno == EINTR);
	*failed = false;
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return false;
	if (n < 0) {
		*failed = true;
		return err_errno(e, ERR_IO, "cannot read the stored file");
	}
	s->at = 0;
	s->len = (size_t)n;
	s->end = n == 0;
	return true;
}

enum io_got
source_piece(struct source *s, struct str *piece, struct err *e)
{
	bool failed;
	size_t n;

	*piece = (struct str){ s->buffer, 0 };
	if (s->at == s->len) {
		if (!s->end && !refill(s, &failed, e))
			return failed ? IO_FAIL : IO_OK;
		if (s->end)
			return IO_END;
	}
	n = s->len - s->at < PIECE_BYTES ? s->len - s->at : PIECE_BYTES;
	*piece = (struct str){ s->buffer + s->at, n };
	s->at += n;
	return IO_OK;
}

bool
source_wait(struct task *t, struct source *s, struct err *e)
{
	if (!s->piped || s->at < s->len || s->end)
		return true;
	hear(s);
	return task_wait_fd(t, s->fd, TASK_READ, e);
}

/* Of "busbar-unpack: byte 0: an encrypted zip\n" what matters to the sender. */
static struct str
last_words(const struct source *s)
{
	static const char who[] = "busbar-unpack: ";
	struct str said = str_trim((struct str){ s->said, s->said_len });

	if (str_starts(said, who))
		said = (struct str){ said.at + sizeof who - 1, said.len - (sizeof who - 1) };
	return said.len > 0 ? said : STR("it cannot be unpacked");
}

/* The end of the service or of the machine: nothing is said about the file. */
static bool
from_outside(int sig)
{
	return sig == SIGTERM || sig == SIGINT || sig == SIGHUP || sig == SIGQUIT;
}

bool
source_done(struct task *t, struct source *s, struct err *e)
{
	int status = 0;
	pid_t got = 0;

	if (!s->piped)
		return true;
	/* it closed its output, so it is about to end */
	for (uint32_t ms = 1; (got = waitpid(s->child, &status, WNOHANG)) == 0; ms *= 2)
		if (ms > 8192 || !task_sleep(t, ms, e))
			return err(e, ERR_TIMEOUT, "busbar-unpack does not end");
	hear(s);
	if (got < 0)
		return err_errno(e, ERR_BUG, "lost busbar-unpack");
	s->child = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (WIFSIGNALED(status) && from_outside(WTERMSIG(status)))
		return err(e, ERR_UNAVAILABLE, "busbar-unpack was told to end (signal %d)",
		    WTERMSIG(status));
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return err(e, ERR_BUG, "busbar-unpack was killed: too little memory?");
	if (WIFSIGNALED(status))
		return err(e, ERR_BAD_FILE,
		    "reading it was stopped: it asked for more than is allowed (signal %d)",
		    WTERMSIG(status));
	return err(e, WEXITSTATUS(status) == 65 ? ERR_BAD_FILE : ERR_BUG, STR_FMT,
	    STR_ARG(last_words(s)));
}

/* ---- recognising ---- */

/* The first bytes, left in the buffer for the reader. False: passing failure. */
static bool
head_of(struct task *t, struct source *s, struct str *head, struct err *e)
{
	while (!s->end && s->len < SNIFF_BYTES) {
		ssize_t n = read(s->fd, s->buffer + s->len, SNIFF_BYTES - s->len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			if (!source_wait(t, s, e))
				return false;
			continue;
		}
		if (n < 0)
			return err_errno(e, ERR_IO, "cannot read the stored file");
		s->len += (size_t)n;
		s->end = n == 0;
	}
	*head = (struct str){ s->buffer, s->len };
	/* the end is seen again by the reader: only what was buffered is over */
	return true;
}

static bool
object_fd(struct source *s, struct ingest *in, const struct waiting *w, struct err *e)
{
	s->fd = object_open(in->objects, OBJECT_IN, (const unsigned char *)w->sha256.at, e);
	return s->fd >= 0;
}

/* Starts over from the object through the unpacker. */
static bool
restart(struct source *s, struct ingest *in, const struct waiting *w, const char *mode,
    struct err *e)
{
	stop_child(s);
	fd_auto(&s->fd);
	fd_auto(&s->words);
	s->fd = s->words = -1;
	return object_fd(s, in, w, e) && unpack(s, in, mode, e);
}

static bool
recognise(struct task *t, struct source *s, struct ingest *in, const struct waiting *w,
    const struct format **format, struct err *e)
{
	struct str head;

	if (!object_fd(s, in, w, e) || !head_of(t, s, &head, e))
		return false;
	if (format_compression(head) != NULL &&
	    (!restart(s, in, w, "plain", e) || !head_of(t, s, &head, e)))
		return false;
	/* nothing came out: what the unpacker says is why */
	if (s->piped && s->end && s->len == 0 && !source_done(t, s, e))
		return false;
	*format = format_sniff(head, e);
	if (*format == NULL)
		return false;
	return (*format)->unpack == NULL || restart(s, in, w, (*format)->unpack, e);
}

struct source *
source_open(struct task *t, struct ingest *in, const struct waiting *w,
    const struct format **format, struct err *e)
{
	struct source *s = malloc(sizeof *s);

	*format = NULL;
	if (s == NULL) {
		err(e, ERR_BUSY, "out of memory");
		return NULL;
	}
	memset(s, 0, offsetof(struct source, buffer));
	s->fd = s->words = -1;
	if (!recognise(t, s, in, w, format, e)) {
		*format = NULL;
		source_free(&s);
	}
	return s;
}
