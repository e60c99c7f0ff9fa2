/*
 * The peers of the ingest benchmark: what one does without a hub. Reads LSE files, looks up
 * each ESI ID in a hash table and sends a row an interval to PostgreSQL by COPY; or reads a
 * meter-year as a hub gives it. Stands alone, beside the hub's code: only the C library and
 * libpq.
 *
 *   rows binary|text CONNINFO TABLE MOST SHIFT FILE...   at most MOST
 *       meter-days, dated SHIFT days later; prints "meter-days intervals seconds"
 *   rows year CONNINFO FROM TO ESIID...            prints "reads median-ms worst-ms rows"
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	SLOTS = 1 << 22, /* of the hash table: a power of two, well above the meters */
	KEY_MOST = 32,
	OUT_BYTES = 256 * 1024,
	ROW_MOST = 128,
	LAPS_MOST = 4096,
	INTERVAL_S = 900
};
static const int64_t PG_EPOCH_S = 946684800;

struct meter {
	char key[KEY_MOST]; /* ESI ID and channel */
	int32_t series;
};

struct state {
	PGconn *pg;
	bool binary;
	struct meter *meter;
	int32_t meters;
	char out[OUT_BYTES];
	size_t len;
	int64_t days, intervals, most, shift_s;
};

static void
die(const char *what, const char *why)
{
	fprintf(stderr, "rows: %s: %s\n", what, why);
	exit(1);
}

static double
now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
query(PGconn *pg, const char *sql, ExecStatusType wanted)
{
	PGresult *r = PQexec(pg, sql);

	if (PQresultStatus(r) != wanted)
		die(sql, PQerrorMessage(pg));
	PQclear(r);
}

static PGconn *
connect_to(const char *conninfo)
{
	PGconn *pg = PQconnectdb(conninfo);

	if (PQstatus(pg) != CONNECTION_OK)
		die(conninfo, PQerrorMessage(pg));
	return pg;
}

/* ---- rows ---- */

static int32_t
series_of(struct state *s, const char *key, size_t len)
{
	uint64_t h = UINT64_C(1469598103934665603);
	size_t at;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)key[i]) * UINT64_C(1099511628211);
	for (at = h & (SLOTS - 1); s->meter[at].series != 0; at = (at + 1) & (SLOTS - 1))
		if (memcmp(s->meter[at].key, key, len) == 0 && s->meter[at].key[len] == '\0')
			return s->meter[at].series;
	if (s->meters >= SLOTS / 4 * 3)
		die("meters", "too many");
	memcpy(s->meter[at].key, key, len);
	return s->meter[at].series = ++s->meters;
}

static void
flush(struct state *s)
{
	if (s->len > 0 && PQputCopyData(s->pg, s->out, (int)s->len) != 1)
		die("COPY", PQerrorMessage(s->pg));
	s->len = 0;
}

static void
put(struct state *s, const void *bytes, size_t n)
{
	memcpy(s->out + s->len, bytes, n);
	s->len += n;
}

static void
put32(struct state *s, uint32_t v)
{
	v = htonl(v);
	put(s, &v, sizeof v);
}

static void
put_row(struct state *s, int32_t series, int64_t utc_s, int32_t wh, char status)
{
	uint64_t us = (uint64_t)(utc_s - PG_EPOCH_S) * 1000000;

	if (s->len + ROW_MOST > sizeof s->out)
		flush(s);
	s->intervals++;
	if (s->binary) {
		uint16_t columns = htons(4);

		put(s, &columns, sizeof columns);
		put32(s, 4);
		put32(s, (uint32_t)series);
		put32(s, 8);
		put32(s, (uint32_t)(us >> 32));
		put32(s, (uint32_t)us);
		put32(s, 4);
		put32(s, (uint32_t)wh);
		put32(s, 1);
		put(s, &status, 1);
		return;
	}
	/* a day is read by local date once, so the instant is cheap to write as UTC */
	static int64_t last_day = -1;
	static char date[32];
	int64_t day = utc_s / 86400, in_day = utc_s % 86400;

	if (day != last_day) {
		time_t t = (time_t)(day * 86400);
		struct tm tm;

		gmtime_r(&t, &tm);
		strftime(date, sizeof date, "%Y-%m-%d", &tm);
		last_day = day;
	}
	s->len +=
	    (size_t)snprintf(s->out + s->len, ROW_MOST, "%d\t%s %02d:%02d:00+00\t%d\t%c\n",
		series, date, (int)(in_day / 3600), (int)(in_day / 60 % 60), wh, status);
}

/* Watt-hours of "0.093"; *p ends at the comma. */
static int32_t
wh_of(const char **p)
{
	int32_t wh = 0;
	int decimals = -1;

	for (; **p != ','; ++*p) {
		if (**p == '.') {
			decimals = 0;
			continue;
		}
		wh = wh * 10 + (**p - '0');
		decimals += decimals >= 0;
	}
	for (; decimals < 3; decimals++)
		wh *= decimals < 0 ? (decimals = 0, 10) : 10;
	return wh;
}

static int64_t
midnight(const char *date)
{
	struct tm tm = { .tm_isdst = -1 };

	for (int i = 0; i < 4; i++)
		tm.tm_year = tm.tm_year * 10 + date[i] - '0';
	tm.tm_year -= 1900;
	tm.tm_mon = (date[4] - '0') * 10 + date[5] - '0' - 1;
	tm.tm_mday = (date[6] - '0') * 10 + date[7] - '0';
	return mktime(&tm);
}

static const char *
next_line(const char *p, const char *end)
{
	const char *nl = memchr(p, '\n', (size_t)(end - p));

	return nl == NULL ? end : nl + 1;
}

static void
read_file(struct state *s, const char *p, const char *end)
{
	int32_t series = 0;
	int64_t at_s = 0, last_s = 0;
	char last_date[8] = "";

	for (; end - p > 9; p = next_line(p, end)) {
		if (memcmp(p, "00000001,", 9) == 0) {
			const char *key = p + 9, *channel = memchr(key, ',', 40) + 1;
			const char *date = memchr(channel, ',', 10);

			if (s->days == s->most)
				return;
			series = series_of(s, key, (size_t)(date - key));
			if (memcmp(last_date, date + 1, 8) != 0) {
				memcpy(last_date, date + 1, 8);
				last_s = midnight(last_date);
			}
			at_s = last_s + s->shift_s;
			s->days++;
		} else if (p[0] == '1') {
			const char *eol = next_line(p, end);

			for (p += 9; p < eol && *p != '\n' && *p != '\r'; at_s += INTERVAL_S) {
				int32_t wh = wh_of(&p);

				put_row(s, series, at_s, wh, p[1]);
				p += 2; /* behind the status: a comma, a time that is empty, a
					   comma */
				while (p < eol && *p == ',' && p[1] == ',')
					p++;
				p += *p == ',';
			}
			p = eol - 1;
		}
	}
}

static void
load(struct state *s, char **file, int files)
{
	for (int i = 0; i < files && s->days < s->most; i++) {
		int fd = open(file[i], O_RDONLY | O_CLOEXEC);
		struct stat st;
		const char *at;

		if (fd < 0 || fstat(fd, &st) != 0 || st.st_size == 0)
			die(file[i], "cannot be read");
		at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (at == MAP_FAILED)
			die(file[i], "cannot be mapped");
		read_file(s, at, at + st.st_size);
		munmap((void *)(uintptr_t)at, (size_t)st.st_size);
		close(fd);
	}
}

static int
rows(int argc, char **argv)
{
	struct state *s = calloc(1, sizeof *s);
	char sql[200];
	double from_s;

	if (s == NULL || (s->meter = calloc(SLOTS, sizeof *s->meter)) == NULL)
		die("memory", "none");
	setenv("TZ", "America/Chicago", 1);
	s->binary = strcmp(argv[1], "binary") == 0;
	s->pg = connect_to(argv[2]);
	s->most = strtoll(argv[4], NULL, 10);
	s->shift_s = strtoll(argv[5], NULL, 10) * 86400;
	snprintf(sql, sizeof sql, "copy %s (series, ts, wh, status) from stdin%s", argv[3],
	    s->binary ? " (format binary)" : "");
	from_s = now_s();
	query(s->pg, "begin", PGRES_COMMAND_OK);
	query(s->pg, sql, PGRES_COPY_IN);
	if (s->binary)
		put(s, "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
	load(s, argv + 6, argc - 6);
	if (s->len + 2 > sizeof s->out)
		flush(s);
	if (s->binary)
		put(s, "\377\377", 2);
	flush(s);
	if (PQputCopyEnd(s->pg, NULL) != 1)
		die("COPY", PQerrorMessage(s->pg));
	for (PGresult *r; (r = PQgetResult(s->pg)) != NULL; PQclear(r))
		if (PQresultStatus(r) != PGRES_COMMAND_OK)
			die("COPY", PQerrorMessage(s->pg));
	query(s->pg, "commit", PGRES_COMMAND_OK);
	printf(
	    "%lld %lld %.3f\n", (long long)s->days, (long long)s->intervals, now_s() - from_s);
	PQfinish(s->pg);
	return 0;
}

/* ---- a meter-year ---- */

static int
by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int
year(int argc, char **argv)
{
	PGconn *pg = connect_to(argv[2]);
	double lap_ms[LAPS_MOST];
	long long rows = 0;
	int laps = 0;

	PQclear(PQprepare(pg, "open",
	    "select number from reads.release_open(null, $1::text, 'interval', $2::date, "
	    "$3::date, "
	    "null, false, 'bench', 'benchmark')",
	    3, NULL));
	PQclear(PQprepare(pg, "rows", "select * from reads.release_rows($1::int8)", 1, NULL));
	/* twice over all: the first time warms caches and plans and does not count */
	for (int i = 5; i < argc * 2 - 5 && laps < LAPS_MOST; i++) {
		const char *opened[] = { argv[i < argc ? i : i - argc + 5], argv[3], argv[4] };
		PGresult *o = PQexecPrepared(pg, "open", 3, opened, NULL, NULL, 0), *r;
		double from_s;

		if (PQresultStatus(o) != PGRES_TUPLES_OK)
			die(opened[0], PQerrorMessage(pg));
		opened[0] = PQgetvalue(o, 0, 0);
		from_s = now_s();
		r = PQexecPrepared(pg, "rows", 1, opened, NULL, NULL, 1);
		if (PQresultStatus(r) != PGRES_TUPLES_OK)
			die(opened[0], PQerrorMessage(pg));
		if (i >= argc) {
			lap_ms[laps++] = (now_s() - from_s) * 1000;
			rows += PQntuples(r);
		}
		PQclear(r);
		PQclear(o);
	}
	if (laps == 0)
		die("year", "no ESI IDs");
	qsort(lap_ms, (size_t)laps, sizeof *lap_ms, by_value);
	printf("%d %.2f %.2f %lld\n", laps, lap_ms[laps / 2], lap_ms[laps - 1], rows / laps);
	PQfinish(pg);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc > 5 && strcmp(argv[1], "year") == 0)
		return year(argc, argv);
	if (argc > 6 && (strcmp(argv[1], "binary") == 0 || strcmp(argv[1], "text") == 0))
		return rows(argc, argv);
	fprintf(stderr, "usage: rows binary|text CONNINFO TABLE MOST SHIFT FILE... | "
			"rows year CONNINFO FROM TO ESIID...\n");
	return 64;
}
