/*
 * A scope that a client asks for, up to the first NUL, and one that is registered. What was
 * read is written in at most 256 characters and read again as the same; what is narrowed has no
 * block that is not in both, and no term that goes beyond what is registered.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "meter/scope.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
writes_the_same(const struct scope *s)
{
	AUTO(buf) b = BUF(4096);
	AUTO(buf) again_b = BUF(4096);
	struct scope again;
	struct err e = { 0 };

	if (!scope_write(&b, s, &e)) {
		assert(e.code == ERR_BAD_INPUT);
		return;
	}
	assert(scope_read(&again, buf_view(&b), &e) && scope_write(&again_b, &again, &e));
	assert(str_eq(buf_view(&b), buf_view(&again_b)));
	assert(again.unknown[0] == '\0' && again.auth == SCOPE_NO_AUTH);
}

static void
no_more_than(const struct scope *got, const struct scope *asked, const struct scope *most)
{
	for (int i = 1; i <= SCOPE_BLOCK_MOST; i++)
		assert(!got->block[i] || (asked->block[i] && most->block[i]));
	for (size_t i = 0; i < SCOPE_WRITTEN; i++) {
		assert(got->n[i] <= most->n[i] || i != SCOPE_HISTORY);
		assert((got->n[i] == 0) == (most->n[i] == 0));
		for (size_t k = 0; k < got->n[i]; k++) {
			bool there = false;

			for (size_t m = 0; m < most->n[i]; m++)
				there =
				    there || (i == SCOPE_HISTORY
						     ? got->value[i][k] <= most->value[i][m]
						     : got->value[i][k] == most->value[i][m]);
			assert(there);
		}
	}
}

static bool
take(struct scope *s, struct str text)
{
	struct err e = { 0 };
	char *copy = malloc(text.len + 1); /* of its own, so that a read behind it is seen */
	bool ok;

	assert(copy != NULL);
	memcpy(copy, text.at, text.len);
	ok = scope_read(s, (struct str){ copy, text.len }, &e);
	free(copy);
	assert(ok || (e.code == ERR_BAD_INPUT && e.text[0] != '\0'));
	return ok;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct str all = { (const char *)bytes, size }, asked_text, most_text;
	struct scope asked, most, got;
	struct err e = { 0 };

	if (!str_cut(all, '\0', &asked_text, &most_text))
		most_text = STR("FB=4_5_15;IntervalDuration=900;BlockDuration=daily;"
				"HistoryLength=63072000");
	if (!take(&asked, asked_text))
		return 0;
	assert(strlen(asked.auth_value) <= SCOPE_BYTES_MOST);
	writes_the_same(&asked);
	if (!take(&most, most_text))
		return 0;
	for (int narrow = 0; narrow < 2; narrow++)
		if (scope_narrow(&got, &asked, &most, narrow != 0, &e))
			no_more_than(&got, &asked, &most);
		else
			assert(e.code == ERR_FORBIDDEN);
	return 0;
}
