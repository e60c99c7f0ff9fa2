/*
 * busbar-portald: pages for people, behind nginx: those that a mail links to, consents, and
 * those of who has signed in.
 *
 *   main.c        settings, key, socket, start
 *   serve.c       one request, one reply: the table's checks, then the page
 *   pages.c       the table of pages; pages_print.c: the same as lines
 *   page.c        what pages share: language, cookie and nonce, values of templates
 *   facts.c       what an agreement says, in words
 *   link.c        what a mail's link is for, as the database has it
 *   decide.c      the decision; its checks are in a table
 *   after.c       what became of it, and the mail that stops sharing
 *   others.c      renewal, stop, "not me", receipt
 *   opt_out.c     no more mails
 *   account/     accounts: asked for, confirmed ("this is my address"), passwords
 *   authorize.c   what a client asks a customer for (OAuth), and consent*.c, where the customer
 *                 says who that is, and yes or no; consent.h tells more
 *   me.c          who is signed in; the frame of that one's pages
 *   sign_in.c     in and out; login.c: names and passwords, also for consents
 *   home.c        who has access; reads.c: who read the data;
 *                 account.c: where one is signed in
 *   oversight/    where operators and regulators work (desk.h)
 *   news.c        what operators announce
 *   parts.c       all parts of pages on one page, for who makes them
 *   fields.c      fields of forms as a table
 *   files.c       templates, style, script: built in
 *   nonce.c work.c texts.c metrics.c
 *
 * A page is a template in views/ with texts of text_*_table.h. What a link may do is its
 * purpose, which the database tells; nothing here can do more than the functions that its role
 * may call.
 */
#ifndef PORTAL_PORTAL_H
#define PORTAL_PORTAL_H

#include <stdio.h>

#include "base/arena.h"
#include "base/civil.h"
#include "link.h"
#include "nonce.h"
#include "store/standby.h"
#include "sys/conf.h"
#include "sys/form.h"
#include "sys/ops.h"
#include "sys/route.h"
#include "sys/server.h"
#include "sys/use.h"
#include "sys/view.h"
#include "texts.h"

struct portal {
	struct conf conf;
	struct db *db;
	struct standby standby;
	struct keys *keys, *consent_keys;
	const struct zone *zone;
	struct server server;
	int number; /* of this process, from 1 */
	struct ops ops;
	struct use_count use;
};

/* route.who: whom a page is for, and the least role of people of organisations. me_page()
 * looks; what a function of the database is asked to do, it looks at by itself. */
enum {
	PORTAL_ANYBODY = 0,
	PORTAL_CUSTOMER = 1,
	PORTAL_CSP = 2,
	PORTAL_REP = 4,
	PORTAL_TDU = 8,
	PORTAL_REGULATOR = 16,
	PORTAL_OPERATOR = 32,
	PORTAL_MANY = 64, /* not whom a page is for: a customer with several premises */
	PORTAL_PARTNER = PORTAL_CSP | PORTAL_REP | PORTAL_TDU | PORTAL_REGULATOR,
	PORTAL_PERSON = PORTAL_PARTNER | PORTAL_OPERATOR,
	PORTAL_ALL = PORTAL_PERSON | PORTAL_CUSTOMER,
	PORTAL_MEMBER = 256,
	PORTAL_ADMIN = 512
};

extern const struct route portal_pages[];
extern const size_t portal_page_count;
void portal_pages_print(FILE *to); /* pages_print.c */

/* serve.c */
void portal_answer(struct task *t, struct http *r, void *portal);

/* ---- a page that is being made ---- */
enum { PAGE_MEMORY_MOST = 4 * 1024 * 1024, PAGE_VALUES_MOST = 96, AGENT_MOST = 200 };
struct page {
	const struct me *me; /* who is signed in; NULL on pages for anybody */
	struct portal *portal;
	struct call *call;
	struct arena *memory;
	struct view view;
	struct view_value values[PAGE_VALUES_MOST];
	struct link link; /* of pages that have one */
	unsigned char sha256[LINK_BYTES];
	char cookie[COOKIE_SIZE];
	char nonce[NONCE_SIZE]; /* "": a new one is made */
	enum language language;
	int64_t age_ms; /* of a form that was sent: since its page was */
};

void page_open(struct page *p, struct portal *portal, struct call *c); /* page_auto() it */
void page_auto(struct page *p);
/* The language asked for by ?l=, else `otherwise`; sets what all templates name. */
void page_language(struct page *p, enum language otherwise);
/* A value of the address's query as it came, "" when it has none. */
struct str page_query(const struct page *p, const char *of);
/* Sends the template. Forms on it are good for this link and browser: sets nonce and cookie. */
bool page_send(struct task *t, struct page *p, int status, const char *view, struct err *e);
/* Sends the browser to the page of the link, so that reloading asks for nothing twice. */
bool page_see(struct task *t, struct page *p, const char *more, struct err *e);
/* Text with the page's values, in its memory. */
struct str page_text(struct page *p, enum text which);
struct str page_date(struct page *p, int64_t utc_s, enum text form); /* Chicago's day */
/* n items of a list, each with room for so many values; NULL without memory. */
struct view *page_items(struct page *p, size_t n, size_t values, struct err *e);
struct str page_number(struct page *p, int64_t n);
struct str page_day(struct page *p, int32_t day, enum text form);
/* A copy that lives as long as the page; "" of nothing. */
struct str page_keep(struct page *p, struct str text);
void page_say(struct page *p, const char *name, enum text which); /* sets name to that text */
/* Who asks, for the record: address, and browser as far as it fits. */
struct str page_source(const struct page *p);
struct str page_agent(struct page *p);
/* Room for a form in the page's memory: too large for a frame. */
struct form *page_form_room(struct page *p, struct err *e);
/* Reads the form, and whether it is one of this page's: what is wrong in *wrong, TEXTS if
 * nothing. *age_ms: since the page was sent. False: no reply can be given but e's. */
bool page_form(struct task *t, struct page *p, struct form *f, enum text *wrong,
    int64_t *age_ms, struct err *e);
int page_wrong_status(enum text wrong); /* of the page that tells that */
/* The page that tells that there is none; always the same bytes. */
bool page_unknown(struct task *t, struct portal *portal, struct call *c, struct err *e);
/* public/front.c: whoever comes without a link and is not signed in */
route_fn public_front;
bool page_away(struct task *t, struct portal *portal, struct call *c, struct err *e);
/* A page that knows nothing of whom it speaks to: in both languages. */
bool page_bare(struct task *t, struct portal *portal, struct call *c, int status,
    enum text title, enum text words, struct err *e);
/* The browser's cookie, made if it has none, goes out with the reply. */
void page_cookie(struct page *p);
int64_t page_now_ms(void);
/* Only an address of the web becomes a link: what a CSP gave may be anything. */
struct str page_web_address(struct str url);
struct view_source page_source_of(enum language l);
/* Answers come when they are due (loop_now_ms()), not when they are ready. */
bool page_due(struct task *t, uint64_t due_ms, struct err *e);
/* 303 to an address of this site, in the language of the page. `path` may hold a '?'. */
bool page_go(struct task *t, struct page *p, const char *path, struct err *e);

/* ---- facts.c ---- */
/* What an agreement says: who, what, for which premises, how long. */
bool facts_set(struct page *p, struct err *e);
/* "interval,billing" in words, one behind the other. */
struct str facts_kinds(struct page *p, struct str kinds);

/* ---- pages of a link, by its purpose ---- */
typedef bool link_fn(struct task *t, struct page *p, struct err *e);
link_fn decide_show, decide_act, renew_show, renew_act, stop_show, stop_act, not_me_show,
    not_me_act, receipt_show;
/* after.c: of an agreement that is no question any more. after_set: its state in words, and how
 * to stop it. */
bool after_set(struct page *p, struct err *e);
bool after_show(struct task *t, struct page *p, int status, enum text wrong, struct err *e);
bool after_act(struct task *t, struct page *p, struct err *e);

/* The version of the disclosures, and the SHA-256 of their text in a language. */
#define DISCLOSURE_VERSION "2026-1"
enum { DISCLOSURES = 7 };
void disclosure_hash(enum language l, unsigned char sha256[32]);

route_fn authorize_get, consent_get, consent_post, share_get, shared_get, connect_get, demo_get,
    parts_get;
route_fn front_get, sign_in_get, sign_in_post, sign_out_post, home_get, home_post, reads_get,
    account_get, account_post;
route_fn use_get, download_get, meter_get, meter_post, devices_get,
    devices_post; /* customer/ */
route_fn premises_get, premises_post, groups_get, groups_post, access_get, access_post,
    upload_get, upload_post, upload_one_get; /* customer/ */
route_fn box_get, keys_get, keys_post, subscriptions_get, subscriptions_post, drops_get,
    drop_get, drop_post, webhooks_get, webhooks_post, webhook_get, webhook_post, limits_get;
/* customer/home_use.c: sets what home_use.html shows. */
bool home_use(struct task *t, struct page *p, struct err *e);
route_fn csp_get, csp_agreements_get, csp_agreement_get, csp_agreement_post, csp_invite_get,
    csp_invite_post, csp_sheet_get, csp_sheet_post, csp_funnel_get, csp_register_get,
    csp_register_post, csp_registration_get, csp_registration_post, csp_sandbox_get,
    csp_sandbox_post, csp_clients_get, csp_clients_post, csp_client_get, csp_client_post;
route_fn tdu_get, tdu_files_get, tdu_file_get, tdu_days_get, tdu_day_get, tdu_streaks_get,
    tdu_corrections_get, tdu_commands_get, rep_get, rep_customers_get,
    rep_exports_get; /* partner/ */
route_fn companies_get, status_get, scoreboard_get, help_get, guide_get, privacy_get;
route_fn sign_up_get, sign_up_post, forgot_get, forgot_post, code_get, code_post, mine_get,
    mine_post;							/* account/ */
route_fn desk_get, desk_post, case_reads_get, report_print_get; /* oversight/ */
route_fn link_get, link_post, opt_out_get, opt_out_post, confirm_get, confirm_post, file_get;

/* ---- files.c ---- */
struct portal_file {
	const char *name, *type, *text;
	char tag[17]; /* of its bytes, in hex: part of its address, so that it can be kept */
};
struct portal_file *file_named(struct str name); /* NULL: none; of templates too */
void files_start(void);

/* ---- metrics.c ---- */
void portal_count(const struct http *r, const struct call *c, const struct err *e);
void portal_count_answer(const char *answer);
void portal_count_wrong(enum text wrong);
void portal_metrics(struct buf *to, void *portal);

#endif
