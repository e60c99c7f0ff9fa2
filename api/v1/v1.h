/*
 * /v1: the hub's own API. docs/api.md is its manual.
 *
 *   routes.c  the table
 *   me.c      who the caller is
 */
#ifndef API_V1_H
#define API_V1_H

#include "api.h"
#include "base/json.h"

route_fn v1_me;

#endif
