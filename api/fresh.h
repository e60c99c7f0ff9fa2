/*
 * How far reads have come, told with each answer that holds some: when the utility's last load
 * was, and how much of yesterday is here. Asked of the database every few seconds at most.
 */
#ifndef API_FRESH_H
#define API_FRESH_H

#include "api.h"
#include "base/json.h"

struct fresh {		  /* of several utilities the least */
	int64_t loaded_s; /* DB_STAMP_NONE: nothing was ever loaded */
	int32_t day;	  /* yesterday there; DAY_NONE: no utility */
	int64_t due, received;
};

/* tdus: codes with commas. */
bool fresh_of(struct task *t, struct call *c, struct str tdus, struct fresh *to, struct err *e);
void fresh_headers(struct http *r, const struct fresh *f); /* Busbar-Loaded-At, -Last-Day */
void fresh_json(struct json *j, const struct fresh *f);	   /* a member "freshness" */

#endif
