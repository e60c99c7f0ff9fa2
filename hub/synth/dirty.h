/*
 * Faulty files, one for each thing that can be wrong, and what a hub should make of each. They
 * go to DIR/<utility>/dirty/<case>/<name>; DIR/<utility>/expected.csv has a row a file, good
 * ones first, in the order of sending, and expected.faults.csv a row a fault.
 */
#ifndef SYNTH_DIRTY_H
#define SYNTH_DIRTY_H

#include "synth/csv_out.h"
#include "synth/run.h"

/* good: the rows of expected.csv for the clean files. Adds to *sum. */
bool dirty_write(const struct world *w, unsigned tdu, uint32_t meters, const struct period *run,
    const char *dir, struct str good, struct synth_sum *sum, struct err *e);

#endif
