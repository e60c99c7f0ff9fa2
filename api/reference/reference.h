/* openapi.yaml and its page; hub/tools/openapi_page.py makes that when the hub is built. */
#ifndef API_REFERENCE_H
#define API_REFERENCE_H

#include "api.h"

route_fn reference_yaml, reference_page, reference_style;

#endif
