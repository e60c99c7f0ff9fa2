/* Addresses, listening, accepting when descriptors run out, connecting. */
#include "rt_test.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "rt/io.h"
#include "rt/log.h"

static char folder[] = "/tmp/rt_socket_XXXXXX";

static const char *
in_folder(const char *prefix, const char *name)
{
	static char path[2][128];
	static int turn;

	turn = !turn;
	snprintf(path[turn], sizeof path[turn], "%s%s/%s", prefix, folder, name);
	return path[turn];
}

static const struct {
	const char *address, *says;
} bad[] = {
	{ "", "address is \"\", expected unix:/path or tcp:host:port" },
	{ "/run/x", "address is \"/run/x\", expected unix:/path or tcp:host:port" },
	{ "unix:", "address is \"unix:\", expected unix:/path or tcp:host:port" },
	{ "unix:run/x", "address is \"unix:run/x\", expected unix:/path or tcp:host:port" },
	{ "tcp:", "address is \"tcp:\", expected unix:/path or tcp:host:port" },
	{ "tcp:80", "address is \"tcp:80\", expected unix:/path or tcp:host:port" },
	{ "tcp::80", "address is \"tcp::80\", expected unix:/path or tcp:host:port" },
	{ "tcp:127.0.0.1:",
	    "address is \"tcp:127.0.0.1:\", expected unix:/path or tcp:host:port" },
	{ "tcp:127.0.0.1:ftp",
	    "address is \"tcp:127.0.0.1:ftp\", expected unix:/path or tcp:host:port" },
	{ "tcp:127.0.0.1:70000",
	    "address is \"tcp:127.0.0.1:70000\", expected unix:/path or tcp:host:port" },
	{ "tcp:example.com:80",
	    "address is \"tcp:example.com:80\", expected unix:/path or tcp:host:port" },
	{ "udp:127.0.0.1:80",
	    "address is \"udp:127.0.0.1:80\", expected unix:/path or tcp:host:port" },
	{ "unix:/"
	  "0123456789012345678901234567890123456789012345678901234567890123456789012345678901"
	  "234567890123456789012345678",
	    "address is "
	    "\"unix:/012345678901234567890123456789012345678901234567890123456789012345"
	    "6789012345678901234567890123456789012345678\", its path has more than 107 bytes" },
};

static bool
bad_body(struct task *t, void *arg, struct err *e)
{
	(void)arg;
	for (size_t i = 0; i < nitems(bad); i++) {
		assert_int_equal(io_listen(bad[i].address, 0600, 1, e), -1);
		assert_int_equal(e->code, ERR_CONF);
		assert_string_equal(e->text, bad[i].says);
		assert_int_equal(io_connect(t, bad[i].address, e), -1);
		assert_string_equal(e->text, bad[i].says);
	}
	return true;
}

static void
a_bad_address_is_told_with_what_was_expected(void **state)
{
	(void)state;
	in_loop(bad_body, NULL);
}

struct server {
	int listener, got;
};

static void
accept_one(struct task *t, void *arg)
{
	struct server *v = arg;

	v->got = io_accept(t, v->listener, NULL);
	assert_true(v->got >= 0);
	assert_true((fcntl(v->got, F_GETFL) & O_NONBLOCK) != 0);
	assert_true((fcntl(v->got, F_GETFD) & FD_CLOEXEC) != 0);
}

static void
check_connected(struct task *t, const char *listens, const char *connects)
{
	struct server v = { .listener = io_listen(listens, 0660, 5, NULL) };
	struct group g = { 0 };
	char address[64];
	int fd;

	assert_true(v.listener >= 0);
	assert_true(group_spawn(t, &g, "server", accept_one, &v, NULL));
	assert_true(task_yield(t, NULL));
	snprintf(address, sizeof address, "%s%d", connects, io_port(v.listener));
	fd = io_connect(t, listens[0] == 'u' ? listens : address, NULL);
	assert_true(fd >= 0);
	group_join(t, &g);
	assert_int_equal(write(fd, "x", 1), 1);
	assert_true(task_wait_fd(t, v.got, TASK_READ, NULL));
	close(fd);
	close(v.got);
	close(v.listener);
}

static bool
connect_body(struct task *t, void *arg, struct err *e)
{
	int closed = io_listen("tcp:localhost:0", 0, 1, e),
	    six = io_listen("tcp:[::1]:0", 0, 1, NULL);
	char address[64], says[128];
	struct stat is;

	(void)arg;
	check_connected(t, "tcp:127.0.0.1:0", "tcp:localhost:");
	check_connected(t, "tcp:localhost:0", "tcp:127.0.0.1:");
	if (six >= 0) { /* some machines have no IPv6 */
		close(six);
		check_connected(t, "tcp:[::1]:0", "tcp:[::1]:");
	}
	check_connected(t, in_folder("unix:", "s"), "");
	assert_int_equal(stat(in_folder("", "s"), &is), 0);
	assert_int_equal(is.st_mode & 07777, 0660);
	assert_int_equal(io_port(-1), -1);
	snprintf(address, sizeof address, "tcp:127.0.0.1:%d", io_port(closed));
	close(closed);
	assert_int_equal(io_connect(t, address, e), -1);
	assert_int_equal(e->code, ERR_UNAVAILABLE);
	snprintf(says, sizeof says, "cannot connect to %s: Connection refused", address);
	assert_string_equal(e->text, says);
	assert_int_equal(io_connect(t, in_folder("unix:", "none"), e), -1);
	assert_int_equal(e->code, ERR_UNAVAILABLE);
	snprintf(says, sizeof says, "cannot connect to %s: No such file or directory",
	    in_folder("unix:", "none"));
	assert_string_equal(e->text, says);
	return true;
}

static void
what_listens_can_be_connected_to_and_what_does_not_is_told(void **state)
{
	(void)state;
	in_loop(connect_body, NULL);
}

static void
a_stale_socket_is_replaced_and_anything_else_is_left_alone(void **state)
{
	const char *address = in_folder("unix:", "stale"), *path = address + 5;
	struct err e;
	char says[200];
	int first, second;

	(void)state;
	first = io_listen(address, 0600, 1, &e);
	assert_true(first >= 0);
	assert_int_equal(io_listen(address, 0600, 1, &e), -1); /* it answers */
	snprintf(says, sizeof says, "somebody listens on %s already", address);
	assert_string_equal(e.text, says);
	close(first); /* as a killed process leaves it */
	second = io_listen(address, 0600, 1, &e);
	assert_true(second >= 0);
	close(second);
	assert_int_equal(unlink(path), 0);

	first = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	close(first);
	assert_int_equal(io_listen(address, 0600, 1, &e), -1);
	assert_int_equal(e.code, ERR_CONF);
	snprintf(says, sizeof says, "%s is there and is not a socket", path);
	assert_string_equal(e.text, says);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(io_listen(in_folder("unix:", "no/s"), 0600, 1, &e), -1);
	snprintf(says, sizeof says, "cannot listen on %s: No such file or directory",
	    in_folder("unix:", "no/s"));
	assert_string_equal(e.text, says);
}

static void
a_socket_is_never_open_to_more_than_its_mode(void **state)
{
	mode_t before = umask(0);
	struct stat is;
	int fd = io_listen(in_folder("unix:", "mode"), 0600, 1, NULL);

	(void)state;
	assert_int_equal(stat(in_folder("", "mode"), &is), 0);
	assert_int_equal(is.st_mode & 07777, 0600);
	close(fd);
	umask(077); /* nor to fewer */
	fd = io_listen(in_folder("unix:", "mode"), 0666, 1, NULL);
	assert_int_equal(stat(in_folder("", "mode"), &is), 0);
	assert_int_equal(is.st_mode & 07777, 0666);
	close(fd);
	umask(before);
}

/* ---- no descriptors left ---- */

static void
accept_all(struct task *t, void *arg)
{
	const struct server *v = arg;
	int fd;

	while ((fd = io_accept(t, v->listener, NULL)) >= 0)
		close(fd);
}

static bool
short_body(struct task *t, void *arg, struct err *e)
{
	struct server v = { .listener = io_listen("tcp:127.0.0.1:0", 0, 5, e) };
	struct rlimit was, few;
	struct group g = { 0 };
	char address[64], to[8], text[1024];
	int told[2], client, probe;
	ssize_t n;

	(void)arg;
	assert_int_equal(pipe2(told, O_CLOEXEC | O_NONBLOCK), 0);
	log_to(told[1], NULL);
	snprintf(address, sizeof address, "tcp:127.0.0.1:%d", io_port(v.listener));
	client = io_connect(t, address, e);
	probe = dup(0);
	close(probe); /* the next that would be given */
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
	few = was;
	few.rlim_cur = (rlim_t)probe;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_true(group_spawn(t, &g, "server", accept_all, &v, e));
	/* three pauses and a bit, in which it must neither give up nor tell it each time */
	assert_true(task_sleep(t, 350, e));
	assert_int_equal(g.alive, 1);
	assert_int_equal(read(client, to, 1), -1);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
	assert_true(task_wait_fd(t, client, TASK_READ, e)); /* accepted, and closed */
	assert_int_equal(read(client, to, 1), 0);
	group_cancel(&g);
	group_join(t, &g);
	n = read(told[0], text, sizeof text - 1);
	assert_true(n > 0);
	text[n] = 0;
	assert_non_null(strstr(text, " accept.short why=EMFILE pause_ms=100\n"));
	assert_ptr_equal(strchr(text, '\n'), text + n - 1); /* one line */
	log_to(STDERR_FILENO, NULL);
	for (const int *fd = (const int[]){ client, v.listener, told[0], told[1], -1 };
	     *fd >= 0; fd++)
		close(*fd);
	return true;
}

static void
out_of_descriptors_pauses_and_goes_on(void **state)
{
	(void)state;
	in_loop(short_body, NULL);
}

static bool
broken_body(struct task *t, void *arg, struct err *e)
{
	int pair[2];
	char says[100];

	(void)arg;
	socket_pair(pair);
	assert_int_equal(io_accept(t, pair[0], e), -1);
	assert_int_equal(e->code, ERR_IO);
	snprintf(
	    says, sizeof says, "cannot accept on descriptor %d: Invalid argument", pair[0]);
	assert_string_equal(e->text, says);
	close(pair[0]);
	close(pair[1]);
	return true;
}

static void
what_does_not_listen_cannot_accept(void **state)
{
	(void)state;
	in_loop(broken_body, NULL);
}

static bool
full_body(struct task *t, void *arg, struct err *e)
{
	int listener = io_listen(in_folder("unix:", "full"), 0600, 0, e), fd[8], n = 0;

	(void)arg;
	task_deadline(t, 50); /* nobody accepts: at some point the queue is full */
	while (n < 8 && (fd[n] = io_connect(t, in_folder("unix:", "full"), e)) >= 0)
		n++;
	assert_in_range(n, 1, 7);
	assert_int_equal(e->code, ERR_TIMEOUT);
	task_deadline(t, 0);
	while (n > 0)
		close(fd[--n]);
	close(listener);
	return true;
}

static void
a_full_queue_is_waited_for_within_the_deadline(void **state)
{
	(void)state;
	in_loop(full_body, NULL);
}

static int
folder_make(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static int
folder_remove(void **state)
{
	static const char *const names[] = { "s", "stale", "mode", "full" };

	(void)state;
	for (size_t i = 0; i < nitems(names); i++)
		unlink(in_folder("", names[i]));
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bad_address_is_told_with_what_was_expected),
		cmocka_unit_test(what_listens_can_be_connected_to_and_what_does_not_is_told),
		cmocka_unit_test(a_stale_socket_is_replaced_and_anything_else_is_left_alone),
		cmocka_unit_test(a_socket_is_never_open_to_more_than_its_mode),
		cmocka_unit_test(out_of_descriptors_pauses_and_goes_on),
		cmocka_unit_test(what_does_not_listen_cannot_accept),
		cmocka_unit_test(a_full_queue_is_waited_for_within_the_deadline),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
