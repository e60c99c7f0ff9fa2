/*
 * A body of the Smart Meter Texas family, from the JSON to what is asked: what was taken is
 * whole, within its limits and inside of what was given, and a no has words and a code.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "meter/ids.h"
#include "smt_ask.h"
#include "smt_rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
is_a_no(const struct smt_why *w)
{
	assert(w->fault > SMT_FINE && w->fault < SMT_FAULTS);
	assert(w->text[0] != '\0' && memchr(w->text, '\0', sizeof w->text) != NULL);
	assert(smt_faults[w->fault].http >= 400 && smt_faults[w->fault].code[0] != '\0');
}

static void
is_a_yes(const struct smt_ask *a)
{
	char date[SMT_DATE_SIZE];
	int32_t day;

	assert(a->trans_id.len <= SMT_TRANS_MOST && a->requestor.len > 0);
	assert(a->n >= 1 && a->n <= SMT_ESIIDS_MOST && a->from <= a->to);
	assert(a->consumption || a->generation);
	for (size_t i = 0; i < a->n; i++) {
		struct esiid id;

		assert(esiid_read(a->esiids[i], &id));
		for (size_t k = 0; k < i; k++)
			assert(!str_eq(a->esiids[i], a->esiids[k]));
	}
	smt_date(date, a->from);
	assert(smt_read_date(str_of(date), &day) && day == a->from);
}

static void
ask(const struct json_value *root, bool rows_say)
{
	struct smt_ask *a = calloc(1, sizeof *a);
	struct smt_why w = { 0 };

	assert(a != NULL);
	if (smt_ask_head(a, root, true, &w) && smt_ask_reads(a, rows_say, &w))
		is_a_yes(a);
	else
		is_a_no(&w);
	free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *copy = malloc(size + 1); /* of its own, so that a read behind it is seen */
	struct json_in *j;
	struct err e = { 0 };

	assert(copy != NULL);
	memcpy(copy, bytes, size);
	j = json_in_read((struct str){ copy, size }, &e);
	if (j != NULL) {
		ask(json_in_root(j), true);
		ask(json_in_root(j), false);
		json_in_free(&j);
	} else {
		assert(e.code != ERR_NONE && e.text[0] != '\0');
	}
	free(copy);
	return 0;
}
