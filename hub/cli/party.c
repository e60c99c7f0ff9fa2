/* Finding a party, and telling about a new one. */
#include <string.h>

#include "cli/list.h"
#include "cli/party.h"

struct party_row {
	int32_t party;
	struct str kind, code, zone;
};

static const struct db_field fields[] = {
	DB_INT4(party_row, party),
	DB_TEXT(party_row, kind),
	DB_TEXT(party_row, code),
	DB_TEXT(party_row, zone),
};

bool
party_get(struct task *t, struct conn *c, struct str code, const char *kind, struct party *p,
    struct err *e)
{
	AUTO_PTR(rows) keep = NULL;
	struct party_row row;
	enum db_got got = db_one(
	    t, c, SQL_PARTY_FIND, ARGS(P_STR(code)), fields, nitems(fields), &row, &keep, e);

	if (got == DB_NONE)
		return err(
		    e, ERR_NOT_FOUND, "there is no party \"" STR_FMT "\"", STR_ARG(code));
	if (got != DB_FOUND)
		return false;
	if (kind != NULL && !str_is(row.kind, kind))
		return err(e, ERR_NOT_FOUND, "\"" STR_FMT "\" is a " STR_FMT ", expected a %s",
		    STR_ARG(code), STR_ARG(row.kind), kind);
	p->party = row.party;
	str_copy(p->kind, sizeof p->kind, row.kind);
	str_copy(p->code, sizeof p->code, row.code);
	str_copy(p->zone, sizeof p->zone, row.zone);
	return true;
}

bool
party_add(
    struct task *t, struct conn *c, enum sql q, struct args a, int32_t *party, struct err *e)
{
	struct made {
		int32_t party;
	} row;
	static const struct db_field made_fields[] = { DB_INT4(made, party) };

	if (db_one(t, c, q, a, made_fields, nitems(made_fields), &row, NULL, e) != DB_FOUND) {
		if (e->code == ERR_CONFLICT)
			e->code = ERR_BAD_INPUT;
		return false;
	}
	*party = row.party;
	return true;
}

bool
party_tell_made(const struct cli *c, struct str code, int32_t party, struct err *e)
{
	static const struct list_column columns[] = {
		{ "code", "CODE", CELL_TEXT },
		{ "party", "PARTY", CELL_INT },
	};
	AUTO(list) l = LIST(columns);
	char lower[PARTY_CODE_SIZE];

	str_copy(lower, sizeof lower, code);
	for (char *at = lower; *at != '\0'; at++)
		*at = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
	list_text(&l, str_of(lower));
	list_int(&l, party);
	return list_print_one(&l, c, "party", e);
}
