/*
 * busbar-apid: HTTPS for partners' programs, behind nginx.
 *
 *   main.c      settings, socket, start
 *   serve.c     one request, one reply
 *   families.c  the families of routes: each has a folder here, with its table in routes.c
 *   metrics.c   what is counted
 *   routes_print.c  all routes as lines: busbar-apid --routes
 *   caller.c    who calls: a token, a password or a client certificate
 *   call.c      what a handler asks about its request: who, query, body
 *   budget.c    what a client may ask for in a minute
 *   once.c      what is done once, however often it is asked for
 *   reads.c     reads, for every family
 *   fresh.c     how far reads have come
 *   answer.c    replies of any size, whose length is known before the first byte
 *
 * A route is a row of its family's table and a function of a file. What the table says (who,
 * how large) is checked before the function runs. What a caller may see is for the database to
 * say: each SQL function takes call_shown() and finds out by itself.
 */
#ifndef API_API_H
#define API_API_H

#include <stdio.h>

#include "answer.h"
#include "caller.h"
#include "route_who.h"
#include "store/standby.h"
#include "sys/conf.h"
#include "sys/form.h"
#include "sys/json_in.h"
#include "sys/ops.h"
#include "sys/route.h"
#include "sys/server.h"
#include "sys/use.h"

/* route.who: who may, as a mask of what callers are (caller.h). */
enum {
	API_ANYBODY = 0, /* nothing need be shown, and what is shown is not looked at */
	API_ANY_ACCOUNT = API_LOGIN | API_PERSONAL,	    /* somebody of an account */
	API_READER = API_LOGIN | API_PERSONAL | API_ACCESS, /* who may have rights to reads */
};

enum {
	API_PROOF_MOST = 32 * 1024,	 /* bodies of what proves a credential */
	API_BODY_MOST = 4 * 1024 * 1024, /* of any but files: they are taken into memory */
	API_HEADER_MOST = 1000,
	/* When so many requests wait for the database, the next ones are refused at once: what
	 * waits behind these would come late, and all would be slow for as long as too many
	 * come. */
	API_WAITING_MOST = 64,
	API_BUSY_S = 1 /* for Retry-After */
};

struct api {
	struct conf conf;
	struct box_door door;
	struct standby standby;
	struct callers callers;
	struct keys
	    *keys; /* to seal mailboxes with, and to open what the customer feed shows */
	unsigned char tag_key[TAG_KEY_BYTES]; /* of ETags: the same in each process of a hub */
	struct server server;
	int number; /* of this process, from 1 */
	struct ops ops;
	struct use_count use;
};

struct api_family {
	const char *name;
	const char *prefix; /* "/v1"; "": tried for each address, after those before it */
	const struct route *rows;
	const size_t *n;
	bool any_case; /* of the words of paths */
	/* The reply to an error, in the family's words. NULL: problem+json. */
	bool (*problem)(struct task *t, struct http *r, const struct err *why, struct err *e);
};
extern const struct api_family *const api_families[]; /* NULL at the end */

/* What c->who of a call is. */
struct api_call {
	struct api *api;
	const struct api_family *family;
	struct caller *caller; /* NULL for API_ANYBODY */
	struct form query;
	struct buf body; /* what was read of it */
	bool body_read;
};

/* routes_print.c */
void api_routes_print(FILE *to);

/* serve.c */
void api_answer(struct task *t, struct http *r, void *api);

/* Tasks. espi/batch.c: builds answers of Green Button that are given later. */
void espi_batches_run(struct task *t, void *api);
/* v1/commands.c: meter commands that nobody answers in time fail. */
void v1_commands_run(struct task *t, void *api);
/* oauth/purge.c: what OAuth needs no more goes. */
void oauth_purge_run(struct task *t, void *api);

/* metrics.c */
void api_count(const struct http *r, const struct call *c, const struct err *e);
void api_count_budget(const char *class_, bool granted);
void api_metrics(struct buf *to, void *api);

/* ---- call.c: for handlers; only what has a task waits ---- */

static inline const struct api_call *
call_of(const struct call *c)
{
	return c->who;
}
static inline struct api *
call_api(const struct call *c)
{
	return call_of(c)->api;
}
/* A connection to the database. AUTO_PTR(conn) c = call_lease(t, c, e); */
struct conn *call_lease(struct task *t, const struct call *c, struct err *e);

/* Who calls; not for API_ANYBODY. Only shown is proof: the rest was so a moment ago. */
const unsigned char *call_shown(const struct call *c); /* SHOWN_BYTES, for SQL */
#define P_SHOWN(c) P_BYTES(call_shown(c), SHOWN_BYTES)
int32_t call_party(const struct call *c);
const char *call_kind(const struct call *c);  /* of the party: "CSP", "CUSTOMER" … */
const char *call_code(const struct call *c);  /* of the party */
const char *call_class(const struct call *c); /* of api.principal: "ACCOUNT", "ACCESS" … */
const char *call_login(const struct call *c); /* of the account, or "" */
struct str call_from(const struct call *c);   /* address of the peer */
/* Of an API_BOX route. */
struct box *call_box(struct call *c);

/* A parameter of the address, decoded; false and "" when it is not there. One that is twice,
 * not UTF-8 or badly escaped, and the request was refused before. */
bool call_query(const struct call *c, const char *name, struct str *to);
/* Whether no other than these ("from to as_of") are there; ERR_USAGE names the first that is.
 */
bool call_only(const struct call *c, const char *names, struct err *e);
/* The body. ERR_MEDIA: another type; ERR_USAGE: not JSON; ERR_BAD_INPUT, ERR_TOO_BIG. */
bool call_json(struct task *t, struct call *c, struct json_in **to, struct err *e);
bool call_form(struct task *t, struct call *c, struct form *to, struct err *e);
/* The body as it came, at most the route's body_most; it lives as long as the call. Read once:
 * whoever asks again gets the same. */
bool call_body(struct task *t, struct call *c, struct str *to, struct err *e);

/* problem+json of any status, for what has no error code. */
#define call_problem(t, c, status, code, detail, e) \
	http_problem(t, (c)->http, status, code, detail, e)

#endif
