/* The crowd's ear: what hub/crowd.py tells, and a system that says it again. */
#include <inttypes.h>
#include <string.h>

#include "crowd.h"

static bool
begin(struct system *s, const struct history *h, struct err *e)
{
	(void)s, (void)h, (void)e;
	return true;
}

static bool
states(struct system *s, uint8_t to[SLOTS], struct err *e)
{
	const struct shown *w = s->own;

	(void)e;
	memcpy(to, w->states, SLOTS);
	return true;
}

static bool
rights(struct system *s, int64_t now, unsigned kind, struct span to[CSPS][PREMISES][SPANS],
    uint8_t n[CSPS][PREMISES], struct err *e)
{
	const struct shown *w = s->own;

	(void)now, (void)kind, (void)e;
	memcpy(to, w->spans, sizeof w->spans);
	memcpy(n, w->spans_n, sizeof w->spans_n);
	return true;
}

static bool
told(struct system *s, uint8_t to[SLOTS][3], struct err *e)
{
	const struct shown *w = s->own;

	(void)e;
	memcpy(to, w->told, sizeof w->told);
	return true;
}

void
shown_open(struct member *m)
{
	m->s = (struct system){ .name = "processes",
		.begin = begin,
		.states = states,
		.rights = rights,
		.told = told,
		.own = &m->shown };
}

static bool
read_state(struct shown *w, const char *text)
{
	char state[20];
	unsigned slot;
	long long invited, accepted, starts;

	if (sscanf(text, "%u %19s %lld %lld %lld", &slot, state, &invited, &accepted,
		&starts) != 5 ||
	    slot >= SLOTS)
		return false;
	w->invited[slot] = invited;
	w->accepted[slot] = accepted;
	w->starts[slot] = starts;
	for (uint8_t i = 0; i < STATES; i++)
		if (strcmp(state, state_names[i]) == 0) {
			w->states[slot] = i;
			return true;
		}
	return false;
}

static bool
read_right(struct shown *w, const char *text)
{
	unsigned csp, premise;
	long long from, to;

	if (sscanf(text, "%u %u %lld %lld", &csp, &premise, &from, &to) != 4 || csp >= CSPS ||
	    premise >= PREMISES)
		return false;
	spans_add(w->spans[csp][premise], &w->spans_n[csp][premise], from == 0 ? NEVER : from,
	    to == 0 ? ALWAYS : to);
	return true;
}

static bool
read_attempt(struct shown *w, const char *text)
{
	unsigned slot, fate;
	unsigned long long letter;

	if (sscanf(text, "%u %u %llu", &slot, &fate, &letter) != 3 || slot >= SLOTS ||
	    fate >= FATES)
		return false;
	if (w->attempts < ATTEMPTS) {
		w->attempt[w->attempts].slot = (uint8_t)slot;
		w->attempt[w->attempts].fate = (uint8_t)fate;
		w->attempt[w->attempts++].letter = letter;
	}
	return true;
}

static bool
read_did(struct shown *w, const char *text)
{
	unsigned done;
	int at = 0;

	if (sscanf(text, "%u %d%n", &done, &w->verdict, &at) != 2)
		return false;
	w->did.done = done != 0;
	if (text[at] == ' ')
		snprintf(w->did.trouble, sizeof w->did.trouble, "%s", text + at + 1);
	return true;
}

static bool
read_told(struct shown *w, const char *text)
{
	unsigned slot, n[3];

	if (sscanf(text, "%u %u %u %u", &slot, &n[0], &n[1], &n[2]) != 4 || slot >= SLOTS)
		return false;
	for (unsigned i = 0; i < 3; i++)
		w->told[slot][i] = (uint8_t)n[i];
	return true;
}

static bool
read_look(struct shown *w, const char *text)
{
	(void)text;
	w->looked = true;
	return true;
}

/* Of one history: its number is the second word. */
static const struct {
	const char *word;
	bool (*read)(struct shown *w, const char *text);
} words[] = { { "state", read_state }, { "right", read_right }, { "mail", read_attempt },
	{ "did", read_did }, { "told", read_told }, { "look", read_look } };

static bool
line_read(struct crowd *c, const char *line)
{
	char word[16];
	unsigned n;
	int at = 0;
	long long from, to;

	if (sscanf(line, "time %lld %lld", &from, &to) == 2) {
		c->since = from;
		c->now = to;
		return true;
	}
	if (sscanf(line, "killed %u %u", &c->deaths, &n) == 2) {
		c->killed[0] += c->deaths;
		c->killed[1] += n;
		return true;
	}
	if (strncmp(line, "trouble ", 8) == 0) {
		snprintf(c->trouble, sizeof c->trouble, "%.400s", line + 8);
		return true;
	}
	if (sscanf(line, "%15s %u %n", word, &n, &at) != 2 || n >= c->n)
		return false;
	for (size_t i = 0; i < nitems(words); i++)
		if (strcmp(word, words[i].word) == 0)
			return words[i].read(&c->at[n].shown, line + at);
	return false;
}

bool
crowd_read(struct crowd *c, FILE *in, struct err *e)
{
	static char line[4096];

	c->deaths = 0;
	for (unsigned i = 0; i < c->n; i++) {
		struct shown *w = &c->at[i].shown;

		memset(w->spans_n, 0, sizeof w->spans_n);
		memset(&w->did, 0, sizeof w->did);
		w->looked = false;
		w->attempts = 0;
		w->verdict = -1;
	}
	while (fgets(line, sizeof line, in) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (strcmp(line, "end") == 0)
			return true;
		if (!line_read(c, line))
			return err(e, ERR_BAD_FILE, "the hub says \"%.200s\"", line);
	}
	return err(e, ERR_UNAVAILABLE, "the hub says nothing any more");
}
