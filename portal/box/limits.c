/* What an organisation may ask for, and how much of it is used. */
#include "box.h"
#include "says.h"

enum { ROWS_MOST = 40 };

struct budget {
	struct str class;
	int64_t most, taken, resets_at;
	int32_t window_s;
};
static const struct db_field fields[] = {
	DB_TEXT(budget, class),
	DB_INT8(budget, most),
	DB_INT8(budget, taken),
	DB_INT4(budget, window_s),
	DB_STAMP(budget, resets_at),
};

static void
put(struct listing *l, const struct budget *b)
{
	listing_row(l);
	listing_text(l, b->class);
	listing_more(l, says_one_of(l->p, "class", b->class));
	listing_number(l, b->taken);
	listing_number(l, b->most);
	listing_number(l, b->window_s);
	listing_share(l, b->taken, b->most);
	listing_time(l, b->resets_at);
}

static bool
see(struct task *t, struct page *p, struct err *e)
{
	static const struct column columns[] = { { TEXT_LIMIT_CLASS, false },
		{ TEXT_LIMIT_TAKEN, true }, { TEXT_LIMIT_MOST, true },
		{ TEXT_LIMIT_WINDOW, true }, { TEXT_FUNNEL_BAR, false },
		{ TEXT_LIMIT_RESETS, false } };
	AUTO_PTR(rows) rows = act_rows(t, p, SQL_PORTAL_BOX_LIMITS, ARGS(P_ME(p)), e);
	struct listing l;
	struct budget b;

	act_page(p, NULL, 0);
	if (rows == NULL || !listing_begin(&l, p, "limits", TEXT_LIMITS_TITLE, columns,
				nitems(columns), ROWS_MOST, e))
		return false;
	while (l.n_rows < ROWS_MOST && ROWS_NEXT(rows, fields, &b))
		put(&l, &b);
	return listing_end(&l, TEXT_LIMITS_NONE, TEXT_LIMITS_NONE_SAY, e) &&
	       page_send(t, p, 200, "box_limits.html", e);
}

bool
limits_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see, e);
}
