/*
 * What is sent to an endpoint. Pure.
 *
 *	BUSBAR		JSON:
 *{"type":"events","webhook":7,"cursor":"12","more":false,"events":[…]} UTILITYAPI	JSON:
 *{"events":[…],"next":null} BATCHLIST	XML of ESPI:
 *<BatchList><resources>https://…</resources>…</BatchList>
 */
#ifndef HOOKD_BODY_H
#define HOOKD_BODY_H

#include "taken.h"

enum hook_family { HOOK_BUSBAR, HOOK_UTILITYAPI, HOOK_BATCHLIST, HOOK_FAMILIES };
enum { BODY_MOST = 4 * 1024 * 1024 };

bool family_read(struct str name, enum hook_family *f);
const char *family_name(enum hook_family f); /* "BUSBAR" */
const char *family_type(enum hook_family f); /* of its bodies */

/* n items; `end` is the last row of the page. api: where the API is, for paths. */
void body_events(struct buf *to, enum hook_family f, const struct taken *k, const char *api,
    const struct item *items, size_t n, const struct item *end);
/* A challenge (the endpoint is not proven) or a ping. */
void body_test(
    struct buf *to, enum hook_family f, const struct taken *k, const char *api, int64_t now_s);

#endif
