/* Numbers that a batch needs for its new ESI IDs, shapes and days, each made in a transaction
 * of its own beside the load's: others need them, too, and they do no harm when the load comes
 * to nothing. */
#include "days.h"

#include <stdlib.h>

struct shape_row {
	int32_t shape;
};
static const struct db_field shape_fields[] = { DB_INT4(shape_row, shape) };

bool
settle_shapes(struct task *t, struct days *d, struct batch *b, struct err *e)
{
	unsigned char room[PACK_MOST];
	struct day *day;

	if (!d->shape_asked)
		return true;
	d->shape_asked = false;
	for (size_t i = 0; i < d->shapes; i++) {
		struct shape *s = &d->shape[i];
		struct str text = { s->text, s->len };
		struct shape_row row;

		if (s->id == 0) {
			if (db_one(t, d->l->side, SQL_SHAPE_OF, ARGS(P_STR(text)), shape_fields,
				nitems(shape_fields), &row, NULL, e) != DB_FOUND)
				return false;
			s->id = row.shape;
		}
	}
	/* blocks that were packed before their shape had a number are packed again */
	day = malloc(sizeof *day);
	if (day == NULL)
		return err(e, ERR_BUSY, "out of memory");
	for (size_t i = b->n; i-- > 0;) {
		struct item *item = &b->item[i];
		uint32_t old;

		if (item->shape < 0)
			continue;
		if (!day_unpack(item_packed(b, item), day, &old, e)) {
			free(day);
			return false;
		}
		item->len = (uint16_t)day_pack(room, day, (uint32_t)d->shape[item->shape].id);
		item->at = b->packed.len;
		item->shape = -1;
		buf_add(&b->packed, room, item->len);
	}
	free(day);
	return buf_ok(&b->packed) || err(e, ERR_BUSY, "out of memory");
}

struct premise_row {
	int32_t premise, tdu;
	struct str esiid;
	bool known;
};
static const struct db_field premise_fields[] = { DB_INT4(premise_row, premise),
	DB_TEXT(premise_row, esiid), DB_BOOL(premise_row, known), DB_INT4(premise_row, tdu) };

/* Asks for all at once: the texts lie one after the other in `text`. */
static bool
ensure_premises(struct task *t, struct days *d, struct batch *b, struct str *name, char *text,
    struct err *e)
{
	struct loading *l = d->l;
	struct premise_row row;
	AUTO_PTR(rows) rows = NULL;

	for (size_t i = 0; i < b->misses; i++) {
		char *at = text + i * ESIID_SIZE;

		name[i] = (struct str){ at, esiid_write(at, b->miss[i].esiid) };
	}
	rows = db_rows(t, l->side, SQL_PREMISE_ENSURE,
	    ARGS(P_INT4(l->tdu->party), P_TEXTS(name, b->misses)), e);
	if (rows == NULL)
		return false;
	while (ROWS_NEXT(rows, premise_fields, &row)) {
		struct esiid id;

		if (row.tdu == l->tdu->party && esiid_read(row.esiid, &id) &&
		    !premises_put(l->tdu->premises, id, row.premise, row.known, e))
			return false;
	}
	return true;
}

/* A miss that has no number even now belongs to another utility, in spite of its prefix. */
static void
drop_foreign(struct days *d, struct batch *b, const struct miss *m)
{
	struct item *item = &b->item[m->item];
	struct fault f = fault_at(RULE_OTHER_TDU, &d->l->rules, item->line, 0);

	f.esiid = m->esiid;
	f.day = item->day;
	f.channel = m->channel;
	f.severity = SEV_REJECT;
	fault_expected(&f, "an ESI ID of the sender");
	d->l->foreign++;
	findings_reject(&d->l->findings, &f);
	item->state = ITEM_DROP;
}

bool
settle_premises(struct task *t, struct days *d, struct batch *b, struct err *e)
{
	struct str *name;
	char *text;
	bool ok;

	if (b->misses == 0)
		return true;
	name = calloc(b->misses, sizeof *name);
	text = calloc(b->misses, ESIID_SIZE);
	ok = name != NULL && text != NULL ? ensure_premises(t, d, b, name, text, e)
					  : err(e, ERR_BUSY, "out of memory");
	free(name);
	free(text);
	if (!ok)
		return false;
	for (size_t i = 0; i < b->misses; i++) {
		const struct miss *m = &b->miss[i];
		bool known;
		int32_t premise = premises_find(d->l->tdu->premises, m->esiid, &known);

		if (premise == 0) {
			drop_foreign(d, b, m);
			continue;
		}
		b->item[m->item].series = premise * CHANNELS + m->channel;
		b->item[m->item].known = known;
	}
	b->misses = 0;
	return true;
}

struct day_row {
	int32_t day;
	int64_t due;
};
static const struct db_field earlier_fields[] = { DB_DATE(day_row, day) };
static const struct db_field due_fields[] = { DB_DATE(day_row, day), DB_STAMP(day_row, due) };

struct day_fact *
day_fact_of(struct days *d, int32_t day, struct err *e)
{
	if (d->last_fact < d->facts && d->fact[d->last_fact].day == day)
		return &d->fact[d->last_fact];
	/* the days of a meter mostly follow each other */
	if (++d->last_fact < d->facts && d->fact[d->last_fact].day == day)
		return &d->fact[d->last_fact];
	for (d->last_fact = 0; d->last_fact < d->facts; d->last_fact++)
		if (d->fact[d->last_fact].day == day)
			return &d->fact[d->last_fact];
	if (d->facts == LISTED_DAYS_MOST) {
		err(e, ERR_TOO_BIG, "the file has more than %d different days",
		    LISTED_DAYS_MOST);
		return NULL;
	}
	d->fact[d->facts] = (struct day_fact){ .day = day, .due_s = INT64_MAX };
	return &d->fact[d->facts++];
}

static bool
is_whole(const struct memory *m, int32_t day)
{
	for (size_t i = 0; i < m->wholes; i++)
		if (m->whole[i] == day)
			return true;
	return false;
}

/* Of a whole day the bits tell what is there; a day without rows is whole from now on. */
static void
recall(struct memory *m, struct day_fact *f)
{
	if (is_whole(m, f->day))
		f->earlier = false;
	else if (!f->earlier && m->wholes < WHOLE_DAYS_MOST)
		m->whole[m->wholes++] = f->day;
}

struct last_row {
	int32_t load;
};
static const struct db_field last_fields[] = { DB_INT4(last_row, load) };

/* In the load's transaction, so under the utility's lock. */
bool
settle_memory(struct task *t, struct loading *l, struct err *e)
{
	struct memory *m = &l->tdu->memory;
	struct last_row row;

	if (db_one(t, l->conn, SQL_LAST_LOAD, ARGS(P_INT4(l->tdu->party)), last_fields,
		nitems(last_fields), &row, NULL, e) != DB_FOUND)
		return false;
	if (m->seen != NULL && m->last_load == row.load && !seen_full(m->seen) &&
	    m->wholes < WHOLE_DAYS_MOST)
		return true;
	seen_free(&m->seen);
	m->wholes = 0;
	m->last_load = row.load;
	m->seen = seen_new(e);
	return m->seen != NULL;
}

static bool
ask_days(struct task *t, struct days *d, const int32_t *day, size_t n, struct err *e)
{
	struct loading *l = d->l;
	struct day_row row;
	AUTO_PTR(rows) earlier = NULL;
	AUTO_PTR(rows) due = NULL;
	AUTO_PTR(rows) registers = NULL;

	if (db_exec(t, l->side, SQL_DAYS_ENSURE, ARGS(P_DATES(day, n)), NULL, e) > DB_NONE)
		return false;
	earlier = db_rows(
	    t, l->side, SQL_DAYS_EARLIER, ARGS(P_INT4(l->tdu->party), P_DATES(day, n)), e);
	due =
	    db_rows(t, l->side, SQL_DAYS_DUE, ARGS(P_INT4(l->tdu->party), P_DATES(day, n)), e);
	registers = db_rows(
	    t, l->side, SQL_REGISTER_DAYS, ARGS(P_INT4(l->tdu->party), P_DATES(day, n)), e);
	if (earlier == NULL || due == NULL || registers == NULL)
		return false;
	while (ROWS_NEXT(registers, earlier_fields, &row))
		day_fact_of(d, row.day, e)->registers = true;
	while (ROWS_NEXT(earlier, earlier_fields, &row))
		day_fact_of(d, row.day, e)->earlier = true;
	for (size_t i = 0; i < n; i++)
		recall(&l->tdu->memory, day_fact_of(d, day[i], e));
	while (ROWS_NEXT(due, due_fields, &row))
		day_fact_of(d, row.day, e)->due_s = row.due;
	return true;
}

bool
settle_days(struct task *t, struct days *d, struct batch *b, struct err *e)
{
	int32_t *fresh;
	size_t n = 0;
	bool ok;

	for (size_t i = 0; i < b->n; i++)
		if (day_fact_of(d, b->item[i].day, e) == NULL)
			return false;
	fresh = calloc(d->facts + 1, sizeof *fresh);
	if (fresh == NULL)
		return err(e, ERR_BUSY, "out of memory");
	for (size_t i = 0; i < d->facts; i++)
		if (!d->fact[i].ready)
			fresh[n++] = d->fact[i].day;
	ok = n == 0 || ask_days(t, d, fresh, n, e);
	for (size_t i = 0; i < d->facts; i++)
		d->fact[i].ready = ok || d->fact[i].ready;
	free(fresh);
	return ok;
}
