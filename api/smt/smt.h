/*
 * The Smart Meter Texas family: what its clients call, with the same bodies, with and without
 * /v2, a slash at the end or not, whatever the capitals. docs/api-smt.md is its manual.
 *
 *   routes.c    the table
 *   say.c       errors in its words
 *   token.c     logins
 *   reads.c     reads, at once or as a report
 *   premise.c   premises and meters as they are now
 *   report.c    reports: ordered, asked after, fetched
 *   subscription.c  reads into the box, as they come
 *   agreement.c agreements with customers
 *   odr.c       on-demand reads
 *   web.c       what customers' own programs ask (/api)
 *   smt_ask.c   what a request asks; smt_rows.c: reads as its JSON has them; both pure
 */
#ifndef API_SMT_SMT_H
#define API_SMT_SMT_H

#include "api.h"
#include "base/json.h"
#include "reads.h"
#include "smt_ask.h"
#include "smt_rows.h"
#include "sys/token.h"

enum { SMT_AT_ONCE_MOST = 10 /* premises; more are a report */ };
enum { SMT_BODY_MOST = 64 * 1024, SMT_SMALL = 64 * 1024, SMT_LARGE = 1024 * 1024 };

/* ---- say.c ---- */

/* The family's words for an error (api_family.problem). */
bool smt_problem(struct task *t, struct http *r, const struct err *why, struct err *e);
/* A no of this family: its code and words, with the caller's trans_id (at NULL: none). */
bool smt_no(struct task *t, struct call *c, const struct smt_why *w, struct str trans_id,
    struct err *e);
/* The same in its own words. */
bool smt_refuse(
    struct task *t, struct call *c, enum smt_fault fault, struct str trans_id, struct err *e);

/* {"error": words} */
bool smt_words(struct task *t, struct call *c, int status, const char *words, struct err *e);

/* A request. Of the two functions false means: return *ok, all was said (or is in e). */
struct smt_call {
	struct json_in *json;
	struct smt_ask ask;
	struct smt_why why;
};
void smt_call_auto(struct smt_call *s);
/* Reads the body and its head. */
bool smt_begin(
    struct task *t, struct call *c, struct smt_call *s, bool terms, bool *ok, struct err *e);
/* Asks the database what stands against it (smt.against). kind NULL: it is not about reads. */
bool smt_nothing_against(struct task *t, struct call *c, const struct smt_ask *a,
    const char *kind, bool *ok, struct err *e);

/* Whether one of the premises is none of the caller's. */
bool smt_foreign(
    struct task *t, struct call *c, const struct smt_ask *a, bool *foreign, struct err *e);
/* What is to be done once by its trans_id, if there is one: the same request again within a day
 * has the first answer, another one by that trans_id is a conflict. */
typedef bool smt_work(
    struct task *t, struct call *c, struct smt_call *s, void *arg, struct err *e);
bool smt_once(struct task *t, struct call *c, struct smt_call *s, smt_work *work, void *arg,
    struct err *e);

/* ---- token.c ---- */

struct smt_token {
	struct token made;
	int64_t issued_s, expires_s;
};
/* Logs in by name and password; ERR_LOGIN, ERR_WAIT with *wait_s. */
bool smt_login(struct task *t, struct call *c, struct str login, struct str password,
    struct smt_token *to, int *wait_s, struct err *e);

/* ---- reads.c ---- */

struct writing;
struct smt_kind {
	const char *kind, *list; /* of reads; the name of the list in an answer */
	bool intervals;
	bool (*put)(struct task *t, struct call *c, const struct reads *r, struct writing *w,
	    struct err *e);
};
extern const struct smt_kind smt_interval, smt_register, smt_billing;
extern const struct smt_kind smt_page_interval, smt_page_daily, smt_page_monthly;
/* What is asked for, at once; all of it in an object of the name `wrap`, if that is not NULL.
 * *any false: there is nothing, and nothing was answered. ERR_NOT_FOUND: no right. */
bool smt_reads_now(struct task *t, struct call *c, const struct smt_ask *ask,
    const struct smt_kind *kind, const char *wrap, bool *any, struct err *e);

route_fn smt_intervals, smt_registers, smt_billings, smt_green_button;
/* ---- report.c, subscription.c ---- */

/* Reads that are delivered later: answers with their number. */
bool smt_report_order(struct task *t, struct call *c, struct smt_ask *a,
    const struct smt_kind *kind, struct err *e);
bool smt_subscription_states(
    struct task *t, struct call *c, const struct smt_ask *a, struct err *e);
/* agreement.c: the database's no, in e, in this family's words. */
bool smt_said_no(struct task *t, struct call *c, const struct smt_ask *a, struct err *e);

route_fn smt_report_status, smt_report_file, smt_report_link;
route_fn smt_subscription_new, smt_subscription_end, smt_subscription_list;
route_fn smt_agreement_new, smt_agreement_list, smt_agreement_esiids, smt_agreement_end;
route_fn smt_odr, smt_odr_status, smt_web_odr, smt_web_odr_latest;
route_fn smt_token_post, smt_premise_info, smt_meter_info, smt_soap;
/* web.c: a body of JSON, or a form's fields as such. */
bool smt_web_body(struct task *t, struct call *c, struct json_in **to, struct err *e);
route_fn smt_web_login, smt_web_dashboard, smt_web_meter, smt_web_synch, smt_web_interval,
    smt_web_daily, smt_web_monthly;

#endif
