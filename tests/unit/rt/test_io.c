/* Streams: lines and bytes, however the input is cut. */
#include "rt_test.h"

#include <sys/socket.h>

#include "rt/io.h"

/* ---- lines ---- */

static const struct line_case {
	const char *bytes;
	size_t most;
	const char *lines; /* its end as "|", or "~" without one; then END, or the error */
} line_cases[] = {
	{ "", 5, "END" },
	{ "\n", 5, "|END" },
	{ "\r\n", 0, "|END" },
	{ "USER oncor\r\nPASS x\r\n", 80, "USER oncor|PASS x|END" },
	{ "a\nbc\n\ndef\n", 80, "a|bc||def|END" },
	{ "last without end", 80, "last without end~END" },
	{ "a\nlast\r", 80, "a|last\r~END" },
	{ "\r\r\n", 80, "\r|END" },
	{ "a\rb\r\n", 80, "a\rb|END" },
	{ "12345\n12345\r\n12345", 5, "12345|12345|12345~END" },
	{ "1234\n123456\n", 5, "1234|a line is longer than 5 bytes" },
	{ "123456\r\n", 5, "a line is longer than 5 bytes" },
	{ "123456", 5, "a line is longer than 5 bytes" },
	{ "12345\r", 5, "a line is longer than 5 bytes" }, /* no line end came behind the CR */
	{ "12345\r6", 5, "a line is longer than 5 bytes" },
	{ "x\n", 0, "a line is longer than 0 bytes" },
};

static void
read_lines(struct task *t, struct stream *s, size_t most, struct trace *r)
{
	struct str line;
	struct err e;

	for (;;)
		switch (stream_line(t, s, most, &line, &e)) {
		case IO_OK:
			note(r, STR_FMT "%c", STR_ARG(line), stream_whole(s) ? '|' : '~');
			break;
		case IO_END:
			note(r, "END");
			return;
		case IO_FAIL:
			note(r, "%s", e.text);
			return;
		}
}

struct lines {
	struct stream *s;
	size_t most;
	struct trace r;
};

static void
lines_task(struct task *t, void *arg)
{
	struct lines *l = arg;

	read_lines(t, l->s, l->most, &l->r);
}

/* Sends bytes in two parts, cut at `cut`; the reader runs into a wait between them. */
static void
check_lines(struct task *t, const struct line_case *c, size_t cut)
{
	size_t len = strlen(c->bytes);
	struct group g = { 0 };
	struct lines l = { .most = c->most };
	int fd[2];

	socket_pair(fd);
	l.s = stream_fd(fd[0], NULL);
	assert_true(group_spawn(t, &g, "lines", lines_task, &l, NULL));
	assert_int_equal(write(fd[1], c->bytes, cut), cut);
	for (int i = 0; i < 3; i++)
		assert_true(task_yield(t, NULL));
	if (g.alive > 0) /* else it was too long already */
		assert_int_equal(write(fd[1], c->bytes + cut, len - cut), len - cut);
	close(fd[1]);
	group_join(t, &g);
	if (strcmp(l.r.at, c->lines) != 0)
		fail_msg("\"%s\" cut at %zu: %s", c->bytes, cut, l.r.at);
	stream_free(&l.s);
}

static bool
lines_body(struct task *t, void *arg, struct err *e)
{
	(void)arg, (void)e;
	for (size_t i = 0; i < nitems(line_cases); i++)
		for (size_t cut = 0; cut <= strlen(line_cases[i].bytes); cut++)
			check_lines(t, &line_cases[i], cut);
	return true;
}

static void
lines_are_the_same_wherever_the_input_is_cut(void **state)
{
	(void)state;
	in_loop(lines_body, NULL);
}

static void
write_bytewise(struct task *t, void *arg)
{
	struct stream *s = arg;
	const char *text = "one\r\n\ntwo\n";

	for (const char *c = text; *c != 0; c++)
		assert_true(stream_write(t, s, c, 1, NULL) && task_yield(t, NULL));
	assert_true(stream_finish(t, s, NULL));
}

static bool
bytewise_body(struct task *t, void *arg, struct err *e)
{
	struct group g = { 0 };
	struct trace r = { 0 };
	AUTO_PTR(stream) in = NULL;
	AUTO_PTR(stream) out = NULL;
	int fd[2];

	(void)arg;
	socket_pair(fd);
	in = stream_fd(fd[0], e);
	out = stream_fd(fd[1], e);
	assert_true(group_spawn(t, &g, "writer", write_bytewise, out, e));
	read_lines(t, in, 10, &r);
	group_join(t, &g);
	assert_string_equal(r.at, "one||two|END");
	return true;
}

static void
lines_come_out_of_single_bytes(void **state)
{
	(void)state;
	in_loop(bytewise_body, NULL);
}

/* A line that fills the buffer but for its end, behind another that has moved the beginning. */
static void
write_long(struct task *t, void *arg)
{
	char *line = malloc(STREAM_LINE_MOST + 2);

	memset(line, 'x', STREAM_LINE_MOST);
	memcpy(line + STREAM_LINE_MOST, "\r\n", 2);
	for (int i = 0; i < 3; i++)
		assert_true(stream_write(t, arg, "short\n", 6, NULL) &&
			    stream_write(t, arg, line, STREAM_LINE_MOST + 2, NULL));
	assert_true(stream_finish(t, arg, NULL));
	free(line);
}

static bool
long_body(struct task *t, void *arg, struct err *e)
{
	struct group g = { 0 };
	AUTO_PTR(stream) in = NULL;
	AUTO_PTR(stream) out = NULL;
	struct str line;
	int fd[2];

	(void)arg;
	socket_pair(fd);
	in = stream_fd(fd[0], e);
	out = stream_fd(fd[1], e);
	assert_true(group_spawn(t, &g, "writer", write_long, out, e));
	for (int i = 0; i < 3; i++) {
		assert_int_equal(stream_line(t, in, STREAM_LINE_MOST, &line, e), IO_OK);
		assert_true(str_is(line, "short"));
		assert_int_equal(stream_line(t, in, STREAM_LINE_MOST, &line, e), IO_OK);
		assert_int_equal(line.len, STREAM_LINE_MOST);
		assert_null(memchr(line.at, '\r', line.len));
	}
	assert_int_equal(stream_line(t, in, STREAM_LINE_MOST, &line, e), IO_END);
	assert_int_equal(stream_line(t, in, STREAM_LINE_MOST, &line, e), IO_END);
	group_join(t, &g);
	return true;
}

static void
the_longest_line_fits(void **state)
{
	(void)state;
	in_loop(long_body, NULL);
}

/* ---- bytes ---- */

static bool
exactly_body(struct task *t, void *arg, struct err *e)
{
	const char *text = "line\n0123456789";
	char to[10];

	(void)arg;
	for (size_t have = 0; have <= 10; have++) {
		AUTO_PTR(stream) s = NULL;
		enum io_got got;
		struct str line;
		char says[100];
		int fd[2];

		socket_pair(fd);
		s = stream_fd(fd[0], e);
		assert_int_equal(write(fd[1], text, 5 + have), 5 + have);
		close(fd[1]);
		assert_int_equal(stream_line(t, s, 9, &line, e), IO_OK);
		assert_int_equal(stream_unread(s), have);
		got = stream_exactly(t, s, to, sizeof to, e);
		if (have == 10)
			assert_true(got == IO_OK && memcmp(to, text + 5, 10) == 0);
		else if (have == 0)
			assert_int_equal(got, IO_END);
		else {
			assert_int_equal(got, IO_FAIL);
			assert_int_equal(e->code, ERR_GONE);
			snprintf(says, sizeof says,
			    "the other side ended after %zu of 10 bytes", have);
			assert_string_equal(e->text, says);
		}
	}
	return true;
}

static void
exactly_is_all_or_an_error_that_counts(void **state)
{
	(void)state;
	in_loop(exactly_body, NULL);
}

enum { MUCH = 3 * 1024 * 1024 };

static char
pattern(size_t i)
{
	return (char)(i * 2654435761u >> 13);
}

static void
write_much(struct task *t, void *arg)
{
	char *all = malloc(MUCH);

	for (size_t i = 0; i < MUCH; i++)
		all[i] = pattern(i);
	assert_true(stream_write(t, arg, all, MUCH, NULL)); /* far more than a socket takes */
	assert_true(stream_finish(t, arg, NULL));
	free(all);
}

static bool
much_body(struct task *t, void *arg, struct err *e)
{
	static const size_t sizes[] = { 1, 7, 4096, STREAM_BUFFER_BYTES, 100000 };
	struct group g = { 0 };
	AUTO_PTR(stream) in = NULL;
	AUTO_PTR(stream) out = NULL;
	char *to = malloc(100000);
	size_t n, total = 0;
	enum io_got got;
	int fd[2];

	(void)arg;
	socket_pair(fd);
	in = stream_fd(fd[0], e);
	out = stream_fd(fd[1], e);
	assert_true(group_spawn(t, &g, "writer", write_much, out, e));
	for (size_t i = 0;
	     (got = stream_read(t, in, to, sizes[i % nitems(sizes)], &n, e)) == IO_OK; i++) {
		assert_in_range(n, 1, sizes[i % nitems(sizes)]);
		for (size_t k = 0; k < n; k++)
			if (to[k] != pattern(total + k))
				fail_msg("byte %zu is wrong", total + k);
		total += n;
	}
	assert_int_equal(got, IO_END);
	assert_int_equal(total, MUCH);
	group_join(t, &g);
	free(to);
	return true;
}

static void
a_large_write_arrives_whole_and_in_order(void **state)
{
	(void)state;
	in_loop(much_body, NULL);
}

/* A peer that is always ready: never a reason to wait. */
struct endless {
	bool end;
	unsigned others;
};

static void
other_task(struct task *t, void *arg)
{
	struct endless *x = arg;

	while (!x->end) {
		x->others++;
		if (!task_yield(t, NULL))
			break;
	}
}

static bool
fast_body(struct task *t, void *arg, struct err *e)
{
	struct endless x = { 0 };
	struct group g = { 0 };
	AUTO_PTR(stream) zero = stream_fd(open("/dev/zero", O_RDWR | O_CLOEXEC), e);
	char to[512];
	size_t n;

	(void)arg;
	assert_true(group_spawn(t, &g, "other", other_task, &x, e));
	task_deadline(t, 20);
	while (stream_read(t, zero, to, sizeof to, &n, e) == IO_OK)
		;
	assert_int_equal(e->code, ERR_TIMEOUT);
	assert_true(x.others > 1);
	task_deadline(t, 0);
	task_deadline(t, 20);
	x.others = 0;
	while (stream_write(t, zero, to, sizeof to, e))
		;
	assert_int_equal(e->code, ERR_TIMEOUT);
	assert_true(x.others > 1);
	x.end = true;
	group_join(t, &g);
	return true;
}

static void
a_fast_peer_neither_starves_others_nor_outruns_the_deadline(void **state)
{
	(void)state;
	in_loop(fast_body, NULL);
}

/* ---- a stream over something else: what TLS will be ---- */

struct fake {
	const char *script; /* r, w: wants that first; 1-9: bytes; e: fails; .: the end */
	struct trace r;
	bool freed;
};

static ssize_t
fake_step(struct fake *f, size_t len, unsigned *want, struct err *e)
{
	char c = *f->script++;

	*want = c == 'r' ? TASK_READ : c == 'w' ? TASK_WRITE : 0;
	if (c >= '1' && c <= '9')
		return (ssize_t)((size_t)(c - '0') < len ? (size_t)(c - '0') : len);
	if (c == 'e')
		err(e, ERR_IO, "failed as told");
	return c == '.' ? 0 : -1;
}

static ssize_t
fake_read(void *self, void *to, size_t len, unsigned *want, struct err *e)
{
	ssize_t n = fake_step(self, len, want, e);

	if (n > 0)
		memset(to, 'x', (size_t)n);
	return n;
}

static ssize_t
fake_write(void *self, const void *from, size_t len, unsigned *want, struct err *e)
{
	struct fake *f = self;
	ssize_t n = fake_step(self, len, want, e);

	if (n > 0)
		note(&f->r, "%.*s,", (int)n, (const char *)from);
	return n;
}

static bool
fake_finish(void *self, unsigned *want, struct err *e)
{
	return fake_step(self, 9, want, e) > 0;
}

static void
fake_free(void *self)
{
	struct fake *f = self;

	f->freed = true;
}

static const struct stream_ops fake_ops = { fake_read, fake_write, fake_finish, fake_free };

static bool
over_body(struct task *t, void *arg, struct err *e)
{
	struct fake f = { .script = "rw3"
				    "wr1rw3"
				    "w1e"
				    "wwr1"
				    "2.e" };
	struct stream *s;
	char to[8];
	size_t n;
	int fd[2];

	(void)arg;
	socket_pair(fd);
	assert_int_equal(write(fd[1], "x", 1), 1); /* always ready for both */
	s = stream_over(fd[0], &fake_ops, &f, e);
	assert_ptr_equal(stream_self(s), &f);
	assert_int_equal(stream_descriptor(s), fd[0]);
	assert_int_equal(stream_read(t, s, to, sizeof to, &n, e), IO_OK);
	assert_int_equal(n, 3);
	assert_true(stream_write(t, s, "abcd", 4, e));
	assert_false(stream_write(t, s, "efg", 3, e));
	assert_string_equal(e->text, "failed as told");
	assert_string_equal(f.r.at, "a,bcd,e,");
	assert_true(stream_finish(t, s, e));
	assert_int_equal(stream_exactly(t, s, to, 3, e), IO_FAIL);
	assert_string_equal(e->text, "the other side ended after 2 of 3 bytes");
	assert_int_equal(
	    stream_read(t, s, to, 3, &n, e), IO_END); /* an end stays one: no call */
	assert_string_equal(f.script, "e");
	assert_int_equal(stream_take(&s), fd[0]);
	assert_null(s);
	assert_true(f.freed);
	assert_int_equal(write(fd[0], "y", 1), 1); /* still open */
	close(fd[0]);
	close(fd[1]);
	return true;
}

static void
a_stream_over_other_operations_waits_for_what_they_want(void **state)
{
	(void)state;
	in_loop(over_body, NULL);
}

static bool
finish_body(struct task *t, void *arg, struct err *e)
{
	AUTO_PTR(stream) a = NULL;
	AUTO_PTR(stream) b = NULL;
	struct str line;
	int fd[2];

	(void)arg;
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0); /* blocking: made not so */
	a = stream_fd(fd[0], e);
	b = stream_fd(fd[1], e);
	assert_true((fcntl(fd[0], F_GETFL) & O_NONBLOCK) != 0);
	assert_true(stream_write(t, a, "", 0, e));
	assert_true(stream_finish(t, a, e)); /* a has said all, and still hears */
	assert_int_equal(stream_line(t, b, 10, &line, e), IO_END);
	assert_true(stream_write(t, b, "answer\n", 7, e));
	assert_int_equal(stream_line(t, a, 10, &line, e), IO_OK);
	assert_true(str_is(line, "answer"));
	assert_false(stream_write(t, a, "x", 1, e));
	assert_int_equal(e->code, ERR_GONE);
	assert_string_equal(e->text, "the other side went away while writing: Broken pipe");
	return true;
}

static void
a_finished_stream_still_reads(void **state)
{
	(void)state;
	in_loop(finish_body, NULL);
}

static void
a_stream_over_a_bad_descriptor_is_refused(void **state)
{
	struct fake f = { 0 };
	struct err e;

	(void)state;
	assert_null(stream_over(999, &fake_ops, &f, &e));
	assert_int_equal(e.code, ERR_IO);
	assert_string_equal(
	    e.text, "cannot make descriptor 999 non-blocking: Bad file descriptor");
	assert_true(f.freed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_the_same_wherever_the_input_is_cut),
		cmocka_unit_test(lines_come_out_of_single_bytes),
		cmocka_unit_test(the_longest_line_fits),
		cmocka_unit_test(exactly_is_all_or_an_error_that_counts),
		cmocka_unit_test(a_large_write_arrives_whole_and_in_order),
		cmocka_unit_test(a_fast_peer_neither_starves_others_nor_outruns_the_deadline),
		cmocka_unit_test(a_stream_over_other_operations_waits_for_what_they_want),
		cmocka_unit_test(a_finished_stream_still_reads),
		cmocka_unit_test(a_stream_over_a_bad_descriptor_is_refused),
	};
	unsigned files = open_files();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	if (open_files() != files)
		fprintf(stderr, "descriptors were left open\n");
	return failed != 0 || open_files() != files;
}
