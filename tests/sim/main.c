/*
 * The simulator's command line (README.md): histories from a range of seeds, to the model or to
 * a database; a failing one is made small, printed, and told how to be played again.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/civil.h"
#include "drive.h"

static const char usage[] =
    "usage: busbar-sim [--seed N] [--histories N] [--sql FOLDER] [--db CONNINFO] [--only "
    "0,3,7]\n"
    "                  [--plant NAME] [--plants] [--whole] [--tell] [--crowd]\n"
    "\n"
    "  --seed N        the first seed (1); histories have the seeds from it on\n"
    "  --histories N   how many (1000000; with --db 1000)\n"
    "  --sql FOLDER    where the tables of steps are read from (sql)\n"
    "  --db CONNINFO   plays to the functions of a database of its own instead of the model\n"
    "  --only LIST     plays these events of the history alone\n"
    "  --plant NAME    with this fault in the model\n"
    "  --plants        plants every fault in turn: each must be found\n"
    "  --whole         does not make a finding smaller\n"
    "  --tell          prints what happens\n"
    "  --crowd         plays them side by side to whoever answers on standard input "
    "(crowd.h)\n"
    "\n"
    "exit: 0 nothing found, 1 found, 64 bad command line, 69 the system does not answer\n";

struct options {
	uint64_t seed, histories, keep;
	const char *sql, *db;
	enum plant plant;
	bool plants, tell, whole, crowd;
};

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Drops what the finding does not need: each event in turn, as long as one can go, and a minute
 * at most: a database is slow. */
static uint64_t
shrink(struct system *s, const struct history *h, uint64_t keep, struct finding *f)
{
	struct finding other;
	struct tally t = { 0 };
	struct err e = { 0 };
	double until = seconds() + 60;
	bool less = true;

	keep &= f->step >= 63 ? UINT64_MAX : (2ULL << f->step) - 1; /* nothing behind it */
	if (drive(s, h, keep, false, &t, &other, &e) || e.code != ERR_NONE)
		return UINT64_MAX; /* found at the end only */
	while (less) {
		less = false;
		for (unsigned i = 0; i < h->n && seconds() < until; i++) {
			uint64_t without = keep & ~(1ULL << i);

			if (without == keep || drive(s, h, without, false, &t, &other, &e) ||
			    e.code != ERR_NONE)
				continue;
			keep = without;
			*f = other;
			less = true;
		}
	}
	return keep;
}

static void
report(const struct options *o, struct system *s, const struct history *h, struct finding *f)
{
	uint64_t keep = o->whole ? o->keep : shrink(s, h, o->keep, f);
	struct finding again;
	struct tally t = { 0 };
	struct err e = { 0 };
	bool first = true;

	printf("FOUND with seed %" PRIu64 ", by the %s:\n", h->seed, s->name);
	drive(s, h, keep, !o->whole, &t, &again, &e);
	printf("     %s\n", again.text[0] != '\0' ? again.text : f->text);
	printf("again: %s --seed %" PRIu64 " --histories 1 --tell --only ",
	    o->db != NULL ? "tests/sim/run" : "build-debug/tests/busbar-sim", h->seed);
	for (unsigned i = 0; i < h->n; i++)
		if (keep >> i & 1)
			printf("%s%u", first ? "" : ",", i), first = false;
	if (o->plant != PLANT_none)
		printf(" --plant %s", plant_names[o->plant]);
	printf("\n");
}

/* 0 nothing found, 1 found, 69. *played: how many it took. */
static int
run(const struct options *o, struct system *s, bool quiet, uint64_t *played, struct tally *t,
    struct finding *f, struct err *e)
{
	struct history h;

	for (*played = 0; *played < o->histories;) {
		history_make(&h, o->seed + *played);
		++*played;
		if (drive(s, &h, o->keep, o->tell && !quiet, t, f, e))
			continue;
		if (e->code != ERR_NONE) {
			fprintf(stderr, "busbar-sim: seed %" PRIu64 ": %s\n", h.seed, e->text);
			return 69;
		}
		if (!quiet)
			report(o, s, &h, f);
		return 1;
	}
	return 0;
}

static bool
open_system(const struct options *o, const struct steps *steps, enum plant plant,
    struct system *s, struct err *e)
{
	return o->db != NULL ? db_system_open(s, o->db, steps, e)
			     : model_open(s, steps, plant, e);
}

static int
run_plants(const struct options *given, const struct steps *steps, struct err *e)
{
	int missed = 0;

	for (unsigned i = 1; i < PLANTS_N; i++) {
		struct options o = *given;
		struct system s;
		struct finding f;
		struct tally t = { 0 };
		uint64_t n;

		o.plant = i;
		if (!model_open(&s, steps, i, e))
			return 69;
		if (run(&o, &s, true, &n, &t, &f, e) == 1) {
			printf("ok %s: found in history %" PRIu64 ": %s\n", plant_names[i], n,
			    f.text);
		} else {
			printf("not ok %s (%s): not found in %" PRIu64 " histories\n",
			    plant_names[i], plant_abouts[i], n);
			missed++;
		}
		model_close(&s);
	}
	printf("%d passed, %d failed\n", PLANTS_N - 1 - missed, missed);
	return missed > 0;
}

static bool
number(const char *text, uint64_t *to)
{
	int64_t n;
	bool ok = str_int64(str_of(text), &n);

	*to = ok ? (uint64_t)n : 0;
	return ok;
}

static bool
list(const char *text, uint64_t *keep)
{
	struct str left = str_of(text), head;
	int64_t n;

	*keep = 0;
	for (bool more = true; more;) {
		more = str_cut(left, ',', &head, &left);
		if (!str_int64(head, &n) || n >= EVENTS)
			return false;
		*keep |= 1ULL << n;
	}
	return true;
}

static bool
plant_named(const char *name, enum plant *to)
{
	for (unsigned i = 0; i < PLANTS_N; i++)
		if (strcmp(plant_names[i], name) == 0) {
			*to = i;
			return true;
		}
	return false;
}

static bool
options_read(struct options *o, int argc, char **argv)
{
	static const struct option names[] = { { "seed", 1, NULL, 's' },
		{ "histories", 1, NULL, 'n' }, { "sql", 1, NULL, 'q' }, { "db", 1, NULL, 'd' },
		{ "only", 1, NULL, 'o' }, { "plant", 1, NULL, 'p' }, { "plants", 0, NULL, 'P' },
		{ "tell", 0, NULL, 't' }, { "whole", 0, NULL, 'w' }, { "crowd", 0, NULL, 'c' },
		{ 0 } };
	bool ok = true;

	for (int c; ok && (c = getopt_long(argc, argv, "", names, NULL)) >= 0;)
		switch (c) {
		case 's':
			ok = number(optarg, &o->seed);
			break;
		case 'n':
			ok = number(optarg, &o->histories);
			break;
		case 'q':
			o->sql = optarg;
			break;
		case 'd':
			o->db = optarg;
			break;
		case 'o':
			ok = list(optarg, &o->keep);
			break;
		case 'p':
			ok = plant_named(optarg, &o->plant);
			break;
		case 'P':
			o->plants = true;
			break;
		case 'w':
			o->whole = true;
			break;
		case 'c':
			o->crowd = true;
			break;
		case 't':
			o->tell = true;
			break;
		default:
			ok = false;
		}
	if (o->histories == 0)
		o->histories = o->db != NULL ? 1000 : 1000000;
	return ok && optind == argc;
}

int
main(int argc, char **argv)
{
	struct options o = { .seed = 1, .sql = "sql", .keep = UINT64_MAX };
	struct err e = { 0 };
	struct system s;
	struct finding f;
	struct tally t = { 0 };
	struct steps *steps;
	uint64_t n = 0;
	double begun;
	int got;

	if (!options_read(&o, argc, argv)) {
		fputs(usage, stderr);
		return 64;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	days_make();
	if (o.crowd) {
		got = crowd_run(o.seed, (unsigned)o.histories, &e);
		if (got == 69)
			fprintf(stderr, "busbar-sim: %s\n", e.text);
		return got;
	}
	steps = steps_load(o.sql, &e);
	if (steps == NULL || (!o.plants && !open_system(&o, steps, o.plant, &s, &e))) {
		fprintf(stderr, "busbar-sim: %s\n", e.text);
		return 69;
	}
	begun = seconds();
	got = o.plants ? run_plants(&o, steps, &e) : run(&o, &s, false, &n, &t, &f, &e);
	if (!o.plants)
		tally_print(&t);
	if (!o.plants)
		printf("%" PRIu64 " histories in %.1f s, %s\n", n, seconds() - begun,
		    got == 0 ? "nothing found" : "stopped");
	if (!o.plants)
		(o.db != NULL ? db_system_close : model_close)(&s);
	steps_free(&steps);
	return got;
}
