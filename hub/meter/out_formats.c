/* The table of formats out: one row here, one file each. */
#include <string.h>

#include "meter/lse.h"
#include "meter/out_put.h"

const struct out_format *const out_formats[] = {
	&out_smt,
	&out_csv_ext,
	&out_jsonl,
	&out_lse,
	&out_espi,
	NULL,
};

const struct out_format *
out_format_named(const char *name)
{
	for (unsigned i = 0; out_formats[i] != NULL; i++)
		if (strcmp(out_formats[i]->name, name) == 0)
			return out_formats[i];
	return NULL;
}

void
out_end_plain(struct out_file *f)
{
	(void)f;
}
