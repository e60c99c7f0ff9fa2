/*
 * The intervals of an LSE block. Nearly every triple is "d.ddd,A,," with a digit or two more:
 * those are read eight bytes at a time; whatever looks different goes through triple(), which
 * accepts all that is right and says exactly what is wrong.
 */
#include <string.h>

#include "base/kwh.h"
#include "meter/lse_state.h"
#include "meter/out_put.h"
#include "meter/swar.h"

enum { FAST_BYTES = 9, FAST_DIGITS_MOST = 4 };

/* "0.000,A," with the digits and the status left open. */
#define TRIPLE_FORM UINT64_C(0x2c002c3030302e30)
#define TRIPLE_OPEN UINT64_C(0x00ff000000000000)
#define TRIPLE_HIGH UINT64_C(0x8080808080808080)
/* what pushes a byte above its allowed 9 (digits) or 0 (signs) over 0x7f */
#define TRIPLE_PUSH UINT64_C(0x7f007f7676767f76)

/* Reads "d.ddd,S," where S is A or E; false when anything is different. */
static inline bool
fast_triple(const char *p, int64_t *wh, char *status)
{
	uint64_t w = swar_load(p), x = (w ^ TRIPLE_FORM) & ~TRIPLE_OPEN;
	uint32_t n;

	*status = p[6];
	if (((x | (x + TRIPLE_PUSH)) & TRIPLE_HIGH) != 0 ||
	    (*status != STATUS_ACTUAL && *status != STATUS_ESTIMATED))
		return false;
	/* x: digit, 0, three digits: close the gap, then add up by pairs */
	n = (uint32_t)((x & 0xff) | (x >> 8 & 0xffffff00));
	n = (n * 10 + (n >> 8)) & 0x00ff00ff;
	*wh = (n * 100 + (n >> 16)) & 0xffff;
	return true;
}

/* Takes triples while they have the usual form; returns where it stopped. */
static const char *
fast_triples(struct lse *l, const char *p, const char *end)
{
	int64_t *wh = l->day.wh;
	char *status = l->day.status;
	unsigned i = (unsigned)l->got, want = l->want;

	while (i < want && end - p >= FAST_BYTES) {
		unsigned before = 0; /* digits ahead of the last one before the point */
		int64_t thousands = 0;

		while (before < FAST_DIGITS_MOST - 1 && p[before + 1] != '.') {
			unsigned digit = (unsigned)p[before] - '0';

			if (digit > 9)
				goto done;
			thousands = thousands * 10 + digit;
			before++;
		}
		if ((size_t)(end - p) < before + FAST_BYTES ||
		    p[before + FAST_BYTES - 1] != ',' ||
		    !fast_triple(p + before, &wh[i], &status[i]))
			break;
		wh[i] += thousands * 10000;
		i++;
		p += before + FAST_BYTES;
	}
done:
	l->got = i;
	return p;
}

/* One field of a triple, without its blanks. */
struct piece {
	struct str text;
	bool last; /* no comma behind it: the row ends here */
};

static struct piece
take(const char **at, const char *end)
{
	const char *p = *at, *comma = p < end ? memchr(p, ',', (size_t)(end - p)) : NULL;
	struct piece piece = { .last = comma == NULL };

	if (comma == NULL)
		comma = end;
	*at = piece.last ? end : comma + 1;
	while (p < comma && (*p == ' ' || *p == '\t'))
		p++;
	while (comma > p && (comma[-1] == ' ' || comma[-1] == '\t'))
		comma--;
	piece.text = (struct str){ p, (size_t)(comma - p) };
	return piece;
}

static bool
refuse(struct lse *l, enum rule rule, struct piece p, const char *expected)
{
	struct fault f = lse_fault(l, rule, p.text.at);

	fault_quote(&f, p.text);
	fault_expected(&f, "%s", expected);
	return lse_reject(l, &f, p.last);
}

/* A finding that the utility may have allowed: then it is counted and told with the block. */
static bool
mark(struct lse *l, enum lse_mark kind, enum rule rule, struct piece p, const char *expected)
{
	if (l->r.rules->of[rule].severity >= SEV_QUARANTINE)
		return refuse(l, rule, p, expected);
	if (l->marked[kind]++ == 0) {
		l->mark[kind] = lse_fault(l, rule, p.text.at);
		fault_quote(&l->mark[kind], p.text);
		fault_expected(&l->mark[kind], "%s", expected);
	}
	return true;
}

static bool
value(struct lse *l, struct piece p, int64_t *wh)
{
	*wh = 0;
	switch (kwh_read(p.text, wh)) {
	case KWH_OK:
		return true;
	case KWH_EMPTY:
		return mark(l, LSE_MARK_NULL, RULE_NULL, p, "a value; zero is written as 0");
	case KWH_NEGATIVE:
		return mark(l, LSE_MARK_NEGATIVE, RULE_NEGATIVE, p, "0 or more");
	case KWH_PRECISE:
		return refuse(l, RULE_PRECISION, p, "kWh with three decimals at most");
	case KWH_TOO_LARGE:
		return refuse(l, RULE_FIELD, p, "at most 1000000000 kWh");
	case KWH_NOT_NUMBER:
		break;
	}
	return refuse(l, RULE_FIELD, p, "kWh, for instance 0.155");
}

static bool
status_of(struct lse *l, struct piece p, char *status)
{
	char c = p.text.len == 1 ? p.text.at[0] : '\0';

	*status = c;
	if (c == STATUS_ACTUAL || c == STATUS_ESTIMATED)
		return true;
	if (p.text.len == 0)
		return refuse(l, RULE_FIELD, p, "a status, A or E");
	if (c == STATUS_MISSING)
		return refuse(l, RULE_FIELD, p, "another letter: M means missing here");
	if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
		return refuse(l, RULE_FIELD, p, "a status of one letter, A or E");
	return mark(l, LSE_MARK_STATUS, RULE_STATUS, p, "A or E");
}

/* Wall time of the start of a slot, from 0. */
static int64_t
slot_local_s(const struct lse *l, uint64_t slot)
{
	int64_t start_s = zone_day_start(l->r.zone, l->date);

	return zone_local_s(l->r.zone, start_s + (int64_t)slot * l->day.interval_s);
}

/* The third field: empty, or the wall time at which the interval starts. */
static bool
stamp(struct lse *l, struct piece p)
{
	enum rule rule = RULE_FIELD;
	char text[LOCAL14_SIZE];
	int64_t local_s, want_s;
	struct fault f;

	if (p.text.len == 0)
		return true;
	want_s = slot_local_s(l, l->got);
	if (civil_read_14(p.text, &local_s)) {
		if (local_s == want_s)
			return true;
		for (uint64_t i = 0; i < l->got && i < l->want; i++)
			if (slot_local_s(l, i) == local_s)
				rule = RULE_DUPLICATE;
	}
	*put_local14(text, want_s) = '\0';
	f = lse_fault(l, rule, p.text.at);
	fault_quote(&f, p.text);
	fault_expected(&f, "%s, when interval %llu starts, or nothing", text,
	    (unsigned long long)l->got + 1);
	return lse_reject(l, &f, p.last);
}

/* One triple by the book; false when the block was rejected. */
static bool
triple(struct lse *l, const char **at, const char *end)
{
	struct piece p = take(at, end);
	int64_t wh;
	char status = STATUS_MISSING;

	if (!value(l, p, &wh))
		return false;
	if (p.text.len == 0) {
		(void)take(at, end);
	} else {
		if (p.last) /* the row ends before the status */
			p.text = (struct str){ end, 0 };
		else
			p = take(at, end);
		if (!status_of(l, p, &status))
			return false;
	}
	p = take(at, end);
	if (!stamp(l, p))
		return false;
	if (l->got < l->want) {
		l->day.wh[l->got] = wh;
		l->day.status[l->got] = status;
	}
	l->got++;
	return true;
}

/* Nothing but commas to the end of the row. Two or more of them are an interval without a value
 * as long as intervals are due; else they are only there to fill the row. */
static bool
row_over(const struct lse *l, const char *p, const char *end)
{
	unsigned commas = 0;

	for (; p < end; p++) {
		if (*p != ',' && *p != ' ' && *p != '\t')
			return false;
		commas += *p == ',';
	}
	return commas < 2 || l->got >= l->want;
}

void
lse_detail(struct lse *l, struct str rest)
{
	const char *p = rest.at, *end = p + rest.len;

	while (p < end) {
		p = fast_triples(l, p, end);
		if (p >= end || row_over(l, p, end) || !triple(l, &p, end))
			return;
	}
}
