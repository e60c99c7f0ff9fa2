/* The hub's own API; see sys/route.h. */
#include "v1.h"

enum { NO_BODY = 0, QUERY_MOST = 64 * 1024 };

/* clang-format off */
const struct route v1_routes[] = {
	{ "GET", "/v1/me", API_LOGIN | API_PERSONAL | API_ACCESS | API_CLIENT | API_REGISTRATION,
	  NO_BODY, v1_me, "who you are, by what you show" },
	{ "GET", "/v1/reads", API_READER | API_RATE_BULK, NO_BODY, v1_reads,
	  "reads of a list of ESI IDs, or of all that you may read" },
	{ "POST", "/v1/reads", API_READER | API_RATE_BULK, QUERY_MOST, v1_reads_asked,
	  "the same, asked by a body: for long lists" },
	{ "GET", "/v1/premises/{esiid}/reads", API_READER | API_RATE_READS, NO_BODY, v1_premise_reads,
	  "reads of one premise" },
};
/* clang-format on */
const size_t v1_routes_n = nitems(v1_routes);
