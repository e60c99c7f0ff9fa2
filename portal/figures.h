/* Figures as people read them. What is given lives as long as the page. */
#ifndef PORTAL_FIGURES_H
#define PORTAL_FIGURES_H

#include "portal.h"

/* 34,231 */
struct str page_grouped(struct page *p, int64_t n);
/* Wh as kWh: whole ones, but of little tenths, too. */
struct str page_kwh(struct page *p, int64_t wh);
/* 99.9%, cut and not rounded: only all is 100%. A dash when whole is 0. */
struct str page_percent(struct page *p, int64_t part, int64_t whole);
/* Day and time of day in Chicago; a dash of no instant. */
struct str page_moment(struct page *p, int64_t utc_s);
/* Seconds as "12 s", "5 min", "3 h", "2 days": the largest that is not 0, cut. */
struct str page_lasting(struct page *p, int64_t s);

#endif
