/* Green Button's resources, under both addresses that they have; see sys/route.h. */
#include "espi.h"

enum { NO_BODY = 0 };

/* clang-format off */
const struct route espi_routes[] = {
#define BASE "/DataCustodian/espi/1_1/resource"
#include "routes_table.h"
#undef BASE
#define BASE "/espi/1_1/resource"
#include "routes_table.h"
};
/* clang-format on */
const size_t espi_routes_n = nitems(espi_routes);
