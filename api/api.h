/*
 * busbar-apid: HTTPS for partners' programs, behind nginx. Today it is the box over HTTPS.
 *
 *   main.c     settings, socket, start
 *   serve.c    one request, one reply
 *   routes.c   the table of routes
 *   metrics.c  what is counted
 *   caller.c   who calls: a token or a client certificate, and the session that it opened
 *   box.c      the box: lists, removing
 *   box_get.c  a file out: ranges, conditions
 *   box_put.c  a file in: whole, or resumed where it stopped
 *   credentials.c  what the account itself logs in with
 */
#ifndef API_API_H
#define API_API_H

#include "caller.h"
#include "sys/conf.h"
#include "sys/ops.h"
#include "sys/route.h"
#include "sys/server.h"

enum { API_ANYBODY, API_ACCOUNT };

struct api {
	struct conf conf;
	struct box_door door;
	struct callers callers;
	struct server server;
	int number; /* of this process, from 1 */
	struct ops ops;
};

extern const struct route api_routes[];
extern const size_t api_route_count;

/* serve.c */
void api_answer(struct task *t, struct http *r, void *api);

/* metrics.c */
void api_count(const struct http *r, const struct call *c, const struct err *e);
void api_metrics(struct buf *to, void *api);

/* Who calls, for a handler of an API_ACCOUNT route. */
static inline struct box *
call_box(struct call *c)
{
	return &((struct caller *)c->who)->box;
}

/* box.c: "/folder/name" of the call's parameters. ERR_BAD_INPUT, ERR_NOT_FOUND. */
bool box_call_path(char to[BOX_PATH_MOST], const struct call *c, struct err *e);
/* Headers that tell a file's digest, and its entity tag: the digest in quotes. */
enum { BOX_TAG_SIZE = 67 };
void box_tag(char to[BOX_TAG_SIZE], const unsigned char sha256[32]);
void box_digest_headers(struct http *r, const unsigned char sha256[32]);
/* A part's size; -1 when there is none. */
bool box_part_there(
    struct task *t, struct call *c, const char *path, int64_t *size, struct err *e);

/* Bodies of what proves a credential. */
enum { API_PROOF_MOST = 32 * 1024 };

route_fn credentials_list, credential_put, credential_delete;
route_fn api_index, box_root, box_folder, box_get, box_upload, box_delete;

#endif
