/* busbar migrate: brings the schema to what this checkout or package says. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/migrate.h"

struct migrate_args {
	struct str dir;
	bool check;
};

static const struct option options[] = {
	OPT_TEXT(migrate_args, dir, "--dir", "DIR", OPTION_OPTIONAL,
	    "folder with migrations/, functions/ and grants/ (default: sql)"),
	OPT_FLAG(migrate_args, check, "--check", "only tell what would be done"),
};

enum { PATH_SIZE = 512, APPLIED_MOST = SCRIPTS_MOST };

struct migrate {
	struct scripts migrations, functions, grants;
	char mark[DIGEST_HEX];
	size_t first; /* the first migration to run */
	bool same_functions;
};

static void
migrate_auto(struct migrate *m)
{
	scripts_auto(&m->migrations);
	scripts_auto(&m->functions);
	scripts_auto(&m->grants);
}

static bool
read_one(struct scripts *s, struct str dir, const char *sub, bool numbered, struct err *e)
{
	char path[PATH_SIZE];

	if (snprintf(path, sizeof path, STR_FMT "/%s", STR_ARG(dir), sub) >= PATH_SIZE)
		return err(e, ERR_BAD_INPUT, "the name of the folder is too long");
	return scripts_read(s, path, numbered, e);
}

static bool
read_all(struct migrate *m, struct str dir, struct err *e)
{
	if (!read_one(&m->migrations, dir, "migrations", true, e) ||
	    !read_one(&m->functions, dir, "functions", false, e) ||
	    !read_one(&m->grants, dir, "grants", false, e))
		return false;
	scripts_digest(&m->functions, &m->grants, m->mark);
	return true;
}

/* Whether the functions that stand in the database are these. */
static bool
look_at_mark(struct task *t, struct conn *c, struct migrate *m, struct err *e)
{
	struct mark {
		struct str value;
	} row;
	static const struct db_field fields[] = { DB_TEXT(mark, value) };
	AUTO_PTR(rows) r = db_rows(t, c, SQL_MIGRATE_MARK, NO_ARGS, e);

	if (r == NULL)
		return false;
	m->same_functions = ROWS_NEXT(r, fields, &row) && str_is(row.value, m->mark);
	return true;
}

/* Finds the first migration to run; refuses a database that these files did not make. */
static bool
look(struct task *t, struct conn *c, struct migrate *m, struct err *e)
{
	static const struct db_field fields[] = { DB_INT4(applied, number),
		DB_TEXT(applied, name), DB_BYTES(applied, sha256), DB_TEXT(applied, version) };
	struct known {
		bool known;
	} schema;
	static const struct db_field known_fields[] = { DB_BOOL(known, known) };
	AUTO(buf) b = BUF(APPLIED_MOST * sizeof(struct applied));
	struct applied row;
	AUTO_PTR(rows) r = NULL;
	size_t n = 0;

	if (db_one(t, c, SQL_MIGRATE_KNOWN, NO_ARGS, known_fields, nitems(known_fields),
		&schema, NULL, e) != DB_FOUND)
		return false;
	if (!schema.known)
		return true;
	r = db_rows(t, c, SQL_MIGRATE_APPLIED, NO_ARGS, e);
	if (r == NULL)
		return false;
	for (; ROWS_NEXT(r, fields, &row); n++)
		buf_add(&b, &row, sizeof row);
	if (!buf_ok(&b))
		return err(
		    e, ERR_TOO_BIG, "the database has more than %d migrations", APPLIED_MOST);
	return migrate_plan(&m->migrations, (const struct applied *)(const void *)b.at, n,
		   BUSBAR_VERSION, &m->first, e) &&
	       look_at_mark(t, c, m, e);
}

static bool
record(struct task *t, struct conn *c, const struct script *s, struct err *e)
{
	return db_exec(t, c, SQL_MIGRATE_RECORD,
		   ARGS(P_INT4(s->number), P_TEXT(s->name), P_BYTES(s->sha256, DIGEST_BYTES),
		       P_TEXT(BUSBAR_VERSION)),
		   NULL, e) == DB_FOUND;
}

static bool
commit(struct task *t, struct conn *c, struct err *e)
{
	return db_commit(t, c, e) == DB_FOUND;
}

static bool
run_in_transaction(struct task *t, struct conn *c, const struct script *s, struct err *e)
{
	if (!db_begin(t, c, DB_READ_COMMITTED, e))
		return false;
	if (db_script(t, c, s->text.at, e) && record(t, c, s, e))
		return commit(t, c, e);
	db_rollback(t, c);
	return false;
}

/* Statement by statement: each is its own transaction, the row comes last. */
static bool
run_alone(struct task *t, struct conn *c, const struct script *s, struct err *e)
{
	struct str rest = buf_view(&s->text), statement;
	AUTO(buf) one = BUF(SCRIPT_MOST_BYTES + 1);

	while (script_next(&rest, &statement)) {
		buf_reset(&one);
		buf_str(&one, statement);
		buf_byte(&one, '\0');
		if (!buf_ok(&one))
			return err(e, ERR_TOO_BIG, "a statement is too large");
		if (!db_script(t, c, one.at, e))
			return false;
	}
	return record(t, c, s, e);
}

static bool
run_scripts(
    struct task *t, struct conn *c, const struct scripts *s, const char *folder, struct err *e)
{
	for (size_t i = 0; i < s->n; i++)
		if (!db_script(t, c, s->at[i].text.at, e))
			return err_at(e, "%s/%s.sql", folder, s->at[i].name);
	return true;
}

/* Functions and grants, all or none. */
static bool
replace(struct task *t, struct conn *c, const struct migrate *m, struct err *e)
{
	if (!db_begin(t, c, DB_READ_COMMITTED, e))
		return false;
	if (run_scripts(t, c, &m->functions, "functions", e) &&
	    run_scripts(t, c, &m->grants, "grants", e) &&
	    db_exec(t, c, SQL_MIGRATE_SET_MARK, ARGS(P_TEXT(m->mark)), NULL, e) == DB_FOUND)
		return commit(t, c, e);
	db_rollback(t, c);
	return false;
}

static bool
apply(struct task *t, struct conn *c, const struct migrate *m, bool json, struct err *e)
{
	for (size_t i = m->first; i < m->migrations.n; i++) {
		const struct script *s = &m->migrations.at[i];
		bool ok = s->alone ? run_alone(t, c, s, e) : run_in_transaction(t, c, s, e);

		if (!ok)
			return err_at(e, "migrations/%s", s->name);
		if (!json)
			cli_say("applied %s", s->name);
	}
	return replace(t, c, m, e);
}

static bool
tell(const struct cli *cli, const struct migrate *m, bool check, struct err *e)
{
	AUTO(buf) b = BUF(64 * 1024);
	struct json j = json_to(&b);
	size_t pending = m->migrations.n - m->first;

	if (cli->json) {
		json_open(&j, NULL);
		json_list(&j, check ? "pending" : "applied");
		for (size_t i = m->first; i < m->migrations.n; i++)
			json_text(&j, NULL, str_of(m->migrations.at[i].name));
		json_end(&j);
		json_bool(&j, "functions_current", !check || m->same_functions);
		json_int(&j, "at", (int64_t)(check ? m->first : m->migrations.n));
		json_text(&j, "version", str_of(BUSBAR_VERSION));
		json_end(&j);
		buf_byte(&b, '\n');
	} else if (check) {
		for (size_t i = m->first; i < m->migrations.n; i++)
			buf_fmt(&b, "to apply: %s\n", m->migrations.at[i].name);
		buf_fmt(&b, "functions and grants: %s\n",
		    m->same_functions ? "current" : "to be replaced");
	} else {
		buf_fmt(&b, "%zu migrations applied, the schema is at %04zu; ", pending,
		    m->migrations.n);
		buf_fmt(&b, "functions (%zu files) and grants (%zu files) replaced.\n",
		    m->functions.n, m->grants.n);
	}
	return cli_out(buf_view(&b), e);
}

static bool
migrate(
    struct task *t, struct cli *cli, struct db *db, const struct migrate_args *a, struct err *e)
{
	AUTO(migrate) m = { 0 };
	AUTO_PTR(conn) c = NULL;

	if (!read_all(&m, a->dir.at != NULL ? a->dir : STR("sql"), e))
		return false;
	c = cli_lease_from(t, db, e);
	if (c == NULL ||
	    db_exec(t, c, SQL_MIGRATE_BECOME, ARGS(P_TEXT(cli->conf.owner_role)), NULL, e) !=
		DB_FOUND ||
	    db_exec(t, c, SQL_MIGRATE_LOCK, NO_ARGS, NULL, e) != DB_FOUND || !look(t, c, &m, e))
		return false;
	if (!a->check)
		return apply(t, c, &m, cli->json, e) && tell(cli, &m, false, e);
	if (!tell(cli, &m, true, e))
		return false;
	if (m.first == m.migrations.n && m.same_functions)
		return true;
	return err(e, ERR_FINDINGS, "The schema is not current: run busbar migrate.");
}

static bool
run(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	struct db *db =
	    db_open(cli->conf.db_conninfo, cli->conf.migrate_role, "busbar migrate", 1, e);
	bool ok = db != NULL && migrate(t, cli, db, args, e);

	db_close(&db);
	return ok;
}

const struct command cmd_migrate = {
	.name = "migrate",
	.help = "bring the database schema up to date",
	.about =
	    "Runs the migrations that the database has not seen, each in a transaction of its\n"
	    "own (those named .auto.sql outside one, from their start if they were cut "
	    "short),\n"
	    "then replaces all functions and grants in one transaction. Only one runs at a "
	    "time;\n"
	    "a lock that cannot be had within ten seconds ends it with nothing half done. A\n"
	    "database made by a newer busbar, or a migration that has changed since it was\n"
	    "applied, is refused. Running it again is safe.",
	COMMAND_OPTIONS(options),
	.args_bytes = sizeof(struct migrate_args),
	.needs = NEEDS_CONF,
	.run = run,
};
