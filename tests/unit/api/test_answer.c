/* A reply that is written piece by piece: its length before its first byte, its tag, whatever
 * its size; memory does not grow with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api.h"
#include "rt/loop.h"

enum { LINE = 100, GOT_MOST = 4 * 1024 * 1024 };

static struct api api;

struct talk {
	size_t lines;
	const char *if_none_match;
	bool head, read_all;
	char *got;
	size_t got_len;
	size_t piece_most; /* memory that it took */
};

static bool
reply(struct task *t, struct talk *x, struct http *r, struct err *e)
{
	struct api_call of = { .api = &api };
	struct call c = { .http = r, .who = &of };
	AUTO(answer) a = { .fd = -1 };

	answer_begin(&a, &c, "text/plain");
	for (size_t i = 0; i < x->lines; i++) {
		buf_fmt(answer_to(&a), "%0*zu\n", LINE - 1, i);
		assert_true(answer_more(&a, e));
		if (answer_to(&a)->cap > x->piece_most)
			x->piece_most = answer_to(&a)->cap;
	}
	assert_int_equal(answer_length(&a), x->lines * LINE);
	return answer_send(t, &a, 200, e);
}

static void
reader(struct task *t, void *arg)
{
	struct {
		struct stream *s;
		struct talk *x;
	} *p = arg;
	struct err e;
	size_t n;

	while (p->x->got_len < GOT_MOST && stream_read(t, p->s, p->x->got + p->x->got_len,
					       GOT_MOST - p->x->got_len, &n, &e) == IO_OK)
		p->x->got_len += n;
}

static bool
run(struct task *t, void *arg, struct err *e)
{
	struct talk *x = arg;
	AUTO_PTR(stream) s = NULL;
	AUTO_PTR(stream) other = NULL;
	struct http r = { .rate_least = 1,
		.grace_ms = 60000,
		.begun_ms = loop_now_ms(task_loop(t)),
		.headers = BUF(HTTP_HEADERS_MOST),
		.head = x->head };
	struct {
		struct stream *s;
		struct talk *x;
	} p;
	struct group g = { 0 };
	int fd[2];
	bool ok;

	r.scgi.var[SCGI_IF_NONE_MATCH] = (struct str){ x->if_none_match,
		x->if_none_match == NULL ? 0 : strlen(x->if_none_match) };
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd), 0);
	s = stream_fd_sized(fd[0], 4096, e);
	other = stream_fd_sized(fd[1], 4096, e);
	r.stream = s;
	p.s = other;
	p.x = x;
	assert_true(group_spawn(t, &g, "reader", reader, &p, e));
	ok = reply(t, x, &r, e);
	buf_auto(&r.headers);
	stream_free(&s);
	group_join(t, &g);
	return ok;
}

static void
talk(struct talk *x)
{
	struct err e = { 0 };

	x->got = calloc(1, GOT_MOST + 1);
	assert_non_null(x->got);
	if (!loop_once(run, x, &e))
		fail_msg("%s", e.text);
	x->got[x->got_len] = '\0';
}

static const char *
body_of(const struct talk *x)
{
	const char *end = strstr(x->got, "\r\n\r\n");

	assert_non_null(end);
	return end + 4;
}

/* The text of a header, up to the end of its line. */
static void
header_of(const struct talk *x, const char *name, char to[100])
{
	const char *at = strstr(x->got, name);

	assert_non_null(at);
	assert_int_equal(sscanf(at + strlen(name), ": %99[^\r]", to), 1);
}

static void
check(size_t lines)
{
	struct talk x = { .lines = lines };
	const char *body;
	char text[100];

	talk(&x);
	body = body_of(&x);
	header_of(&x, "Content-Length", text);
	assert_int_equal(atol(text), lines * LINE);
	assert_int_equal(x.got_len - (size_t)(body_of(&x) - x.got), lines * LINE);
	for (size_t i = 0; i < lines; i++) {
		char line[LINE + 1];

		snprintf(line, sizeof line, "%0*zu\n", LINE - 1, i);
		assert_memory_equal(body + i * LINE, line, LINE);
	}
	assert_true(x.piece_most <= ANSWER_ROOM);
	free(x.got);
}

static void
a_reply_of_any_size_is_whole(void **state)
{
	static const size_t lines[] = { 0, 1, ANSWER_PIECE / LINE - 1, ANSWER_PIECE / LINE + 1,
		2 * ANSWER_PIECE / LINE + 3, 40000 };

	(void)state;
	for (size_t i = 0; i < nitems(lines); i++)
		check(lines[i]);
}

static void
memory_does_not_grow_with_it(void **state)
{
	struct talk small = { .lines = 10000, .head = true },
		    large = { .lines = 100000, .head = true };

	(void)state;
	talk(&small);
	talk(&large); /* 10 MB */
	assert_int_equal(small.piece_most, large.piece_most);
	free(small.got);
	free(large.got);
}

static void
a_tag_is_of_the_bytes(void **state)
{
	struct talk one = { .lines = 5000 }, again = { .lines = 5000 },
		    other = { .lines = 5001 };
	struct talk had = { .lines = 5000 }, head = { .lines = 5000, .head = true };
	char a[100], b[100], c[100], weak[110];

	(void)state;
	talk(&one);
	talk(&again);
	talk(&other);
	header_of(&one, "ETag", a);
	header_of(&again, "ETag", b);
	header_of(&other, "ETag", c);
	assert_string_equal(a, b);
	assert_string_not_equal(a, c);
	had.if_none_match = a;
	talk(&had);
	assert_ptr_equal(strstr(had.got, "Status: 304"), had.got);
	assert_string_equal(body_of(&had), "");
	free(had.got);
	had.got_len = 0;
	snprintf(weak, sizeof weak, "W/%s", a); /* nginx makes it so when it compresses */
	had.if_none_match = weak;
	talk(&had);
	assert_ptr_equal(strstr(had.got, "Status: 304"), had.got);
	talk(&head);
	assert_string_equal(body_of(&head), "");
	header_of(&head, "Content-Length", b);
	assert_int_equal(atol(b), 5000 * LINE);
	free(one.got);
	free(again.got);
	free(other.got);
	free(had.got);
	free(head.got);
}

static void
where_no_file_can_be_it_fails(void **state)
{
	struct talk x = { .lines = 1, .head = true };
	struct err e = { 0 };
	AUTO(answer) a = { .fd = -1 };
	struct api_call of = { .api = &api };
	struct http r = { 0 };
	struct call c = { .http = &r, .who = &of };
	bool ok = true;

	(void)state, (void)x;
	strcpy(api.conf.store_path, "/nowhere");
	answer_begin(&a, &c, "text/plain");
	/* what memory is for goes well */
	for (size_t i = 0; i < ANSWER_HELD * ANSWER_PIECE / LINE; i++) {
		buf_fmt(answer_to(&a), "%0*zu\n", LINE - 1, i);
		assert_true(answer_more(&a, &e));
	}
	for (size_t i = 0; ok && i < 2 * ANSWER_PIECE / LINE; i++) {
		buf_fmt(answer_to(&a), "%0*zu\n", LINE - 1, i);
		ok = answer_more(&a, &e);
	}
	assert_false(ok);
	assert_int_equal(e.code, ERR_IO);
	strcpy(api.conf.store_path, "/tmp");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reply_of_any_size_is_whole),
		cmocka_unit_test(memory_does_not_grow_with_it),
		cmocka_unit_test(a_tag_is_of_the_bytes),
		cmocka_unit_test(where_no_file_can_be_it_fails),
	};

	strcpy(api.conf.store_path, "/tmp");
	memset(api.tag_key, 7, sizeof api.tag_key); /* of zeros it would be no key */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
