/* What wants a utility's eye: meters that are estimated day after day, and what it corrected.
 */
#include "partner.h"

enum { STREAKS = 500, CORRECTIONS = 50 };

/* ---- estimates in a row ---- */

struct streak {
	struct str esiid, channel, found, name;
	int32_t day;
	int64_t file;
};

static const struct db_field streak_fields[] = {
	DB_TEXT(streak, esiid),
	DB_TEXT(streak, channel),
	DB_DATE(streak, day),
	DB_TEXT(streak, found),
	DB_INT8(streak, file),
	DB_TEXT(streak, name),
};

static const struct column streak_columns[] = {
	{ TEXT_ESIID, false },
	{ TEXT_STREAK_DAYS, false },
	{ TEXT_STREAK_UNTIL, false },
	{ TEXT_FILE_NAME, false },
};

static const struct partner_word channels[] = {
	{ "generation", TEXT_STREAK_GENERATION },
	{ "", TEXT_STREAK_CONSUMPTION },
};

static bool
streaks(struct task *t, struct page *p, struct err *e)
{
	AUTO_PTR(rows)
	rows = act_rows(t, p, SQL_TDU_STREAKS, ARGS(P_ME(p), P_INT4(STREAKS)), e);
	struct streak r = { 0 };
	struct listing l;

	if (rows == NULL || !listing_begin(&l, p, "streaks", TEXT_STREAKS, streak_columns,
				nitems(streak_columns), STREAKS, e))
		return false;
	while (ROWS_NEXT(rows, streak_fields, &r)) {
		/* "4 days in a row", as the loader says it: the number is what counts */
		struct str days, rest;

		(void)str_cut(r.found, ' ', &days, &rest);
		view_set(&p->view, "count", page_keep(p, days));
		listing_row(&l);
		listing_text(&l, r.esiid);
		listing_more(&l, text_of(p->language, partner_word(channels, r.channel)));
		listing_say(&l, TEXT_STREAK_COUNT);
		listing_text(&l, page_day(p, r.day, TEXT_DATE));
		listing_link(&l, r.name, "/tdu/files/%lld", (long long)r.file);
	}
	view_c(&p->view, "cut", rows_count(rows) == STREAKS ? "1" : "");
	act_page(p, NULL, 0);
	return listing_end(&l, TEXT_STREAKS_NONE, TEXT_STREAKS_NONE_SAYS, e) &&
	       page_send(t, p, 200, "tdu_streaks.html", e);
}

bool
tdu_streaks_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, streaks, e);
}

/* ---- corrections ---- */

struct correction {
	struct str name;
	int64_t file, loaded_at, changed;
	int32_t first_day, last_day;
};

static const struct db_field correction_fields[] = {
	DB_INT8(correction, file),
	DB_TEXT(correction, name),
	DB_STAMP(correction, loaded_at),
	DB_INT8(correction, changed),
	DB_DATE(correction, first_day),
	DB_DATE(correction, last_day),
};

static const struct column correction_columns[] = {
	{ TEXT_FILE_NAME, false },
	{ TEXT_FILE_WAS_LOADED, false },
	{ TEXT_CORRECTION_DAYS, true },
	{ TEXT_CORRECTION_OF, false },
};

static bool
corrections(struct task *t, struct page *p, struct err *e)
{
	AUTO_PTR(rows)
	rows = act_rows(t, p, SQL_TDU_CORRECTIONS,
	    ARGS(P_ME(p), P_INT8(partner_number(fields_query(p), "before", INT64_MAX)),
		P_INT4(CORRECTIONS)),
	    e);
	struct correction r = { 0 };
	struct listing l;

	if (rows == NULL || !listing_begin(&l, p, "corrections", TEXT_CORRECTIONS,
				correction_columns, nitems(correction_columns), CORRECTIONS, e))
		return false;
	while (ROWS_NEXT(rows, correction_fields, &r)) {
		listing_row(&l);
		listing_link(&l, r.name, "/tdu/files/%lld", (long long)r.file);
		listing_time(&l, r.loaded_at);
		listing_text(&l, page_grouped(p, r.changed));
		view_set(&p->view, "from", page_day(p, r.first_day, TEXT_DATE));
		view_set(&p->view, "to", page_day(p, r.last_day, TEXT_DATE));
		listing_say(
		    &l, r.first_day == r.last_day ? TEXT_SCORE_OF_DAY : TEXT_SCORE_OF_DAYS);
	}
	if (rows_count(rows) == CORRECTIONS)
		listing_next(&l, "before", page_number(p, r.file));
	act_page(p, NULL, 0);
	return listing_end(&l, TEXT_CORRECTIONS_NONE, TEXT_CORRECTIONS_NONE_SAYS, e) &&
	       page_send(t, p, 200, "tdu_corrections.html", e);
}

bool
tdu_corrections_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, corrections, e);
}
