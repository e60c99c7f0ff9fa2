/*
 * /api/v2: what third parties know from UtilityAPI. An authorization is an agreement, a meter a
 * premise of one; docs/utility-api.md is the manual.
 *
 *   routes.c   the table
 *   say.c      errors, and what handlers ask about their request
 *   lists.c    what is listed and shown: authorizations, meters, forms, events, templates
 *   changes.c  what is changed: forms and trials too
 *   reads.c    which reads are asked for
 *   intervals.c, bills.c, files.c   reads as objects and as CSV
 */
#ifndef API_UTILITY_H
#define API_UTILITY_H

#include "api.h"
#include "base/json.h"
#include "reads.h"

/* ---- say.c ---- */
bool utility_problem(struct task *t, struct http *r, const struct err *why, struct err *e);
bool utility_done(struct task *t, struct call *c, struct err *e); /* {"success": true} */
/* {"api": address, "portal": address}, for SQL */
void utility_hub(const struct call *c, struct buf *to);
/* The parameters of the address as an object of texts; ERR_USAGE for one that is not among
 * `names`. What is about the page (after, limit, order, access_token) is left out. */
bool utility_filters(const struct call *c, const char *names, struct buf *to, struct err *e);
/* `limit` of the address. */
bool utility_limit(
    const struct call *c, int64_t preset, int64_t most, int64_t *to, struct err *e);
/* The body, of whatever type it says to be: an object, strictly read. None at all is {}. */
bool utility_body(struct task *t, struct call *c, struct str *to, struct err *e);
/* "next": the same address behind `after`; at == NULL: null. */
void utility_next(struct json *j, const struct call *c, struct str after);

/* ---- reads.c ---- */
enum { UTILITY_UID_MOST = 80 };
struct utility_meter { /* a row of the plan; days there are reads of, inclusive */
	struct str uid, esiid, utility, zone, base;
	int64_t agreement;
	int32_t first_day, last_day;
};
struct utility_ask {
	const char *kind;
	int32_t from, to;     /* local days, inclusive */
	int64_t from_s, to_s; /* DB_STAMP_NONE: whole days */
	bool latest;	      /* the newest first */
	int64_t limit;
	struct str after;
	struct rows *rows;
};
void utility_ask_auto(struct utility_ask *a);
bool utility_plan(struct task *t, struct call *c, const char *kind, int64_t preset,
    int64_t most, struct utility_ask *a, struct err *e);
bool utility_plan_next(struct utility_ask *a, struct utility_meter *m);
/* Does `uid` of a meter, with what its object adds ("-2026-04"), come behind a->after? */
bool utility_behind(
    const struct utility_ask *a, const struct utility_meter *m, const char *tail);
/* A release of days of a meter; *none: there is nothing of it (any more). */
bool utility_open(struct task *t, struct call *c, const struct utility_meter *m,
    const char *kind, int32_t from, int32_t to, struct reads *r, bool *none, struct err *e);
/* "2026-04-21T00:00:00.000000-05:00" */
enum { UTILITY_STAMP_MOST = 40 };
char *utility_put_local(char *to, const struct zone *z, int64_t utc_s);
void utility_local(struct json *j, const char *name, const struct zone *z, int64_t utc_s);
void utility_stamp(struct json *j, const char *name, int64_t utc_s);
const struct zone *utility_zone(const struct utility_meter *m, struct err *e);
/* Members that an object of reads begins with. */
void utility_begin(
    struct json *j, const struct utility_meter *m, const char *tail, struct str base);

route_fn utility_authorizations, utility_authorization, utility_meters, utility_meter,
    utility_forms, utility_form, utility_events, utility_event, utility_templates,
    utility_template;
route_fn utility_authorization_change, utility_authorization_revoke,
    utility_authorization_delete, utility_meter_change, utility_collect, utility_monitor,
    utility_event_change, utility_form_add, utility_form_change, utility_form_delete,
    utility_test_submit;
route_fn utility_intervals, utility_bills, utility_intervals_csv, utility_bills_csv;

#endif
