#include "premises.h"

#include <assert.h>
#include <stdlib.h>

#include "base/code.h"

enum { FIRST_SLOTS = 1024 };

struct slot {
	uint64_t rest;
	uint32_t head;	/* of the ESI ID, plus one; 0: empty */
	uint32_t value; /* premise * 2 + known */
};

struct premises {
	struct slot *slot;
	size_t mask, count;
};

/* The 16-byte key is already well spread in its low digits; one multiply-fold is enough. */
static size_t
place(struct esiid id)
{
	unsigned __int128 m = (unsigned __int128)(id.rest ^ UINT64_C(0x9e3779b97f4a7c15)) *
			      (UINT64_C(0xd6e8feb86659fd93) ^ ((uint64_t)id.head << 20));

	return (size_t)((uint64_t)m ^ (uint64_t)(m >> 64));
}

struct premises *
premises_new(struct err *e)
{
	struct premises *p = calloc(1, sizeof *p);

	if (p != NULL)
		p->slot = calloc(FIRST_SLOTS, sizeof *p->slot);
	if (p == NULL || p->slot == NULL) {
		err(e, ERR_BUSY, "out of memory for the table of ESI IDs");
		premises_free(&p);
		return NULL;
	}
	p->mask = FIRST_SLOTS - 1;
	return p;
}

void
premises_free(struct premises **pp)
{
	if (*pp != NULL)
		free((*pp)->slot);
	free(*pp);
	*pp = NULL;
}

static struct slot *
slot_of(struct slot *slots, size_t mask, struct esiid id)
{
	size_t at = place(id) & mask;

	while (
	    slots[at].head != 0 && (slots[at].rest != id.rest || slots[at].head != id.head + 1))
		at = (at + 1) & mask;
	return &slots[at];
}

int32_t
premises_find(const struct premises *p, struct esiid id, bool *known)
{
	const struct slot *s = slot_of(p->slot, p->mask, id);

	*known = (s->value & 1) != 0;
	return (int32_t)(s->value >> 1);
}

static bool
grow(struct premises *p, struct err *e)
{
	size_t mask = p->mask * 2 + 1;
	struct slot *wider = calloc(mask + 1, sizeof *wider);

	if (wider == NULL)
		return err(e, ERR_BUSY, "out of memory for the table of ESI IDs");
	for (size_t i = 0; i <= p->mask; i++)
		if (p->slot[i].head != 0)
			*slot_of(wider, mask,
			    (struct esiid){ p->slot[i].rest, p->slot[i].head - 1 }) =
			    p->slot[i];
	free(p->slot);
	p->slot = wider;
	p->mask = mask;
	return true;
}

bool
premises_put(struct premises *p, struct esiid id, int32_t premise, bool known, struct err *e)
{
	struct slot *s;

	assert(premise > 0);
	/* at most three quarters full */
	if (p->count + 1 > (p->mask + 1) / 4 * 3 && !grow(p, e))
		return false;
	s = slot_of(p->slot, p->mask, id);
	p->count += s->head == 0;
	*s = (struct slot){ id.rest, id.head + 1, (uint32_t)premise << 1 | known };
	return true;
}

size_t
premises_count(const struct premises *p)
{
	return p->count;
}
