/*
 * The routes of a process that answers HTTP, as a table: method, path, who may, the largest
 * body, the handler, and a line for people. What the table says is checked before the handler
 * runs.
 *
 * A path is "/box/{folder}/{name}": words stand for themselves, what is in braces takes one
 * name, escapes undone. A slash at the end or twice makes no difference. HEAD goes to the row
 * of GET. With `any_case` the words of a path may be in capitals or not; names stay as they
 * came.
 */
#ifndef SYS_ROUTE_H
#define SYS_ROUTE_H

#include "sys/http.h"

enum { ROUTE_PARAMS_MOST = 6, ROUTE_PARAM_SIZE = 300 };

struct call { /* what a handler gets */
	struct http *http;
	const struct route *route;
	char param[ROUTE_PARAMS_MOST][ROUTE_PARAM_SIZE];
	void *who;     /* the process says what that is */
	char kind[12]; /* of the party that asks, once that is known: for what is counted */
};

/* False when there was no reply: then e is the reply, as long as nothing was sent. */
typedef bool route_fn(struct task *t, struct call *c, struct err *e);

struct route {
	const char *method, *path;
	int who;	   /* the process says what that is; 0: anybody */
	int64_t body_most; /* 0: none */
	route_fn *fn;
	const char *does;
};

enum route_found { ROUTE_OK, ROUTE_NONE, ROUTE_METHOD, ROUTE_BAD };
enum { ROUTE_ALLOW_SIZE = 64 };
/* Fills c->route and c->param. ROUTE_METHOD: `allow` has the methods that there are; ROUTE_BAD:
 * a part that is no text or too long. Does not wait. */
enum route_found route_find(const struct route *rows, size_t n, bool any_case,
    struct str method, struct str path, struct call *c, char allow[ROUTE_ALLOW_SIZE]);

#endif
