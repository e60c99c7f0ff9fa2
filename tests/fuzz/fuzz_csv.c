/*
 * CSV: the first byte says how the rest is cut into pieces. However it is cut, the reader must
 * give the same, stay inside its input, and what the writer makes of a field must be read back.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/code.h"
#include "base/csv.h"

enum { MOST = 200 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
write_and_read_back(struct str text)
{
	static struct csv_record r;
	AUTO_PTR(csv) c = csv_new(4 * MOST);
	AUTO(buf) b = BUF(4 * MOST);

	csv_put(&b, text);
	buf_byte(&b, ',');
	csv_put_plain(&b, text);
	buf_c(&b, "\r\n");
	assert(c != NULL && buf_ok(&b));
	csv_feed(c, buf_view(&b), true);
	/* a mark at the very start of a file would be passed */
	if (str_starts(text, "\xEF\xBB\xBF"))
		return;
	assert(csv_next(c, &r, NULL) == CSV_RECORD && r.n == 2);
	assert(str_eq(r.field[1], text));
	assert(str_eq(r.field[0], text) ||
	       (r.field[0].len == text.len + 1 && r.field[0].at[0] == '\''));
}

/* A sum over all that the reader gives. */
static uint64_t
take(struct csv *c, uint64_t sum, enum csv_got end)
{
	int written = 0;
	static struct csv_record r;
	enum csv_got got;
	struct err e;

	while ((got = csv_next(c, &r, &e)) == CSV_RECORD || got == CSV_FAULT) {
		if (got == CSV_FAULT)
			sum = code_hash64(e.text, strlen(e.text), sum);
		sum = code_hash64(&r.line, sizeof(r.line), sum);
		assert(got == CSV_FAULT || (r.n > 0 && r.n <= CSV_FIELDS));
		for (size_t i = 0; got == CSV_RECORD && i < r.n; i++) {
			assert(r.field[i].len <= MOST && r.column[i] > 0);
			sum = code_hash64(r.field[i].at, r.field[i].len, sum + r.column[i]);
			/* a few are enough, and the rest of the time is for reading */
			if (end == CSV_END && written++ < 2)
				write_and_read_back(r.field[i]);
		}
	}
	assert(got == end);
	return sum;
}

/* Each piece goes through the same memory, so that what was kept of an earlier one is wrong
 * now. */
static uint64_t
sum_in_pieces(struct str s, size_t step)
{
	AUTO_PTR(csv) c = csv_new(MOST);
	char *piece = malloc(step);
	uint64_t sum = 0;

	assert(c != NULL && piece != NULL);
	for (; s.len > step; s.at += step, s.len -= step) {
		memcpy(piece, s.at, step);
		csv_feed(c, (struct str){ piece, step }, false);
		sum = take(c, sum, CSV_MORE);
	}
	free(piece);
	csv_feed(c, s, true);
	return take(c, sum, CSV_END);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct str s;

	if (size < 1)
		return 0;
	s = (struct str){ (const char *)bytes + 1, size - 1 };
	assert(sum_in_pieces(s, s.len + 1) == sum_in_pieces(s, 1 + bytes[0] % 64));
	return 0;
}
