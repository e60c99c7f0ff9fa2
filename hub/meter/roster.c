/* The engine of the CSVs that we define, with the names of the columns in line 1. */
#include "meter/roster.h"

#include <stdio.h>
#include <stdlib.h>

#include "meter/format_csv.h"

/* clang-format off */
static const struct column columns[] = {
	{ "esiid", COL_ESIID,  true,  0, NULL, "point of delivery" },
	{ "meter", COL_METER,  true,  0, NULL, "number of its meter" },
	{ "rep",   COL_DIGITS, true,  5, NULL, "certificate number of its REP of record" },
	{ "group", COL_TEXT,   false, ROSTER_GROUP_MOST, NULL, "group that it is put into, made where there is none" },
};
/* clang-format on */
enum { ESIID, METER, REP, GROUP };

static bool
roster_finish(struct csv_format *c, struct row *r)
{
	return r->value[REP].text.len == 5 ||
	       csv_format_refuse(c, REP, RULE_FIELD, NULL, "5 digits");
}

CSV_FORMAT(roster, "premises of a customer", roster_finish);

/* ---- records ---- */

struct under_way {
	struct roster *to;
	struct csv_format csv;
};

static struct str
keep(struct roster *to, struct str text)
{
	struct str s = arena_str(to->arena, text);

	if (s.at == NULL)
		err(&to->e, ERR_BUSY, "out of memory");
	return s;
}

static struct str
keep_value(struct roster *to, const struct value *v)
{
	return v->null ? (struct str){ NULL, 0 } : keep(to, v->text);
}

static void
blame(struct roster *to, struct roster_row *r, const struct fault *f)
{
	r->line = f->line;
	r->column = f->column;
	r->code = rule_rows[f->rule].code;
	r->found = keep(to, str_of(f->found));
	r->expected = keep(to, str_of(f->expected));
}

static void
refuse(struct roster *to, const struct fault *f)
{
	if (!to->refused)
		blame(to, &to->why, f);
	to->refused = true;
}

/* Room for one more; NULL: there is none, and the file is refused or memory ran out. */
static struct roster_row *
add(struct roster *to, uint64_t line)
{
	size_t room = to->room == 0 ? 256 : to->room * 2;
	struct roster_row *at;
	struct fault f = { .rule = RULE_FIELD, .line = line };

	if (to->n == ROSTER_ROWS_MOST) {
		fault_found(&f, "one more record");
		fault_expected(&f, "at most %d records", ROSTER_ROWS_MOST);
		refuse(to, &f);
		return NULL;
	}
	if (to->n == to->room) {
		at = realloc(to->at, room * sizeof *at);
		if (at == NULL) {
			err(&to->e, ERR_BUSY, "out of memory");
			return NULL;
		}
		to->at = at;
		to->room = room;
	}
	at = &to->at[to->n++];
	*at = (struct roster_row){ .line = line };
	return at;
}

static void
on_row(void *self, const struct row *r)
{
	struct under_way *w = self;
	struct roster_row *to = w->to->refused ? NULL : add(w->to, r->line);

	if (to == NULL)
		return;
	to->esiid = keep_value(w->to, &r->value[ESIID]);
	to->meter = keep_value(w->to, &r->value[METER]);
	to->rep = keep_value(w->to, &r->value[REP]);
	to->group = keep_value(w->to, &r->value[GROUP]);
}

/* What stands where the ESI ID should, whatever is wrong: so that people find the line. */
static struct str
esiid_of(const struct csv_format *c)
{
	for (size_t i = 0; i < c->record.n && i < c->fields; i++) {
		struct str s = str_trim(c->record.field[i]);

		if (c->column_of[i] == ESIID && s.len > 0 && s.len <= ESIID_MOST && str_utf8(s))
			return s;
	}
	return STR("");
}

static void
on_fault(void *self, const struct fault *f)
{
	struct under_way *w = self;
	struct roster_row *to;

	if (w->csv.at == CSV_GIVEN_UP) {
		refuse(w->to, f);
		return;
	}
	to = w->to->refused ? NULL : add(w->to, f->line);
	if (to == NULL)
		return;
	to->esiid = keep(w->to, esiid_of(&w->csv));
	blame(w->to, to, f);
}

static bool
spread(struct roster *to)
{
	to->lines = arena_get(to->arena, (to->n + 1) * sizeof *to->lines);
	to->columns = arena_get(to->arena, (to->n + 1) * sizeof *to->columns);
	for (size_t k = 0; k < ROSTER_TEXTS; k++)
		if ((to->texts[k] = arena_get(to->arena, (to->n + 1) * sizeof *to->texts[k])) ==
		    NULL)
			return err(&to->e, ERR_BUSY, "out of memory");
	if (to->lines == NULL || to->columns == NULL)
		return err(&to->e, ERR_BUSY, "out of memory");
	for (size_t i = 0; i < to->n; i++) {
		const struct roster_row *r = &to->at[i];
		const struct str none = { NULL, 0 };

		to->lines[i] = (int64_t)r->line;
		to->columns[i] = (int32_t)r->column;
		to->texts[ROSTER_ESIID][i] = r->esiid;
		to->texts[ROSTER_METER][i] = r->meter;
		to->texts[ROSTER_REP][i] = r->rep;
		to->texts[ROSTER_GROUP][i] = r->group;
		to->texts[ROSTER_CODE][i] = r->code != NULL ? str_of(r->code) : none;
		to->texts[ROSTER_FOUND][i] = r->found;
		to->texts[ROSTER_EXPECTED][i] = r->expected;
	}
	return true;
}

bool
roster_read(struct roster *to, struct str file)
{
	enum { TEXTS_MOST = 16 * ROSTER_FILE_MOST_BYTES };
	struct under_way w = { .to = to };
	struct sink sink = { .self = &w, .row = on_row, .fault = on_fault };
	struct rules rules;
	struct reading reading = { .rules = &rules };

	rules_presets(&rules);
	*to = (struct roster){ .arena = arena_new(TEXTS_MOST) };
	if (to->arena == NULL)
		return err(&to->e, ERR_BUSY, "out of memory");
	csv_format_open(&w.csv, &format_roster, roster_finish, &reading, &sink);
	w.csv.bare = true;
	csv_format_feed(&w.csv, file, true);
	csv_format_close(&w.csv);
	return to->e.code == ERR_NONE && spread(to);
}

void
roster_auto(struct roster *r)
{
	arena_free(&r->arena);
	free(r->at);
	*r = (struct roster){ 0 };
}
