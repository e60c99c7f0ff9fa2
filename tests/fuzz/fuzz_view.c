/* What a page makes of a value: none becomes a tag of the page, whatever it holds. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sys/view.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static struct str
file(const void *arg, struct str name)
{
	(void)name;
	return str_of(arg);
}

static struct str
text(const void *arg, struct str name)
{
	(void)arg, (void)name;
	return STR("{value} & {value}");
}

static void
page(struct str value)
{
	static const struct view_source from = { file, text,
		"{{?value}}[{{value}}]{{/}}[{{@TEXT}}][{{*list}}{{value}}{{/}}]" };
	struct view_value at[2], in[1];
	struct view v = { .at = at, .most = 2 }, item = { &v, in, 0, 1 };
	AUTO(buf) b = BUF(1024 * 1024);
	struct err e = { 0 };

	view_set(&v, "value", value);
	view_list(&v, "list", &item, 1);
	assert(view_fill(&b, "page", &v, &from, &e));
	for (size_t i = 0; i < b.len; i++)
		assert(b.at[i] != '<' && b.at[i] != '>' && b.at[i] != '"' && b.at[i] != '\'');
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *value = malloc(size + 1); /* of its own, so that a read behind it is seen */

	assert(value != NULL);
	memcpy(value, bytes, size);
	page((struct str){ value, size });
	free(value);
	return 0;
}
