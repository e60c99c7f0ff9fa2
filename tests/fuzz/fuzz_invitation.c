/* Files of invitations: whatever the bytes, places are right, and of a group all records are
 * used or none. */
#include <assert.h>
#include <stdlib.h>

#include "meter/invitation.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
check_group(const struct invitations *all, size_t first)
{
	bool bad = all->at[first].fault.code[0] != '\0';
	size_t n = 1;

	for (size_t i = first; all->at[i].next != 0; n++) {
		size_t next = all->at[i].next;

		assert(next < all->n && !all->at[next].first);
		assert(all->at[next].line > all->at[i].line);
		assert(str_eq(all->at[next].group, all->at[first].group));
		assert((all->at[next].fault.code[0] != '\0') == bad);
		i = next;
	}
	assert(bad || n <= INVITATION_GROUP_MOST);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	AUTO(invitations) all = { 0 };

	assert(invitations_read(&all, (struct str){ (const char *)bytes, size }));
	assert(all.n <= INVITATION_ROWS_MOST);
	assert(!all.refused || all.why.code[0] != '\0');
	for (size_t i = 0; i < all.n; i++) {
		const struct invitation *one = &all.at[i];

		if (one->first)
			check_group(&all, i);
		if (one->fault.code[0] != '\0')
			continue;
		assert(email_ok(one->email) && one->rep.len == 5 && one->esiid.len >= 17);
		assert(one->months >= 0 && one->months <= 36);
	}
	return 0;
}
