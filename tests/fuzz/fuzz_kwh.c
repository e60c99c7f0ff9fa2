/* Energy and decimals: the quick way agrees with the long way; what was read is written back.
 */
#include <assert.h>
#include <string.h>

#include "base/kwh.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
check_energy(struct str s)
{
	int64_t wh = 0, same = 0, back = 0;
	char text[KWH_SIZE];
	enum kwh_read got = kwh_read(s, &wh), again;

	assert(got == kwh_read_any(s, &same) && wh == same);
	if (got != KWH_OK && got != KWH_NEGATIVE)
		return;
	assert(wh >= -KWH_MOST_WH && wh <= KWH_MOST_WH && (wh < 0) == (got == KWH_NEGATIVE));
	again = kwh_read((struct str){ text, kwh_write(text, wh) }, &back);
	assert(again == got && back == wh);
}

static void
check_decimal(struct str s, int decimals)
{
	char text[KWH_SIZE];
	int64_t v, back;

	if (!decimal_read(s, decimals, &v))
		return;
	assert(decimal_read(
	    (struct str){ text, decimal_write(text, v, decimals) }, decimals, &back));
	assert(v == back);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct str s = { (const char *)bytes, size };
	int64_t v;

	check_energy(s);
	for (int decimals = 0; decimals <= 9; decimals++)
		check_decimal(s, decimals);
	/* and any number that eight bytes make, as long as there is a text for its size */
	if (size == sizeof(v)) {
		char text[KWH_SIZE];

		memcpy(&v, bytes, sizeof(v));
		assert(kwh_write(text, v) == strlen(text));
	}
	return 0;
}
