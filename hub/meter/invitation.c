/*
 * The engine of the CSVs that we define, with the names of the columns in line 1 as
 * spreadsheets write them; then groups: records sorted by group and line, the first of each
 * asks the others for the same terms.
 */
#include "meter/invitation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meter/format_csv.h"

/* clang-format off */
static const struct column columns[] = {
	{ "esiid",     COL_ESIID,  true,  0, NULL, "point of delivery" },
	{ "meter",     COL_METER,  true,  0, NULL, "number of its meter" },
	{ "rep",       COL_DIGITS, true,  5, NULL, "certificate number of its REP of record" },
	{ "email",     COL_TEXT,   true, EMAIL_MOST, NULL, "mailbox of the customer" },
	{ "months",    COL_INT,    false, 36, NULL, "for how long; none for ENERGY_ONCE" },
	{ "language",  COL_CHOICE, false, 0, "EN|ES", "language of the mail; preset EN" },
	{ "kind",      COL_CHOICE, false, 0, "ENERGY|ENERGY_ONCE|DEVICE|DEVICE_SERVICES",
	  "kind of agreement; preset ENERGY" },
	{ "reads",     COL_LIST,   false, 10, NULL, "interval, register, billing; preset all, of devices none" },
	{ "history",   COL_INT,    false, 24, NULL, "months before the start; preset 0" },
	{ "reference", COL_TEXT,   false, 100, NULL, "your own" },
	{ "group",     COL_TEXT,   false, 40, NULL, "records of the same group are one agreement" },
};
/* clang-format on */
enum { ESIID, METER, REP, EMAIL, MONTHS, LANGUAGE, KIND, READS, HISTORY, REFERENCE, GROUP };

static bool
preset_text(struct value *v, struct str s)
{
	if (v->null)
		*v = (struct value){ .text = s };
	return true;
}

static bool
reads_ok(struct csv_format *c, struct row *r)
{
	struct str rest = r->value[READS].text, item;

	while (!r->value[READS].null && list_next(&rest, &item))
		if (!str_is(item, "interval") && !str_is(item, "register") &&
		    !str_is(item, "billing"))
			return csv_format_refuse(c, READS, RULE_FIELD, NULL,
			    "interval, register and billing, with semicolons between them");
	return true;
}

/* A mailbox is not quoted back, for a result may be shown to more people than the file. */
static bool
email_fits(struct csv_format *c, const struct row *r)
{
	char found[FAULT_FOUND];

	if (email_ok(r->value[EMAIL].text))
		return true;
	snprintf(found, sizeof found, "%zu bytes", r->value[EMAIL].text.len);
	return csv_format_refuse(
	    c, EMAIL, RULE_FIELD, found, "one mailbox such as name@example.com, in ASCII");
}

/* What is given once has no term; everything else has one. */
static bool
months_ok(struct csv_format *c, struct row *r)
{
	struct value *months = &r->value[MONTHS];

	if (str_is(r->value[KIND].text, "ENERGY_ONCE"))
		return months->null || csv_format_refuse(c, MONTHS, RULE_FIELD, NULL,
					   "no months: reads are given once");
	if (months->null)
		return csv_format_refuse(
		    c, MONTHS, RULE_FIELD, "nothing", "a whole number from 1 to 36");
	return months->number >= 1 ||
	       csv_format_refuse(c, MONTHS, RULE_FIELD, NULL, "a whole number from 1 to 36");
}

/* All there are, but for a device, which gives none. */
static struct str
all_reads(struct str kind)
{
	return str_starts(kind, "DEVICE") ? STR("") : STR("interval;register;billing");
}

static bool
invitation_finish(struct csv_format *c, struct row *r)
{
	if (!email_fits(c, r))
		return false;
	if (r->value[REP].text.len != 5)
		return csv_format_refuse(c, REP, RULE_FIELD, NULL, "5 digits");
	if (r->value[HISTORY].null)
		r->value[HISTORY] = (struct value){ .number = 0 };
	return reads_ok(c, r) && preset_text(&r->value[LANGUAGE], STR("EN")) &&
	       preset_text(&r->value[KIND], STR("ENERGY")) &&
	       preset_text(&r->value[READS], all_reads(r->value[KIND].text)) && months_ok(c, r);
}

CSV_FORMAT(invitation, "invitations of customers", invitation_finish);

/* ---- records ---- */

struct under_way {
	struct invitations *to;
	struct csv_format csv;
};

static struct invitation *
add(struct invitations *to, uint64_t line)
{
	size_t room = to->room == 0 ? 256 : to->room * 2;
	struct invitation *at;

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
	*at = (struct invitation){ .line = line, .first = true };
	return at;
}

void
invitation_fault(struct invitation *i, const char *code, uint32_t column, struct str found,
    struct str expected)
{
	str_copy(i->fault.code, sizeof i->fault.code, str_of(code));
	i->fault.column = column;
	str_plain(i->fault.found, sizeof i->fault.found, found);
	str_plain(i->fault.expected, sizeof i->fault.expected, expected);
}

static void
refuse_all(struct invitations *to, uint64_t line, const char *code, struct str found,
    struct str expected)
{
	struct invitation i = { 0 };

	if (to->refused)
		return;
	invitation_fault(&i, code, 0, found, expected);
	to->refused = true;
	to->why_line = line;
	to->why = i.fault;
}

static struct str
keep(struct invitations *to, const struct value *v)
{
	struct str s = { NULL, 0 };

	if (v->null)
		return s;
	s = arena_str(to->arena, v->text);
	if (s.at == NULL)
		err(&to->e, ERR_BUSY, "out of memory");
	return s;
}

static bool
too_many(struct invitations *to, uint64_t line)
{
	char expected[64];

	if (to->n < INVITATION_ROWS_MOST)
		return false;
	snprintf(expected, sizeof expected, "at most %d records", INVITATION_ROWS_MOST);
	refuse_all(to, line, "too-long", STR("one more record"), str_of(expected));
	return true;
}

static void
on_row(void *self, const struct row *r)
{
	struct under_way *w = self;
	struct invitations *to = w->to;
	const struct value *v = r->value;
	struct invitation *i;

	if (too_many(to, r->line) || (i = add(to, r->line)) == NULL)
		return;
	i->esiid = keep(to, &v[ESIID]);
	i->meter = keep(to, &v[METER]);
	i->rep = keep(to, &v[REP]);
	i->email = keep(to, &v[EMAIL]);
	i->language = keep(to, &v[LANGUAGE]);
	i->kind = keep(to, &v[KIND]);
	i->reads = keep(to, &v[READS]);
	i->reference = keep(to, &v[REFERENCE]);
	i->group = keep(to, &v[GROUP]);
	i->months = v[MONTHS].null ? 0 : v[MONTHS].number;
	i->history = v[HISTORY].number;
}

/* What the record says in a column, whatever is wrong with it elsewhere. */
static struct value
field_of(const struct csv_format *c, size_t column)
{
	for (size_t i = 0; i < c->record.n && i < c->fields; i++) {
		struct str s = str_trim(c->record.field[i]);

		if (c->column_of[i] == column && s.len > 0 &&
		    s.len <= (size_t)columns[REFERENCE].most && str_utf8(s))
			return (struct value){ .text = s };
	}
	return (struct value){ .null = true };
}

static void
on_fault(void *self, const struct fault *f)
{
	struct under_way *w = self;
	struct invitations *to = w->to;
	struct str found = str_of(f->found), expected = str_of(f->expected);
	struct value esiid = field_of(&w->csv, ESIID), group = field_of(&w->csv, GROUP),
		     reference = field_of(&w->csv, REFERENCE);
	struct invitation *i;

	if (w->csv.at == CSV_GIVEN_UP) {
		refuse_all(to, f->line, rule_rows[f->rule].code, found, expected);
		to->why.column = f->column;
		return;
	}
	if (too_many(to, f->line) || (i = add(to, f->line)) == NULL)
		return;
	i->esiid = keep(to, &esiid);
	i->group = keep(to, &group);
	i->reference = keep(to, &reference);
	invitation_fault(i, rule_rows[f->rule].code, f->column, found, expected);
}

/* ---- groups ---- */

static int
by_group(const void *a, const void *b, void *arg)
{
	const struct invitations *to = arg;
	const struct invitation *x = &to->at[*(const size_t *)a],
				*y = &to->at[*(const size_t *)b];
	size_t len = x->group.len < y->group.len ? x->group.len : y->group.len;
	int order = len == 0 ? 0 : memcmp(x->group.at, y->group.at, len);

	if (order == 0 && x->group.len != y->group.len)
		order = x->group.len < y->group.len ? -1 : 1;
	return order != 0 ? order : x->line < y->line ? -1 : 1;
}

/* What a record must say as the first of its group does. */
static const struct {
	const char *name;
	size_t text, number; /* one of the two, the other 0 */
} terms[] = {
	{ "email", offsetof(struct invitation, email), 0 },
	{ "months", 0, offsetof(struct invitation, months) },
	{ "language", offsetof(struct invitation, language), 0 },
	{ "kind", offsetof(struct invitation, kind), 0 },
	{ "reads", offsetof(struct invitation, reads), 0 },
	{ "history", 0, offsetof(struct invitation, history) },
	{ "reference", offsetof(struct invitation, reference), 0 },
};

static bool
same_term(const struct invitation *a, const struct invitation *b, size_t term)
{
	const char *x = (const char *)a, *y = (const char *)b;
	struct str s, p;
	int64_t n, m;

	if (terms[term].number != 0) {
		memcpy(&n, x + terms[term].number, sizeof n);
		memcpy(&m, y + terms[term].number, sizeof m);
		return n == m;
	}
	memcpy(&s, x + terms[term].text, sizeof s);
	memcpy(&p, y + terms[term].text, sizeof p);
	return str_ieq(s, p);
}

static void
compare(const struct invitation *first, struct invitation *i)
{
	char expected[FAULT_EXPECTED];

	for (size_t term = 0; term < nitems(terms); term++) {
		if (same_term(first, i, term))
			continue;
		snprintf(expected, sizeof expected, "the %s of line %llu, of the same group",
		    terms[term].name, (unsigned long long)first->line);
		invitation_fault(i, "conflict", 0, STR("another one"), str_of(expected));
		return;
	}
}

/* The records of one group, in order of line: linked, compared, and all refused when one is. */
static void
settle(struct invitations *to, const size_t *member, size_t n)
{
	struct invitation *first = &to->at[member[0]];
	const struct invitation *bad = NULL;
	char expected[FAULT_EXPECTED];

	for (size_t k = 0; k < n; k++) {
		struct invitation *i = &to->at[member[k]];

		i->first = k == 0;
		i->next = k + 1 < n ? member[k + 1] : 0;
		if (i->fault.code[0] == '\0' && first->fault.code[0] == '\0')
			compare(first, i);
		if (i->fault.code[0] == '\0' && k >= INVITATION_GROUP_MOST)
			invitation_fault(i, "too-long", 0, STR("one more record of the group"),
			    STR("at most 500 premises in an agreement"));
		if (bad == NULL && i->fault.code[0] != '\0')
			bad = i;
	}
	for (size_t k = 0; bad != NULL && k < n; k++) {
		struct invitation *i = &to->at[member[k]];

		if (i->fault.code[0] != '\0')
			continue;
		snprintf(expected, sizeof expected, "no fault in line %llu, of the same group",
		    (unsigned long long)bad->line);
		invitation_fault(i, "group", 0, STR("a group with a fault"), str_of(expected));
	}
}

static bool
make_groups(struct invitations *to)
{
	size_t *order = calloc(to->n + 1, sizeof *order), from = 0, past;

	if (order == NULL)
		return err(&to->e, ERR_BUSY, "out of memory");
	for (size_t i = 0; i < to->n; i++)
		order[i] = i;
	qsort_r(order, to->n, sizeof *order, by_group, to);
	for (; from < to->n; from = past) {
		struct str group = to->at[order[from]].group;

		past = from + 1;
		while (
		    group.len > 0 && past < to->n && str_eq(to->at[order[past]].group, group))
			past++;
		if (past - from > 1)
			settle(to, order + from, past - from);
	}
	free(order);
	return true;
}

bool
invitations_read(struct invitations *to, struct str file)
{
	enum { TEXTS_MOST = 4 * INVITATION_FILE_MOST_BYTES };
	struct under_way w = { .to = to };
	struct sink sink = { .self = &w, .row = on_row, .fault = on_fault };
	struct rules rules;
	struct reading reading = { .rules = &rules };

	rules_presets(&rules);
	*to = (struct invitations){ .arena = arena_new(TEXTS_MOST) };
	if (to->arena == NULL)
		return err(&to->e, ERR_BUSY, "out of memory");
	csv_format_open(&w.csv, &format_invitation, invitation_finish, &reading, &sink);
	w.csv.bare = true;
	csv_format_feed(&w.csv, file, true);
	csv_format_close(&w.csv);
	return to->e.code == ERR_NONE && make_groups(to);
}

void
invitations_auto(struct invitations *i)
{
	arena_free(&i->arena);
	free(i->at);
	*i = (struct invitations){ 0 };
}
