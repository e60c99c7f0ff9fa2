/* The CSVs that we define. Line 1 says which; a text without one is read as all of them. */
#include "told.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct str text = { (const char *)bytes, size };

	if (size == 0)
		return 0;
	for (size_t i = 0; formats[i] != NULL; i++) {
		struct told t = { .format = formats[i] };

		if (formats[i]->gives != GIVES_ROWS)
			continue;
		if (formats[i]->sniff(text) || size < 64)
			told_both(&t, text);
	}
	return 0;
}
