/* An endpoint that is held, and an item of what it is told, as the database gives them. */
#ifndef HOOKD_TAKEN_H
#define HOOKD_TAKEN_H

#include "base/civil.h"

struct taken {
	int64_t endpoint;
	int32_t party, attempts;
	struct str token, kind, url, what, challenge, secret, secret_next;
};

struct item {
	struct str id; /* none: the last row, which says how far the endpoint is then */
	struct str kind, esiid, detail, utility, paths;
	int64_t seq, at, agreement;
	int32_t from_day, to_day, premise;
	bool more;
};

#endif
