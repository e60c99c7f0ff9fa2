/* The packed day on anything: refused, or a day whose packed form is these very bytes. */
#include <assert.h>
#include <string.h>

#include "meter/pack.h"

int LLVMFuzzerTestOneInput(const unsigned char *at, size_t len);

int
LLVMFuzzerTestOneInput(const unsigned char *at, size_t len)
{
	static struct day d;
	unsigned char again[PACK_MOST];
	struct err e = { 0 };
	uint32_t shape;

	if (!day_unpack((struct str){ (const char *)at, len }, &d, &shape, &e)) {
		assert(e.code == ERR_BAD_INPUT && e.text[0] != '\0');
		return 0;
	}
	assert(day_pack(again, &d, shape) == len);
	assert(memcmp(again, at, len) == 0);
	return 0;
}
