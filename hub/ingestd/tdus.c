/* Utilities and their ESI IDs, as ingestd keeps them in memory; prefixes, anew for each load.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest.h"
#include "rt/log.h"

struct tdu_row {
	int32_t party;
	struct str code, zone, duns;
};
static const struct db_field tdu_fields[] = { DB_INT4(tdu_row, party), DB_TEXT(tdu_row, code),
	DB_TEXT(tdu_row, zone), DB_TEXT(tdu_row, duns) };

struct prefix_row {
	int32_t prefix, tdu;
};
static const struct db_field prefix_fields[] = { DB_INT4(prefix_row, prefix),
	DB_INT4(prefix_row, tdu) };

struct tdu *
tdu_of(struct ingest *in, int32_t party)
{
	for (size_t i = 0; i < in->tdus; i++)
		if (in->tdu[i].party == party)
			return &in->tdu[i];
	return NULL;
}

static bool
tdu_put(struct ingest *in, const struct tdu_row *row, struct err *e)
{
	struct tdu *u = tdu_of(in, row->party);

	if (u == NULL && in->tdus == TDUS_MOST)
		return err(e, ERR_TOO_BIG, "more than %d utilities", TDUS_MOST);
	if (u == NULL) {
		u = &in->tdu[in->tdus++];
		*u = (struct tdu){ .party = row->party, .spool_watch = -1 };
	}
	str_copy(u->code, sizeof u->code, row->code);
	snprintf(u->duns, sizeof u->duns, "," STR_FMT ",", STR_ARG(row->duns));
	char zone[64];
	str_copy(zone, sizeof zone, row->zone);
	u->zone = zone_get(zone, e);
	return u->zone != NULL;
}

bool
tdus_read(struct task *t, struct ingest *in, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, in->db, e);
	AUTO_PTR(rows) tdus = c == NULL ? NULL : db_rows(t, c, SQL_TDUS, NO_ARGS, e);
	struct tdu_row row;

	if (tdus == NULL)
		return false;
	while (ROWS_NEXT(tdus, tdu_fields, &row))
		if (!tdu_put(in, &row, e))
			return false;
	return true;
}

bool
prefixes_read(struct task *t, struct loading *l, struct err *e)
{
	AUTO_PTR(rows) rows = db_rows(t, l->side, SQL_PREFIXES, NO_ARGS, e);
	struct prefix_row p;

	if (rows == NULL)
		return false;
	if (rows_count(rows) > PREFIXES_MOST)
		return err(e, ERR_BUG, "more than %d ESI ID prefixes", PREFIXES_MOST);
	l->prefix = calloc(rows_count(rows) + 1, sizeof *l->prefix);
	if (l->prefix == NULL)
		return err(e, ERR_BUSY, "out of memory");
	while (ROWS_NEXT(rows, prefix_fields, &p))
		l->prefix[l->prefixes++] = (struct prefix){ (uint32_t)p.prefix, p.tdu };
	return true;
}

int32_t
prefix_owner(const struct loading *l, struct esiid id)
{
	uint32_t prefix = esiid_prefix(id);

	for (size_t i = 0; i < l->prefixes; i++)
		if (l->prefix[i].prefix == prefix)
			return l->prefix[i].tdu;
	return 0;
}

struct premise_row {
	int32_t premise;
	struct str esiid;
	bool known;
};
static const struct db_field premise_fields[] = { DB_INT4(premise_row, premise),
	DB_TEXT(premise_row, esiid), DB_BOOL(premise_row, known) };

bool
tdu_premises(struct task *t, struct conn *c, struct tdu *u, struct err *e)
{
	AUTO_PTR(premises) all = NULL;
	struct premise_row row;
	enum io_got got;

	if (u->premises != NULL)
		return true;
	all = premises_new(e);
	if (all == NULL || !db_stream(t, c, SQL_PREMISE_OF_TDU, ARGS(P_INT4(u->party)), e))
		return false;
	while ((got = db_stream_next(t, c, premise_fields, nitems(premise_fields), &row, e)) ==
	       IO_OK) {
		struct esiid id;

		if (esiid_read(row.esiid, &id) &&
		    !premises_put(all, id, row.premise, row.known, e))
			return false;
	}
	if (got == IO_FAIL)
		return false;
	log_info(t, "ingest.premises", "count=%zu", premises_count(all));
	u->premises = all;
	all = NULL;
	return true;
}
