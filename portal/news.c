/* Announcements; see news.h. */
#include "news.h"

#include "listing.h"
#include "rt/log.h"
#include "rt/loop.h"

enum { NEWS_MOST = 6, NEWS_VALUES = 4, KEEP_MS = 15000, SOON_S = 2 * 86400, MS = 1000 };

struct news {
	struct str kind, title_en, title_es, body_en, body_es;
	int64_t at, until;
};

static const struct db_field fields[] = {
	DB_TEXT(news, kind),
	DB_STAMP(news, at),
	DB_STAMP(news, until),
	DB_TEXT(news, title_en),
	DB_TEXT(news, title_es),
	DB_TEXT(news, body_en),
	DB_TEXT(news, body_es),
};

static struct rows *kept;
static uint64_t kept_until_ms;

/* Who comes first looks; others take meanwhile what there was. */
static void
refresh(struct task *t, struct page *p)
{
	uint64_t now_ms = loop_now_ms(task_loop(t));
	struct err e = { 0 };
	AUTO_PTR(conn) c = NULL;
	struct rows *rows = NULL;

	if (now_ms < kept_until_ms)
		return;
	kept_until_ms = now_ms + KEEP_MS;
	c = db_lease(t, p->portal->db, &e);
	if (c != NULL)
		rows = db_rows(t, c, SQL_PORTAL_ANNOUNCEMENTS, NO_ARGS, &e);
	if (rows == NULL)
		log_warn(t, "portal.news", "says=\"%s\"", e.text);
	rows_free(&kept);
	kept = rows;
}

static void
put(struct page *p, const struct news *n, struct view *to)
{
	bool es = p->language == LANGUAGE_ES;

	view_set(&p->view, "from", page_time(p, n->at));
	view_set(&p->view, "to", page_time(p, n->until));
	to->outer = &p->view;
	view_set(to, "headline", page_keep(p, es ? n->title_es : n->title_en));
	view_set(to, "body", page_keep(p, es ? n->body_es : n->body_en));
	view_c(to, "outage", str_is(n->kind, "OUTAGE") ? "1" : "");
	view_set(to, "span", page_text(p, TEXT_NEWS_DURING));
}

void
news_set(struct task *t, struct page *p)
{
	struct err e = { 0 };
	struct view *items;
	struct news n;
	size_t count = 0;

	refresh(t, p);
	items = page_items(p, NEWS_MOST, NEWS_VALUES, &e);
	if (kept == NULL || items == NULL)
		return;
	rows_go(kept, 0);
	/* nothing waits from here on: what is kept stays */
	while (count < NEWS_MOST && ROWS_NEXT(kept, fields, &n))
		if (n.at < page_now_ms() / MS + SOON_S)
			put(p, &n, &items[count++]);
	view_list(&p->view, "notices", items, count);
}
