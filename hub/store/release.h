/*
 * Reads for whoever has shown something: a token, a login, a session of the portal. A release
 *is two steps: release_open() checks, and has committed the audit event when it returns;
 * release_days() and its like check again and read. The database derives who asks, and by which
 * agreement, from what was shown.
 *
 *	AUTO(reads) r = { 0 };
 *	return release_open(t, &by, &ask, &r, e) && release_days(t, &by, &r, each, arg, e);
 */
#ifndef STORE_RELEASE_H
#define STORE_RELEASE_H

#include "meter/out_rows.h"
#include "store/shapes.h"
#include "store/shown.h"
#include "store/standby.h"
#include "sys/http.h"

enum { READS_LIST_MOST = 1000 };
/* A release may take as long as it goes on; what comes behind it has the time of any step. */
enum { RELEASE_STEP_MS = 120000, RELEASE_AFTER_MS = HTTP_STEP_MS };

struct release_by { /* all borrowed */
	struct db *db;
	const unsigned char *shown; /* SHOWN_BYTES */
	struct standby *standby;    /* what is opened may be read there */
};

struct reads_ask {
	const struct str *esiids; /* n of them; NULL: all that the caller may read */
	size_t n;
	const char *kind;     /* "interval", "register", "billing" */
	int32_t from, to;     /* local days, inclusive; DAY_NONE where instants are given */
	int64_t from_s, to_s; /* instants, to_s not in it; DB_STAMP_NONE where days are given */
	int64_t as_of_s;      /* inclusive; DB_STAMP_NONE: now */
	bool versions;	      /* all of them, oldest first; else the current ones */
	const char *door;     /* for the audit: "v1", "espi" … */
};
#define READS_ASK                                                                   \
	{                                                                           \
		.from = DAY_NONE, .to = DAY_NONE, .from_s = DB_STAMP_NONE,          \
		.to_s = DB_STAMP_NONE, .as_of_s = DB_STAMP_NONE, .kind = "interval" \
	}

struct reads { /* a release; give it back by reads_auto() */
	int64_t number;
	int32_t premises;     /* that there is something of for the caller */
	int32_t first, last;  /* local days */
	struct str not_found; /* of the list, with commas */
	struct str tdus;      /* whose they are, with commas */
	struct rows *keep;
};
void reads_auto(struct reads *r);

/* ERR_NOT_FOUND in the same words whatever the reason; ERR_TOO_BIG; ERR_BAD_INPUT. */
bool release_open(struct task *t, const struct release_by *by, const struct reads_ask *ask,
    struct reads *r, struct err *e);

/* A connection for what is read of an open release. */
struct conn *release_lease(
    struct task *t, const struct release_by *by, int64_t number, struct err *e);

/* Each in order of premise (ESI IDs as they were first known), day, channel, version. `each`
 * may wait; its false ends it. */
typedef bool reads_day_fn(struct task *t, void *arg, const struct out_day *d, struct err *e);
bool release_days(struct task *t, const struct release_by *by, const struct reads *r,
    reads_day_fn *each, void *arg, struct err *e);

struct read_register {
	int32_t channel, day, load, line;
	int64_t created, loaded_at, start_wh, end_wh,
	    wh; /* start_wh, wh: OUT_NONE when not known */
	struct str status, esiid, tdu, zone;
};
typedef bool reads_register_fn(
    struct task *t, void *arg, const struct read_register *x, struct err *e);
bool release_registers(struct task *t, const struct release_by *by, const struct reads *r,
    reads_register_fn *each, void *arg, struct err *e);

struct read_billing {
	int32_t channel, start_date, end_date, load, line;
	int64_t created, loaded_at, wh;
	/* OUT_NONE when not known */
	int64_t metered_w, billed_w, metered_va, billed_va;
	int64_t amount; /* ten-thousandths of the currency */
	struct str currency, items, status, esiid, tdu, zone;
};
typedef bool reads_billing_fn(
    struct task *t, void *arg, const struct read_billing *x, struct err *e);
bool release_billings(struct task *t, const struct release_by *by, const struct reads *r,
    reads_billing_fn *each, void *arg, struct err *e);

#endif
