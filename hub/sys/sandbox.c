/*
 * The list is short on purpose. What is not plain reading and writing is there for malloc: brk,
 * and mmap and friends restricted to memory without a file behind it that can never be
 * executed.
 */
#include "sys/sandbox.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif
#ifndef WITH_ASAN
#define WITH_ASAN 0
#endif

/* Calls that may be made; of those with a condition, argument `arg` masked must be `is`. */
static const struct rule {
	int call;
	unsigned arg;
	uint64_t mask, is;
} rules[] = {
	{ SCMP_SYS(read), 0, 0, 0 },
	{ SCMP_SYS(readv), 0, 0, 0 },
	{ SCMP_SYS(pread64), 0, 0, 0 },
	{ SCMP_SYS(write), 0, 0, 0 },
	{ SCMP_SYS(writev), 0, 0, 0 },
	{ SCMP_SYS(close), 0, 0, 0 },
	{ SCMP_SYS(lseek), 0, 0, 0 },
	{ SCMP_SYS(fstat), 0, 0, 0 },
	{ SCMP_SYS(brk), 0, 0, 0 },
	{ SCMP_SYS(mremap), 0, 0, 0 },
	{ SCMP_SYS(munmap), 0, 0, 0 },
	{ SCMP_SYS(madvise), 0, 0, 0 },
	{ SCMP_SYS(mprotect), 2, PROT_EXEC, 0 },
	{ SCMP_SYS(getrandom), 0, 0, 0 }, /* malloc's own secret, at its first use */
	{ SCMP_SYS(clock_gettime), 0, 0, 0 },
	{ SCMP_SYS(rt_sigreturn), 0, 0, 0 },
	{ SCMP_SYS(restart_syscall), 0, 0, 0 },
	{ SCMP_SYS(exit), 0, 0, 0 },
	{ SCMP_SYS(exit_group), 0, 0, 0 },
};

#if WITH_ASAN
static bool inside;
int __lsan_is_turned_off(void);

/* The search for leaks at exit traces its own process: not from in here. */
int
__lsan_is_turned_off(void)
{
	return inside;
}

/* What the sanitizer's own memory and its last words need. */
static const int asan_calls[] = {
	SCMP_SYS(sigaltstack),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(sched_yield),
	SCMP_SYS(futex),
};
#endif

static int
allow(scmp_filter_ctx ctx, const struct rule *r)
{
	if (r->mask == 0)
		return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, r->call, 0);
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, r->call, 1,
	    SCMP_CMP64(r->arg, SCMP_CMP_MASKED_EQ, r->mask, r->is));
}

/* glibc's fstat() is newfstatat(fd, "", …, AT_EMPTY_PATH). A filter cannot see that the path is
 * empty, so whether a file exists may still be asked in here; nothing can be opened. */
static int
allow_fstat(scmp_filter_ctx ctx)
{
	enum { EMPTY_PATH = 0x1000 };

	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
	    SCMP_A3_64(SCMP_CMP_EQ, EMPTY_PATH, 0));
}

static int
allow_mmap(scmp_filter_ctx ctx)
{
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
	    SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
	    SCMP_A3_64(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS));
}

static int
allow_all(scmp_filter_ctx ctx)
{
	int rc = 0;

	for (size_t i = 0; i < nitems(rules) && rc == 0; i++)
		rc = allow(ctx, &rules[i]);
#if WITH_ASAN
	for (size_t i = 0; i < nitems(asan_calls) && rc == 0; i++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, asan_calls[i], 0);
#endif
	if (rc == 0)
		rc = allow_fstat(ctx);
	if (rc == 0)
		rc = allow_mmap(ctx);
	if (rc == 0)
		rc = seccomp_load(ctx);
	return rc;
}

static bool
limit(__rlimit_resource_t what, rlim_t most, const char *name, struct err *e)
{
	struct rlimit r = { .rlim_cur = most, .rlim_max = most };

	return setrlimit(what, &r) == 0 || err_errno(e, ERR_IO, "cannot limit %s", name);
}

bool
sandbox_compute_only(int64_t memory_most_bytes, struct err *e)
{
	scmp_filter_ctx ctx;
	int rc;

	if (!limit(RLIMIT_CORE, 0, "core dumps", e))
		return false;
	/* ASan reserves terabytes of addresses for its shadow */
	if (!WITH_ASAN && !limit(RLIMIT_AS, (rlim_t)memory_most_bytes, "memory", e))
		return false;
	ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (ctx == NULL)
		return err(e, ERR_IO, "cannot make a seccomp filter");
	rc = allow_all(ctx);
	seccomp_release(ctx);
	if (rc != 0) {
		errno = -rc;
		return err_errno(e, ERR_IO, "cannot load the seccomp filter");
	}
#if WITH_ASAN
	inside = true;
#endif
	return true;
}

/* Ways out of the process: io_uring opens sockets without the call for it. */
static const int ways_out[] = {
	SCMP_SYS(execveat),
#if !WITH_ASAN /* the search for leaks at exit */
	SCMP_SYS(ptrace),
#endif
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev),
	SCMP_SYS(io_uring_setup),
	SCMP_SYS(bpf),
	SCMP_SYS(userfaultfd),
	SCMP_SYS(perf_event_open),
	SCMP_SYS(unshare),
	SCMP_SYS(setns),
	SCMP_SYS(mount),
	SCMP_SYS(keyctl),
	SCMP_SYS(add_key),
	SCMP_SYS(request_key),
};
static const int ways_to_programs[] = { SCMP_SYS(execve), SCMP_SYS(fork), SCMP_SYS(vfork) };

static int
refuse_each(scmp_filter_ctx ctx, const int *calls, size_t n)
{
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), calls[i], 0);
	return rc;
}

/* glibc's fork is clone without CLONE_THREAD. A filter cannot look into clone3's arguments:
 * told that there is none, glibc takes clone. */
static int
refuse_processes(scmp_filter_ctx ctx)
{
	int rc = refuse_each(ctx, ways_to_programs, nitems(ways_to_programs));

#if !WITH_ASAN
	if (rc == 0)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
		    SCMP_A0_64(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
	if (rc == 0)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
#endif
	return rc;
}

bool
sandbox_shut(bool network, bool programs, struct err *e)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	int rc;

	if (ctx == NULL)
		return err(e, ERR_IO, "cannot make a seccomp filter");
	rc = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1);
	if (rc == 0)
		rc = refuse_each(ctx, ways_out, nitems(ways_out));
	if (rc == 0 && !programs)
		rc = refuse_processes(ctx);
	if (rc == 0 && !network)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 1,
		    SCMP_A0_64(SCMP_CMP_NE, AF_UNIX, 0));
	if (rc == 0)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	if (rc != 0) {
		errno = -rc;
		return err_errno(e, ERR_IO, "cannot load the seccomp filter");
	}
	return true;
}

bool
sandbox_no_network(struct err *e)
{
	return sandbox_shut(false, false, e);
}

bool
sandbox_no_programs(struct err *e)
{
	return sandbox_shut(true, false, e);
}
