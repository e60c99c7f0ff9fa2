/*
 * What a process may not do, tried inside of it (LD_PRELOAD): at SIGUSR2 it makes each call
 * that its confinement should refuse, in the thread that gets the signal, and writes a line
 * "NAME=ERRNO" (0: it could) to the file that was opened for it at the start. FORBIDDEN_LOG:
 * that file's folder; FORBIDDEN_TRY: a file that all may read and a folder that all may write
 * lie in it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int to = -1;
static char readable[300], writable[300], program[300];

static void
said(const char *name, long got)
{
	char line[64];
	int len = snprintf(line, sizeof line, "%s=%d\n", name, got < 0 ? errno : 0);

	if (got >= 0 && strcmp(name, "ptrace") != 0 && strcmp(name, "fork") != 0)
		close((int)got);
	if (write(to, line, (size_t)len) < 0)
		_exit(99);
}

static void
try_all(int number)
{
	static char *const argv[] = { program, NULL };
	int saved = errno;
	long pid;

	(void)number;
	said("read", open(readable, O_RDONLY));
	said("write", open(writable, O_WRONLY | O_CREAT, 0600));
	said("inet", socket(AF_INET, SOCK_STREAM, 0));
	said("unix", socket(AF_UNIX, SOCK_STREAM, 0));
	pid = fork();
	if (pid == 0)
		_exit(0);
	said("fork", pid);
	/* where it may fork it may start what is named for it, and nothing else */
	if (execve(program, argv, NULL) < 0)
		said("exec", -1);
	said("ptrace", ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	said("unshare", syscall(SYS_unshare, 0x10000000));
	said("bpf", syscall(SYS_bpf, 0, NULL, 0));
	said("io_uring", syscall(SYS_io_uring_setup, 1, NULL));
	said("keyctl", syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, -3, 0));
	said("end", -1);
	errno = saved;
}

__attribute__((constructor)) static void
begin(void)
{
	const char *folder = getenv("FORBIDDEN_LOG"), *try = getenv("FORBIDDEN_TRY");
	const struct sigaction act = { .sa_handler = try_all, .sa_flags = SA_RESTART };
	char name[300];

	if (folder == NULL || try == NULL)
		return;
	snprintf(name, sizeof name, "%s/%s.%d", folder, program_invocation_short_name,
	    (int)getpid());
	to = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	snprintf(readable, sizeof readable, "%s/readable", try);
	snprintf(writable, sizeof writable, "%s/writable/%d", try, (int)getpid());
	snprintf(program, sizeof program, "/usr/bin/true");
	sigaction(SIGUSR2, &act, NULL);
}
