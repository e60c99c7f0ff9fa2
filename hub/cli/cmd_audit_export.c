/*
 * busbar audit export: the log as a folder that busbar-verify checks (hub/verify/bundle.c says
 * what is in it). The checkpoint is written last, so that a folder that has one is whole.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/audit.h"
#include "cli/commands.h"
#include "cli/list.h"

enum { PAGE = 20000, CHECKPOINTS_MOST = 10000 };

struct export_args {
	struct str out;
	bool last, kit;
	int64_t size;
};

static const struct option options[] = {
	OPT_TEXT(
	    export_args, out, "--out", "DIR", OPTION_REQUIRED, "a new folder, or an empty one"),
	OPT_FLAG(export_args, last, "--last",
	    "up to the last checkpoint that was signed, though events have come since"),
	OPT_FLAG(export_args, kit, "--kit",
	    "with busbar-verify and its guide: all that an auditor's machine needs"),
	OPT_INT(export_args, size, "--size", "N", OPTION_OPTIONAL, 1, INT64_MAX,
	    "up to the checkpoint of so many entries"),
};

/* ---- files ---- */

struct out {
	const char *folder;
	FILE *f;
	char name[32];
};

static void
out_auto(struct out *o)
{
	if (o->f != NULL)
		fclose(o->f);
}

static bool
out_open(struct out *o, const char *name, struct err *e)
{
	char path[4096];

	snprintf(o->name, sizeof o->name, "%s", name);
	snprintf(path, sizeof path, "%s/%s", o->folder, name);
	o->f = fopen(path, "wxe");
	return o->f != NULL ||
	       err_errno(e, errno == EEXIST ? ERR_BAD_INPUT : ERR_IO, "%s", path);
}

static void
out_str(struct out *o, struct str s)
{
	fwrite(s.at, 1, s.len, o->f); /* what fails shows in out_close */
}

static bool
out_close(struct out *o, struct err *e)
{
	bool ok = fflush(o->f) == 0 && !ferror(o->f) && fsync(fileno(o->f)) == 0;

	if (!ok)
		err_errno(e, ERR_IO, "writing %s", o->name);
	ok = fclose(o->f) == 0 && ok;
	o->f = NULL;
	return ok;
}

static bool
make_folder(const char *folder, struct err *e)
{
	if (mkdir(folder, 0755) == 0 || errno == EEXIST)
		return true;
	return err_errno(e, ERR_BAD_INPUT, "cannot make the folder %s", folder);
}

/* ---- what is in them ---- */

struct line_row {
	struct str line;
};
static const struct db_field line_fields[] = { DB_TEXT(line_row, line) };

static bool
entries(struct task *t, struct cli *cli, struct conn *c, struct out *o, uint64_t size,
    struct err *e)
{
	struct progress p = progress_start(cli, "exported", "entries", (int64_t)size);
	struct line_row row;

	if (!out_open(o, "entries", e))
		return false;
	for (uint64_t from = 0; from < size; from += PAGE) {
		uint64_t to = size - from < PAGE ? size : from + PAGE;
		AUTO_PTR(rows)
		r = db_rows(
		    t, c, SQL_AUDIT_LINES, ARGS(P_INT8((int64_t)from), P_INT8((int64_t)to)), e);

		if (r == NULL)
			return false;
		while (ROWS_NEXT(r, line_fields, &row)) {
			out_str(o, row.line);
			out_str(o, STR("\n"));
		}
		progress_tell(&p, (int64_t)to);
	}
	progress_end(&p);
	return out_close(o, e);
}

static bool
earlier(struct task *t, struct conn *c, struct out *o, uint64_t size, struct err *e)
{
	struct note_row {
		struct str note;
	} row;
	static const struct db_field fields[] = { DB_TEXT(note_row, note) };
	AUTO_PTR(rows)
	r = db_rows(t, c, SQL_AUDIT_CHECKPOINTS,
	    ARGS(P_INT8((int64_t)size), P_INT4(CHECKPOINTS_MOST), P_NULL()), e);

	if (r == NULL || !out_open(o, "checkpoints", e))
		return false;
	fprintf(o->f, "busbar checkpoints %zu\n", rows_count(r));
	while (ROWS_NEXT(r, fields, &row))
		out_str(o, row.note);
	return out_close(o, e);
}

static bool
keys(struct task *t, struct conn *c, struct out *o, struct err *e)
{
	struct key_row {
		struct str known_as;
	} row;
	static const struct db_field fields[] = { DB_TEXT(key_row, known_as) };
	AUTO_PTR(rows) r = db_rows(t, c, SQL_AUDIT_KEYS, NO_ARGS, e);

	if (r == NULL || !out_open(o, "key", e))
		return false;
	while (ROWS_NEXT(r, fields, &row)) {
		out_str(o, row.known_as);
		out_str(o, STR("\n"));
	}
	return out_close(o, e);
}

/* ---- what an auditor needs beside it ---- */

static const struct kit_file {
	const char *name, *text;
} kit_files[] = {
#include "kit_files.inc"
};

/* The verifier is one file without libraries. */
static bool
copy_verifier(struct out *o, struct err *e)
{
	static char program[4096], piece[65536]; /* too large for a stack */
	FILE *from;
	size_t n;

	if (!audit_beside(program, sizeof program, "busbar-verify", e))
		return false;
	from = fopen(program, "re");
	if (from == NULL)
		return err_errno(e, ERR_UNAVAILABLE, "%s", program);
	if (!out_open(o, "busbar-verify", e)) {
		fclose(from);
		return false;
	}
	while ((n = fread(piece, 1, sizeof piece, from)) > 0)
		out_str(o, (struct str){ piece, n });
	fclose(from);
	return fchmod(fileno(o->f), 0755) == 0 ? out_close(o, e)
					       : err_errno(e, ERR_IO, "busbar-verify");
}

static bool
kit(struct out *o, struct err *e)
{
	for (size_t i = 0; i < nitems(kit_files); i++) {
		bool guide = strcmp(kit_files[i].name, "auditor.md") == 0;

		if (!out_open(o, guide ? "README.md" : kit_files[i].name, e))
			return false;
		out_str(o, str_of(kit_files[i].text));
		if (!out_close(o, e))
			return false;
	}
	return copy_verifier(o, e);
}

static bool
newest(struct out *o, const struct signed_tree *s, struct err *e)
{
	if (!out_open(o, "checkpoint", e))
		return false;
	out_str(o, s->note);
	return out_close(o, e);
}

static bool
which(struct task *t, struct cli *cli, struct conn *c, const struct export_args *a,
    struct signed_tree *s, struct err *e)
{
	if (a->size != INT64_MIN)
		return audit_of_size(t, c, (uint64_t)a->size, s, e);
	return a->last ? audit_last(t, c, s, e) : audit_sign_now(t, cli, c, "exported", s, e);
}

static bool export(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	static const struct list_column columns[] = { { "folder", "EXPORTED TO", CELL_TEXT },
		{ "entries", "ENTRIES", CELL_INT } };
	const struct export_args *a = args;
	AUTO(signed_tree) s = { 0 };
	AUTO(out) o = { .folder = a->out.at };
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	if (c == NULL || !make_folder(o.folder, e) || !which(t, cli, c, a, &s, e) ||
	    !entries(t, cli, c, &o, s.size, e) || !earlier(t, c, &o, s.size, e) ||
	    !keys(t, c, &o, e) || (a->kit && !kit(&o, e)) || !newest(&o, &s, e))
		return false;
	list_text(&l, a->out);
	list_int(&l, (int64_t)s.size);
	return list_print_one(&l, cli, "export", e);
}

const struct command cmd_audit_export = {
	.name = "audit export",
	.help = "write the signed log to a folder that anybody can verify",
	.about =
	    "The folder holds every entry, the checkpoint over them, earlier ones, and the "
	    "public\n"
	    "key. busbar-verify checks it without the hub. That it was exported is an audit\n"
	    "event, and its last entry. docs/guides/auditor.md is for who gets it.",
	COMMAND_OPTIONS(options),
	.args_bytes = sizeof(struct export_args),
	.needs = NEEDS_CONF,
	.run = export,
};
