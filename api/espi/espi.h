/*
 * Green Button Connect: the data custodian's resources (ESPI 3.3 and 4.0). docs/green-button.md
 * is its manual.
 *
 *   routes.c    the table, once for each address that the resources have
 *   ask.c       query parameters
 *   usage.c     usage points and all below them: single resources, feeds, batches
 *   blocks.c    interval blocks and summaries of a usage point, from releases
 *   batch.c     answers that are built on their own, for later
 *   records.c   a client's record and what was granted to it
 *   customer.c  the customer feed; customer_put.c what stands in its entries
 *   trial.c     the addresses that programs are tried against
 *   custodian.c what is the same in every answer
 *
 * Entries are written by meter/espi_out.h. What a token may see is found out in SQL
 * (sql/functions/espi.sql), anew at each step.
 */
#ifndef API_ESPI_H
#define API_ESPI_H

#include <time.h>

#include "api.h"
#include "meter/espi_out.h"
#include "meter/pack.h"

extern const struct route espi_routes[];
extern const size_t espi_routes_n;

#define ESPI_TYPE "application/atom+xml"

/* Of the standard's classes of tokens: A and C, which the custodian's own may stand in for. */
enum { ESPI_A = API_ACCESS | API_CUSTODIAN, ESPI_C = API_CLIENT | API_CUSTODIAN };
/* Whether the custodian asks. */
bool espi_is_custodian(const struct call *c);

enum {
	ESPI_PAGE = 1000, /* entries of what is of all grants, when nobody says how many */
	ESPI_ROOT_SIZE = 512,
	ESPI_STEP_MS = 60000,
	ESPI_CODE_SIZE = 80,
	ZONE_NAME_SIZE = 64
};

/* ---- what is asked ---- */

struct espi_ask {
	int64_t published_min, published_max; /* seconds UTC; DB_STAMP_NONE: not asked */
	int64_t updated_min, updated_max;
	int64_t as_of;
	int64_t start, most; /* entries, from 1 */
	int32_t from, to;    /* local days, inclusive; DAY_NONE: not asked */
	bool apart;	     /* a batch of its own is wanted: 202 */
};
/* Names with hyphens or without, in any case; others are let pass. ERR_USAGE: no value of its
 * kind, or one that is asked twice. */
bool espi_ask_read(const struct form *query, struct espi_ask *a, struct err *e);
/* Whether a parameter of that name leaves entries out, so that the next page must have it too.
 */
bool espi_ask_filters(struct str name);
/* Days of a zone whose blocks lie in what is asked as a whole. */
void espi_ask_days(
    const struct espi_ask *a, const struct zone *z, int32_t *first, int32_t *last);
/* Whether an entry of these times is asked for. */
bool espi_asked(const struct espi_ask *a, const struct espi_stamps *s);

/* ---- the custodian ---- */

struct custodian {
	struct uuid space;
	char company[ESPI_CODE_SIZE], certificate[ESPI_CODE_SIZE];
	int64_t sync_days;
	int32_t keep_days;
	char root[ESPI_ROOT_SIZE]; /* of absolute addresses, no slash at the end */
};
bool custodian_read(struct task *t, struct call *c, struct custodian *to, struct err *e);
/* What stands behind the base of the addresses: "/Subscription/…". */
struct str espi_tail(const struct call *c);
/* The id of a feed, by its address; and its own link. */
void espi_feed_begin(struct espi_out *o, const struct custodian *dc, struct str tail,
    struct str query, const char *kind, const char *title, int64_t updated_s);

/* ---- usage ---- */

enum { /* kinds of entries */
	WANT_POINT = 1,
	WANT_ZONE = 2,
	WANT_METER = 4,
	WANT_TYPE = 8,
	WANT_BLOCK = 16,
	WANT_BILL = 32,
	WANT_ALL = 63
};

enum espi_whose {
	OF_GRANT,
	OF_CLIENT,  /* its param is the client's bulk, not a subscription */
	OF_ALL,	    /* for the custodian: of all grants */
	OF_CUSTOMER /* what customers download: of their own */
};

struct espi_target { /* what an address is of; params by their number, -1: none */
	const char *tail;
	unsigned wants;
	const char *kind; /* "UsagePoint" */
	const char *title;
	int8_t up, mr, id; /* of a usage point, a meter reading; of the one entry */
	enum espi_whose whose;
};

enum { POINT_FIELDS = 10 };
struct point_row {
	int32_t premise;
	int64_t made_at;
	struct str esiid, zone, subscription, series;
	bool reads, cost, summaries, amounts;
};

/* Days are fetched for some points at once. */
enum {
	ZONES_MOST = 64,
	SERIES_MOST = 8,
	POINTS_AHEAD = 1000,
	DAYS_AHEAD = 4096,
	DAYS_TURN = 32
};
#define ESPI_ENTRIES_ALL (INT64_C(1) << 60)

struct usage { /* one answer; too large for a frame */
	struct task *t;
	struct call *call;
	const struct espi_target *target;
	struct espi_ask ask;
	struct custodian dc;
	struct answer a;
	struct espi_out out;
	struct conn *conn;
	struct rows *points;
	struct rows *days;	      /* of the points under way, or NULL */
	size_t points_ahead;	      /* that days has, and that were not written yet */
	int32_t ahead[POINTS_AHEAD];  /* their premises, when they were asked for */
	char subscription[UUID_SIZE]; /* "": all that the token reaches */
	int64_t interval, billing;    /* releases; 0: none */
	int64_t at;		      /* the state of the ledger that is told */
	uint32_t types_said;
	const struct zone *zones_said[ZONES_MOST];
	size_t zones;
	/* of the usage point under way */
	struct point_row row;
	struct espi_point point;
	struct espi_series series[SERIES_MOST];
	struct espi_stamps stamps;
	size_t n;
	struct day day;
	struct prices prices;
	bool found;	     /* the one entry that is asked for */
	int32_t first, last; /* days that were written */
};

/* What the call is of; NULL: e is the answer. */
struct usage *usage_new(struct task *t, struct call *c, struct err *e);
void usage_free(struct usage **u);
/* All of it into u->a. */
bool usage_write(struct usage *u, struct err *e);

/* batch.c: where the answer is to be a batch of its own, it is given (*done). */
bool usage_apart(struct usage *u, bool *done, struct err *e);

/* blocks.c. Only with a release. */
bool usage_release(struct usage *u, struct err *e);
bool usage_blocks(struct usage *u, struct err *e);
bool usage_bills(struct usage *u, struct err *e);
extern const struct db_field point_fields[POINT_FIELDS];
/* usage.c: a series that was not known of; NULL when there are too many. */
const struct espi_series *usage_series(
    struct usage *u, unsigned channel, uint32_t interval_s, bool *fresh);
bool usage_put_series(struct usage *u, const struct espi_series *s, struct err *e);
/* Whether the one entry, if one is asked for, is this. */
bool usage_is(struct usage *u, const char *id);

/* records.c */
route_fn espi_status, espi_authorizations, espi_authorization, espi_authorization_end,
    espi_information, espi_informations;
/* customer.c */
route_fn espi_customer, espi_customer_batch, espi_customer_bulk, espi_customer_file,
    espi_customer_root;
/* What a downloaded file is called: nothing of its customer. */
void espi_file_name(
    struct http *r, const struct custodian *dc, const char *type, int32_t first, int32_t last);
/* trial.c */
route_fn trial_token, trial_authorize, trial_status, trial_sample;
/* usage.c */
route_fn espi_usage;

static inline int64_t
time_now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

#endif
