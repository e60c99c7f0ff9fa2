/*
 * A client that goes away in the middle of everything. A server speaks a small dialogue with
 * everything in it that a real one has: a banner, commands by line, a counted body, a place at
 * a gate, work in the pool, a reply larger than a socket takes, a goodbye. The client leaves
 * after sending k bytes, for every k, or after reading k bytes; in peace, half-closed, or by
 * reset. Afterwards the server must have ended, with nothing open, no task alive and no place
 * taken.
 */
#include "rt_test.h"

#include <sys/socket.h>

#include "rt/gate.h"
#include "rt/io.h"
#include "rt/work.h"

enum { REPLY_BYTES = 400 * 1024, BODY_BYTES = 9 };

static const char asked[] = "USER oncor\r\nSTOR 9\r\n012345678RETR\r\nQUIT\r\n";

enum leave { IN_PEACE, HALF, BY_RESET, LEAVES };

struct server {
	int listener;
	struct gate gate;
	struct err e;
	unsigned stage; /* how far the dialogue came */
	bool done, gone;
};

static void
sum(void *arg)
{
	unsigned char *body = arg;

	for (int i = 1; i < BODY_BYTES; i++)
		body[0] = (unsigned char)(body[0] + body[i]);
}

static bool
say(struct task *t, struct stream *s, const char *text, struct err *e)
{
	return stream_write(t, s, text, strlen(text), e);
}

static bool
hear(struct task *t, struct stream *s, const char *line, struct err *e)
{
	struct str is;

	enum io_got got = stream_line(t, s, 80, &is, e);

	if (got == IO_END || (got == IO_OK && !stream_whole(s)))
		return err(e, ERR_GONE, "ended before or within %s", line);
	return got == IO_OK &&
	       (str_is(is, line) || err(e, ERR_BAD_INPUT, "heard " STR_FMT, STR_ARG(is)));
}

static bool
store(struct task *t, struct stream *s, struct server *v, struct err *e)
{
	unsigned char body[BODY_BYTES];
	bool ok;

	if (!gate_enter(t, &v->gate, e))
		return false;
	ok = say(t, s, "150 send\r\n", e) &&
	     stream_exactly(t, s, body, sizeof body, e) == IO_OK && work_run(t, sum, body, e) &&
	     task_yield(t, e);
	gate_leave(&v->gate);
	if (!ok && e->code == 0)
		return err(e, ERR_GONE, "ended before the body");
	return ok;
}

static bool
give(struct task *t, struct stream *s, struct err *e)
{
	char *much = calloc(1, REPLY_BYTES);
	bool ok = stream_write(t, s, much, REPLY_BYTES, e);

	free(much);
	return ok;
}

static bool
stage(struct server *v)
{
	v->stage++;
	return true;
}

static void
small_buffers(int fd)
{
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &(int){ 16 * 1024 }, sizeof(int));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &(int){ 16 * 1024 }, sizeof(int));
}

static bool
talk(struct task *t, struct server *v, struct err *e)
{
	AUTO_PTR(stream) s = NULL;
	int fd = io_accept(t, v->listener, e);

	if (fd < 0)
		return false;
	small_buffers(fd); /* the large reply must not fit into them */
	s = stream_fd(fd, e);
	return s != NULL && say(t, s, "220 hub\r\n", e) && stage(v) &&
	       hear(t, s, "USER oncor", e) && say(t, s, "331 ok\r\n", e) && stage(v) &&
	       hear(t, s, "STOR 9", e) && stage(v) && store(t, s, v, e) &&
	       say(t, s, "226 stored\r\n", e) && stage(v) && hear(t, s, "RETR", e) &&
	       give(t, s, e) && stage(v) && hear(t, s, "QUIT", e) &&
	       say(t, s, "221 bye\r\n", e) && stage(v) && stream_finish(t, s, e);
}

static void
serve(struct task *t, void *arg)
{
	struct server *v = arg;

	task_deadline(t, 20000); /* nobody should ever need it */
	v->done = talk(t, v, &v->e);
}

struct client {
	const char *address;
	size_t sends, reads; /* then leaves */
	enum leave leave;
};

static void
go(struct stream **s, enum leave how)
{
	const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

	if (how == BY_RESET)
		setsockopt(
		    stream_descriptor(*s), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	stream_free(s);
}

static void
sender(struct task *t, void *arg)
{
	struct client *c = arg;
	struct stream *s = stream_fd(io_connect(t, c->address, NULL), NULL);
	char sink[4096];
	size_t n;

	assert_non_null(s);
	assert_true(c->sends == 0 || stream_write(t, s, asked, c->sends, NULL));
	if (c->leave == HALF) {
		stream_finish(t, s, NULL); /* may be refused: the server may be gone */
		while (stream_read(t, s, sink, sizeof sink, &n, NULL) == IO_OK)
			;
	}
	go(&s, c->leave);
}

/* Asks for all, and takes only so much of the answers. */
static void
reader(struct task *t, void *arg)
{
	struct client *c = arg;
	struct stream *s = stream_fd(io_connect(t, c->address, NULL), NULL);
	char sink[4096];
	size_t n = 0;

	assert_non_null(s);
	small_buffers(stream_descriptor(s));
	assert_true(stream_write(t, s, asked, sizeof asked - 1, NULL));
	for (size_t left = c->reads; left > 0; left -= n)
		assert_int_equal(
		    stream_read(t, s, sink, left < sizeof sink ? left : sizeof sink, &n, NULL),
		    IO_OK);
	go(&s, c->leave);
}

static unsigned
dialogue(struct task *t, const char *address, task_fn *client, struct client *c)
{
	struct server v = { .gate = GATE(1, 0) };
	struct group g = { 0 };
	char where[32];
	unsigned files = open_files();

	v.listener = io_listen(address, 0600, 5, NULL);
	assert_true(v.listener >= 0);
	if (io_port(v.listener) > 0)
		snprintf(where, sizeof where, "tcp:127.0.0.1:%d", io_port(v.listener));
	c->address = io_port(v.listener) > 0 ? where : address;
	assert_true(group_spawn(t, &g, "server", serve, &v, NULL));
	assert_true(group_spawn(t, &g, "client", client, c, NULL));
	group_join(t, &g);
	close(v.listener);
	if (!v.done && v.e.code != ERR_GONE)
		fail_msg("after %zu, %zu: stage %u, %s %s", c->sends, c->reads, v.stage,
		    err_rows[v.e.code].name, v.e.text);
	assert_int_equal(v.gate.inside + v.gate.waiting, 0);
	assert_int_equal(loop_tasks(task_loop(t)), 1);
	assert_int_equal(open_files(), files);
	return v.done ? 100 : v.stage;
}

/* The pool starts with the first work and keeps a descriptor: before any are counted. */
static void
start_pool(struct task *t)
{
	unsigned char body[BODY_BYTES] = { 0 };

	assert_true(work_run(t, sum, body, NULL));
}

static bool
senders_body(struct task *t, void *arg, struct err *e)
{
	const char *address = arg;
	/* how far a half-closing client of so many bytes must be served: its input is all there
	 */
	static const struct {
		size_t bytes;
		unsigned stage;
	} reach[] = { { 0, 1 }, { 11, 1 }, { 12, 2 }, { 19, 2 }, { 20, 3 }, { 28, 3 },
		{ 29, 4 }, { 34, 4 }, { 35, 5 }, { 40, 5 }, { 41, 100 } };

	(void)e;
	start_pool(t);
	for (size_t k = 0; k < sizeof asked; k++)
		for (enum leave how = IN_PEACE; how < LEAVES; how++) {
			struct client c = { .sends = k, .leave = how };
			unsigned stage_reached = dialogue(t, address, sender, &c);

			for (size_t i = 0; how == HALF && i < nitems(reach); i++)
				if (reach[i].bytes == k)
					assert_int_equal(stage_reached, reach[i].stage);
		}
	return true;
}

static bool
readers_body(struct task *t, void *arg, struct err *e)
{
	const char *address = arg;
	const size_t greetings = strlen("220 hub\r\n331 ok\r\n150 send\r\n226 stored\r\n");

	(void)e;
	start_pool(t);
	for (size_t k = 0; k <= greetings + 20; k++)
		for (enum leave how = IN_PEACE; how < LEAVES; how += 2) {
			struct client c = { .reads = k, .leave = how };

			dialogue(t, address, reader, &c);
		}
	for (size_t k = greetings + 1; k < greetings + REPLY_BYTES / 2; k += 19119) {
		struct client c = { .reads = k, .leave = k % 2 ? BY_RESET : IN_PEACE };

		assert_true(dialogue(t, address, reader, &c) < 100);
	}
	return true;
}

static void
on_both(body_fn *body)
{
	char path[64];

	in_loop(body, (void *)(uintptr_t) "tcp:127.0.0.1:0");
	snprintf(path, sizeof path, "unix:/tmp/rt_gone_%d", (int)getpid());
	in_loop(body, path);
	unlink(path + 5);
}

static void
a_client_may_leave_after_any_byte_it_sends(void **state)
{
	(void)state;
	on_both(senders_body);
}

static void
a_client_may_leave_after_any_byte_it_reads(void **state)
{
	(void)state;
	on_both(readers_body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_client_may_leave_after_any_byte_it_sends),
		cmocka_unit_test(a_client_may_leave_after_any_byte_it_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
