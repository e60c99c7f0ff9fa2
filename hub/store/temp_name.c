/* Names of what is still being sent; see temp_name.h. */
#include "store/temp_name.h"

#include <stdio.h>
#include <string.h>

/* The first row that fits is taken: the ones with a dot in front come first. */
static const struct form {
	const char *before, *after;
} forms[] = {
	{ ".in.", "" }, /* lftp, xfer:use-temp-file */
	{ ".", ".filepart" },
	{ ".", ".part" },
	{ ".", ".tmp" },
	{ "", ".filepart" }, /* WinSCP */
	{ "", ".part" },
	{ "", ".tmp" },
};

bool
temp_final(char *to, size_t size, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct str name = str_of(slash == NULL ? path : slash + 1);
	int n;

	for (size_t i = 0; i < nitems(forms); i++) {
		size_t before = strlen(forms[i].before), after = strlen(forms[i].after);

		if (name.len <= before + after || !str_starts(name, forms[i].before) ||
		    !str_ends(name, forms[i].after))
			continue;
		name = (struct str){ name.at + before, name.len - before - after };
		n = snprintf(to, size, STR_FMT STR_FMT,
		    (int)(slash == NULL ? 0 : slash + 1 - path), path, STR_ARG(name));
		return n > 0 && (size_t)n < size;
	}
	return false;
}
