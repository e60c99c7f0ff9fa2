/* Where /v1 is written down; see sys/route.h. */
#include "reference.h"

enum { NO_BODY = 0 };

/* clang-format off */
const struct route reference_routes[] = {
	{ "GET", "/openapi.yaml",  API_ANYBODY, NO_BODY, reference_yaml,  "/v1 as OpenAPI 3.1" },
	{ "GET", "/reference",     API_ANYBODY, NO_BODY, reference_page,  "the same, for people" },
	{ "GET", "/reference.css", API_ANYBODY, NO_BODY, reference_style, "its style" },
};
/* clang-format on */
const size_t reference_routes_n = nitems(reference_routes);
