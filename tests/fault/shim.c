/*
 * Faults at the write side of one process, for LD_PRELOAD. Counts every call that changes a
 * file, a folder or what the other end of a socket gets, and at the n-th one kills the process,
 * lets the call fail or makes it wait.
 *
 *   FAULT_PROGRAM  name of the program that is meant; others (children too) run as always
 *   FAULT_PLAN     file with one line, taken and removed when counting begins:
 *                    ACTION CALL N [every]
 *                  ACTION  count | kill-before | kill-after | hold | EIO | ENOSPC
 *                  CALL    any, or the name of one call as in FAULT_LOG
 *                  N       counted from 1 among such calls; "every" fails all from there on
 *   FAULT_FROM     counting begins at the first call on a path that holds this text, if the
 *                  plan is there by then; without it, at the first call at all
 *   FAULT_LOG      gets a line "number name path" for each counted call
 *
 * A send that fails takes its connection with it, as a real one does.
 * "hold" waits at the call, for 20 s at most, until FAULT_PLAN.go exists.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { WORD = 32, HOLD_TRIES = 2000, HOLD_STEP_NS = 10 * 1000 * 1000 };

struct plan {
	char action[WORD], call[WORD];
	int at;
	bool every;
};

static struct plan plan;
static int armed, counted, matched, meant;

/* What glibc declares as not null may be asked all the same. */
#define REAL(name, type) ((type)dlsym(RTLD_NEXT, name))

/* Plans come and are taken while a process runs, so the folder of the plan is added to the
 * paths that it confines itself to (hub/sys/confine.c). */
static void
allow_plans(int rules)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
				  LANDLOCK_ACCESS_FS_REMOVE_FILE
	};
	char folder[400];
	char *slash;

	snprintf(folder, sizeof folder, "%s",
	    getenv("FAULT_PLAN") == NULL ? "" : getenv("FAULT_PLAN"));
	slash = strrchr(folder, '/');
	if (slash == NULL)
		return;
	*slash = '\0';
	rule.parent_fd = (int)REAL("syscall", long (*)(long, ...))(
	    SYS_openat, AT_FDCWD, folder, O_PATH | O_CLOEXEC, 0);
	if (rule.parent_fd < 0)
		return;
	REAL("syscall", long (*)(long, ...))
	(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	close(rule.parent_fd);
}

long
syscall(long number, ...)
{
	long a[6];
	va_list ap;

	va_start(ap, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (number == SYS_landlock_restrict_self)
		allow_plans((int)a[0]);
	return REAL("syscall", long (*)(long, ...))(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

static bool
is_meant(void)
{
	const char *program = getenv("FAULT_PROGRAM");

	if (meant == 0)
		meant = program != NULL && getenv("FAULT_PLAN") != NULL &&
				strcmp(program, program_invocation_short_name) == 0
			    ? 1
			    : -1;
	return meant > 0;
}

static void
note(int n, const char *name, const char *path)
{
	const char *log = getenv("FAULT_LOG");
	char line[400];
	long fd;
	int len;

	if (log == NULL ||
	    (fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND, 0)) < 0)
		return;
	len = snprintf(line, sizeof line, "%d %s %s\n", n, name, path);
	syscall(SYS_write, fd, line, len < (int)sizeof line ? (size_t)len : sizeof line - 1);
	syscall(SYS_close, fd);
}

/* Takes the plan if it is there and the call is the one to begin with. A later plan replaces
 * it. */
static bool
begin(const char *path)
{
	const char *from = getenv("FAULT_FROM"), *file = getenv("FAULT_PLAN");
	char text[200] = "", every[WORD] = "";
	ssize_t n;
	long fd;

	if (from != NULL && strstr(path, from) == NULL)
		return false;
	fd = syscall(SYS_openat, AT_FDCWD, file, O_RDONLY, 0);
	if (fd < 0)
		return false;
	n = read((int)fd, text, sizeof text - 1);
	syscall(SYS_close, fd);
	syscall(SYS_unlinkat, AT_FDCWD, file, 0);
	if (n <= 0 ||
	    sscanf(text, "%31s %31s %d %31s", plan.action, plan.call, &plan.at, every) < 3)
		return false;
	plan.every = strcmp(every, "every") == 0;
	return true;
}

static bool
is_armed(const char *path)
{
	int saved = errno;

	if (!is_meant())
		return false;
	if (begin(path)) {
		counted = matched = 0;
		__atomic_store_n(&armed, 1, __ATOMIC_RELEASE);
	}
	errno = saved;
	return __atomic_load_n(&armed, __ATOMIC_ACQUIRE) != 0;
}

static void
hold(void)
{
	const struct timespec step = { .tv_nsec = HOLD_STEP_NS };
	char go[400];

	snprintf(go, sizeof go, "%s.go", getenv("FAULT_PLAN"));
	for (int i = 0; i < HOLD_TRIES && syscall(SYS_faccessat, AT_FDCWD, go, F_OK) != 0; i++)
		nanosleep(&step, NULL);
}

static void
die(void)
{
	syscall(SYS_kill, getpid(), SIGKILL);
	for (;;)
		pause();
}

struct call {
	bool fails, dies;
};

static struct call
before(const char *name, const char *path)
{
	struct call c = { false, false };
	int all, n, saved;

	if (!is_armed(path))
		return c;
	saved = errno;
	all = __atomic_add_fetch(&counted, 1, __ATOMIC_ACQ_REL);
	note(all, name, path);
	errno = saved;
	if (strcmp(plan.call, "any") != 0 && strcmp(plan.call, name) != 0)
		return c;
	n = __atomic_add_fetch(&matched, 1, __ATOMIC_ACQ_REL);
	if (n != plan.at && !(plan.every && n > plan.at))
		return c;
	if (strcmp(plan.action, "kill-before") == 0)
		die();
	if (strcmp(plan.action, "hold") == 0)
		hold();
	c.dies = strcmp(plan.action, "kill-after") == 0;
	c.fails = plan.action[0] == 'E';
	if (c.fails)
		errno = strcmp(plan.action, "ENOSPC") == 0 ? ENOSPC : EIO;
	return c;
}

static ssize_t
cut(int fd)
{
	shutdown(fd, SHUT_RDWR);
	errno = EPIPE;
	return -1;
}

static ssize_t
after(struct call c, ssize_t rc)
{
	if (c.dies)
		die();
	return rc;
}

ssize_t
write(int fd, const void *bytes, size_t len)
{
	ssize_t (*real)(int, const void *, size_t) =
	    REAL("write", ssize_t(*)(int, const void *, size_t));
	struct call c = before("write", "");

	return c.fails ? -1 : after(c, real(fd, bytes, len));
}

ssize_t
writev(int fd, const struct iovec *piece, int n)
{
	ssize_t (*real)(int, const struct iovec *, int) =
	    REAL("writev", ssize_t(*)(int, const struct iovec *, int));
	struct call c = before("writev", "");

	return c.fails ? -1 : after(c, real(fd, piece, n));
}

ssize_t
pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	ssize_t (*real)(int, const void *, size_t, off_t) =
	    REAL("pwrite", ssize_t(*)(int, const void *, size_t, off_t));
	struct call c = before("pwrite", "");

	return c.fails ? -1 : after(c, real(fd, bytes, len, at));
}

ssize_t
send(int fd, const void *bytes, size_t len, int flags)
{
	ssize_t (*real)(int, const void *, size_t, int) =
	    REAL("send", ssize_t(*)(int, const void *, size_t, int));
	struct call c = before("send", "");

	return c.fails ? cut(fd) : after(c, real(fd, bytes, len, flags));
}

ssize_t
sendto(int fd, const void *bytes, size_t len, int flags, const struct sockaddr *to, socklen_t n)
{
	ssize_t (*real)(int, const void *, size_t, int, const struct sockaddr *, socklen_t) =
	    REAL("sendto",
		ssize_t(*)(int, const void *, size_t, int, const struct sockaddr *, socklen_t));
	struct call c = before("sendto", "");

	return c.fails ? cut(fd) : after(c, real(fd, bytes, len, flags, to, n));
}

ssize_t
sendmsg(int fd, const struct msghdr *message, int flags)
{
	ssize_t (*real)(int, const struct msghdr *, int) =
	    REAL("sendmsg", ssize_t(*)(int, const struct msghdr *, int));
	struct call c = before("sendmsg", "");

	return c.fails ? cut(fd) : after(c, real(fd, message, flags));
}

int
fsync(int fd)
{
	int (*real)(int) = REAL("fsync", int (*)(int));
	struct call c = before("fsync", "");

	return c.fails ? -1 : (int)after(c, real(fd));
}

int
fdatasync(int fd)
{
	int (*real)(int) = REAL("fdatasync", int (*)(int));
	struct call c = before("fdatasync", "");

	return c.fails ? -1 : (int)after(c, real(fd));
}

int
ftruncate(int fd, off_t len)
{
	int (*real)(int, off_t) = REAL("ftruncate", int (*)(int, off_t));
	struct call c = before("ftruncate", "");

	return c.fails ? -1 : (int)after(c, real(fd, len));
}

int
rename(const char *from, const char *to)
{
	int (*real)(const char *, const char *) =
	    REAL("rename", int (*)(const char *, const char *));
	struct call c = before("rename", from);

	return c.fails ? -1 : (int)after(c, real(from, to));
}

int
renameat(int at, const char *from, int there, const char *to)
{
	int (*real)(int, const char *, int, const char *) =
	    REAL("renameat", int (*)(int, const char *, int, const char *));
	struct call c = before("renameat", from);

	return c.fails ? -1 : (int)after(c, real(at, from, there, to));
}

int
renameat2(int at, const char *from, int there, const char *to, unsigned flags)
{
	int (*real)(int, const char *, int, const char *, unsigned) =
	    REAL("renameat2", int (*)(int, const char *, int, const char *, unsigned));
	struct call c = before("renameat2", from);

	return c.fails ? -1 : (int)after(c, real(at, from, there, to, flags));
}

int
link(const char *from, const char *to)
{
	int (*real)(const char *, const char *) =
	    REAL("link", int (*)(const char *, const char *));
	struct call c = before("link", from);

	return c.fails ? -1 : (int)after(c, real(from, to));
}

int
unlink(const char *path)
{
	int (*real)(const char *) = REAL("unlink", int (*)(const char *));
	struct call c = before("unlink", path);

	return c.fails ? -1 : (int)after(c, real(path));
}

int
unlinkat(int at, const char *path, int flags)
{
	int (*real)(int, const char *, int) = REAL("unlinkat", int (*)(int, const char *, int));
	struct call c = before("unlinkat", path);

	return c.fails ? -1 : (int)after(c, real(at, path, flags));
}

/* Folders that are there already are not made: 500 such calls a start would say nothing. */
int
mkdirat(int at, const char *path, mode_t mode)
{
	int (*real)(int, const char *, mode_t) =
	    REAL("mkdirat", int (*)(int, const char *, mode_t));
	struct call c = { false, false };

	if (syscall(SYS_faccessat, at, path, F_OK) != 0)
		c = before("mkdirat", path);
	return c.fails ? -1 : (int)after(c, real(at, path, mode));
}

int
mkdir(const char *path, mode_t mode)
{
	return mkdirat(AT_FDCWD, path, mode);
}

/* Counted only where it may make a file; one that is only read can still begin the counting. */
static int
open_any(int at, const char *path, int flags, mode_t mode)
{
	int (*real)(int, const char *, int, ...) =
	    REAL("openat", int (*)(int, const char *, int, ...));
	struct call c = { false, false };

	if ((flags & O_CREAT) != 0)
		c = before("open", path);
	else
		is_armed(path);
	return c.fails ? -1 : (int)after(c, real(at, path, flags, mode));
}

#define MODE_AFTER(flags, mode)                                    \
	do {                                                       \
		va_list ap;                                        \
		va_start(ap, flags);                               \
		mode = ((flags)&O_CREAT) ? va_arg(ap, mode_t) : 0; \
		va_end(ap);                                        \
	} while (0)

int
open(const char *path, int flags, ...)
{
	mode_t mode;

	MODE_AFTER(flags, mode);
	return open_any(AT_FDCWD, path, flags, mode);
}

int
openat(int at, const char *path, int flags, ...)
{
	mode_t mode;

	MODE_AFTER(flags, mode);
	return open_any(at, path, flags, mode);
}
