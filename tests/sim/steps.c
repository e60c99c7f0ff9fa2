/*
 * Reads the tables of steps out of sql/: the rows of each "insert into agreement.step" and
 * "insert into party.csp_step" of the migrations, in their order, then of the functions. Rows
 * that are changed in any other way than by emptying the table cannot be followed, and are an
 * error rather than a guess.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "steps.h"

enum { SQL_MOST = 4 << 20 };

static const char *const event_names[EV_N] = {
#define X(name) #name,
	STEP_EVENTS(X)
#undef X
};
static const char *const csp_states[C_STATES] = { "ACTIVE", "SUSPENDED", "REVOKED" };
static const char *const csp_events[CSP_EVENTS] = { "suspend", "resume", "revoke" };

static int
find(const char *const *names, int n, struct str name)
{
	for (int i = 0; i < n; i++)
		if (str_is(name, names[i]))
			return i;
	return -1;
}

static bool
agreement_row(struct steps *to, struct str row[3], struct err *e)
{
	int from = find(state_names, STATES, row[0]), event = find(event_names, EV_N, row[1]),
	    next = find(state_names, STATES, row[2]);

	if (from < 0 || next < 0)
		return err(e, ERR_BAD_FILE,
		    "agreement.step: state " STR_FMT " or " STR_FMT " is new to the simulator",
		    STR_ARG(row[0]), STR_ARG(row[2]));
	if (event < 0)
		return err(e, ERR_BAD_FILE,
		    "agreement.step: event " STR_FMT " of " STR_FMT " is new to the simulator",
		    STR_ARG(row[1]), STR_ARG(row[0]));
	to->next[from][event] = (uint8_t)next;
	to->rows++;
	return true;
}

bool
steps_row(
    struct steps *to, const char *state, const char *event, const char *next, struct err *e)
{
	struct str row[3] = { str_of(state), str_of(event), str_of(next) };

	return agreement_row(to, row, e);
}

/* Steps of a CSP's registration are not the simulator's. */
static bool
csp_row(struct steps *to, struct str row[3], struct err *e)
{
	int from = find(csp_states, C_STATES, row[0]),
	    event = find(csp_events, CSP_EVENTS, row[1]),
	    next = find(csp_states, C_STATES, row[2]);

	(void)e;
	if (from >= 0 && event >= 0 && next >= 0)
		to->csp[from][event] = (uint8_t)next;
	return true;
}

static const struct table {
	const char *name;
	bool (*row)(struct steps *to, struct str row[3], struct err *e);
} tables[] = {
	{ "agreement.step", agreement_row },
	{ "party.csp_step", csp_row },
};

/* ('A', 'b', 'C'), ('D', … up to the semicolon; what is said after the rows is no matter. */
static bool
rows_read(const struct table *t, struct steps *to, struct str s, struct err *e)
{
	struct str row[3];
	unsigned n = 0;

	for (size_t i = 0; i < s.len && s.at[i] != ';'; i++) {
		size_t from = i + 1;

		if (s.at[i] == '-' && i + 1 < s.len && s.at[i + 1] == '-')
			while (i < s.len && s.at[i] != '\n')
				i++;
		if (i >= s.len || s.at[i] == '(')
			n = 0;
		if (i >= s.len || s.at[i] != '\'')
			continue;
		for (i++; i < s.len && s.at[i] != '\'';)
			i++;
		if (n == 3)
			return err(e, ERR_BAD_FILE, "%s: a row of more than three", t->name);
		row[n++] = (struct str){ s.at + from, i - from };
		if (n == 3 && !t->row(to, row, e))
			return false;
	}
	return true;
}

/* The statement that has the table's name at `at`: an insert, or what cannot be followed. */
static bool
mention(
    const struct table *t, struct steps *to, const char *text, const char *at, struct err *e)
{
	static const char insert[] = "insert into ", removal[] = "delete from ",
			  change[] = "update ";
	const char *past = at + strlen(t->name);
	size_t before = (size_t)(at - text);
	const char *values;

	if (before >= sizeof change - 1 &&
	    memcmp(at - (sizeof change - 1), change, sizeof change - 1) == 0)
		return err(e, ERR_BAD_FILE, "%s: an update cannot be followed", t->name);
	if (before >= sizeof removal - 1 &&
	    memcmp(at - (sizeof removal - 1), removal, sizeof removal - 1) == 0) {
		if (*past != ';')
			return err(e, ERR_BAD_FILE, "%s: a delete cannot be followed", t->name);
		if (t == tables)
			memset(to->next, 0, sizeof to->next);
		return true;
	}
	if (before < sizeof insert - 1 ||
	    memcmp(at - (sizeof insert - 1), insert, sizeof insert - 1) != 0)
		return true;
	values = strstr(past, "values");
	return values == NULL || rows_read(t, to, str_of(values), e);
}

static bool
file_read(struct steps *to, const char *path, struct err *e)
{
	char *text = malloc(SQL_MOST);
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 && text != NULL ? read(fd, text, SQL_MOST - 1) : -1;
	bool ok = n >= 0 || err_errno(e, ERR_IO, "%s", path);

	if (ok)
		text[n] = '\0';
	for (size_t i = 0; ok && i < nitems(tables); i++)
		for (const char *at = text; ok && (at = strstr(at, tables[i].name)) != NULL;
		     at++)
			ok = mention(&tables[i], to, text, at, e) || err_at(e, "%s", path);
	free(text);
	return ok;
}

static int
is_sql(const struct dirent *d)
{
	return str_ends(str_of(d->d_name), ".sql");
}

static bool
folder_read(struct steps *to, const char *sql, const char *folder, struct err *e)
{
	char path[4096];
	struct dirent **names;
	int n;
	bool ok = true;

	snprintf(path, sizeof path, "%s/%s", sql, folder);
	n = scandir(path, &names, is_sql, alphasort);
	if (n < 0)
		return err_errno(e, ERR_IO, "%s", path);
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof path, "%s/%s/%s", sql, folder, names[i]->d_name);
		ok = ok && file_read(to, path, e);
		free(names[i]);
	}
	free(names);
	return ok;
}

struct steps *
steps_load(const char *sql_folder, struct err *e)
{
	struct steps *s = calloc(1, sizeof *s);

	if (s == NULL) {
		err(e, ERR_BUSY, "no memory");
		return NULL;
	}
	memset(s->csp, C_STATES, sizeof s->csp);
	if (folder_read(s, sql_folder, "migrations", e) &&
	    folder_read(s, sql_folder, "functions", e) &&
	    (s->rows > 0 || err(e, ERR_BAD_FILE, "%s: no rows of agreement.step", sql_folder)))
		return s;
	steps_free(&s);
	return NULL;
}

void
steps_free(struct steps **s)
{
	free(*s);
	*s = NULL;
}
