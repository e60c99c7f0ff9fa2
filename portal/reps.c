/* Retailers to choose from; see reps.h. */
#include "reps.h"

#include <stdio.h>

enum { NAME_SIZE = 260 };

struct rep {
	struct str certificate, name;
};
static const struct db_field row[] = { DB_TEXT(rep, certificate), DB_TEXT(rep, name) };

bool
reps_read(
    struct task *t, struct page *p, const char *field, struct field_choices *to, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	AUTO_PTR(rows) rows = NULL;
	struct field_choice *at;
	char name[NAME_SIZE];
	struct rep rep;
	size_t n = 0;

	if (c == NULL || (rows = db_rows(t, c, SQL_PORTAL_REPS, NO_ARGS, e)) == NULL)
		return false;
	at = arena_get(p->memory, (rows_count(rows) + 1) * sizeof *at);
	if (at == NULL)
		return err(e, ERR_BUSY, "no memory for the retailers");
	at[n++] = (struct field_choice){ STR(""), text_of(p->language, TEXT_PICK) };
	while (ROWS_NEXT(rows, row, &rep)) {
		snprintf(name, sizeof name, STR_FMT " (" STR_FMT ")", STR_ARG(rep.name),
		    STR_ARG(rep.certificate));
		at[n].value = page_keep(p, rep.certificate);
		at[n++].label = page_keep(p, str_of(name));
	}
	*to = (struct field_choices){ field, at, n };
	return true;
}
