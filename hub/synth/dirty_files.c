/* Interval files that are odd as a whole: names, owners, packing, repetition, order. */
#include "synth/dirt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "synth/stored.h"

enum { FOREIGN_BLOCKS = 70, OWN_BLOCKS = 40, FUTURE_BLOCKS = 120, FUTURE_YEAR = 2098 };

static void
good_file(struct dirt *d)
{
	for (unsigned i = 0; i < 3; i++)
		dirt_good(d, i, d->day);
}

/* ---- held ---- */

static bool
names(struct dirt *d, struct err *e)
{
	const struct area *other = &tdus[(d->tdu_index + 1) % TDUS].area[0];
	char name[LSE_NAME], long_name[LSE_NAME + 8];

	dirt_case(d, "other-duns");
	good_file(d);
	lse_file_name(name, other->duns, (int64_t)(d->day + 1) * 86400, 1);
	if (!dirt_file(d, name, "HELD", RULE_FILE_OWNER, e))
		return false;
	dirt_case(d, "csv-in-name");
	good_file(d);
	dirt_lse_name(d, 1, name);
	snprintf(long_name, sizeof long_name, "%s.csv", name);
	if (!dirt_file(d, long_name, "HELD", RULE_FILE_NAME, e))
		return false;
	dirt_case(d, "free-name");
	good_file(d);
	return dirt_file(d, "september.lse", "HELD", RULE_FILE_NAME, e);
}

static bool
mostly_foreign(struct dirt *d, struct err *e)
{
	char room[BLOCK_MOST];
	struct day *day = malloc(sizeof *day);

	if (day == NULL)
		return err(e, ERR_TOO_BIG, "no memory for a block");
	dirt_case(d, "mostly-foreign");
	for (unsigned i = 0; i < OWN_BLOCKS; i++)
		dirt_good(d, i % d->homes, d->day - (int32_t)(i / d->homes));
	for (unsigned i = 0; i < FOREIGN_BLOCKS; i++) {
		struct premise p;

		premise_of(d->world, (d->tdu_index + 1) % TDUS, FIXED_PREMISES + i, &p);
		dirt_day(d, 0, d->day, day);
		dirt_text(d, dirt_block(d, &p, day, room));
	}
	free(day);
	d->day -= OWN_BLOCKS;
	return dirt_lse(d, "HELD", RULE_FILE_FOREIGN, e);
}

/* A clock that is wrong: every block is of a day to come. */
static bool
mostly_future(struct dirt *d, struct err *e)
{
	char room[BLOCK_MOST];
	struct day *day = malloc(sizeof *day);

	if (day == NULL)
		return err(e, ERR_TOO_BIG, "no memory for a block");
	dirt_case(d, "mostly-future");
	for (unsigned i = 0; i < FUTURE_BLOCKS; i++) {
		dirt_day(d, i % d->homes, d->day, day);
		day->day = civil_day(FUTURE_YEAR, 6, 1) + (int32_t)(i / d->homes);
		dirt_text(d, dirt_block(d, &d->home[i % d->homes], day, room));
	}
	free(day);
	return dirt_lse(d, "HELD", RULE_FILE_FUTURE, e);
}

/* ---- refused ---- */

static bool
unreadable(struct dirt *d, struct err *e)
{
	dirt_case(d, "empty");
	dirt_fault(d, 0, 0, RULE_STRUCTURE);
	if (!dirt_lse(d, "REFUSED", RULE_STRUCTURE, e))
		return false;
	dirt_case(d, "not-a-format");
	buf_c(&d->text, "Dear hub, please find the reads attached.\n");
	dirt_fault(d, 0, 0, RULE_STRUCTURE);
	return dirt_lse(d, "REFUSED", RULE_STRUCTURE, e);
}

/* ---- packed ---- */

static bool
packed(struct dirt *d, struct err *e)
{
	static const char *const suffix[] = { ".gz", ".zip", ".zst" };
	static const char *const folder[] = { "gzip", "zip", "zstd" };

	for (unsigned i = 0; i < nitems(suffix); i++) {
		char name[LSE_NAME], long_name[LSE_NAME + 8];
		AUTO(buf) plain = BUF(DIRT_MOST);

		dirt_case(d, folder[i]);
		good_file(d);
		buf_str(&plain, buf_view(&d->text));
		buf_reset(&d->text);
		dirt_lse_name(d, 1, name);
		if (i == 0)
			stored_gzip(&d->text, buf_view(&plain));
		else if (i == 1)
			stored_zip(&d->text, buf_view(&plain), name);
		else
			stored_zstd(&d->text, buf_view(&plain));
		snprintf(long_name, sizeof long_name, "%s%s", name, suffix[i]);
		if (!dirt_file(d, long_name, "LOADED", RULES, e))
			return false;
	}
	return true;
}

/* ---- again ---- */

/* The same bytes under the same name: the first receipt again, nothing loaded. */
static bool
same_again(struct dirt *d, struct err *e)
{
	dirt_case(d, "same-again");
	good_file(d);
	if (!dirt_lse(d, "LOADED", RULES, e))
		return false;
	snprintf(d->folder, sizeof d->folder, "same-again-2");
	good_file(d);
	return dirt_lse(d, "REPEATED", RULES, e);
}

/* The same name with other bytes: a second revision of the file, told apart. */
static bool
same_name(struct dirt *d, struct err *e)
{
	dirt_case(d, "same-name");
	good_file(d);
	if (!dirt_lse(d, "LOADED", RULES, e))
		return false;
	snprintf(d->folder, sizeof d->folder, "same-name-2");
	for (unsigned i = 0; i < 3; i++)
		dirt_good(d, i, d->day - 1);
	if (!dirt_lse(d, "LOADED", RULES, e))
		return false;
	d->day--;
	return true;
}

/* Two statements about one day; the older one comes later and must not win. */
static bool
older_after_newer(struct dirt *d, struct err *e)
{
	char room[BLOCK_MOST], name[LSE_NAME];
	struct day *day = malloc(sizeof *day);
	bool ok = true;

	if (day == NULL)
		return err(e, ERR_TOO_BIG, "no memory for a block");
	dirt_case(d, "older-after-newer");
	for (unsigned i = 0; ok && i < 2; i++) {
		dirt_day(d, 0, d->day, day);
		if (i == 0)
			day->created_s += 86400;
		else
			day->status[20] = STATUS_ESTIMATED;
		dirt_text(d, dirt_block(d, &d->home[0], day, room));
		d->accepted++;
		dirt_lse_name(d, i + 1, name);
		ok = dirt_file(d, name, "LOADED", RULES, e);
	}
	free(day);
	return ok;
}

/* Both days on which the clocks change, right. */
static bool
clock_days(struct dirt *d, struct err *e)
{
	static const char *const folder[] = { "spring-day", "autumn-day" };
	static const unsigned slots[] = { 92, 100 };

	for (unsigned i = 0; i < nitems(slots); i++) {
		int32_t day = d->run->from - 1;

		while (day_slots(world_zone(d->world), day, 900) != slots[i])
			day--;
		dirt_case(d, folder[i]);
		/* the faulty files of these days have blocks of homes 0 to 2 */
		dirt_good(d, HOMES_LEAST - 1, day);
		if (!dirt_lse(d, "LOADED", RULES, e))
			return false;
	}
	return true;
}

bool
dirty_lse_files(struct dirt *d, struct err *e)
{
	return names(d, e) && mostly_foreign(d, e) && mostly_future(d, e) && unreadable(d, e) &&
	       packed(d, e) && same_again(d, e) && same_name(d, e) && older_after_newer(d, e) &&
	       clock_days(d, e);
}
