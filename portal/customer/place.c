/* A customer's premises; see use.h. */
#include "use.h"

enum { PLACE_VALUES = 5 };

static const struct db_field fields[] = {
	DB_TEXT(place, esiid),
	DB_TEXT(place, street),
	DB_TEXT(place, city),
	DB_TEXT(place, utility),
	DB_TEXT(place, zone),
	DB_INT4(place, channels),
	{ "class", DB_T_TEXT, offsetof(struct place, class_) },
	DB_DATE(place, first_day),
	DB_DATE(place, last_day),
	DB_DATE(place, today),
	DB_DATE(place, newest),
	DB_TEXT(place, meter),
	DB_INT8(place, places),
};

void
places_auto(struct places *x)
{
	rows_free(&x->keep);
}

bool
places_read(struct task *t, struct page *p, struct places *to, struct err *e)
{
	struct str asked = page_query(p, "premise");
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);

	*to = (struct places){ 0 };
	if (c == NULL)
		return false;
	to->keep = db_rows(t, c, SQL_PORTAL_PLACES,
	    ARGS(P_BYTES(p->sha256, LINK_BYTES), P_NULL(), P_INT4(PLACES_MOST)), e);
	if (to->keep == NULL)
		return false;
	to->at = arena_get(p->memory, (rows_count(to->keep) + 1) * sizeof *to->at);
	if (to->at == NULL)
		return err(e, ERR_BUSY, "no memory for a page");
	while (ROWS_NEXT(to->keep, fields, &to->at[to->n])) {
		if (to->one == NULL && (asked.len == 0 || str_eq(asked, to->at[to->n].esiid)))
			to->one = &to->at[to->n];
		to->n++;
	}
	if (to->one == NULL && asked.len > 0 && to->n > 0) {
		AUTO_PTR(rows)
		one = db_rows(t, c, SQL_PORTAL_PLACES,
		    ARGS(P_BYTES(p->sha256, LINK_BYTES), P_STR(asked), P_INT4(1)), e);

		if (one == NULL)
			return false;
		if (!ROWS_NEXT(one, fields, &to->at[to->n]))
			return err(e, ERR_NOT_FOUND, "there is no such premise for you");
		to->one = &to->at[to->n];
	}
	return true;
}

int32_t
place_newest(const struct place *x)
{
	if (x->newest != DAY_NONE)
		return x->newest;
	return x->last_day != DAY_NONE ? x->last_day : x->today - 1;
}

bool
places_set(struct page *p, const struct places *x, struct err *e)
{
	struct view *items = page_items(p, x->n, PLACE_VALUES, e);

	if (items == NULL)
		return false;
	for (size_t i = 0; i < x->n; i++) {
		const struct place *o = &x->at[i];

		view_set(&items[i], "esiid", page_keep(p, o->esiid));
		view_set(&items[i], "street", page_keep(p, o->street));
		view_set(&items[i], "city", page_keep(p, o->city));
		view_set(&items[i], "last",
		    page_keep(p, (struct str){ o->esiid.at + o->esiid.len - 4, 4 }));
		view_c(&items[i], "chosen", o == x->one ? "1" : "");
	}
	view_list(&p->view, "places", items, x->n);
	view_c(&p->view, "choose", x->n > 1 ? "1" : "");
	view_c(&p->view, "too_many", x->one->places > (int64_t)x->n ? "1" : "");
	view_c(&p->view, "self", p->call->route->path);
	view_set(&p->view, "premise", page_keep(p, x->one->esiid));
	view_set(&p->view, "street", page_keep(p, x->one->street));
	view_set(&p->view, "city", page_keep(p, x->one->city));
	return true;
}
