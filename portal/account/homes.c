/* A customer's homes, and one more: proven as the first one was. */
#include "listing.h"
#include "mine.h"
#include "reps.h"
#include "triple.h"

static const struct field home_fields[] = { TRIPLE_ROWS };

struct home {
	struct str esiid, street, city, state;
};
static const struct db_field fields[] = {
	DB_TEXT(home, esiid),
	DB_TEXT(home, street),
	DB_TEXT(home, city),
	DB_TEXT(home, state),
};
static const struct column columns[] = { { TEXT_HOMES_ADDRESS, false }, { TEXT_ESIID, false } };

static bool
set(struct task *t, struct page *p, struct mine_form *x, struct err *e)
{
	AUTO_PTR(rows) rows = act_rows(t, p, SQL_PORTAL_HOMES, ARGS(P_ME(p)), e);
	struct listing l;
	struct home one;

	if (rows == NULL || !listing_begin(&l, p, "homes", TEXT_HOMES_TITLE, columns,
				nitems(columns), rows_count(rows), e))
		return false;
	while (ROWS_NEXT(rows, fields, &one)) {
		listing_row(&l);
		if (str_is(one.state, "HELD"))
			listing_text(&l, page_keep(p, one.street));
		else
			listing_say(&l, TEXT_HOMES_WAITS);
		if (one.city.len > 0)
			listing_more(&l, page_keep(p, one.city));
		listing_text(&l, page_keep(p, one.esiid));
	}
	return listing_end(&l, TEXT_HOMES_NONE, TEXT_HOMES_LEAD, e) &&
	       reps_read(t, p, "rep", &x->choices[x->n_choices++], e);
}

static bool
act(struct task *t, struct page *p, const struct form *f, struct mine_said *said, struct err *e)
{
	AUTO_PTR(conn) c = NULL;
	struct triple home;

	if (!triple_read(p, f, &home, said->wrong))
		return false;
	c = db_lease(t, p->portal->db, e);
	return c != NULL &&
	       db_exec(t, c, SQL_PORTAL_HOME_ADD,
		   ARGS(P_ME(p), P_TRIPLE(home), P_STR(page_source(p))), NULL, e) <= DB_NONE;
}

const struct mine mine_homes = { "/account/homes", "homes.html", "HOME_ADD", TEXT_HOMES_TITLE,
	TEXT_HOMES_LEAD, TEXT_UP_BUTTON, TEXT_UP_SENT, home_fields, nitems(home_fields), set,
	act };
