/* The families of routes, in the order in which they are asked. To add one: a folder with its
 * table in routes.c, and a row here. */
#include "api.h"

#define FAMILY(family)                      \
	extern const struct route family[]; \
	extern const size_t family##_n

bool oauth_problem(struct task *t, struct http *r, const struct err *why, struct err *e);

FAMILY(v1_routes);
FAMILY(oauth_routes);
FAMILY(espi_routes);
FAMILY(trial_routes);
FAMILY(utility_routes);
FAMILY(smt_routes);
FAMILY(smt_web_routes);
FAMILY(box_routes);
FAMILY(reference_routes);

static const struct api_family v1 = { "v1", "/v1", v1_routes, &v1_routes_n, false, NULL };
static const struct api_family oauth = { "oauth", "", oauth_routes, &oauth_routes_n, false,
	oauth_problem };
static const struct api_family espi = { "espi", "/DataCustodian", espi_routes, &espi_routes_n,
	false, NULL };
static const struct api_family trial = { "test", "/datacustodian/test", trial_routes,
	&trial_routes_n, false, NULL };
static const struct api_family espi_short = { "espi", "/espi", espi_routes, &espi_routes_n,
	false, NULL };
static const struct api_family reference = { "reference", "", reference_routes,
	&reference_routes_n, false, NULL };
static const struct api_family box = { "box", "", box_routes, &box_routes_n, false, NULL };

bool utility_problem(struct task *t, struct http *r, const struct err *why, struct err *e);
static const struct api_family utility = { "utility", "/api/v2", utility_routes,
	&utility_routes_n, false, utility_problem };

bool smt_problem(struct task *t, struct http *r, const struct err *why, struct err *e);
static const struct api_family smt = { "smt", "/v2", smt_routes, &smt_routes_n, true,
	smt_problem };
static const struct api_family smt_before = { "smt", "", smt_routes, &smt_routes_n, true,
	smt_problem };
static const struct api_family smt_web = { "smt-web", "/api", smt_web_routes, &smt_web_routes_n,
	true, smt_problem };
static const struct api_family smt_login = { "smt-web", "/commonapi", smt_web_routes,
	&smt_web_routes_n, true, smt_problem };

/* clang-format off */
const struct api_family *const api_families[] = {
	&v1,
	&oauth,
	&espi,
	&espi_short, &trial,
	&utility,
	&smt,
	&smt_web, /* "/api/…" of others come before it */
	&smt_login,
	&smt_before,
	&box,
	&reference,
	NULL
};
/* clang-format on */
