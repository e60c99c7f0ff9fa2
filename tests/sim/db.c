/*
 * The database as a system: each event is one call of sim.step() of world.psql, which calls the
 * product's functions; each look one of sim.look(). A history is one transaction that is rolled
 * back, so all begin in the same world.
 */
#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "steps.h"

struct db {
	PGconn *c;
	bool begun;
	uint8_t states[SLOTS]; /* of the last look */
};

static const char step_sql[] =
    "select done, good, letter, trouble from sim.step($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,"
    "$13,$14,$15,$16,$17,$18,$19)";

static bool
failed(struct db *d, PGresult *r, struct err *e)
{
	ExecStatusType s = PQresultStatus(r);

	if (s == PGRES_TUPLES_OK || s == PGRES_COMMAND_OK)
		return false;
	err(e, ERR_UNAVAILABLE, "%s", PQerrorMessage(d->c));
	PQclear(r);
	return true;
}

static bool
plain(struct db *d, const char *sql, struct err *e)
{
	PGresult *r = PQexec(d->c, sql);

	if (failed(d, r, e))
		return false;
	PQclear(r);
	return true;
}

static int64_t
number(const PGresult *r, int row, int col, int64_t none)
{
	return PQgetisnull(r, row, col) ? none : strtoll(PQgetvalue(r, row, col), NULL, 10);
}

static bool
begin(struct system *s, const struct history *h, struct err *e)
{
	struct db *d = s->own;
	char sql[200];

	if (d->begun && !plain(d, "rollback", e))
		return false;
	d->begun = true;
	snprintf(sql, sizeof sql, "begin; select sim.begin(%" PRId64 ", %u, '{%u,%u,%u,%u}')",
	    h->begins, h->large, h->lives_at[0], h->lives_at[1], h->lives_at[2],
	    h->lives_at[3]);
	return plain(d, sql, e);
}

static bool
step(struct system *s, const struct event *ev, int64_t now, struct outcome *out, struct err *e)
{
	struct db *d = s->own;
	const int64_t in[] = { now, ev->act, ev->slot, ev->of, ev->csp, ev->premises, ev->wrong,
		ev->what, ev->verdict, ev->months, ev->history, ev->kinds, ev->mailbox,
		ev->all_or_none, ev->premise, ev->customer, ev->days, ev->stale, ev->kind };
	char text[nitems(in)][24];
	const char *values[nitems(in)];
	PGresult *r;

	for (size_t i = 0; i < nitems(in); i++) {
		snprintf(text[i], sizeof text[i], "%" PRId64, in[i]);
		values[i] = text[i];
	}
	r = PQexecPrepared(d->c, "step", (int)nitems(in), values, NULL, NULL, 0);
	if (failed(d, r, e))
		return false;
	out->done = strcmp(PQgetvalue(r, 0, 0), "t") == 0;
	out->good = (uint8_t)number(r, 0, 1, 0);
	out->letter = (uint64_t)number(r, 0, 2, 0);
	if (!PQgetisnull(r, 0, 3))
		snprintf(out->trouble, sizeof out->trouble, "%s", PQgetvalue(r, 0, 3));
	PQclear(r);
	return true;
}

static bool
state_of(const char *text, uint8_t *to, struct err *e)
{
	for (uint8_t i = 0; i < STATES; i++)
		if (strcmp(text, state_names[i]) == 0) {
			*to = i;
			return true;
		}
	return err(e, ERR_BUG, "state %s is new to the simulator", text);
}

/* States and rights come by one look; rights() is asked after states(). */
static bool
rights(struct system *s, int64_t now, unsigned kind, struct span to[CSPS][PREMISES][SPANS],
    uint8_t n[CSPS][PREMISES], struct err *e)
{
	struct db *d = s->own;
	char text[12];
	const char *values[] = { text };
	PGresult *r;
	bool ok = true;

	(void)now;
	memset(n, 0, CSPS * PREMISES);
	snprintf(text, sizeof text, "%u", kind);
	r = PQexecPrepared(d->c, "look", 1, values, NULL, NULL, 0);
	if (failed(d, r, e))
		return false;
	memset(d->states, S_NONE, sizeof d->states);
	for (int i = 0; ok && i < PQntuples(r); i++) {
		int64_t a = number(r, i, 1, 0), b = number(r, i, 2, -1);

		if (*PQgetvalue(r, i, 0) == 's')
			ok = state_of(PQgetvalue(r, i, 3), &d->states[a], e);
		else if (b < 0)
			ok = err(e, ERR_BUG,
			    "CSP %" PRId64 " may read a premise of no invitation", a);
		else
			spans_add(to[a][b], &n[a][b], number(r, i, 4, NEVER),
			    number(r, i, 5, ALWAYS));
	}
	PQclear(r);
	return ok;
}

static bool
states(struct system *s, uint8_t to[SLOTS], struct err *e)
{
	struct db *d = s->own;

	(void)e;
	memcpy(to, d->states, SLOTS);
	return true;
}

static bool
told(struct system *s, uint8_t to[SLOTS][3], struct err *e)
{
	struct db *d = s->own;
	PGresult *r = PQexec(d->c, "select slot, customer, csp, others from sim.told()");

	if (failed(d, r, e))
		return false;
	memset(to, 0, SLOTS * 3);
	for (int i = 0; i < PQntuples(r); i++)
		for (int side = 0; side < 3; side++)
			to[number(r, i, 0, 0)][side] = (uint8_t)number(r, i, 1 + side, 0);
	PQclear(r);
	return true;
}

/* The table that the model plays by is the one that the database has. */
static bool
same_steps(struct db *d, const struct steps *steps, struct err *e)
{
	PGresult *r = PQexec(d->c, "select state, event, next from agreement.step");
	struct steps in = { 0 };
	bool ok = !failed(d, r, e);

	for (int i = 0; ok && i < PQntuples(r); i++)
		ok = steps_row(
		    &in, PQgetvalue(r, i, 0), PQgetvalue(r, i, 1), PQgetvalue(r, i, 2), e);
	if (ok)
		PQclear(r);
	return ok && (memcmp(in.next, steps->next, sizeof in.next) == 0 ||
			 err(e, ERR_BUG, "agreement.step is not what the files of sql/ say"));
}

bool
db_system_open(
    struct system *to, const char *conninfo, const struct steps *steps, struct err *e)
{
	struct db *d = calloc(1, sizeof *d);
	PGresult *r;

	if (d == NULL)
		return err(e, ERR_BUSY, "no memory");
	d->c = PQconnectdb(conninfo);
	*to = (struct system){ .name = "database",
		.begin = begin,
		.step = step,
		.states = states,
		.rights = rights,
		.told = told,
		.own = d };
	if (PQstatus(d->c) != CONNECTION_OK)
		return err(e, ERR_UNAVAILABLE, "%s", PQerrorMessage(d->c));
	if (!plain(d, "set client_min_messages = error; set jit = off", e) ||
	    !same_steps(d, steps, e))
		return false;
	r = PQprepare(d->c, "step", step_sql, 0, NULL);
	if (failed(d, r, e))
		return false;
	PQclear(r);
	r = PQprepare(d->c, "look", "select * from sim.look($1)", 0, NULL);
	if (failed(d, r, e))
		return false;
	PQclear(r);
	return true;
}

void
db_system_close(struct system *s)
{
	struct db *d = s->own;

	PQfinish(d->c);
	free(d);
	s->own = NULL;
}
