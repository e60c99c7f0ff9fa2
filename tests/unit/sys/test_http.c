/* Values of headers and addresses, the table of routes, and replies byte for byte. */
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

#include "base/code.h"
#include "rt/loop.h"
#include "sys/route.h"

static void
ranges_are_those_of_rfc_9110(void **state)
{
	/* section 14.1.2 has the examples of 10000 bytes */
	static const struct {
		const char *value;
		int64_t size;
		enum http_range how;
		int64_t first, len;
	} cases[] = {
		{ "bytes=0-499", 10000, HTTP_PART, 0, 500 },
		{ "bytes=500-999", 10000, HTTP_PART, 500, 500 },
		{ "bytes=-500", 10000, HTTP_PART, 9500, 500 },
		{ "bytes=9500-", 10000, HTTP_PART, 9500, 500 },
		{ "Bytes=9500-20000", 10000, HTTP_PART, 9500, 500 },
		{ "bytes=-20000", 10000, HTTP_PART, 0, 10000 },
		{ "bytes=0-0", 1, HTTP_PART, 0, 1 },
		{ "bytes=10000-", 10000, HTTP_OUTSIDE, 10000, 10000 },
		{ "bytes=-0", 10000, HTTP_OUTSIDE, 0, 10000 },
		{ "bytes=0-", 0, HTTP_OUTSIDE, 0, 0 },
		{ "bytes=-5", 0, HTTP_OUTSIDE, 0, 0 },
		{ "bytes=0-0,-1", 10000, HTTP_WHOLE, 0, 10000 },
		{ "bytes=500-499", 10000, HTTP_WHOLE, 0, 10000 },
		{ "bytes=+1-2", 10000, HTTP_WHOLE, 0, 10000 },
		{ "bytes=1-99999999999999999999", 10000, HTTP_WHOLE, 0, 10000 },
		{ "bytes=", 10000, HTTP_WHOLE, 0, 10000 },
		{ "lines=1-2", 10000, HTTP_WHOLE, 0, 10000 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		int64_t first, len;
		enum http_range how =
		    http_range_of(str_of(cases[i].value), cases[i].size, &first, &len);

		if (how != cases[i].how || first != cases[i].first || len != cases[i].len)
			fail_msg("%s: %d %lld %lld", cases[i].value, (int)how, (long long)first,
			    (long long)len);
	}
}

static void
a_part_of_an_upload_lies_within_its_whole(void **state)
{
	static const struct {
		const char *value;
		bool ok;
		int64_t first, last, total;
	} cases[] = {
		{ "bytes 0-99/200", true, 0, 99, 200 },
		{ "bytes 100-199/200", true, 100, 199, 200 },
		{ "bytes */200", true, -1, -1, 200 },
		{ "bytes 100-200/200", false, 0, 0, 0 },
		{ "bytes 100-99/200", false, 0, 0, 0 },
		{ "bytes 0-99/*", false, 0, 0, 0 },
		{ "bytes 0-99", false, 0, 0, 0 },
		{ "bytes -1-99/200", false, 0, 0, 0 },
		{ "0-99/200", false, 0, 0, 0 },
		{ "", false, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		int64_t first, last, total;
		bool ok = http_content_range(str_of(cases[i].value), &first, &last, &total);

		if (ok != cases[i].ok ||
		    (ok && (first != cases[i].first || last != cases[i].last ||
			       total != cases[i].total)))
			fail_msg("%s", cases[i].value);
	}
}

static void
escapes_are_undone_once(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = { { "a%20b", "a b" }, { "%C3%a9", "\xc3\xa9" }, { "%2525", "%25" },
		{ "a+b", "a+b" }, { "", "" }, { "%00", NULL }, { "%", NULL }, { "%2", NULL },
		{ "%g0", NULL }, { "123456789", NULL } };
	char to[9];
	AUTO(buf) b = BUF(100);

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		bool ok = http_unescape(to, sizeof to, str_of(cases[i].in));

		assert_int_equal(ok, cases[i].out != NULL);
		if (ok)
			assert_string_equal(to, cases[i].out);
	}
	http_escape(&b, STR("a b/\xc3\xa9~"));
	assert_true(str_is(buf_view(&b), "a%20b%2F%C3%A9~"));
	buf_reset(&b);
	http_html(&b, STR("<a href=\"'&'\">"));
	assert_true(str_is(buf_view(&b), "&lt;a href=&quot;&#39;&amp;&#39;&quot;&gt;"));
}

static void
tags_digests_and_dates_are_understood(void **state)
{
	/* RFC 9530 section B.1: the digest of {"hello": "world"} and a line feed */
	static const char value[] =
	    "sha-512=:AA==:, sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
	static const unsigned char first[] = { 0x44, 0xaf, 0xf4, 0xab };
	unsigned char sha256[32];
	char date[HTTP_DATE_SIZE];

	(void)state;
	assert_true(http_tag_in(STR("\"a\", \"b\""), STR("\"b\""), false));
	assert_true(http_tag_in(STR("W/\"b\""), STR("\"b\""), true));
	assert_false(http_tag_in(STR("W/\"b\""), STR("\"b\""), false));
	assert_false(http_tag_in(STR("\"bb\""), STR("\"b\""), true));
	assert_false(http_tag_in(STR(""), STR("\"b\""), true));
	assert_true(http_digest(str_of(value), sha256));
	assert_memory_equal(sha256, first, sizeof first);
	assert_false(http_digest(STR("sha-256=:AA==:"), sha256));
	assert_false(http_digest(STR("md5=:AA==:"), sha256));
	http_date(date, 784111777);
	assert_string_equal(date, "Sun, 06 Nov 1994 08:49:37 GMT");
	http_date(date, 0);
	assert_string_equal(date, "Thu, 01 Jan 1970 00:00:00 GMT");
}

static bool
nothing(struct task *t, struct call *c, struct err *e)
{
	(void)t, (void)c, (void)e;
	return true;
}

static void
a_request_finds_its_row(void **state)
{
	static const struct route rows[] = {
		{ "GET", "/", 0, 0, nothing, "root" },
		{ "GET", "/box/", 0, 0, nothing, "box" },
		{ "GET", "/box/{folder}/", 0, 0, nothing, "folder" },
		{ "GET", "/box/{folder}/{name}", 0, 0, nothing, "get" },
		{ "PUT", "/box/{folder}/{name}", 0, 9, nothing, "put" },
	};
	static const struct {
		const char *method, *path;
		enum route_found found;
		const char *what; /* the row, or the methods */
		const char *param[2];
	} cases[] = {
		{ "GET", "/", ROUTE_OK, "root", { "", "" } },
		{ "GET", "/box", ROUTE_OK, "box", { "", "" } },
		{ "GET", "/box/", ROUTE_OK, "box", { "", "" } },
		{ "GET", "/box/in", ROUTE_OK, "folder", { "in", "" } },
		{ "GET", "/box/in/", ROUTE_OK, "folder", { "in", "" } },
		{ "HEAD", "/box/in/a%20b", ROUTE_OK, "get", { "in", "a b" } },
		{ "PUT", "/box/in/a", ROUTE_OK, "put", { "in", "a" } },
		{ "PUT", "/box/in/", ROUTE_METHOD, "GET, HEAD", { NULL, NULL } },
		{ "DELETE", "/box/in/a", ROUTE_METHOD, "GET, HEAD, PUT", { NULL, NULL } },
		{ "put", "/box/in/a", ROUTE_METHOD, "GET, HEAD, PUT", { NULL, NULL } },
		{ "GET", "/box/in/a%00", ROUTE_BAD, NULL, { NULL, NULL } },
		{ "GET", "/box/in/a%ff", ROUTE_BAD, NULL, { NULL, NULL } },
		{ "GET", "/box/in/a/b", ROUTE_NONE, NULL, { NULL, NULL } },
		{ "GET", "/box//a", ROUTE_OK, "folder", { "a", "" } },
		{ "GET", "//box//", ROUTE_OK, "box", { "", "" } },
		{ "GET", "//", ROUTE_OK, "root", { "", "" } },
		{ "GET", "/box//in//a/", ROUTE_OK, "get", { "in", "a" } },
		{ "GET", "/x/../box/", ROUTE_NONE, NULL, { NULL, NULL } },
		{ "GET", "", ROUTE_NONE, NULL, { NULL, NULL } },
		{ "GET", "*", ROUTE_NONE, NULL, { NULL, NULL } },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct call c = { 0 };
		char allow[ROUTE_ALLOW_SIZE];
		enum route_found found = route_find(rows, nitems(rows), false,
		    str_of(cases[i].method), str_of(cases[i].path), &c, allow);

		if (found != cases[i].found)
			fail_msg("%s %s: %d", cases[i].method, cases[i].path, (int)found);
		if (found == ROUTE_OK)
			assert_string_equal(c.route->does, cases[i].what);
		if (found == ROUTE_METHOD)
			assert_string_equal(allow, cases[i].what);
		for (size_t k = 0; k < 2 && cases[i].param[k] != NULL; k++)
			assert_string_equal(c.param[k], cases[i].param[k]);
	}
}

static void
case_may_be_ignored(void **state)
{
	static const struct route rows[] = {
		{ "POST", "/v2/Interval/{id}/x/{a}/{b}/{c}/{d}", 0, 0, nothing, "deep" },
	};
	struct call c = { 0 };
	char allow[ROUTE_ALLOW_SIZE];

	(void)state;
	assert_int_equal(route_find(rows, 1, true, STR("POST"),
			     STR("/V2/iNTERVAL/Aa/X/1/2/3/4/"), &c, allow),
	    ROUTE_OK);
	assert_string_equal(c.param[0], "Aa");
	assert_string_equal(c.param[4], "4");
	assert_int_equal(route_find(rows, 1, false, STR("POST"),
			     STR("/V2/iNTERVAL/Aa/X/1/2/3/4/"), &c, allow),
	    ROUTE_NONE);
}

/* ---- replies ---- */

struct talk {
	const char *request;
	size_t len;
	bool (*reply)(struct task *t, struct http *r, struct err *e);
	char got[4096];
};

static bool
talk_run(struct task *t, void *arg, struct err *e)
{
	struct talk *x = arg;
	AUTO_PTR(stream) s = NULL;
	AUTO(http) r = { 0 };
	ssize_t n;
	int fd[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	assert_int_equal(write(fd[1], x->request, x->len), (ssize_t)x->len);
	s = stream_fd_sized(fd[0], 4096, e);
	assert_int_equal(http_take(t, &r, s, e), IO_OK);
	assert_true(x->reply(t, &r, e));
	n = read(fd[1], x->got, sizeof x->got - 1);
	assert_true(n > 0);
	x->got[n] = '\0';
	close(fd[1]);
	return true;
}

static void
replies(const char *request, size_t len,
    bool (*reply)(struct task *t, struct http *r, struct err *e), const char *expected)
{
	struct talk x = { .request = request, .len = len, .reply = reply };
	struct err e = { 0 };

	assert_true(loop_once(talk_run, &x, &e));
	assert_string_equal(x.got, expected);
}

static bool
takes_the_body(struct task *t, struct http *r, struct err *e)
{
	char body[16];
	size_t got;

	assert_int_equal(http_body(t, r, body, sizeof body, &got, e), IO_OK);
	assert_int_equal(got, 5);
	assert_memory_equal(body, "hello", 5);
	assert_int_equal(http_body(t, r, body, sizeof body, &got, e), IO_END);
	http_header(r, "ETag", "\"%s\"", "a\r\nb");
	return http_reply(t, r, 201, "text/plain", STR("ok\n"), e);
}

static bool
says_a_problem(struct task *t, struct http *r, struct err *e)
{
	struct err why = { 0 };

	err(&why, ERR_NOT_FOUND, "there is no \"%s\"", "x");
	return http_error(t, r, &why, e);
}

static bool
hides_its_own_trouble(struct task *t, struct http *r, struct err *e)
{
	struct err why = { 0 };

	err(&why, ERR_IO, "cannot open /var/lib/busbar/store/in/ab: Permission denied");
	return http_error(t, r, &why, e);
}

#define NET(n, method, more)             \
	n ":CONTENT_LENGTH\0"            \
	  "0\0"                          \
	  "SCGI\0"                       \
	  "1\0"                          \
	  "REQUEST_METHOD\0" method "\0" \
	  "REQUEST_URI\0"                \
	  "/a\0"                         \
	  "REQUEST_ID\0"                 \
	  "77\0" more ","

static void
replies_say_their_length(void **state)
{
	static const char put[] = NET("94", "PUT",
	    "HTTP_CONTENT_LENGTH\0"
	    "5\0") "helloX";
	static const char get[] = NET("72", "GET", "");
	static const char head[] = NET("73", "HEAD", "");

	(void)state;
	replies(put, sizeof put - 1, takes_the_body,
	    "Status: 201 Created\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n"
	    "X-Request-Id: 77\r\nETag: \"a??b\"\r\n\r\nok\n");
	replies(get, sizeof get - 1, says_a_problem,
	    "Status: 404 Not Found\r\nContent-Type: application/problem+json\r\n"
	    "Content-Length: 98\r\nX-Request-Id: 77\r\nCache-Control: no-store\r\n\r\n"
	    "{\"title\":\"Not Found\",\"status\":404,\"code\":\"NOT_FOUND\",\"detail\":\"there "
	    "is "
	    "no \\\"x\\\"\",\"request\":\"77\"}\n");
	replies(head, sizeof head - 1, hides_its_own_trouble,
	    "Status: 500 Internal Server Error\r\nContent-Type: application/problem+json\r\n"
	    "Content-Length: 126\r\nX-Request-Id: 77\r\nCache-Control: no-store\r\n\r\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_are_those_of_rfc_9110),
		cmocka_unit_test(a_part_of_an_upload_lies_within_its_whole),
		cmocka_unit_test(escapes_are_undone_once),
		cmocka_unit_test(tags_digests_and_dates_are_understood),
		cmocka_unit_test(a_request_finds_its_row),
		cmocka_unit_test(case_may_be_ignored),
		cmocka_unit_test(replies_say_their_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
