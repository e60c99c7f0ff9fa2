/*
 * busbar reads: what is stored of one ESI ID. A release is two transactions: the first checks
 * and writes the audit event and is committed before anything leaves; the second checks again
 * and reads.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/chart.h"
#include "cli/commands.h"
#include "cli/cli.h"
#include "cli/party.h"
#include "store/shapes.h"
#include "meter/format.h"
#include "meter/pack.h"

struct reads_args {
	struct str esiid, format, as, reason, as_of;
	int32_t from, to;
	bool versions, chart;
};

static const struct option options[] = {
	ARG_TEXT(reads_args, esiid, "ESIID", OPTION_OPTIONAL,
	    "17 or 22 digits (default: all that the party of --as may read)"),
	OPT_DATE(reads_args, from, "--from", OPTION_REQUIRED, "first local day"),
	OPT_DATE(reads_args, to, "--to", OPTION_REQUIRED, "last local day, inclusive"),
	OPT_STAMP(
	    reads_args, as_of, "--as-of", OPTION_OPTIONAL, "as it was known then, inclusive"),
	OPT_FLAG(
	    reads_args, versions, "--versions", "every version, not the current one alone"),
	OPT_WORD(reads_args, format, "--format", "FORMAT", OPTION_OPTIONAL,
	    "csv|csv-ext|json|lse|espi", "default: csv"),
	OPT_FLAG(reads_args, chart, "--chart", "draw each day on the terminal instead"),
	OPT_TEXT(reads_args, as, "--as", "PARTY", OPTION_OPTIONAL,
	    "only what this party may read (default: the operator)"),
	OPT_TEXT(
	    reads_args, reason, "--reason", "TEXT", OPTION_OPTIONAL, "why, for the audit log"),
};

enum { RANGE_MOST_DAYS = 3660, OUT_PIECE_BYTES = 64 * 1024 };

struct release_row {
	int32_t channel, day, load, line;
	int64_t created, loaded_at;
	struct str data, esiid, tdu, zone;
};

static const struct db_field fields[] = {
	DB_INT4(release_row, channel),
	DB_DATE(release_row, day),
	DB_INT4(release_row, load),
	DB_INT4(release_row, line),
	DB_STAMP(release_row, created),
	DB_STAMP(release_row, loaded_at),
	DB_BYTES(release_row, data),
	DB_TEXT(release_row, esiid),
	DB_TEXT(release_row, tdu),
	DB_TEXT(release_row, zone),
};

struct reading_out {
	const struct cli *cli;
	const struct out_format *format; /* NULL: a chart */
	struct shapes shapes;
	struct buf out;
	struct out_file file;
	char name[96]; /* of the file */
	struct day day;
	bool versions;
	bool items; /* JSON lines become the members of one list */
	bool all;   /* of every premise that the party may read */
	int64_t days;
};

/* ---- the first transaction ---- */

struct opening {
	const struct reads_args *a;
	struct param principal;
	const char *reason;
	int64_t number;
};

static bool
open_in(struct task *t, struct conn *c, void *arg, struct err *e)
{
	struct opening *o = arg;
	const struct reads_args *a = o->a;
	struct release {
		int64_t number;
	} row;
	static const struct db_field number[] = { DB_INT8(release, number) };
	enum db_got got;

	if (a->esiid.at == NULL)
		got = db_one(t, c, SQL_RELEASE_ALL_OPEN,
		    ARGS(o->principal, P_DATE(a->from), P_DATE(a->to), P_STR(a->as_of),
			P_TEXT("busbar"), P_TEXT(o->reason)),
		    number, nitems(number), &row, NULL, e);
	else
		got = db_one(t, c, SQL_RELEASE_OPEN,
		    ARGS(o->principal, P_STR(a->esiid), P_TEXT("interval"), P_DATE(a->from),
			P_DATE(a->to), P_STR(a->as_of), P_BOOL(a->versions), P_TEXT("busbar"),
			P_TEXT(o->reason)),
		    number, nitems(number), &row, NULL, e);
	if (got != DB_FOUND)
		return false;
	o->number = row.number;
	return true;
}

/* Whoever asks for reads after its right has ended is noted; that this fails changes nothing.
 */
static void
note_refused(struct task *t, struct cli *cli, const struct opening *o)
{
	struct err ignored;
	AUTO_PTR(conn) c = cli_lease(t, cli, &ignored);

	if (c != NULL)
		db_exec(t, c, SQL_READ_REFUSED,
		    ARGS(o->principal, P_STR(o->a->esiid), P_TEXT("busbar")), NULL, &ignored);
}

/* Committed when it returns true: from here on the release is on record. */
static bool
open_release(
    struct task *t, struct cli *cli, const struct reads_args *a, int64_t *number, struct err *e)
{
	struct opening o = { .a = a, .principal = P_NULL() };
	char reason[256];

	cli_actor(reason, sizeof reason);
	if (a->reason.at != NULL)
		snprintf(reason + strlen(reason), sizeof reason - strlen(reason), ": " STR_FMT,
		    STR_ARG(a->reason));
	o.reason = reason;
	if (a->as.at != NULL) {
		AUTO_PTR(conn) c = cli_lease(t, cli, e);
		struct party as;

		if (c == NULL || !party_get(t, c, a->as, NULL, &as, e))
			return false;
		o.principal = (struct param)P_INT4(as.party);
	}
	if (db_transaction(t, cli_db(cli, e), DB_READ_COMMITTED, open_in, &o, e) != DB_FOUND) {
		if (e->code == ERR_NOT_FOUND && a->as.at != NULL && a->esiid.at != NULL)
			note_refused(t, cli, &o);
		return false;
	}
	*number = o.number;
	return true;
}

/* ---- the second ---- */

static void
draw(struct reading_out *r, const struct out_day *o)
{
	AUTO(buf) label = BUF(256);
	char created[CIVIL_STAMP_SIZE];

	civil_stamp(created, o->d->created_s);
	buf_fmt(
	    &label, "%s %s", o->esiid, o->d->channel == CHANNEL_LOAD ? "load" : "generation");
	if (r->versions)
		buf_fmt(&label, " as of %s", created);
	buf_byte(&label, '\0');
	chart_day(&r->out, o->d, o->zone, label.at, r->cli->columns, r->cli->colour);
}

static bool
put_day(struct reading_out *r, const struct release_row *row, struct err *e)
{
	struct out_day o = { .d = &r->day, .loaded_s = row->loaded_at, .load = row->load };
	char zone[ZONE_NAME_SIZE], tdu[PARTY_CODE_SIZE];
	uint32_t shape;

	str_copy(o.esiid, sizeof o.esiid, row->esiid);
	str_copy(zone, sizeof zone, row->zone);
	str_copy(tdu, sizeof tdu, row->tdu);
	o.tdu = tdu;
	o.zone = zone_get(zone, e);
	if (o.zone == NULL || !day_unpack(row->data, &r->day, &shape, e))
		return false;
	if (!esiid_read(row->esiid, &r->day.esiid))
		return err(e, ERR_BUG, "the database gave ESI ID \"" STR_FMT "\"",
		    STR_ARG(row->esiid));
	r->day.day = row->day;
	r->day.channel = (uint8_t)row->channel;
	r->day.created_s = row->created;
	r->day.line = (uint64_t)row->line;
	r->day.shape = shapes_text(&r->shapes, (int32_t)shape);
	if (r->items && r->days > 0)
		buf_byte(&r->out, ',');
	if (r->format == NULL)
		draw(r, &o);
	else
		r->format->day(&r->file, &o);
	if (r->items && r->out.len > 0)
		r->out.len--; /* the line's end */
	r->days++;
	return buf_ok(&r->out) || err(e, ERR_BUG, "a day does not fit its buffer");
}

static bool
flush(struct reading_out *r, bool all, struct err *e)
{
	if (r->out.len == 0 || (!all && r->out.len < OUT_PIECE_BYTES))
		return true;
	if (!cli_out(buf_view(&r->out), e))
		return false;
	buf_reset(&r->out);
	return true;
}

static bool
put_days(struct task *t, struct conn *c, struct reading_out *r, int64_t number, struct err *e)
{
	struct release_row row;
	enum io_got got;

	if (!db_stream(t, c, r->all ? SQL_RELEASE_ALL_ROWS : SQL_RELEASE_ROWS,
		ARGS(P_INT8(number)), e))
		return false;
	while ((got = db_stream_next(t, c, fields, nitems(fields), &row, e)) == IO_OK)
		if (!put_day(r, &row, e) || !flush(r, false, e)) {
			db_stream_stop(t, c);
			return false;
		}
	return got == IO_END;
}

static bool
put_all(struct task *t, struct cli *cli, struct reading_out *r, int64_t number, struct err *e)
{
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	if (c == NULL || !shapes_read(&r->shapes, t, c, SQL_RELEASE_SHAPES, e) ||
	    !space_read(&r->file.space, t, c, SQL_RELEASE_SPACE, e))
		return false;
	if (r->items)
		buf_c(&r->out, "{\"items\":[");
	else if (r->format != NULL)
		r->format->begin(&r->file);
	if (!put_days(t, c, r, number, e))
		return false;
	if (r->items)
		buf_c(&r->out, "]}\n");
	else if (r->format != NULL)
		r->format->end(&r->file);
	return flush(r, true, e);
}

/* The same question has the same name, so a feed asked for twice is known again. */
static void
name_file(struct reading_out *r, const struct reads_args *a)
{
	char from[CIVIL_DATE_SIZE], to[CIVIL_DATE_SIZE];
	struct timespec now;

	civil_date(from, a->from);
	civil_date(to, a->to);
	snprintf(r->name, sizeof r->name, "reads " STR_FMT " %s %s " STR_FMT,
	    STR_ARG(r->all ? a->as : a->esiid), from, to, STR_ARG(a->as_of));
	r->file.to = &r->out;
	r->file.name = r->name;
	clock_gettime(CLOCK_REALTIME, &now);
	r->file.made_s = now.tv_sec;
}

static bool
choose(struct reading_out *r, const struct reads_args *a, struct err *e)
{
	const char *name = a->format.at != NULL ? a->format.at : r->cli->json ? "json" : "csv";
	struct esiid id;

	if (r->all && (a->as.at == NULL || a->versions))
		return err(e, ERR_USAGE,
		    "without an ESI ID, --as says whose reads, and --versions is not possible");
	if (!r->all && !esiid_read(a->esiid, &id))
		return err(e, ERR_BAD_INPUT,
		    "ESI ID is \"" STR_FMT "\", expected 10 and 15 or 20 more digits",
		    STR_ARG(a->esiid));
	if (a->to < a->from || a->to - a->from >= RANGE_MOST_DAYS)
		return err(
		    e, ERR_USAGE, "--to must not be before --from, nor ten years behind it");
	if (r->cli->json && (a->chart || strcmp(name, "json") != 0))
		return err(
		    e, ERR_USAGE, "--json goes with neither --chart nor another --format");
	r->items = r->cli->json;
	if (a->chart)
		return true;
	r->format = out_format_named(name);
	if (r->format == NULL)
		return err(e, ERR_BUG, "there is no format %s", name);
	if (r->format->by_premise && (a->versions || (r->all && a->to != a->from)))
		return err(e, ERR_USAGE,
		    "--format %s holds a day once and goes premise by premise: not with "
		    "--versions, and without an ESI ID for one day only",
		    name);
	return true;
}

static bool
run(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct reads_args *a = args;
	struct reading_out r = { .cli = cli,
		.versions = a->versions,
		.out = BUF(OUT_PIECE_BYTES + OUT_DAY_MOST + 16) };
	int64_t number;
	bool ok;

	r.all = a->esiid.at == NULL;
	name_file(&r, a);
	ok = choose(&r, a, e) && open_release(t, cli, a, &number, e) &&
	     put_all(t, cli, &r, number, e);
	buf_auto(&r.out);
	shapes_auto(&r.shapes);
	if (ok && r.days == 0)
		cli_say("There are no reads in that range.");
	return ok;
}

const struct command cmd_reads = {
	.name = "reads",
	.help = "give out the interval reads of an ESI ID, or of all that a party may read",
	.about =
	    "Days are local days of the utility; when the clocks change they have 92 or 100\n"
	    "quarter-hours. csv is the layout of Smart Meter Texas, csv-ext has the instant in "
	    "UTC\n"
	    "and the offset beside it, json is one object a channel and day (a line each; "
	    "with\n"
	    "--json one list), lse is what a utility would send, espi a Green Button feed. A\n"
	    "missing read is empty, null, absent or marked, never zero. Every call is on "
	    "record with its reason; with --as exactly "
	    "what\n"
	    "that party may read, in whole days.",
	COMMAND_OPTIONS(options),
	.args_bytes = sizeof(struct reads_args),
	.needs = NEEDS_CONF,
	.run = run,
};
