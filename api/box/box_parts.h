/*
 * The box over HTTPS.
 *
 *   box.c          lists, removing
 *   box_get.c      a file out: ranges, conditions
 *   box_put.c      a file in: whole, or resumed where it stopped
 *   credentials.c  what the account itself logs in with
 */
#ifndef API_BOX_PARTS_H
#define API_BOX_PARTS_H

#include "api.h"

/* "/folder/name" of the call's parameters. ERR_BAD_INPUT, ERR_NOT_FOUND. */
bool box_call_path(char to[BOX_PATH_MOST], const struct call *c, struct err *e);
/* Headers that tell a file's digest, and its entity tag: the digest in quotes. */
enum { BOX_TAG_SIZE = 67 };
void box_tag(char to[BOX_TAG_SIZE], const unsigned char sha256[32]);
void box_digest_headers(struct http *r, const unsigned char sha256[32]);
/* A part's size; -1 when there is none. */
bool box_part_there(
    struct task *t, struct call *c, const char *path, int64_t *size, struct err *e);

route_fn credentials_list, credential_put, credential_delete;
route_fn api_index, box_root, box_folder, box_get, box_upload, box_delete;

#endif
