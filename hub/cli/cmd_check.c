/*
 * busbar check: nothing lost, nothing twice, nothing leaked. SQL knows the invariants of the
 * tables (ops.check); here are those between the ledger and the file store, and, deep, every
 * byte.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/commands.h"
#include "cli/list.h"
#include "store/shapes.h"
#include "meter/pack.h"
#include "store/objects.h"

struct check_args {
	bool deep, sweep;
};

static const struct option options[] = {
	OPT_FLAG(check_args, deep, "--deep",
	    "also digest every stored file and unpack every stored day"),
	OPT_FLAG(check_args, sweep, "--sweep",
	    "remove stored files that have been without a row for an hour"),
};

static const struct list_column columns[] = {
	{ "name", "INVARIANT", CELL_TEXT },
	{ "ok", "HOLDS", CELL_BOOL },
	{ "found", "FOUND", CELL_TEXT },
};

enum { OBJECTS_BYTES_MOST = 1024 * 1024 * 1024, FOUND_MOST = 640 };

static void add(struct list *l, const char *name, bool ok, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

static void
add(struct list *l, const char *name, bool ok, const char *fmt, ...)
{
	char found[FOUND_MOST];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(found, sizeof found, fmt, ap);
	va_end(ap);
	list_text(l, str_of(name));
	list_int(l, ok);
	list_text(l, str_of(found));
}

/* ---- the ledger and the file store ---- */

struct object_row {
	int64_t file, size;
	struct str side, sha256;
};

static const struct db_field object_fields[] = {
	DB_INT8(object_row, file),
	DB_TEXT(object_row, side),
	DB_BYTES(object_row, sha256),
	DB_INT8(object_row, size),
};

struct known { /* what the ledger names: the side, then the digest */
	unsigned char key[1 + DIGEST_BYTES];
};

struct store_check {
	struct objects *store;
	bool deep, sweep;
	struct buf known;
	int64_t objects, bytes, wrong;
	char first[FOUND_MOST]; /* the first that is wrong */
};

static bool
object_ok(
    struct store_check *s, const struct object_row *row, enum object_side side, struct err *e)
{
	struct object_name name = { .size = row->size };
	struct stat st;

	if (row->sha256.len != DIGEST_BYTES)
		return err(e, ERR_BUG, "its row has no digest");
	memcpy(name.sha256, row->sha256.at, DIGEST_BYTES);
	if (s->deep)
		return object_verify(s->store, side, &name, e);
	{
		AUTO_FD fd = object_open(s->store, side, name.sha256, e);

		if (fd < 0)
			return false;
		if (fstat(fd, &st) != 0)
			return err_errno(e, ERR_IO, "looking at an object");
		return st.st_size == row->size ||
		       err(e, ERR_FINDINGS, "an object has %lld bytes, expected %lld",
			   (long long)st.st_size, (long long)row->size);
	}
}

static void
check_object(struct store_check *s, const struct object_row *row)
{
	enum object_side side = str_is(row->side, "in") ? OBJECT_IN : OBJECT_OUT;
	struct known k = { .key = { (unsigned char)side } };
	struct err e = { 0 };

	if (row->sha256.len == DIGEST_BYTES)
		memcpy(k.key + 1, row->sha256.at, DIGEST_BYTES);
	buf_add(&s->known, &k, sizeof k);
	s->objects++;
	s->bytes += row->size;
	if (object_ok(s, row, side, &e))
		return;
	if (s->wrong++ == 0)
		snprintf(s->first, sizeof s->first, "file %" PRId64 ": %s", row->file, e.text);
}

static int
by_key(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct known));
}

static bool
is_known(void *arg, enum object_side side, const unsigned char sha256[DIGEST_BYTES])
{
	const struct store_check *s = arg;
	struct known k = { .key = { (unsigned char)side } };

	memcpy(k.key + 1, sha256, DIGEST_BYTES);
	return s->known.len > 0 &&
	       bsearch(&k, s->known.at, s->known.len / sizeof k, sizeof k, by_key) != NULL;
}

static bool
check_objects(
    struct task *t, struct conn *c, const struct cli *cli, struct store_check *s, struct err *e)
{
	struct progress p = progress_start(cli, "checked", "stored files", 0);
	struct object_row row;
	enum io_got got;

	if (!db_stream(t, c, SQL_LEDGER_OBJECTS, NO_ARGS, e))
		return false;
	while ((got = db_stream_next(t, c, object_fields, nitems(object_fields), &row, e)) ==
	       IO_OK) {
		check_object(s, &row);
		progress_tell(&p, s->objects);
	}
	progress_end(&p);
	if (got == IO_END && !buf_ok(&s->known))
		return err(e, ERR_TOO_BIG, "there are too many stored files to check at once");
	return got == IO_END;
}

static bool
check_store(
    struct task *t, struct cli *cli, const struct check_args *a, struct list *l, struct err *e)
{
	struct store_check s = { .deep = a->deep, .known = BUF(OBJECTS_BYTES_MOST) };
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	int64_t orphans = -1;
	bool ok = c != NULL && (s.store = objects_open(cli->conf.store_path, e)) != NULL &&
		  check_objects(t, c, cli, &s, e);

	if (ok) {
		if (s.known.len > 0)
			qsort(s.known.at, s.known.len / sizeof(struct known),
			    sizeof(struct known), by_key);
		orphans = objects_walk(s.store, is_known, &s, a->sweep, e);
		ok = orphans >= 0;
	}
	if (ok) {
		if (s.wrong == 0)
			add(l,
			    a->deep ? "stored files are whole, byte for byte"
				    : "every file of the ledger is stored in its size",
			    true, "%" PRId64 " files, %" PRId64 " bytes", s.objects, s.bytes);
		else
			add(l, "every file of the ledger is stored", false,
			    "%" PRId64 " are not; the first: %s", s.wrong, s.first);
		add(l, "stored files without a row are swept", true, "%" PRId64 " %s", orphans,
		    a->sweep ? "swept" : "to sweep");
	}
	objects_free(&s.store);
	buf_auto(&s.known);
	return ok;
}

/* ---- every stored day ---- */

struct day_row {
	int32_t series, day, load, line, n, estimated, missing;
	int64_t total_wh;
	struct str data;
};

static const struct db_field day_fields[] = {
	DB_INT4(day_row, series),
	DB_DATE(day_row, day),
	DB_INT4(day_row, load),
	DB_INT4(day_row, line),
	DB_INT4(day_row, n),
	DB_INT4(day_row, estimated),
	DB_INT4(day_row, missing),
	DB_INT8(day_row, total_wh),
	DB_BYTES(day_row, data),
};

static bool
day_ok(const struct day_row *row, struct day *d, const struct shapes *shapes, struct err *e)
{
	uint32_t shape;

	if (!day_unpack(row->data, d, &shape, e))
		return false;
	if (d->n != row->n || d->estimated != row->estimated || d->missing != row->missing ||
	    d->total_wh != row->total_wh)
		return err(e, ERR_FINDINGS,
		    "holds %u slots, %u estimated, %u missing, %" PRId64
		    " Wh; its row says %d, %d, %d, %" PRId64,
		    (unsigned)d->n, (unsigned)d->estimated, (unsigned)d->missing, d->total_wh,
		    row->n, row->estimated, row->missing, row->total_wh);
	if (shape != 0 && !shapes_has(shapes, (int32_t)shape))
		return err(e, ERR_FINDINGS, "names shape %u, which is not there", shape);
	return true;
}

struct days_check {
	int64_t days, wrong;
	char first[FOUND_MOST];
	struct day day;
};

static void
check_day(struct days_check *s, const struct day_row *row, const struct shapes *shapes)
{
	char date[CIVIL_DATE_SIZE];
	struct err e = { 0 };

	s->days++;
	if (day_ok(row, &s->day, shapes, &e) || s->wrong++ > 0)
		return;
	civil_date(date, row->day);
	snprintf(s->first, sizeof s->first, "series %d of %s (load %d, line %d) %s",
	    row->series, date, row->load, row->line, e.text);
}

static bool
stream_days(
    struct task *t, struct conn *c, const struct cli *cli, struct days_check *s, struct err *e)
{
	struct progress p = progress_start(cli, "unpacked", "meter-days", 0);
	struct shapes shapes = { 0 };
	struct day_row row;
	enum io_got got = IO_FAIL;

	if (shapes_read(&shapes, t, c, SQL_RELEASE_SHAPES, e) &&
	    db_stream(t, c, SQL_CHECK_DAYS, NO_ARGS, e))
		while ((got = db_stream_next(t, c, day_fields, nitems(day_fields), &row, e)) ==
		       IO_OK) {
			check_day(s, &row, &shapes);
			progress_tell(&p, s->days);
		}
	progress_end(&p);
	shapes_auto(&shapes);
	return got == IO_END;
}

static bool
check_days(struct task *t, struct cli *cli, struct list *l, struct err *e)
{
	struct days_check s = { 0 };
	struct db *db =
	    db_open(cli->conf.db_conninfo, cli->conf.migrate_role, "busbar check", 1, e);
	struct conn *c = db == NULL ? NULL : cli_lease_from(t, db, e);
	bool ok = c != NULL &&
		  db_exec(t, c, SQL_MIGRATE_BECOME, ARGS(P_TEXT(cli->conf.owner_role)), NULL,
		      e) == DB_FOUND &&
		  stream_days(t, c, cli, &s, e);

	db_release(&c);
	db_close(&db);
	if (!ok)
		return false;
	if (s.wrong == 0)
		add(l, "every stored day unpacks to what its row says", true,
		    "%" PRId64 " meter-days", s.days);
	else
		add(l, "every stored day unpacks to what its row says", false,
		    "%" PRId64 " of %" PRId64 " do not; the first: %s", s.wrong, s.days,
		    s.first);
	return true;
}

/* ---- all of it ---- */

static bool
check_sql(struct task *t, struct cli *cli, struct list *l, struct err *e)
{
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	return c != NULL && list_rows(l, t, c, SQL_OPS_CHECK, NO_ARGS, e);
}

static bool
run(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct check_args *a = args;
	AUTO(list) l = LIST(columns);
	size_t broken = 0;

	if (!check_sql(t, cli, &l, e) || !check_store(t, cli, a, &l, e) ||
	    (a->deep && !check_days(t, cli, &l, e)) || !list_print(&l, cli, e))
		return false;
	for (size_t row = 0; row < list_count(&l); row++)
		broken += list_cell(&l, row, 1).number == 0;
	return broken == 0 || err(e, ERR_FINDINGS, "%zu of %zu invariants do not hold.", broken,
				  list_count(&l));
}

const struct command cmd_check = {
	.name = "check",
	.help = "check that nothing is lost, nothing twice, nothing leaked",
	.about = "Compares tables with each other, roll-ups with a recount, the ledger with "
		 "the file\n"
		 "store, rights with what they should be. --deep reads everything that is "
		 "stored, and\n"
		 "needs the right to migrate. Exit status 0 when all holds, 1 when not.",
	COMMAND_OPTIONS(options),
	.args_bytes = sizeof(struct check_args),
	.needs = NEEDS_CONF,
	.run = run,
};
