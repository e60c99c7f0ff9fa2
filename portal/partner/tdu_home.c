/* A utility's home: what came of its files lately, how the day before stands, what waits. */
#include "partner.h"

struct home {
	int64_t files, waiting, held, refused, faulty, loaded_at, due, received, intervals,
	    estimated, missing, late, commands;
	int32_t day;
};

static const struct db_field fields[] = {
	DB_INT8(home, files),
	DB_INT8(home, waiting),
	DB_INT8(home, held),
	DB_INT8(home, refused),
	DB_INT8(home, faulty),
	DB_STAMP(home, loaded_at),
	DB_DATE(home, day),
	DB_INT8(home, due),
	DB_INT8(home, received),
	DB_INT8(home, intervals),
	DB_INT8(home, estimated),
	DB_INT8(home, missing),
	DB_INT8(home, late),
	DB_INT8(home, commands),
};

static void
set_day(struct page *p, const struct home *h)
{
	char day[CIVIL_DATE_SIZE];

	civil_date(day, h->day);
	view_set(&p->view, "yesterday", page_day(p, h->day, TEXT_DATE));
	view_set(&p->view, "on", page_keep(p, str_of(day)));
	view_set(&p->view, "complete", page_percent(p, h->received, h->due));
	view_set(&p->view, "lack",
	    h->received < h->due ? page_grouped(p, h->due - h->received) : STR(""));
	view_set(&p->view, "late", page_grouped(p, h->late));
	view_set(&p->view, "estimated", page_percent(p, h->estimated, h->intervals));
	view_set(&p->view, "absent", page_percent(p, h->missing, h->intervals));
}

static bool
see(struct task *t, struct page *p, struct err *e)
{
	AUTO_PTR(rows) keep = NULL;
	struct home h = { 0 };

	if (act_row(t, p, SQL_TDU_HOME, ARGS(P_ME(p)), fields, nitems(fields), &h, &keep, e) !=
	    200)
		return false;
	act_page(p, NULL, 0);
	view_set(&p->view, "files", page_grouped(p, h.files));
	view_set(&p->view, "waiting", page_grouped(p, h.waiting));
	view_set(&p->view, "held", page_grouped(p, h.held));
	view_set(&p->view, "refused", page_grouped(p, h.refused));
	view_set(&p->view, "faulty", page_grouped(p, h.faulty));
	view_set(&p->view, "commands", page_grouped(p, h.commands));
	view_c(&p->view, "any", h.loaded_at != DB_STAMP_NONE ? "1" : "");
	view_c(&p->view, "calls", h.held > 0 ? "1" : "");
	view_set(&p->view, "when", page_time(p, h.loaded_at));
	set_day(p, &h);
	return page_send(t, p, 200, "tdu_home.html", e);
}

bool
tdu_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see, e);
}
