#include "job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/code.h"

#define PIN "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define SERVER                                                              \
	"\"kind\":\"SFTP\",\"host\":\"a.example\",\"port\":22,\"path\":\"/" \
	"in\",\"login\":\"hub\","
#define FILE1 "{\"name\":\"a.csv\",\"size\":3,\"sha256\":\"" PIN "\"}"
#define JOB(server, secret, files) \
	"{\"action\":\"send\"," server secret ",\"pin\":\"" PIN "\",\"files\":[" files "]}"

static struct job job;

static void
a_job_is_read(void **state)
{
	struct err e = { 0 };

	(void)state;
	if (!job_read(&job, STR(JOB(SERVER, "\"password\":\"x\"", FILE1)), &e))
		fail_msg("%s", e.text);
	assert_int_equal(job.action, JOB_SEND);
	assert_int_equal(job.kind, EGRESS_SFTP);
	assert_string_equal(job.host, "a.example");
	assert_string_equal(job.login, "hub");
	assert_string_equal(job.secret, "x");
	assert_false(job.key || job.publishing || job.resume || job.implicit);
	assert_int_equal(job.pin[1], 0x11);
	assert_int_equal(job.files, 1);
	assert_int_equal(job.file[0].size, 3);
	assert_int_equal(job.file[0].fd, -1);
}

static void
a_job_that_is_none_says_why(void **state)
{
	static const struct {
		const char *line, *says;
	} bad[] = {
		{ "", "not JSON at byte " },
		{ "[]", "expected a JSON object" },
		{ "{}", "\"action\" is missing" },
		{ "{\"action\":\"send\",\"action\":\"clean\"}",
		    "a member is there twice, at byte 25" },
		{ "{\"action\":\"look\"}", "action is neither send nor clean" },
		{ JOB("\"kind\":\"FTP\",", "\"password\":\"x\"", FILE1),
		    "kind is not SFTP, FTPS or HTTPS" },
		{ JOB("\"kind\":\"SFTP\",\"host\":\"127.1\",", "\"password\":\"x\"", FILE1),
		    "host \"127.1\", expected a name or four decimal numbers" },
		{ JOB("\"kind\":\"SFTP\",\"host\":\"a\",\"port\":0,", "\"password\":\"x\"",
		      FILE1),
		    "\"port\" is 0, expected 1 to 65535" },
		{ JOB("\"kind\":\"SFTP\",\"host\":\"a\",\"port\":22,\"path\":\"/../"
		      "x\",\"login\":\"h\",",
		      "\"password\":\"x\"", FILE1),
		    "the path has an empty name, . or .." },
		{ JOB("\"kind\":\"SFTP\",\"host\":\"a\",\"port\":22,\"path\":\"/"
		      "\",\"login\":\"h\\r\\nx\",",
		      "\"password\":\"x\"", FILE1),
		    "a login that cannot be used" },
		{ JOB(SERVER, "\"password\":\"x\\nQUIT\"", FILE1),
		    "a password with control characters" },
		{ JOB(SERVER, "\"password\":\"x\",\"key\":\"y\"", FILE1),
		    "expected a password or a key" },
		{ JOB(SERVER, "\"key\":\"\"", FILE1), "expected a password or a key" },
		{ JOB(SERVER, "\"password\":\"x\"", ""), "no files" },
		{ JOB(SERVER, "\"password\":\"x\"", FILE1 "," FILE1), "a file name twice" },
		{ JOB(SERVER, "\"password\":\"x\"",
		      "{\"name\":\"../a\",\"size\":1,\"sha256\":\"" PIN "\"}"),
		    "a file name that cannot be sent" },
		{ JOB(SERVER, "\"password\":\"x\"",
		      "{\"name\":\".a\",\"size\":1,\"sha256\":\"" PIN "\"}"),
		    "a file name that cannot be sent" },
		{ JOB(SERVER, "\"password\":\"x\"",
		      "{\"name\":\"a b\",\"size\":1,\"sha256\":\"" PIN "\"}"),
		    "a file name that cannot be sent" },
		{ JOB(SERVER, "\"password\":\"x\"",
		      "{\"name\":\"a\",\"size\":-1,\"sha256\":\"" PIN "\"}"),
		    "\"size\" is -1, expected 0 to 1125899906842624" },
		{ JOB(SERVER, "\"password\":\"x\"",
		      "{\"name\":\"a\",\"size\":1,\"sha256\":\"00\"}"),
		    "a digest that is none" },
		{ JOB(SERVER, "\"password\":\"x\"", FILE1) "x", "not JSON at byte " },
	};

	(void)state;
	for (size_t i = 0; i < nitems(bad); i++) {
		struct err e = { 0 };

		assert_false(job_read(&job, str_of(bad[i].line), &e));
		if (strncmp(e.text, bad[i].says, strlen(bad[i].says)) != 0)
			fail_msg("%s: says \"%s\"", bad[i].line, e.text);
	}
}

/* ---- with its descriptors ---- */

static int
file_of(size_t size)
{
	char name[] = "/tmp/busbar-job-XXXXXX";
	int fd = mkstemp(name);

	assert_true(fd >= 0 && unlink(name) == 0 && ftruncate(fd, (off_t)size) == 0);
	return fd;
}

static bool
receive(const char *line, const int *fds, size_t n, struct err *e)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int) * 4)];
	} control = { 0 };
	struct iovec from = { (void *)line, strlen(line) };
	struct msghdr m = { .msg_iov = &from, .msg_iovlen = 1 };
	int pair[2];
	bool ok;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	if (n > 0) {
		m.msg_control = &control;
		m.msg_controllen = CMSG_SPACE(sizeof(int) * n);
		struct cmsghdr *c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * n);
		memcpy(CMSG_DATA(c), fds, sizeof(int) * n);
	}
	assert_int_equal(sendmsg(pair[0], &m, 0), (ssize_t)strlen(line));
	close(pair[0]);
	ok = job_receive(&job, pair[1], e);
	close(pair[1]);
	for (size_t i = 0; i < job.files; i++)
		fd_auto(&job.file[i].fd);
	return ok;
}

static void
descriptors_are_what_the_job_says(void **state)
{
	static const char line[] = JOB(SERVER, "\"password\":\"x\"", FILE1) "\n";
	int right = file_of(3), wrong = file_of(4), pair[2] = { right, right };
	struct err e = { 0 };

	(void)state;
	if (!receive(line, &right, 1, &e))
		fail_msg("%s", e.text);
	assert_false(receive(line, &wrong, 1, &e));
	assert_string_equal(e.text, "a.csv is not a file of 3 bytes");
	assert_false(receive(line, pair, 2, &e));
	assert_string_equal(e.text, "2 descriptors for 1 files");
	assert_false(receive(line, NULL, 0, &e));
	assert_string_equal(e.text, "0 descriptors for 1 files");
	assert_false(receive("{\"action\"", NULL, 0, &e));
	assert_int_equal(e.code, ERR_GONE);
	close(right);
	close(wrong);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_job_is_read),
		cmocka_unit_test(a_job_that_is_none_says_why),
		cmocka_unit_test(descriptors_are_what_the_job_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
