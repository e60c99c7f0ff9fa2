/* Landlock, then seccomp. */
#include "sys/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/macros.h"
#include "rt/log.h"
#include "sys/sandbox.h"

enum {
	ABI_LEAST = 2, /* the first that lets files be renamed from one folder into another */
	PATH_SIZE = 512
};

#define READ_FILE (LANDLOCK_ACCESS_FS_READ_FILE)
#define READ	  (READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define RUN	  (LANDLOCK_ACCESS_FS_EXECUTE | READ_FILE)
/* Links and pipes too: a partner may have left one, which is moved aside as it is. */
#define WRITE                                                                   \
	(READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | \
	    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |      \
	    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |        \
	    LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_SYM |        \
	    LANDLOCK_ACCESS_FS_REFER)
#define ALL (WRITE | RUN | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK)
/* what of these a plain file can have */
#define OF_FILES (RUN | LANDLOCK_ACCESS_FS_WRITE_FILE)

/* Of every process: libraries, zones, users, names of hosts, what it knows of itself. */
static const char *const all_read[] = { "/usr", "/lib", "/lib64", "/etc", "/proc", "/sys",
	"/run" };
/* Whoever starts a program starts its loader. */
static const char *const loaders[] = { "/lib64/ld-linux-x86-64.so.2",
	"/lib/ld-linux-aarch64.so.1", "/lib64/ld64.so.2" };

static bool
failed(struct err *e, const char *path)
{
	return err_errno(e, ERR_IO, "cannot confine the process to %s", path);
}

/* What is not there needs no right; what may not be looked at neither. */
static bool
allow(int rules, const char *path, uint64_t rights, struct err *e)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = rights };
	AUTO_FD fd = open(path, O_PATH | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return errno == ENOENT || errno == EACCES || errno == ENOTDIR ||
		       failed(e, path);
	if (fstat(fd, &st) != 0)
		return failed(e, path);
	if (!S_ISDIR(st.st_mode))
		rule.allowed_access &= OF_FILES;
	rule.parent_fd = fd;
	return syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) ==
		   0 ||
	       failed(e, path);
}

static bool
allow_each(int rules, const char *const *paths, size_t n, uint64_t rights, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (paths[i] != NULL && paths[i][0] != '\0' &&
		    !allow(rules, paths[i], rights, e))
			return false;
	return true;
}

/* A folder as it is; of a file the folder that it lies in. */
static bool
allow_read(int rules, const char *path, struct err *e)
{
	char folder[PATH_SIZE];
	struct stat st;
	char *slash;

	if (path == NULL || path[0] != '/')
		return true;
	snprintf(folder, sizeof folder, "%s", path);
	slash = strrchr(folder, '/');
	if (slash != folder && (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)))
		*slash = '\0';
	return allow(rules, folder, READ, e);
}

static bool
allow_sockets(int rules, const struct confine *c, struct err *e)
{
	char folder[PATH_SIZE];

	if (c->sockets == NULL)
		return true;
	snprintf(folder, sizeof folder, "%s/%s", c->sockets, c->process);
	return allow(rules, folder, WRITE, e);
}

static bool
allow_all(int rules, const struct confine *c, struct err *e)
{
	bool ok =
	    allow_each(rules, all_read, nitems(all_read), READ, e) &&
	    allow(rules, "/dev", READ | LANDLOCK_ACCESS_FS_WRITE_FILE, e) &&
	    allow_each(rules, c->write, nitems(c->write), WRITE, e) &&
	    allow_sockets(rules, c, e) &&
	    allow_each(rules, c->file, nitems(c->file), READ_FILE, e) &&
	    allow_each(rules, c->program, nitems(c->program), RUN, e) &&
	    (c->program[0] == NULL || allow_each(rules, loaders, nitems(loaders), RUN, e));

	for (size_t i = 0; i < nitems(c->read) && ok; i++)
		ok = allow_read(rules, c->read[i], e);
	return ok;
}

static bool
confine_paths(const struct confine *c, struct err *e)
{
	const struct landlock_ruleset_attr all = { .handled_access_fs = ALL };
	long abi =
	    syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	AUTO_FD rules = -1;

	if (abi < ABI_LEAST) {
		log_warn(NULL, "confine.paths", "kernel=without landlock=%ld", abi);
		return true;
	}
	rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
	if (rules < 0)
		return failed(e, "its paths");
	return allow_all(rules, c, e) &&
	       (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 || failed(e, "its rights")) &&
	       (syscall(SYS_landlock_restrict_self, rules, 0) == 0 || failed(e, "its paths"));
}

bool
confine(const struct confine *c, struct err *e)
{
	return confine_paths(c, e) && sandbox_shut(c->network, c->program[0] != NULL, e);
}
