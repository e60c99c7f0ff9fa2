/*
 * The LSE reader on anything. Whatever comes:
 *   - it tells the same when the bytes come in one piece and in pieces (sizes drawn from the
 * bytes);
 *   - a day that it gives has the slots of its date, packs and unpacks to itself, and reads
 * back the same from our own LSE;
 *   - a finding's words hold no control character.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/code.h"
#include "meter/lse.h"
#include "meter/pack.h"

enum { TOLD_MOST_BYTES = 64 * 1024 * 1024, PIECE_MOST = 200 };

int LLVMFuzzerTestOneInput(const unsigned char *at, size_t len);

struct told {
	const struct zone *zone;
	const struct rules *rules;
	const struct day *same_as; /* reading back: what must come */
	struct buf text;
	unsigned days;
};

static void read_text(struct told *t, struct str text, uint64_t seed);

static void
check_words(const char *words)
{
	for (; *words != '\0'; words++)
		assert((unsigned char)*words >= 0x20 && *words != 0x7f);
}

static void
fault(void *self, const struct fault *f)
{
	struct told *t = self;
	char line[FAULT_TEXT];

	/* of our own text only what was allowed before is told again */
	assert(t->same_as == NULL || f->severity == SEV_FLAG);
	assert(f->severity != SEV_OFF && f->line > 0);
	check_words(f->found);
	check_words(f->expected);
	fault_text(line, sizeof(line), f);
	buf_fmt(&t->text, "%s\n", line);
}

static void
check_written(const struct told *t, const struct day *d)
{
	struct told back = { .zone = t->zone, .rules = t->rules, .same_as = d };
	struct out_day o = { .d = d, .zone = t->zone };
	AUTO(buf) b = BUF(OUT_DAY_MOST);
	struct out_file file = { .to = &b };

	esiid_write(o.esiid, d->esiid);
	out_lse.day(&file, &o);
	assert(buf_ok(&b));
	read_text(&back, buf_view(&b), 0);
	assert(back.days == 1);
	buf_auto(&back.text);
}

static void
check_packed(struct told *t, const struct day *d)
{
	static struct day back;
	unsigned char packed[PACK_MOST];
	uint32_t shape;
	size_t len = day_pack(packed, d, 5);
	bool ok = day_unpack((struct str){ (char *)packed, len }, &back, &shape, NULL);

	assert(ok && shape == 5);
	back.shape = d->shape;
	assert(day_same(d, &back) && back.total_wh == d->total_wh &&
	       back.estimated == d->estimated && back.missing == d->missing);
	buf_add(&t->text, packed, len);
}

static void
day(void *self, const struct day *d)
{
	struct told *t = self;
	struct fault faults[RULES];
	bool negative = false;

	t->days++;
	if (t->same_as != NULL) {
		assert(day_same(t->same_as, d) && t->same_as->day == d->day &&
		       esiid_same(t->same_as->esiid, d->esiid) &&
		       t->same_as->channel == d->channel);
		return;
	}
	assert(d->n > 0 && d->n == day_slots(t->zone, d->day, d->interval_s));
	assert(str_utf8(d->shape) && d->shape.len <= SHAPE_MOST);
	assert(validate_day(t->rules, d, 20700, faults) <= RULES);
	check_packed(t, d);
	for (unsigned i = 0; i < d->n; i++)
		negative |= d->wh[i] < 0;
	if (d->missing == 0 && !negative)
		check_written(t, d);
	buf_fmt(&t->text, "%llu %d %lld " STR_FMT "\n", (unsigned long long)d->line, d->day,
	    (long long)d->created_s, STR_ARG(d->shape));
}

/* seed 0: in one piece. Each piece is memory of its own, gone when the next comes. */
static void
read_text(struct told *t, struct str text, uint64_t seed)
{
	struct sink sink = { .self = t, .day = day, .fault = fault };
	struct reading r = { .zone = t->zone, .rules = t->rules, .received_s = 1795331289 };
	void *state = malloc(format_lse.state_bytes);

	assert(state != NULL);
	t->text.max = TOLD_MOST_BYTES;
	format_lse.open(state, &r, &sink);
	while (text.len > 0) {
		size_t len = seed == 0 ? text.len : 1 + (seed >> 33) % PIECE_MOST;
		char *piece;

		if (len > text.len)
			len = text.len;
		piece = malloc(len);
		assert(piece != NULL);
		memcpy(piece, text.at, len);
		format_lse.feed(state, (struct str){ piece, len }, false);
		free(piece);
		text = (struct str){ text.at + len, text.len - len };
		seed = seed * UINT64_C(6364136223846793005) + (seed != 0);
	}
	format_lse.feed(state, STR(""), true);
	format_lse.close(state);
	free(state);
	assert(buf_ok(&t->text));
}

int
LLVMFuzzerTestOneInput(const unsigned char *at, size_t len)
{
	struct str text = { (const char *)at, len };
	uint64_t seed = code_hash64(at, len, 1) | 1;
	struct rules rules;
	struct told one, many;

	rules_presets(&rules);
	if ((seed & 2) != 0) {
		rules.of[RULE_NULL].severity = SEV_FLAG;
		rules.of[RULE_NEGATIVE].severity = SEV_FLAG;
		rules.of[RULE_STATUS].severity = SEV_OFF;
	}
	one = (struct told){ .zone = zone_get("America/Chicago", NULL), .rules = &rules };
	assert(one.zone != NULL);
	many = one;
	read_text(&one, text, 0);
	read_text(&many, text, seed);
	assert(one.days == many.days);
	assert(str_eq(buf_view(&one.text), buf_view(&many.text)));
	buf_auto(&one.text);
	buf_auto(&many.text);
	return 0;
}
