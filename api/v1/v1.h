/*
 * /v1: the hub's own API. docs/api.md is its manual.
 *
 *   routes.c    the table
 *   me.c        who the caller is
 *   reads.c     reads in every form; asked.c what is asked, day_json.c a day as JSON,
 *               coarse.c longer intervals, prices.c costs
 *   premises.c  premises and their meters
 *   changes.c   what has changed since
 */
#ifndef API_V1_H
#define API_V1_H

#include "api.h"
#include "base/json.h"

route_fn v1_me, v1_reads, v1_premise_reads, v1_reads_asked;

#endif
