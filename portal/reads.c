/* Who read a customer's data: what one reader took by one door on one day is one entry. */
#include "me.h"

enum { READ_VALUES = 9 };

struct read {
	struct str who, part, door, kinds, masked, reason;
	int32_t day, from_day, to_day;
	int64_t times, places, last, event;
};

static const struct db_field fields[] = {
	DB_DATE(read, day),
	DB_TEXT(read, who),
	DB_TEXT(read, part),
	DB_TEXT(read, door),
	DB_TEXT(read, kinds),
	DB_INT8(read, times),
	DB_DATE(read, from_day),
	DB_DATE(read, to_day),
	DB_TEXT(read, masked),
	DB_INT8(read, places),
	DB_TEXT(read, reason),
	DB_INT8(read, last),
	DB_INT8(read, event),
};

static const struct {
	const char *part;
	enum text text;
} parts[] = {
	{ "CSP", TEXT_READ_CSP },
	{ "REP", TEXT_READ_REP },
	{ "TDU", TEXT_READ_TDU },
	{ "OPERATOR", TEXT_READ_OPERATOR },
	{ "REGULATOR", TEXT_READ_REGULATOR },
	{ "CUSTOMER", TEXT_READ_CUSTOMER },
	{ "YOU", TEXT_READ_YOU },
};

static const struct {
	const char *door;
	enum text text;
} doors[] = {
	{ "drop", TEXT_DOOR_FILE }, { "cli", TEXT_DOOR_DESK }, { "portal", TEXT_DOOR_PAGE },
	{ "look", TEXT_DOOR_LOOK }, { "", TEXT_DOOR_PROGRAM }, /* all others */
};

static enum text
part_of(const struct read *r)
{
	for (size_t i = 0; i < nitems(parts); i++)
		if (str_is(r->part, parts[i].part))
			return parts[i].text;
	return TEXT_READ_CUSTOMER;
}

static enum text
door_of(const struct read *r)
{
	size_t i = 0;

	while (i + 1 < nitems(doors) && !str_is(r->door, doors[i].door))
		i++;
	return doors[i].text;
}

static void
set_read(struct page *p, const struct read *r, struct view *to)
{
	view_set(&p->view, "times", page_number(p, r->times));
	view_set(&p->view, "more", page_number(p, r->places - 1));
	view_set(&p->view, "from", page_day(p, r->from_day, TEXT_DATE));
	view_set(&p->view, "to", page_day(p, r->to_day, TEXT_DATE));
	/* people of the hub and of the home have no name here */
	view_set(to, "who",
	    r->who.len > 0 ? page_keep(p, r->who) : text_of(p->language, part_of(r)));
	view_set(to, "part", r->who.len > 0 ? text_of(p->language, part_of(r)) : STR(""));
	view_set(to, "when", page_day(p, r->day, TEXT_DATE));
	view_set(to, "kinds", facts_kinds(p, r->kinds));
	view_set(to, "span",
	    page_text(p, r->from_day == r->to_day ? TEXT_READ_DAY : TEXT_READ_DAYS));
	view_set(
	    to, "door", page_text(p, r->times == 1 ? door_of(r) : (enum text)(door_of(r) + 1)));
	view_set(to, "reason", page_keep(p, r->reason));
	view_set(to, "place", page_keep(p, r->masked));
	/* who only looked got no reads */
	view_set(to, "proof", r->kinds.len > 0 ? page_number(p, r->event) : STR(""));
}

static bool
show(struct task *t, struct page *p, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	AUTO_PTR(rows) rows = NULL;
	struct str asked = page_query(p, "before");
	struct view *items;
	struct read r = { 0 };
	int64_t before;
	size_t n = 0;

	if (!str_int64(asked, &before) || before < 1)
		before = INT64_MAX;
	if (c != NULL)
		rows = db_rows(t, c, SQL_PORTAL_READS,
		    ARGS(P_BYTES(p->sha256, LINK_BYTES), P_INT8(before)), e);
	db_release(&c);
	if (rows == NULL || (items = page_items(p, rows_count(rows), READ_VALUES, e)) == NULL)
		return false;
	while (ROWS_NEXT(rows, fields, &r))
		if (r.masked.at != NULL) /* else: none here, but there are older ones */
			set_read(p, &r, &items[n++]);
	view_list(&p->view, "reads", items, n);
	view_c(&p->view, "later", before != INT64_MAX ? "1" : "");
	view_set(&p->view, "before", r.last > 0 ? page_number(p, r.last) : STR(""));
	return page_send(t, p, 200, "reads.html", e);
}

bool
reads_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, show, e);
}
