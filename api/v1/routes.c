/* The hub's own API; see sys/route.h. */
#include "v1.h"

enum { NO_BODY = 0 };

/* clang-format off */
const struct route v1_routes[] = {
	{ "GET", "/v1/me", API_LOGIN | API_PERSONAL | API_ACCESS | API_CLIENT | API_REGISTRATION,
	  NO_BODY, v1_me, "who you are, by what you show" },
};
/* clang-format on */
const size_t v1_routes_n = nitems(v1_routes);
