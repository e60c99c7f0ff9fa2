/* Lists of premises: whatever the bytes, each record is usable or says why, with its place. */
#include <assert.h>

#include "meter/ids.h"
#include "meter/roster.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	AUTO(roster) all = { 0 };
	uint64_t line = 0;

	assert(roster_read(&all, (struct str){ (const char *)bytes, size }));
	assert(all.n <= ROSTER_ROWS_MOST);
	assert(!all.refused || (all.why.code != NULL && all.why.expected.len > 0));
	for (size_t i = 0; i < all.n; i++) {
		const struct roster_row *r = &all.at[i];
		char meter[METER_NUMBER_MOST + 1];
		struct esiid id;

		assert(r->line > line);
		line = r->line;
		assert(all.lines[i] == (int64_t)r->line);
		if (r->code != NULL) {
			assert(r->expected.len > 0);
			continue;
		}
		assert(esiid_read(r->esiid, &id) && meter_number_normal(r->meter, meter));
		assert(r->rep.len == 5 && r->group.len <= ROSTER_GROUP_MOST);
	}
	return 0;
}
