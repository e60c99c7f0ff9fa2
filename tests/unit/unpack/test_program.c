/* The program as its parent sees it: descriptors in, bytes, words and exit code out. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"

enum { OUT_MOST = 4 * 1024 * 1024, WORDS_MOST = 4096 };

static char program[PATH_MAX]; /* in ../bin, seen from where the tests are built */

static void
find_program(void)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	assert_true(n > 0);
	self[n] = '\0';
	assert_true(snprintf(program, sizeof(program), "%s/../bin/busbar-unpack",
			dirname(self)) < (int)sizeof(program));
}

static void
run_child(int in, int out, int words, char *const args[])
{
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(words, 2) < 0)
		_exit(99);
	for (int fd = 3; fd < 64; fd++)
		close(fd);
	execv(program, args);
	_exit(98);
}

static void
read_all(int fd, struct buf *b)
{
	char piece[65536];
	ssize_t n;

	assert_true(lseek(fd, 0, SEEK_SET) == 0);
	while ((n = read(fd, piece, sizeof(piece))) > 0)
		buf_add(b, piece, (size_t)n);
	assert_true(n == 0 && buf_ok(b));
	close(fd);
}

/* Runs with stdin from a file; returns the exit code, or 1000 and the signal. */
static int
run(const char *file, char *const args[], struct buf *out, struct buf *words)
{
	int in = open(file, O_RDONLY | O_CLOEXEC);
	int out_fd = memfd_create("out", MFD_CLOEXEC);
	int words_fd = memfd_create("words", MFD_CLOEXEC);
	int status;
	pid_t child;

	assert_true(in >= 0 && out_fd >= 0 && words_fd >= 0);
	child = fork();
	if (child == 0)
		run_child(in, out_fd, words_fd, args);
	assert_true(child > 0);
	while (waitpid(child, &status, 0) < 0)
		assert_int_equal(errno, EINTR);
	close(in);
	read_all(out_fd, out);
	read_all(words_fd, words);
	buf_byte(words, '\0');
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

#define UNPACK "data/unpack/"
#define ESPI   "data/espi/"

/* clang-format off */
static const struct {
	const char *mode, *options[2], *in;
	int exit;
	const char *out;   /* file; NULL: not looked at */
	const char *words;
} cases[] = {
	{ "plain", { NULL }, UNPACK "plain.gz", 0, UNPACK "plain.txt", "" },
	{ "plain", { NULL }, UNPACK "plain.zst", 0, UNPACK "plain.txt", "" },
	{ "plain", { NULL }, UNPACK "stored.zip", 0, UNPACK "plain.txt", "" },
	{ "plain", { NULL }, UNPACK "streamed.zip", 0, UNPACK "plain.txt", "" },
	{ "plain", { NULL }, UNPACK "utf8-name.zip", 0, UNPACK "plain.txt", "" },
	{ "plain", { NULL }, UNPACK "empty.gz", 0, "/dev/null", "" },
	{ "plain", { "--max", "1090" }, UNPACK "plain.gz", 0, UNPACK "plain.txt", "" },
	{ "plain", { "--max", "1089" }, UNPACK "plain.gz", 65, "/dev/null", "byte 534: more than 1089 bytes come out, which is the most" },
	{ "plain", { "--ratio", "1000" }, UNPACK "bomb.gz", 0, NULL, "" },
	{ "plain", { "--ratio", "900" }, UNPACK "bomb.gz", 65, NULL, "byte 1101: grows more than 900 times, which is the most" },
	{ "plain", { NULL }, UNPACK "plain.txt", 65, "/dev/null", "byte 0: neither gzip, zip nor zstd" },
	{ "plain", { NULL }, "/dev/null", 65, "/dev/null", "byte 0: neither gzip, zip nor zstd" },
	{ "plain", { NULL }, UNPACK "two-members.zip", 65, NULL, "byte 586: a second member in the zip, expected exactly one" },
	{ "plain", { NULL }, UNPACK "none.zip", 65, "/dev/null", "byte 0: a zip without member, expected exactly one" },
	{ "plain", { NULL }, UNPACK "folder.zip", 65, "/dev/null", "byte 0: the zip's member is not a file" },
	{ "plain", { NULL }, UNPACK "encrypted.zip", 65, "/dev/null", "byte 0: an encrypted zip, expected an open one" },
	{ "plain", { NULL }, UNPACK "crc.zip", 65, NULL, "byte 1130: damaged zip: ZIP bad CRC: 0xec911386 should be 0x4cd4e39" },
	{ "plain", { NULL }, UNPACK "gzip-within.zip", 65, "/dev/null", "byte 0: gzip within zip, expected plain content" },
	{ "plain", { NULL }, UNPACK "gzip-within.gz", 65, "/dev/null", "byte 0: gzip within gzip, expected plain content" },
	{ "plain", { NULL }, UNPACK "cut.gz", 65, NULL, "byte 200: damaged gzip: truncated gzip input" },
	{ "plain", { NULL }, UNPACK "cut.zst", 65, NULL, "byte 100: damaged zstd: Truncated zstd input" },
	{ "plain", { NULL }, UNPACK "crc.gz", 65, NULL, "byte 534: the gzip check sum is not that of the content: damaged, or more than one gzip member" },
	{ "plain", { NULL }, UNPACK "length.gz", 65, NULL, "byte 534: the gzip check sum is not that of the content: damaged, or more than one gzip member" },
	{ "plain", { NULL }, UNPACK "joined.gz", 65, NULL, "byte 1068: the gzip check sum is not that of the content: damaged, or more than one gzip member" },
	{ "plain", { NULL }, UNPACK "tail.gz", 65, NULL, "byte 535: the gzip check sum is not that of the content: damaged, or more than one gzip member" },
	{ "espi", { NULL }, ESPI "good/two-channels.xml", 0, ESPI "good/two-channels.lines", "" },
	{ "espi", { NULL }, ESPI "good/any-order.xml", 0, ESPI "good/any-order.lines", "" },
	{ "espi", { NULL }, ESPI "good/any-order.xml.gz", 0, ESPI "good/any-order.lines", "" },
	{ "espi", { NULL }, ESPI "bad/readings.xml", 0, ESPI "bad/readings.lines", "" },
	{ "espi", { "--xml", "2000" }, ESPI "good/two-channels.xml", 65, "/dev/null", "more than 2000 bytes of XML, which is the most" },
	{ "espi", { NULL }, UNPACK "plain.txt", 65, "/dev/null", "byte 1: not XML in UTF-8, expected \"<\"" },
	{ "espi", { NULL }, "/dev/null", 65, "/dev/null", "byte 1: not XML in UTF-8, expected \"<\"" },
};
/* clang-format on */

static void
objects_give_bytes_or_exact_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		char *args[] = { "busbar-unpack", (char *)cases[i].mode,
			(char *)cases[i].options[0], (char *)cases[i].options[1], NULL };
		AUTO(buf) out = BUF(OUT_MOST);
		AUTO(buf) want = BUF(OUT_MOST);
		AUTO(buf) words = BUF(WORDS_MOST);
		char said[WORDS_MOST] = "";
		int got = run(cases[i].in, args, &out, &words);

		if (cases[i].words[0] != '\0')
			snprintf(said, sizeof(said), "busbar-unpack: %s\n", cases[i].words);
		assert_string_equal(words.at, said);
		assert_int_equal(got, cases[i].exit);
		if (cases[i].out == NULL)
			continue;
		read_all(open(cases[i].out, O_RDONLY | O_CLOEXEC), &want);
		assert_true(str_eq(buf_view(&out), buf_view(&want)));
	}
}

static void
command_line_is_checked(void **state)
{
	static const char *const wrong[][4] = {
		{ NULL },
		{ "tar" },
		{ "plain", "--max" },
		{ "plain", "--max", "0" },
		{ "plain", "--max", "-1" },
		{ "plain", "--most", "1" },
		{ "espi", "--ratio", "" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(wrong); i++) {
		char *args[] = { "busbar-unpack", (char *)wrong[i][0], (char *)wrong[i][1],
			(char *)wrong[i][2], NULL };
		AUTO(buf) out = BUF(OUT_MOST);
		AUTO(buf) words = BUF(WORDS_MOST);

		assert_int_equal(run("/dev/null", args, &out, &words), 64);
		assert_int_equal(out.len, 0);
		assert_true(str_starts(buf_view(&words), "usage: busbar-unpack"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_give_bytes_or_exact_words),
		cmocka_unit_test(command_line_is_checked),
	};

	find_program();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
