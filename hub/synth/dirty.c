#include "synth/dirty.h"

bool
dirty_write(const struct world *w, unsigned tdu, uint32_t meters, const struct period *run,
    const char *dir, struct str good, struct synth_sum *sum, struct err *e)
{
	(void)w;
	(void)tdu;
	(void)meters;
	(void)run;
	(void)dir;
	(void)good;
	(void)sum;
	(void)e;
	return true;
}
