/* busbar rep: the retail electric providers, by PUCT certificate. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/csv.h"
#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"

static const struct list_column rep_columns[] = {
	{ "code", "CODE", CELL_TEXT },
	{ "name", "NAME", CELL_TEXT },
	{ "certificate", "CERTIFICATE", CELL_TEXT },
	{ "duns", "DUNS", CELL_TEXT },
};

static bool
rep_list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	AUTO(list) l = LIST(rep_columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	(void)args;
	return c != NULL && list_rows(&l, t, c, SQL_PARTY_LIST, ARGS(P_TEXT("REP")), e) &&
	       list_print(&l, cli, e);
}

struct rep_add_args {
	struct str code, name, certificate, duns;
};

static const struct option rep_add_options[] = {
	ARG_TEXT(rep_add_args, code, "CODE", OPTION_REQUIRED, "letters, digits and hyphens"),
	OPT_TEXT(rep_add_args, name, "--name", "NAME", OPTION_REQUIRED, "as people call it"),
	OPT_TEXT(rep_add_args, certificate, "--certificate", "NUMBER", OPTION_REQUIRED,
	    "PUCT certificate, five digits"),
	OPT_TEXT(rep_add_args, duns, "--duns", "DUNS", OPTION_OPTIONAL, "9 or 13 digits"),
};

static bool
rep_insert(struct task *t, struct conn *c, struct str code, struct str name,
    struct str certificate, struct str duns, int32_t *party, struct err *e)
{
	char actor[ACTOR_SIZE];

	cli_actor(actor, sizeof actor);
	return party_add(t, c, SQL_REP_ADD,
	    ARGS(P_STR(code), P_STR(name), P_STR(certificate), P_STR(duns), P_TEXT(actor)),
	    party, e);
}

static bool
rep_add(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct rep_add_args *a = args;
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	int32_t party;

	return c != NULL &&
	       rep_insert(t, c, a->code, a->name, a->certificate, a->duns, &party, e) &&
	       party_tell_made(cli, a->code, party, e);
}

/* ---- a file of REPs ---- */

enum { LOAD_PIECE_BYTES = 2048, LOAD_RECORD_MOST = 4096 };

struct load_args {
	struct str file;
};

static const struct option load_options[] = {
	ARG_TEXT(load_args, file, "FILE", OPTION_REQUIRED,
	    "CSV with a heading: certificate, code, name and, if known, duns"),
};

enum load_column { LOAD_CERTIFICATE, LOAD_CODE, LOAD_NAME, LOAD_DUNS, LOAD_COLUMNS };
static const char *const load_names[LOAD_COLUMNS] = { "certificate", "code", "name", "duns" };

struct load {
	struct list known; /* rep_columns */
	bool headed;
	size_t place[LOAD_COLUMNS]; /* of each column in the file, from 1; 0: not there */
	int64_t added, there;
};

static bool
read_heading(struct load *l, const struct csv_record *r, struct err *e)
{
	for (size_t i = 0; i < r->n; i++) {
		size_t k = 0;

		while (
		    k < LOAD_COLUMNS && !str_ieq(str_trim(r->field[i]), str_of(load_names[k])))
			k++;
		if (k == LOAD_COLUMNS)
			return err(e, ERR_BAD_FILE,
			    "the heading has \"" STR_FMT
			    "\", expected certificate, code, name or "
			    "duns",
			    STR_ARG(r->field[i]));
		l->place[k] = i + 1;
	}
	for (size_t k = 0; k < LOAD_DUNS; k++)
		if (l->place[k] == 0)
			return err(
			    e, ERR_BAD_FILE, "the heading has no column \"%s\"", load_names[k]);
	l->headed = true;
	return true;
}

static struct str
load_field(const struct load *l, const struct csv_record *r, enum load_column k)
{
	if (l->place[k] == 0 || l->place[k] > r->n)
		return (struct str){ NULL, 0 };
	return str_trim(r->field[l->place[k] - 1]);
}

/* The same REP again is no fault: a file may be loaded twice. */
static bool
is_there(const struct load *l, struct str code, struct str certificate)
{
	for (size_t row = 0; row < list_count(&l->known); row++)
		if (str_ieq(list_cell(&l->known, row, 0).text, code) &&
		    str_eq(list_cell(&l->known, row, 2).text, certificate))
			return true;
	return false;
}

static bool
load_record(
    struct task *t, struct conn *c, struct load *l, const struct csv_record *r, struct err *e)
{
	struct str code = load_field(l, r, LOAD_CODE);
	struct str certificate = load_field(l, r, LOAD_CERTIFICATE);
	struct str duns = load_field(l, r, LOAD_DUNS);
	int32_t party;

	if (!l->headed)
		return read_heading(l, r, e);
	if (is_there(l, code, certificate)) {
		l->there++;
		return true;
	}
	if (duns.len == 0)
		duns.at = NULL;
	if (!rep_insert(t, c, code, load_field(l, r, LOAD_NAME), certificate, duns, &party, e))
		return err_at(e, "line %llu", (unsigned long long)r->line);
	l->added++;
	return true;
}

/* Records until the reader wants more bytes or has ended. */
static bool
load_records(struct task *t, struct conn *c, struct load *l, struct csv *csv, struct err *e)
{
	struct csv_record r;

	for (;;) {
		switch (csv_next(csv, &r, e)) {
		case CSV_RECORD:
			if (!load_record(t, c, l, &r, e))
				return false;
			break;
		case CSV_FAULT:
			return false;
		case CSV_MORE:
		case CSV_END:
			return true;
		}
	}
}

static bool
load_fd(struct task *t, struct conn *c, struct load *l, int fd, struct err *e)
{
	AUTO_PTR(csv) csv = csv_new(LOAD_RECORD_MOST);
	char piece[LOAD_PIECE_BYTES];
	ssize_t got;

	if (csv == NULL)
		return err(e, ERR_BUSY, "there is no memory left");
	do {
		got = read(fd, piece, sizeof piece);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(e, ERR_IO, "reading the file");
		csv_feed(csv, (struct str){ piece, (size_t)got }, got == 0);
		if (!load_records(t, c, l, csv, e))
			return false;
	} while (got != 0);
	return l->headed || err(e, ERR_BAD_FILE, "the file is empty");
}

static bool
load_all(struct task *t, struct cli *cli, struct load *l, int fd, struct err *e)
{
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	if (c == NULL || !list_rows(&l->known, t, c, SQL_PARTY_LIST, ARGS(P_TEXT("REP")), e) ||
	    !db_begin(t, c, DB_READ_COMMITTED, e))
		return false;
	if (load_fd(t, c, l, fd, e))
		return db_commit(t, c, e) == DB_FOUND;
	db_rollback(t, c);
	return false;
}

static bool
rep_load(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	static const struct list_column columns[] = {
		{ "added", "ADDED", CELL_INT },
		{ "there", "THERE ALREADY", CELL_INT },
	};
	const struct load_args *a = args;
	struct load l = { .known = LIST(rep_columns) };
	AUTO(list) told = LIST(columns);
	AUTO_FD fd = open(a->file.at, O_RDONLY | O_CLOEXEC);
	bool ok =
	    fd >= 0 ? load_all(t, cli, &l, fd, e) : err_errno(e, ERR_BAD_INPUT, "opening");

	list_auto(&l.known);
	if (!ok)
		return err_at(e, STR_FMT, STR_ARG(a->file));
	list_int(&told, l.added);
	list_int(&told, l.there);
	return list_print_one(&told, cli, "result", e);
}

const struct command cmd_rep_list = {
	.name = "rep list",
	.help = "list the retail electric providers (REPs)",
	.needs = NEEDS_CONF,
	.run = rep_list,
};

const struct command cmd_rep_add = {
	.name = "rep add",
	.help = "take in a retail electric provider (REP)",
	COMMAND_OPTIONS(rep_add_options),
	.args_bytes = sizeof(struct rep_add_args),
	.needs = NEEDS_CONF,
	.run = rep_add,
};

const struct command cmd_rep_load = {
	.name = "rep load",
	.help = "take in REPs from a file",
	.about = "All of the file or, when a line is wrong, nothing of it. A REP that is there "
		 "with\n"
		 "the same code and certificate is passed over, so a file may be loaded again.",
	COMMAND_OPTIONS(load_options),
	.args_bytes = sizeof(struct load_args),
	.needs = NEEDS_CONF,
	.run = rep_load,
};
