/* What a worker process of the FTPS door has: settings, TLS, the box, limits. */
#ifndef FTPSD_DOOR_H
#define FTPSD_DOOR_H

#include "count.h"
#include "data.h"
#include "passive.h"
#include "sys/conf.h"

struct visitor; /* an address and how many sessions it has */

enum { VISITOR_BUCKETS = 1024, FROM_SIZE = 64 };

struct door {
	struct conf conf;
	struct tls *tls;
	struct box_door box;
	struct data_rules rules;
	struct externals externals;
	struct counts *counts; /* of this process */
	unsigned sessions_most;
	struct visitor *visitors[VISITOR_BUCKETS];
};

/* One more session from this address, if it may be; NULL says why not. */
struct visitor *door_enter(struct door *d, const char *from, const char **why);
void door_leave(struct door *d, struct visitor *v);
/* How many sessions the process has descriptors for; warns when that is less than the setting.
 */
void door_limits(struct door *d);

#endif
