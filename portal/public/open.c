/* What pages for everybody share; see public.h. */
#include "public.h"

#include <stdio.h>
#include <string.h>

#include "rt/loop.h"

enum { KEPT_MOST = 48, BODY_MOST = 1024 * 1024, WAIT_MS = 20, KEPT_KEY_SIZE = 224 };

static struct kept {
	char key[KEPT_KEY_SIZE];
	uint64_t until_ms;
	struct buf body;
} kept[KEPT_MOST];
static bool making;

/* ---- the page's frame ---- */

static const struct {
	const char *path;
	enum text text;
} ways[] = {
	{ "/companies", TEXT_WAY_COMPANIES },
	{ "/status", TEXT_WAY_STATUS },
	{ "/scoreboard", TEXT_WAY_SCOREBOARD },
	{ "/help", TEXT_WAY_HELP },
};

static bool
frame(struct page *p, struct err *e)
{
	struct view *items = page_items(p, nitems(ways), 3, e);
	const char *path = p->call->route->path;

	if (items == NULL)
		return false;
	for (size_t i = 0; i < nitems(ways); i++) {
		view_c(&items[i], "path", ways[i].path);
		view_set(&items[i], "way", text_of(p->language, ways[i].text));
		/* also of a guide, which stands below /help */
		view_c(&items[i], "here",
		    strncmp(path, ways[i].path, strlen(ways[i].path)) == 0 ? "1" : "");
	}
	view_list(&p->view, "open", items, nitems(ways));
	return true;
}

bool
public_open(struct task *t, struct call *c, public_fn *fn, struct err *e)
{
	AUTO(page) p;

	page_open(&p, c->who, c);
	page_language(&p, language_accepted(http_var(c->http, SCGI_ACCEPT_LANGUAGE)));
	return frame(&p, e) && fn(t, &p, e);
}

/* ---- what is kept ---- */

static struct kept *
find(const char *key, uint64_t now_ms)
{
	for (size_t i = 0; i < KEPT_MOST; i++)
		if (now_ms < kept[i].until_ms && strcmp(kept[i].key, key) == 0)
			return &kept[i];
	return NULL;
}

/* One whose time is over, or the one whose time is over first. */
static struct kept *
oldest(void)
{
	struct kept *k = &kept[0];

	for (size_t i = 1; i < KEPT_MOST; i++)
		if (kept[i].until_ms < k->until_ms)
			k = &kept[i];
	return k;
}

static bool
make(struct task *t, struct page *p, struct public_page *of, const char *key, struct err *e)
{
	struct view_source from = page_source_of(p->language);
	AUTO(buf) body = BUF(BODY_MOST);
	struct kept *k;

	if (p->memory == NULL)
		return err(e, ERR_BUSY, "no memory for a page");
	if ((of->fill != NULL && !of->fill(t, p, of->arg, e)) ||
	    !view_fill(&body, of->view, &p->view, &from, e))
		return false;
	if (!buf_ok(&body))
		return err(e, ERR_TOO_BIG, "the page is too long");
	/* in place of the one before: what is kept under a name is one page */
	k = find(key, 0);
	if (k == NULL)
		k = oldest();
	buf_auto(&k->body);
	k->body = body;
	body = (struct buf)BUF(BODY_MOST);
	snprintf(k->key, sizeof k->key, "%s", key);
	k->until_ms = loop_now_ms(task_loop(t)) + (uint64_t)of->keep_s * 1000;
	return true;
}

bool
public_send(struct task *t, struct page *p, struct public_page *of, struct err *e)
{
	AUTO(buf)
	copy = BUF(BODY_MOST); /* another may be made in its place while this is sent */
	struct kept *k;
	char key[KEPT_KEY_SIZE];
	bool ok;

	snprintf(key, sizeof key, "%s %s %s", of->view, language_code(p->language), of->key);
	while ((k = find(key, loop_now_ms(task_loop(t)))) == NULL && making)
		if (!task_sleep(t, WAIT_MS, e))
			return false;
	if (k == NULL) {
		making = true;
		ok = make(t, p, of, key, e);
		making = false;
		if (!ok)
			return false;
		k = find(key, 0);
	}
	if (k == NULL)
		return err(e, ERR_BUSY, "too many ask at once");
	buf_str(&copy, buf_view(&k->body));
	http_header(p->call->http, "Cache-Control", "public, max-age=%d", of->keep_s);
	http_header(p->call->http, "Vary", "Accept-Language");
	http_header(
	    p->call->http, "Content-Language", "%s", text_of(p->language, TEXT_LANG).at);
	return http_reply(
	    t, p->call->http, 200, "text/html; charset=utf-8", buf_view(&copy), e);
}
