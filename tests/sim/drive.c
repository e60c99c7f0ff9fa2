/*
 * Plays a history: works out each instant, asks the oracle what may happen, lets the system do
 * it, and holds what it did, says and would give away against the rules.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "drive.h"
#include "oracle_rules.h"

void
spans_add(struct span *at, uint8_t *n, int64_t from, int64_t to)
{
	unsigned i = 0, past;

	if (from >= to || *n == SPANS)
		return;
	while (i < *n && at[i].to < from)
		i++;
	for (past = i; past < *n && at[past].from <= to; past++) {
		from = at[past].from < from ? at[past].from : from;
		to = at[past].to > to ? at[past].to : to;
	}
	memmove(at + i + 1, at + past, (*n - past) * sizeof *at);
	at[i] = (struct span){ from, to };
	*n = (uint8_t)(*n + 1 - (past - i));
}

bool
play_found(struct play *p, const char *fmt, ...)
{
	va_list ap;

	p->f->step = p->step;
	p->f->now = p->now;
	va_start(ap, fmt);
	vsnprintf(p->f->text, sizeof p->f->text, fmt, ap);
	va_end(ap);
	return false;
}

/* ---- instants ---- */

int64_t
play_when(const struct play *p, const struct event *ev)
{
	int64_t edge;

	if (ev->act == ACT_REWIND)
		return p->now - ev->after_s > p->h->begins ? p->now - ev->after_s : p->now;
	if (ev->when == AFTER)
		return p->now + ev->after_s < p->h->begins + 2500 * (int64_t)DAY
			   ? p->now + ev->after_s
			   : p->now;
	edge = oracle_edge(&p->o, ev, p->now);
	/* what is out of reach, or years away, is not waited for */
	return edge != NEVER && edge != ALWAYS && edge + ev->after_s > p->now &&
		       edge < p->h->begins + 3600 * (int64_t)DAY
		   ? edge + ev->after_s
		   : p->now;
}

/* ---- what it did ---- */

static const char *const acts[ACTS] = { "was invited", "was mailed", "was opened",
	"was decided", "was judged", "was withdrawn", "was ended", "was moved", "ran",
	"was told", "was renewed", "", "was held", "came back", "was tried", "" };

bool
play_did(struct play *p, const struct event *ev, enum permit may, const struct outcome *out)
{
	const char *wrong;

	if (out->trouble[0] != '\0')
		return play_found(p, "an error: %s", out->trouble);
	(out->done ? p->tally->done : p->tally->refused)[ev->act]++;
	if (may == MUST && !out->done)
		return play_found(p, "nothing %s, which it must", acts[ev->act]);
	if (may == MUST_NOT && out->done)
		return play_found(p, "it %s, which it may not", acts[ev->act]);
	wrong = oracle_note(&p->o, ev, p->now, out);
	return wrong == NULL || play_found(p, "%s", wrong);
}

/* ---- what it says ---- */

static void
states_text(char *to, size_t size, unsigned set)
{
	size_t n = 0;

	for (unsigned s = 0; s < STATES && n + 20 < size; s++)
		if (set & BIT(s))
			n += (size_t)snprintf(
			    to + n, size - n, "%s%s", n > 0 ? " or " : "", state_names[s]);
}

bool
play_says(struct play *p)
{
	uint8_t states[SLOTS];

	if (!p->s->states(p->s, states, p->e))
		return false;
	for (unsigned i = 0; i < SLOTS; i++) {
		unsigned may =
		    oracle_states(&p->o, i, p->now) | oracle_states(&p->o, i, p->since);
		char text[120];

		if (!(may & BIT(states[i]))) {
			states_text(text, sizeof text, may);
			return play_found(
			    p, "#%u is %s, expected %s", i, state_names[states[i]], text);
		}
		if ((may & (may - 1)) != 0 || p->o.at[i].either)
			oracle_pin(&p->o, i, states[i]);
	}
	return true;
}

/* ---- what it would give away ---- */

static struct span got[CSPS][PREMISES][SPANS];
static uint8_t got_n[CSPS][PREMISES];

/* The first span of b that no span of a holds, or NULL. */
static const struct span *
outside(const struct span *a, unsigned an, const struct span *b, unsigned bn)
{
	for (unsigned i = 0, k = 0; i < bn; i++) {
		while (k < an && a[k].to < b[i].to)
			k++;
		if (k == an || a[k].from > b[i].from)
			return &b[i];
	}
	return NULL;
}

static void
instant_text(char to[CIVIL_STAMP_SIZE], int64_t at)
{
	if (at == NEVER || at == ALWAYS)
		snprintf(to, CIVIL_STAMP_SIZE, at == NEVER ? "ever" : "forever");
	else
		civil_stamp(to, at);
}

static bool
spans_found(struct play *p, unsigned csp, unsigned premise, unsigned kind, const struct span *s,
    const char *what)
{
	char from[CIVIL_STAMP_SIZE], to[CIVIL_STAMP_SIZE];

	instant_text(from, s->from);
	instant_text(to, s->to);
	return play_found(p, "CSP %u %s premise %u, kind %u, from %s to %s", csp, what, premise,
	    kind, from, to);
}

/* Between the two instants something began or ended: nothing can be said of what it gives. */
static bool
is_between(struct play *p, unsigned kind)
{
	static struct span must[2][CSPS][PREMISES][SPANS], may[2][CSPS][PREMISES][SPANS];
	static uint8_t n[2][2][CSPS][PREMISES];

	if (p->since == p->now)
		return false;
	memset(must, 0, sizeof must);
	memset(may, 0, sizeof may);
	for (unsigned i = 0; i < 2; i++)
		oracle_reads(
		    &p->o, i == 0 ? p->since : p->now, kind, must[i], n[i][0], may[i], n[i][1]);
	return memcmp(must[0], must[1], sizeof must[0]) != 0 ||
	       memcmp(may[0], may[1], sizeof may[0]) != 0;
}

static bool
gives_right(struct play *p, unsigned kind)
{
	static struct span must[CSPS][PREMISES][SPANS], may[CSPS][PREMISES][SPANS];
	uint8_t must_n[CSPS][PREMISES], may_n[CSPS][PREMISES];

	if (is_between(p, kind)) {
		p->tally->between++;
		return true;
	}
	oracle_reads(&p->o, p->now, kind, must, must_n, may, may_n);
	for (unsigned c = 0; c < CSPS; c++)
		for (unsigned i = 0; i < PREMISES; i++) {
			const struct span *s =
			    outside(may[c][i], may_n[c][i], got[c][i], got_n[c][i]);

			if (s != NULL)
				return spans_found(p, c, i, kind, s, "may not, but could read");
			s = outside(got[c][i], got_n[c][i], must[c][i], must_n[c][i]);
			if (s != NULL)
				return spans_found(p, c, i, kind, s, "may, but could not read");
			p->tally->reads += got_n[c][i] > 0;
			p->tally->either += may_n[c][i] > must_n[c][i];
		}
	return true;
}

/* What it says and would give away are of one look. */
bool
play_looks(struct play *p, unsigned kind)
{
	return p->s->rights(p->s, p->now, kind, got, got_n, p->e) && play_says(p) &&
	       gives_right(p, kind);
}

bool
play_told(struct play *p)
{
	static const char *const whom[] = { "the customer of the end", "the CSP of the end",
		"others of the beginning" };
	uint8_t told[SLOTS][3], least[3], most[3], states[SLOTS];

	if (!p->s->told(p->s, told, p->e) || !p->s->states(p->s, states, p->e))
		return false;
	for (unsigned i = 0; i < SLOTS; i++) {
		p->tally->ends[states[i]]++;
		oracle_told(&p->o, i, least, most);
		for (unsigned side = 0; side < 3; side++)
			if (told[i][side] < least[side] || told[i][side] > most[side])
				return play_found(p,
				    "%u mails told %s of #%u, expected %u to %u", told[i][side],
				    whom[side], i, least[side], most[side]);
	}
	return true;
}

void
tally_print(const struct tally *t)
{
	for (unsigned i = 0; i < ACTS; i++)
		if (t->done[i] > 0)
			printf("%s %" PRIu64 " (refused %" PRIu64 "), ", acts[i], t->done[i],
			    t->refused[i]);
	printf("impossible %" PRIu64 "\nended as", t->impossible);
	for (unsigned i = 1; i < STATES; i++)
		printf(" %s %" PRIu64, state_names[i], t->ends[i]);
	printf("\nmay read at a step: %" PRIu64 "; left open by the rules: %" PRIu64
	       "; of two instants: %" PRIu64 "\n",
	    t->reads, t->either, t->between);
}

static bool
one(struct play *p, const struct event *ev)
{
	struct outcome out = { 0 };
	enum permit may;

	p->now = p->since = play_when(p, ev);
	if (p->tell) {
		char stamp[CIVIL_STAMP_SIZE], text[200];

		civil_stamp(stamp, p->now);
		event_text(text, sizeof text, ev);
		printf("%3u  %s  %s%s\n", ev->id, stamp, text,
		    oracle_possible(&p->o, ev) ? "" : " (cannot be)");
	}
	if (!oracle_possible(&p->o, ev)) {
		p->tally->impossible++;
		return true;
	}
	may = oracle_permit(&p->o, ev, p->now);
	return p->s->step(p->s, ev, p->now, &out, p->e) && play_did(p, ev, may, &out) &&
	       play_looks(p, p->step % 3);
}

bool
drive(struct system *s, const struct history *h, uint64_t keep, bool tell, struct tally *tally,
    struct finding *f, struct err *e)
{
	struct play p = { .s = s,
		.h = h,
		.f = f,
		.e = e,
		.tell = tell,
		.tally = tally,
		.now = h->begins,
		.since = h->begins };

	err_clear(e);
	f->text[0] = '\0';
	oracle_begin(&p.o, h);
	if (!s->begin(s, h, e))
		return false;
	for (p.step = 0; p.step < h->n; p.step++)
		if ((keep >> p.step & 1) != 0 && !one(&p, &h->at[p.step]))
			return false;
	return play_told(&p);
}
