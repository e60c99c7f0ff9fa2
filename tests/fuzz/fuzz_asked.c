/*
 * What a request for reads asks: the address's parameters up to the first NUL, Accept up to the
 * second, a JSON body. What is understood makes sense, and nothing is read beyond what came. A
 * body that is read holds no member twice, whatever its case, and is no deeper than allowed.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "v1/asked.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
makes_sense(const struct asked *a)
{
	const struct reads_ask *ask = &a->ask;

	assert(a->form != NULL && (a->form->kinds & 1u << a->kind) != 0);
	assert(a->by_s <= a->form->widest);
	if (ask->from != DAY_NONE)
		assert(ask->from <= ask->to && ask->from_s == DB_STAMP_NONE);
	else
		assert(ask->from_s < ask->to_s && ask->from_s != DB_STAMP_NONE);
	assert(ask->esiids == NULL || (ask->n > 0 && ask->n <= READS_LIST_MOST));
	if (a->kind != READ_INTERVAL)
		assert(a->by_s == 0 && !a->cost);
}

static bool
refused(const struct err *e)
{
	return e->code == ERR_USAGE || e->code == ERR_BAD_INPUT || e->code == ERR_TOO_BIG ||
	       e->code == ERR_ACCEPT;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct asked a;
	static struct api_call of;
	char *copy = malloc(size + 1); /* of its own, so that a read behind it is seen */
	struct str all = { copy, size }, query, accept, body;
	struct http r = { 0 };
	struct call c = { .http = &r, .who = &of };
	struct err e = { 0 };

	assert(copy != NULL);
	memcpy(copy, bytes, size);
	if (!str_cut(all, '\0', &query, &all) || !str_cut(all, '\0', &accept, &body))
		accept = body = STR("");
	r.scgi.var[SCGI_ACCEPT] = accept;
	memset(&a, 0, sizeof a);
	if (form_parse(&of.query, query, &e)) {
		if (asked_query(&c, (struct str){ NULL, 0 }, &a, &e))
			makes_sense(&a);
		else
			assert(refused(&e));
	}
	err_clear(&e);
	AUTO_PTR(json_in) j = json_in_read(body, &e);
	assert(j != NULL || refused(&e));
	memset(&a, 0, sizeof a);
	if (j != NULL) {
		if (asked_json(&c, json_in_root(j), &a, &e))
			makes_sense(&a);
		else
			assert(refused(&e));
	}
	free(copy);
	return 0;
}
