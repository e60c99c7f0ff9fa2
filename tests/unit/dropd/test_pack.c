/* What is packed opens with the tools that partners have: gzip, unzip, Python's zip reader that
 * streams, zstd and gpg; the sums are those of the bytes; what fails is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pack.h"
#include "rt/loop.h"

enum { KEY_MOST = 64 * 1024, LINE_MOST = 64 };

static char folder[] = "/tmp/busbar-pack-XXXXXX";

/* ---- packing ---- */

struct job {
	struct pack_job pack;
	const char *key, *names[3]; /* of data/pgp; of the members */
	int64_t lines[3];
	int64_t fails_at; /* the output's byte, 0: never */
	int fd;
	int64_t written;
	size_t peak_bytes; /* of memory */
	struct pack_sums sums;
	struct pack_sum first; /* of the first of two members */
	struct err e;
	bool ok;
};

/* What is allocated now, by whom ever. */
static size_t
live_bytes(void)
{
#ifdef __SANITIZE_ADDRESS__
	extern size_t __sanitizer_get_current_allocated_bytes(void);

	return __sanitizer_get_current_allocated_bytes();
#else
	return 1; /* not known */
#endif
}

static bool
to_file(void *self, const void *bytes, size_t len, struct err *e)
{
	struct job *j = self;
	size_t live = live_bytes();

	j->peak_bytes = live > j->peak_bytes ? live : j->peak_bytes;
	if (j->fails_at > 0 && j->written + (int64_t)len > j->fails_at)
		return err(e, ERR_NO_SPACE, "the disk is full");
	j->written += (int64_t)len;
	return write(j->fd, bytes, len) == (ssize_t)len || err_errno(e, ERR_IO, "write");
}

static size_t
line_of(char to[LINE_MOST], int64_t i)
{
	return (size_t)snprintf(to, LINE_MOST, "'1044372%010lld,%08x,0.580,A,Consumption\r\n",
	    (long long)(i % 100), (unsigned)i * 2654435761u >> 20);
}

static bool
pack_all(struct task *t, struct job *j, struct err *e)
{
	char line[LINE_MOST];
	AUTO_PTR(pack) p = pack_open(t, &j->pack, e);

	for (unsigned m = 0; p != NULL && m < nitems(j->names) && j->names[m] != NULL; m++) {
		if (!pack_member(p, j->names[m], m == 1 ? &j->first : NULL, e))
			return false;
		for (int64_t i = 0; i < j->lines[m]; i++)
			if (!pack_add(p, (struct str){ line, line_of(line, i) }, e))
				return false;
	}
	return p != NULL && pack_end(p, &j->sums, e);
}

static bool
in_task(struct task *t, void *arg, struct err *e)
{
	struct job *j = arg;

	(void)e;
	j->ok = pack_all(t, j, &j->e);
	return true;
}

static void
pack_to(struct job *j, const char *name)
{
	AUTO(buf) key = BUF(KEY_MOST);
	char path[256];

	if (j->key != NULL) {
		int fd;
		char *room = buf_room(&key, KEY_MOST / 2);

		(void)snprintf(path, sizeof path, "data/pgp/%s.asc", j->key);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		assert_true(fd >= 0 && room != NULL);
		buf_grew(&key, (size_t)read(fd, room, KEY_MOST / 2));
		close(fd);
		j->pack.key = buf_view(&key);
	}
	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	j->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(j->fd >= 0);
	j->pack.out = to_file;
	j->pack.self = j;
	assert_true(loop_once(in_task, j, NULL));
	close(j->fd);
	if (j->ok)
		assert_true(j->sums.packed_bytes == j->written);
}

/* ---- looking ---- */

/* Runs a shell command in the folder; what it prints. */
static void
shell(char to[256], const char *command)
{
	char all[1024];
	size_t n;
	FILE *f;

	(void)snprintf(all, sizeof all, "cd %s && { %s; } 2>&1", folder, command);
	f = popen(all, "r");
	assert_non_null(f);
	n = fread(to, 1, 255, f);
	to[n] = '\0';
	if (pclose(f) != 0)
		fail_msg("%s: %s", command, to);
}

static void
hex(char to[DIGEST_HEX], const unsigned char sha256[DIGEST_BYTES])
{
	for (unsigned i = 0; i < DIGEST_BYTES; i++)
		(void)snprintf(to + 2 * i, 3, "%02x", sha256[i]);
}

/* The sum of what the command prints is `want`'s. */
static void
assert_opens(const char *command, const struct pack_sum *want)
{
	char got[256], sum[DIGEST_HEX], all[512];

	hex(sum, want->sha256);
	(void)snprintf(all, sizeof all,
	    "%s >plain && sha256sum <plain | cut -c1-64 | tr -d '\\n'", command);
	shell(got, all);
	assert_string_equal(got, sum);
	shell(got, "stat -c %s plain");
	assert_true(atoll(got) == want->bytes);
}

#define PYTHON                                                                                \
	"python3 -c 'import zipfile,sys,shutil; z=zipfile.ZipFile(sys.argv[1]); z.testzip();" \
	"[shutil.copyfileobj(z.open(n), sys.stdout.buffer) for n in sys.argv[2:] or "         \
	"z.namelist()]' "

static void
each_packing_opens_with_the_tools_of_partners(void **state)
{
	static const struct {
		enum pack_kind kind;
		const char *opens;
	} cases[] = {
		{ PACK_NONE, "cat file" },
		{ PACK_GZIP, "gzip -dc file" },
		{ PACK_GZIP, "zcat file" },
		{ PACK_ZSTD, "zstd -qdc file" },
		{ PACK_ZIP, "unzip -p file" },
		{ PACK_ZIP, PYTHON "file" },
	};
	/* nothing, a line, just over two buffers, more */
	static const int64_t lines[] = { 0, 1, 11000, 40000 };
	static const int64_t mosts[] = { 0, INT64_C(1) << 30 };

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		for (size_t k = 0; k < nitems(lines); k++)
			for (size_t m = 0; m < nitems(mosts); m++) {
				struct job j = { .pack = { .kind = cases[i].kind,
						     .made_s = 1795331289,
						     .member_most_bytes = mosts[m] },
					.names = { "IntervalData.csv" },
					.lines = { lines[k] } };

				pack_to(&j, "file");
				if (!j.ok)
					fail_msg("%s", j.e.text);
				assert_opens(cases[i].opens, &j.sums.member);
				assert_true(j.sums.plain_bytes == j.sums.member.bytes);
			}
}

static void
a_zip_holds_several_members_with_their_names_and_times(void **state)
{
	struct job j = { .pack = { .kind = PACK_ZIP, .made_s = 1795331288 },
		.names = { "IntervalMeterUsage.csv", "MonthlyBilling.csv", "empty.csv" },
		.lines = { 30000, 7, 0 } };
	struct pack_sum second = { 0 };
	char got[256], line[LINE_MOST];
	AUTO_PTR(digest) d = digest_new();

	(void)state;
	pack_to(&j, "many.zip");
	assert_true(j.ok);
	assert_opens("unzip -p many.zip IntervalMeterUsage.csv", &j.first);
	for (int64_t i = 0; i < 7; i++) {
		size_t len = line_of(line, i);

		second.bytes += (int64_t)len;
		digest_add(d, line, len);
	}
	digest_end(d, second.sha256);
	assert_opens("unzip -p many.zip MonthlyBilling.csv", &second);
	assert_true(j.sums.member.bytes == 0);
	assert_true(j.sums.plain_bytes == j.first.bytes + second.bytes);
	shell(got, "unzip -tq many.zip");
	assert_string_equal(got, "No errors detected in compressed data of many.zip.\n");
	shell(got,
	    "TZ=UTC unzip -Z1 many.zip; TZ=UTC unzip -ZTs many.zip | grep -c 20261122.070808");
	assert_string_equal(got, "IntervalMeterUsage.csv\nMonthlyBilling.csv\nempty.csv\n3\n");
}

/* A reader of streams trusts the data descriptors: 32 bits of size where the size is bounded.
 */
static void
a_small_zip_does_without_zip64(void **state)
{
	static const struct {
		int64_t most;
		const char *version;
	} cases[] = { { INT64_C(1) << 20, "2.0\n" }, { 0, "4.5\n" },
		{ INT64_C(1) << 33, "4.5\n" } };
	char got[256];

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct job j = { .pack = { .kind = PACK_ZIP,
				     .member_most_bytes = cases[i].most },
			.names = { "a.csv" },
			.lines = { 100 } };

		pack_to(&j, "a.zip");
		assert_true(j.ok);
		shell(got, "unzip -Zv a.zip | grep 'required to extract' | grep -o '[0-9.]*$'");
		assert_string_equal(got, cases[i].version);
	}
}

static void
the_same_is_packed_to_the_same_bytes(void **state)
{
	char first[256], second[256];

	(void)state;
	for (unsigned kind = 0; kind < PACK_KINDS; kind++)
		for (unsigned i = 0; i < 2; i++) {
			struct job j = { .pack = { .kind = (enum pack_kind)kind,
					     .made_s = 1795331289 },
				.names = { "a.csv" },
				.lines = { 50000 } };

			pack_to(&j, "a");
			assert_true(j.ok);
			shell(i == 0 ? first : second, "sha256sum a");
			if (i == 1)
				assert_string_equal(first, second);
		}
}

static void
gpg_opens_a_zip_in_a_message(void **state)
{
	struct job j = { .pack = { .kind = PACK_ZIP },
		.key = "partner",
		.names = { "a.csv", "b.csv" },
		.lines = { 60000, 3 } };
	char got[256], here[256], all[512];

	(void)state;
	pack_to(&j, "a.zip.asc");
	if (!j.ok)
		fail_msg("%s", j.e.text);
	assert_non_null(getcwd(here, sizeof here));
	(void)snprintf(all, sizeof all,
	    "mkdir -m 700 home && gpg --homedir home --batch -q --import "
	    "%s/data/pgp/partner.private.asc && gpg --homedir home --batch -q -o opened.zip -d "
	    "a.zip.asc && "
	    "gpgconf --homedir $PWD/home --kill all && head -n 1 a.zip.asc && rm -rf home",
	    here);
	shell(got, all);
	assert_string_equal(got, "-----BEGIN PGP MESSAGE-----\n");
	assert_opens("unzip -p opened.zip a.csv", &j.first);
	assert_opens("unzip -p opened.zip b.csv", &j.sums.member);
}

static void
what_fails_is_told_and_stops(void **state)
{
	struct job full = { .pack = { .kind = PACK_ZSTD },
		.names = { "a.csv" },
		.lines = { 300000 },
		.fails_at = 200000 };
	struct job full_pgp = { .pack = { .kind = PACK_GZIP },
		.key = "curve",
		.names = { "a.csv" },
		.lines = { 300000 },
		.fails_at = 200000 };
	struct job key = { .pack = { .kind = PACK_ZIP },
		.key = "expired",
		.names = { "a.csv" },
		.lines = { 10 } };
	struct job second = {
		.pack = { .kind = PACK_GZIP }, .names = { "a.csv", "b.csv" }, .lines = { 1, 1 }
	};
	struct job more = { .pack = { .kind = PACK_ZIP, .member_most_bytes = 1000 },
		.names = { "a.csv" },
		.lines = { 1000 } };

	(void)state;
	pack_to(&full, "full");
	assert_false(full.ok);
	assert_int_equal(full.e.code, ERR_NO_SPACE);
	assert_string_equal(full.e.text, "the disk is full");
	pack_to(&full_pgp, "full");
	assert_false(full_pgp.ok);
	assert_int_equal(full_pgp.e.code, ERR_NO_SPACE);
	pack_to(&key, "key");
	assert_false(key.ok);
	assert_int_equal(key.e.code, ERR_BAD_INPUT);
	pack_to(&second, "second");
	assert_false(second.ok);
	assert_string_equal(second.e.text, "a second member in a file that is not a zip");
	pack_to(&more, "more");
	assert_false(more.ok);
	assert_int_equal(more.e.code, ERR_TOO_BIG);
}

/* Leaving in the middle ends gpg and takes the memory back (the sanitizer looks). */
static bool
leave(struct task *t, void *arg, struct err *e)
{
	struct job *j = arg;
	char line[LINE_MOST];
	AUTO_PTR(pack) p = pack_open(t, &j->pack, e);

	assert_non_null(p);
	assert_true(pack_member(p, "a.csv", NULL, e));
	for (int64_t i = 0; i < 50000; i++)
		assert_true(pack_add(p, (struct str){ line, line_of(line, i) }, e));
	return true;
}

static bool
sink(void *self, const void *bytes, size_t len, struct err *e)
{
	(void)self, (void)bytes, (void)len, (void)e;
	return true;
}

static void
a_job_that_is_left_leaves_nothing(void **state)
{
	struct job j = { .pack = { .kind = PACK_ZIP, .out = sink } };
	AUTO(buf) key = BUF(KEY_MOST);
	char *room = buf_room(&key, KEY_MOST / 2), got[256];
	int fd = open("data/pgp/curve.asc", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_true(fd >= 0 && room != NULL);
	buf_grew(&key, (size_t)read(fd, room, KEY_MOST / 2));
	close(fd);
	j.pack.key = buf_view(&key);
	assert_true(loop_once(leave, &j, NULL));
	(void)snprintf(got, sizeof got, "pgrep -P %d gpg || echo none", (int)getpid());
	shell(got, got);
	assert_string_equal(got, "none\n");
}

static void
memory_is_flat(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < PACK_KINDS; kind++) {
		size_t peak[2];

		for (unsigned i = 0; i < 2; i++) {
			struct job j = { .pack = { .kind = (enum pack_kind)kind },
				.names = { "a.csv" },
				.lines = { i == 0 ? 30000 : 900000 } };

			pack_to(&j, "a");
			assert_true(j.ok);
			peak[i] = j.peak_bytes;
		}
		assert_true(peak[0] > 0 && peak[1] < peak[0] + 1024);
	}
}

/* Only with BUSBAR_TEST_LONG=true: the sizes do not fit 32 bits. */
static void
a_zip_over_4_gib_opens(void **state)
{
	const char *run = getenv("BUSBAR_TEST_LONG");
	struct job j = { .pack = { .kind = PACK_ZIP },
		.names = { "a.csv", "b.csv" },
		.lines = { INT64_C(100000000), 5 } };

	(void)state;
	if (run == NULL || strcmp(run, "true") != 0)
		skip();
	pack_to(&j, "a.zip");
	assert_true(j.ok && j.first.bytes > INT64_C(4) << 30);
	assert_opens("unzip -p a.zip a.csv", &j.first);
	assert_opens("unzip -p a.zip b.csv", &j.sums.member);
	assert_opens(PYTHON "a.zip a.csv", &j.first);
}

static int
make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static int
remove_folder(void **state)
{
	char command[128];

	(void)state;
	(void)snprintf(command, sizeof command, "rm -r %s", folder);
	return system(command);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_flat),
		cmocka_unit_test(each_packing_opens_with_the_tools_of_partners),
		cmocka_unit_test(a_zip_holds_several_members_with_their_names_and_times),
		cmocka_unit_test(a_small_zip_does_without_zip64),
		cmocka_unit_test(the_same_is_packed_to_the_same_bytes),
		cmocka_unit_test(gpg_opens_a_zip_in_a_message),
		cmocka_unit_test(what_fails_is_told_and_stops),
		cmocka_unit_test(a_job_that_is_left_leaves_nothing),
		cmocka_unit_test(a_zip_over_4_gib_opens),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
