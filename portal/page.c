/* What pages share; see portal.h. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/code.h"
#include "portal.h"
#include "rt/log.h"
#include "rt/loop.h"
#include "work.h"

enum { PAGE_BYTES_MOST = 1024 * 1024, TEXT_MOST = 16 * 1024 };

int64_t
page_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void
page_open(struct page *p, struct portal *portal, struct call *c)
{
	struct str had = cookie_get(http_var(c->http, SCGI_COOKIE), NONCE_COOKIE);

	*p =
	    (struct page){ .portal = portal, .call = c, .memory = arena_new(PAGE_MEMORY_MOST) };
	p->view = (struct view){ .at = p->values, .most = nitems(p->values) };
	if (cookie_ok(had))
		str_copy(p->cookie, sizeof p->cookie, had);
	view_c(&p->view, "token", c->param[0]);
	view_c(&p->view, "help", portal->conf.portal_help);
	view_c(&p->view, "api", portal->conf.api_url);
	view_c(&p->view, "wrong", "");
	view_c(&p->view, "keep", "");
	view_c(&p->view, "login", "");
	view_c(&p->view, "in", "");
	view_c(&p->view, "organisation", "");
	view_c(&p->view, "broad", "");
	view_list(&p->view, "notices", NULL, 0);
	view_c(&p->view, "open", "");
	view_c(&p->view, "style", file_named(STR("portal.css"))->tag);
	view_c(&p->view, "script", file_named(STR("portal.js"))->tag);
	view_c(&p->view, "icon", file_named(STR("icon.svg"))->tag);
}

void
page_auto(struct page *p)
{
	link_auto(&p->link);
	arena_free(&p->memory);
}

/* ---- the language ---- */

struct str
page_query(const struct page *p, const char *of)
{
	struct str query = p->call->http->query;
	bool more = query.len > 0;

	while (more) {
		struct str pair, name, value;

		more = str_cut(query, '&', &pair, &query);
		if (str_cut(pair, '=', &name, &value) && str_is(name, of))
			return value;
	}
	return STR("");
}

void
page_language(struct page *p, enum language otherwise)
{
	p->language = language_of(page_query(p, "l"), otherwise);
	view_set(&p->view, "l", text_of(p->language, TEXT_LANG));
	view_c(&p->view, "en", p->language == LANGUAGE_EN ? "1" : "");
}

/* ---- texts ---- */

struct str
page_text(struct page *p, enum text which)
{
	AUTO(buf) b = BUF(TEXT_MOST);
	struct err e = { 0 };

	if (!view_text(&b, text_of(p->language, which), &p->view, &e)) {
		log_error(
		    NULL, "portal.text", "text=%s says=\"%s\"", text_names[which], e.text);
		return STR("");
	}
	return page_keep(p, buf_view(&b));
}

void
page_say(struct page *p, const char *name, enum text which)
{
	view_set(&p->view, name, page_text(p, which));
}

struct view *
page_items(struct page *p, size_t n, size_t values, struct err *e)
{
	struct view *items = arena_get(p->memory, (n + 1) * sizeof *items);
	struct view_value *at = arena_get(p->memory, (n * values + 1) * sizeof *at);

	if (items == NULL || at == NULL) {
		err(e, ERR_TOO_BIG, "no memory for %zu items of a page", n);
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		items[i] = (struct view){ &p->view, at + i * values, 0, values };
	return items;
}

struct str
page_number(struct page *p, int64_t n)
{
	char text[24];

	snprintf(text, sizeof text, "%lld", (long long)n);
	return page_keep(p, str_of(text));
}

struct str
page_keep(struct page *p, struct str text)
{
	struct str s = text.at == NULL ? text : arena_str(p->memory, text);

	return s.at == NULL ? STR("") : s;
}

struct str
page_day(struct page *p, int32_t date, enum text form)
{
	int year, month, day;

	civil_ymd(date, &year, &month, &day);
	view_set(&p->view, "year", page_number(p, year));
	view_set(&p->view, "day", page_number(p, day));
	view_set(
	    &p->view, "month", text_of(p->language, (enum text)(TEXT_MONTH_1 + month - 1)));
	view_set(&p->view, "weekday",
	    text_of(p->language, (enum text)(TEXT_WEEKDAY_1 + civil_weekday(date))));
	return page_text(p, form);
}

struct str
page_date(struct page *p, int64_t utc_s, enum text form)
{
	if (utc_s == DB_STAMP_NONE || utc_s == DB_STAMP_FOREVER || utc_s == DB_STAMP_EVER)
		return STR("\xe2\x80\x93");
	return page_day(p, zone_day_of(p->portal->zone, utc_s), form);
}

/* ---- who asks ---- */

struct str
page_source(const struct page *p)
{
	return http_var(p->call->http, SCGI_REMOTE);
}

struct str
page_agent(struct page *p)
{
	char agent[AGENT_MOST + 1];

	str_plain(agent, sizeof agent, http_var(p->call->http, SCGI_AGENT));
	return page_keep(p, str_of(agent));
}

/* Browsers say where a form was sent from. With our referrer policy they say "null" as Origin
 * of it, so where they also say Sec-Fetch-Site (all since 2023) that decides; where they say
 * neither, the cookie alone does. */
static bool
origin_ok(const struct page *p)
{
	struct str site = http_var(p->call->http, SCGI_FETCH_SITE);
	struct str origin = http_var(p->call->http, SCGI_ORIGIN);

	if (site.at != NULL && !str_is(site, "same-origin"))
		return false;
	return origin.at == NULL || str_is(origin, "null") ||
	       str_is(origin, p->portal->conf.portal_url);
}

struct form *
page_form_room(struct page *p, struct err *e)
{
	struct form *f = arena_get(p->memory, sizeof *f);

	if (f == NULL)
		err(e, ERR_BUSY, "no memory for a form");
	return f;
}

/* A form with files, where the page's row has room for one: kept as long as the page. */
static bool
take_parts(struct task *t, struct page *p, struct form *f, struct str boundary, struct err *e)
{
	struct http *r = p->call->http;
	size_t most = r->length > 0 ? (size_t)r->length : 0, len = 0, got;
	char *body = arena_get(p->memory, most + 1);
	enum io_got had;

	if (body == NULL)
		return err(e, ERR_BUSY, "no memory for a form");
	while ((had = http_body(t, r, body + len, most + 1 - len, &got, e)) == IO_OK)
		len += got;
	return had == IO_END && form_parts(f, (struct str){ body, len }, boundary, e);
}

static bool
take(struct task *t, struct page *p, struct form *f, struct err *e)
{
	struct str boundary;

	if (p->call->route->body_most > FORM_BYTES_MOST &&
	    form_is_parts(http_var(p->call->http, SCGI_TYPE), &boundary))
		return take_parts(t, p, f, boundary, e);
	return form_take(t, p->call->http, f, e);
}

bool
page_form(struct task *t, struct page *p, struct form *f, enum text *wrong, int64_t *age_ms,
    struct err *e)
{
	int64_t life_ms = p->portal->conf.portal_page_life_ms;
	struct str nonce;

	*wrong = TEXTS;
	*age_ms = 0;
	if (!origin_ok(p)) {
		*wrong = TEXT_WRONG_ORIGIN;
		return true;
	}
	if (!take(t, p, f, e)) {
		*wrong = TEXT_WRONG_FORM;
		return e->code == ERR_BAD_INPUT || e->code == ERR_TOO_BIG;
	}
	nonce = form_get(f, "nonce");
	if (p->cookie[0] == '\0')
		*wrong = TEXT_WRONG_COOKIE;
	else if (nonce_check(nonce, p->portal->keys, p->sha256, str_of(p->cookie),
		     page_now_ms(), life_ms, age_ms) != NONCE_OK)
		*wrong = TEXT_WRONG_NONCE;
	else /* what is wrong now may be put right on the same page */
		str_copy(p->nonce, sizeof p->nonce, nonce);
	return true;
}

int
page_wrong_status(enum text wrong)
{
	return wrong == TEXT_WRONG_ORIGIN ? 403 : 422;
}

/* ---- the reply ---- */

static struct str
source_file(const void *arg, struct str name)
{
	const struct portal_file *f = file_named(name);

	(void)arg;
	return f == NULL ? (struct str){ NULL, 0 } : str_of(f->text);
}

static struct str
source_text(const void *arg, struct str name)
{
	return text_named(*(const enum language *)arg, name);
}

struct view_source
page_source_of(enum language l)
{
	static const enum language all[LANGUAGES] = { LANGUAGE_EN, LANGUAGE_ES };

	return (struct view_source){ source_file, source_text, &all[l] };
}

void
page_cookie(struct page *p)
{
	if (p->cookie[0] == '\0')
		cookie_make(p->cookie);
	/* again with each page: a browser that had none keeps this one */
	http_header(p->call->http, "Set-Cookie",
	    NONCE_COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Lax", p->cookie);
}

static void
give_nonce(struct page *p)
{
	page_cookie(p);
	if (p->nonce[0] == '\0')
		nonce_make(
		    p->nonce, p->portal->keys, p->sha256, str_of(p->cookie), page_now_ms());
	view_c(&p->view, "nonce", p->nonce);
}

bool
page_send(struct task *t, struct page *p, int status, const char *view, struct err *e)
{
	AUTO(buf) b = BUF(PAGE_BYTES_MOST);
	struct view_source from = page_source_of(p->language);

	if (p->memory == NULL)
		return err(e, ERR_BUSY, "no memory for a page");
	give_nonce(p);
	if (!view_fill(&b, view, &p->view, &from, e))
		return false;
	http_header(p->call->http, "Cache-Control", "no-store");
	http_header(
	    p->call->http, "Content-Language", "%s", text_of(p->language, TEXT_LANG).at);
	return http_reply(
	    t, p->call->http, status, "text/html; charset=utf-8", buf_view(&b), e);
}

bool
page_see(struct task *t, struct page *p, const char *more, struct err *e)
{
	http_header(p->call->http, "Cache-Control", "no-store");
	http_header(p->call->http, "Location", "%.3s%s?l=%s%s", p->call->route->path,
	    p->call->param[0], text_of(p->language, TEXT_LANG).at, more);
	return http_reply(t, p->call->http, 303, "text/plain", STR(""), e);
}

bool
page_go(struct task *t, struct page *p, const char *path, struct err *e)
{
	http_header(p->call->http, "Cache-Control", "no-store");
	http_header(p->call->http, "Location", "%s%cl=%s", path,
	    str_has(str_of(path), STR("?")) ? '&' : '?', text_of(p->language, TEXT_LANG).at);
	return http_reply(t, p->call->http, 303, "text/plain", STR(""), e);
}

bool
page_due(struct task *t, uint64_t due_ms, struct err *e)
{
	uint64_t now = loop_now_ms(task_loop(t));

	return now >= due_ms || task_sleep(t, (uint32_t)(due_ms - now), e);
}

/* ---- pages without a link, in both languages: they do not know whom they speak to ---- */

bool
page_bare(struct task *t, struct portal *portal, struct call *c, int status, enum text title,
    enum text words, struct err *e)
{
	AUTO(buf) b = BUF(PAGE_BYTES_MOST);
	AUTO(page) p;
	struct view *in;
	struct view_source from = page_source_of(LANGUAGE_EN);

	page_open(&p, portal, c);
	p.language = LANGUAGE_EN;
	in = page_items(&p, LANGUAGES, 4, e);
	if (in == NULL)
		return false;
	for (int l = 0; l < LANGUAGES; l++) {
		view_set(&in[l], "l", text_of((enum language)l, TEXT_LANG));
		view_set(&in[l], "title", text_of((enum language)l, title));
		view_set(&in[l], "words", text_of((enum language)l, words));
		view_set(&in[l], "ask", text_of((enum language)l, TEXT_HELP_ASK));
	}
	view_set(&p.view, "l", text_of(LANGUAGE_EN, TEXT_LANG));
	view_set(&p.view, "title", text_of(LANGUAGE_EN, title));
	view_list(&p.view, "languages", in, LANGUAGES);
	if (!view_fill(&b, "bare.html", &p.view, &from, e))
		return false;
	http_header(c->http, "Cache-Control", "no-store");
	return http_reply(t, c->http, status, "text/html; charset=utf-8", buf_view(&b), e);
}

bool
page_unknown(struct task *t, struct portal *portal, struct call *c, struct err *e)
{
	return page_bare(t, portal, c, 404, TEXT_UNKNOWN_TITLE, TEXT_UNKNOWN, e);
}

bool
page_away(struct task *t, struct portal *portal, struct call *c, struct err *e)
{
	http_header(c->http, "Retry-After", "30");
	return page_bare(t, portal, c, 503, TEXT_AWAY_TITLE, TEXT_AWAY, e);
}
