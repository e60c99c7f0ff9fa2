/*
 * Reads for handlers of every family: store/release.h by what the caller has shown.
 *
 *	AUTO(reads) r = { 0 };
 *	return reads_open(t, c, &ask, &r, e) && reads_days(t, c, &r, each, arg, e);
 */
#ifndef API_READS_H
#define API_READS_H

#include "api.h"
#include "store/rates.h"

bool reads_open(struct task *t, struct call *c, const struct reads_ask *ask, struct reads *r,
    struct err *e);
bool reads_days(struct task *t, struct call *c, const struct reads *r, reads_day_fn *each,
    void *arg, struct err *e);
bool reads_registers(struct task *t, struct call *c, const struct reads *r,
    reads_register_fn *each, void *arg, struct err *e);
bool reads_billings(struct task *t, struct call *c, const struct reads *r,
    reads_billing_fn *each, void *arg, struct err *e);
bool reads_rates(
    struct task *t, struct call *c, const struct reads *r, struct rates *to, struct err *e);

/* As the writers of files take them; zone, tdu and the texts of x must live as long. Do not
 * wait. */
void reads_out_register(struct out_register *to, const struct read_register *x,
    const struct zone *zone, const char *tdu);
void reads_out_billing(struct out_billing *to, const struct read_billing *x,
    const struct zone *zone, const char *tdu);

#endif
