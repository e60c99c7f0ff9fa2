/*
 * The head of a request, and what is made of its values: nothing breaks, every slice lies
 * within the head, a range lies within its whole, an escape undone and made anew is the same.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sys/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static bool
no_handler(struct task *t, struct call *c, struct err *e)
{
	(void)t, (void)c, (void)e;
	return true;
}

static const struct route rows[] = {
	{ "GET", "/box/", 0, 0, no_handler, "" },
	{ "GET", "/box/{folder}/{name}", 0, 0, no_handler, "" },
	{ "PUT", "/box/{folder}/{name}", 0, 0, no_handler, "" },
};

static void
values(const struct scgi *s)
{
	struct call c = { 0 };
	char allow[ROUTE_ALLOW_SIZE], name[300];
	unsigned char sha256[32];
	int64_t first, last, total, len;
	AUTO(buf) b = BUF(4000);

	if (http_range_of(s->var[SCGI_RANGE], 1000, &first, &len) == HTTP_PART)
		assert(first >= 0 && len > 0 && first + len <= 1000);
	if (http_content_range(s->var[SCGI_CONTENT_RANGE], &first, &last, &total))
		assert(first == -1 || (first <= last && last < total));
	http_digest(s->var[SCGI_REPR_DIGEST], sha256);
	http_tag_in(s->var[SCGI_IF_NONE_MATCH], STR("\"a\""), true);
	route_find(rows, nitems(rows), true, s->var[SCGI_METHOD], s->var[SCGI_URI], &c, allow);
	if (http_unescape(name, sizeof name, s->var[SCGI_URI])) {
		char again[300];

		http_escape(&b, str_of(name));
		assert(buf_ok(&b));
		assert(http_unescape(again, sizeof again, buf_view(&b)));
		assert(strcmp(name, again) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *head = malloc(size + 1); /* of its own, so that a read behind it is seen */
	struct scgi s = { 0 };
	struct err e;

	assert(head != NULL);
	memcpy(head, bytes, size);
	if (scgi_parse((struct str){ head, size }, &s, &e)) {
		for (int i = 0; i < SCGI_VARS; i++)
			assert(
			    s.var[i].at == NULL ||
			    (s.var[i].at >= head && s.var[i].at + s.var[i].len <= head + size));
		values(&s);
	}
	free(head);
	return 0;
}
