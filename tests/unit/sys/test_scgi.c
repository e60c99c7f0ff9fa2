/* SCGI heads: what is taken, and what is refused and why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "rt/loop.h"
#include "sys/scgi.h"

#define HEAD(s) ((struct str){ s, sizeof(s) - 1 })
#define BEGIN              \
	"CONTENT_LENGTH\0" \
	"27\0"             \
	"SCGI\0"           \
	"1\0"
#define USUAL                    \
	BEGIN "REQUEST_METHOD\0" \
	      "PUT\0"            \
	      "REQUEST_URI\0"    \
	      "/box/in/a?b=c\0"

static void
a_head_is_taken_apart(void **state)
{
	struct scgi s;
	struct err e = { 0 };

	(void)state;
	assert_true(scgi_parse(HEAD(USUAL "HTTP_RANGE\0"
					  "\0"),
	    &s, &e));
	assert_int_equal(s.body_bytes, 27);
	assert_true(str_is(s.var[SCGI_METHOD], "PUT"));
	assert_true(str_is(s.var[SCGI_URI], "/box/in/a?b=c"));
	/* there, but empty, is not the same as not there */
	assert_non_null(s.var[SCGI_RANGE].at);
	assert_int_equal(s.var[SCGI_RANGE].len, 0);
	assert_null(s.var[SCGI_ACCEPT].at);
}

static void
a_head_that_is_not_strict_is_refused(void **state)
{
	static const struct {
		struct str head;
		const char *says;
	} cases[] = {
		{ HEAD(""), "a request's CONTENT_LENGTH is not a number" },
		{ HEAD("SCGI\0"
		       "1\0" USUAL),
		    "a request's first pair is SCGI, expected "
		    "CONTENT_LENGTH to come first" },
		{ HEAD(USUAL "CONTENT_LENGTH\0"
			     "27\0"),
		    "a request has CONTENT_LENGTH twice" },
		{ HEAD(USUAL "SCGI\0"
			     "1\0"),
		    "a request has SCGI twice" },
		{ HEAD(USUAL "HTTP_PROXY\0"
			     "x\0"),
		    "a request has the variable \"HTTP_PROXY\", "
		    "which is none of those that are known" },
		{ HEAD(USUAL "REMOTE_USER\0"), "a request's head ends within a pair" },
		{ HEAD(USUAL "HTTP_RANGE\0"
			     "x"),
		    "a request's head ends within a pair" },
		{ HEAD(USUAL "HTTP_ACCEPT\0"
			     "a\nb\0"),
		    "a request has a control character in HTTP_ACCEPT" },
		{ HEAD("CONTENT_LENGTH\0"
		       "+1\0"
		       "SCGI\0"
		       "1\0"),
		    "a request's CONTENT_LENGTH is not a number" },
		{ HEAD("CONTENT_LENGTH\0"
		       "0\0"
		       "SCGI\0"
		       "2\0"),
		    "a request's SCGI is not \"1\"" },
		{ HEAD(BEGIN "REQUEST_METHOD\0"
			     "GET\0"),
		    "a request without a method or an address" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct scgi s;
		struct err e = { 0 };

		assert_false(scgi_parse(cases[i].head, &s, &e));
		assert_string_equal(e.text, cases[i].says);
		assert_int_equal(e.code, ERR_BAD_INPUT);
	}
}

struct sent {
	struct str bytes;
	enum io_got expected;
	const char *says;
};

static bool
read_one(struct task *t, void *arg, struct err *e)
{
	const struct sent *x = arg;
	AUTO(scgi) s = { 0 };
	AUTO_PTR(stream) in = NULL;
	struct err why = { 0 };
	int fd[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	assert_int_equal(write(fd[1], x->bytes.at, x->bytes.len), (ssize_t)x->bytes.len);
	close(fd[1]);
	in = stream_fd_sized(fd[0], 64, e);
	assert_non_null(in);
	assert_int_equal(scgi_read(t, in, &s, &why), x->expected);
	assert_string_equal(why.text, x->says);
	return true;
}

static void
a_netstring_is_read_to_its_comma(void **state)
{
#define NET "70:" USUAL ","
	static const struct sent cases[] = {
		{ HEAD(NET), IO_OK, "" },
		{ HEAD(NET "and the body"), IO_OK, "" },
		{ HEAD(""), IO_END, "" },
		{ HEAD("6"), IO_FAIL, "a request ended in its length" },
		{ HEAD(":"), IO_FAIL, "a request does not begin with its length" },
		{ HEAD("070:" USUAL ","), IO_FAIL, "a request does not begin with its length" },
		{ HEAD("-1:x,"), IO_FAIL, "a request does not begin with its length" },
		{ HEAD("0:,"), IO_FAIL, "a request's head has 0 bytes, expected 1 to 65536" },
		{ HEAD("65537:"), IO_FAIL,
		    "a request's head has 65537 bytes, expected 1 to 65536" },
		{ HEAD("655360:"), IO_FAIL, "a request does not begin with its length" },
		{ HEAD("71:" USUAL ","), IO_FAIL, "the other side ended after 71 of 72 bytes" },
		{ HEAD("69:" USUAL ","), IO_FAIL,
		    "a request's head does not end with a comma" },
		{ HEAD("70:"), IO_FAIL, "a request ended before its head" },
		{ HEAD("GET / HTTP/1.1\r\n"), IO_FAIL,
		    "a request does not begin with its length" },
	};
	struct err e;

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		assert_true(loop_once(read_one, (void *)(uintptr_t)&cases[i], &e));
}

static void
only_one_user_is_answered(void **state)
{
	struct err e;
	int fd[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	assert_true(scgi_peer(fd[0], geteuid(), &e));
	if (geteuid() != 0)
		assert_false(scgi_peer(fd[0], geteuid() + 1, &e));
	close(fd[0]);
	close(fd[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_head_is_taken_apart),
		cmocka_unit_test(a_head_that_is_not_strict_is_refused),
		cmocka_unit_test(a_netstring_is_read_to_its_comma),
		cmocka_unit_test(only_one_user_is_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
