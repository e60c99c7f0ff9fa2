/* Counters that worker processes share; see count.h. */
#include "count.h"

#include <sys/mman.h>

struct counts *
counts_shared(unsigned n, struct err *e)
{
	void *at = mmap(NULL, n * sizeof(struct counts), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (at != MAP_FAILED)
		return at;
	err_errno(e, ERR_BUSY, "no memory for counters");
	return NULL;
}

void
counts_sum(struct counts *to, const struct counts *all, unsigned n)
{
	*to = (struct counts){ 0 };
	for (unsigned i = 0; i < n; i++) {
#define X(member, gauge, help) to->member += all[i].member;
		COUNTS(X)
#undef X
		for (unsigned code = 0; code < ERR_CODES; code++)
			to->failed[code] += all[i].failed[code];
	}
}
