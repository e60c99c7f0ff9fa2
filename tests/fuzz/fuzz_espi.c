/* The lines that busbar-unpack writes, from anybody. */
#include "meter/format_espi.h"

#include "told.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct told t = { .format = &format_espi };

	if (size > 0)
		told_both(&t, (struct str){ (const char *)bytes, size });
	return 0;
}
