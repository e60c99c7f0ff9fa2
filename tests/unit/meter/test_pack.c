/* The packed day: bytes by hand, round trips, and everything else refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/kwh.h"
#include "meter/pack.h"

#define BYTES(lit) ((struct str){ lit, sizeof(lit) - 1 })

static struct day
sample(void)
{
	struct day d = { .n = 4, .interval_s = 900 };
	static const int64_t wh[] = { 100, 101, 99, 99 };

	memcpy(d.wh, wh, sizeof(wh));
	memcpy(d.status, "AAAA", 4);
	return d;
}

static void
assert_packs_to(const struct day *d, uint32_t shape, struct str want)
{
	unsigned char to[PACK_MOST];
	size_t len = day_pack(to, d, shape);
	struct day back = { 0 };
	uint32_t shape_back;

	assert_int_equal(len, want.len);
	assert_memory_equal(to, want.at, len);
	assert_true(day_unpack(want, &back, &shape_back, NULL));
	assert_int_equal(shape_back, shape);
	assert_true(day_same(d, &back));
}

static void
a_plain_day_is_differences(void **state)
{
	struct day d = sample();

	(void)state;
	/* zigzag: 100 is 200, +1 is 2, -2 is 3, 0 is 0 */
	assert_packs_to(&d, 0, BYTES("\x01\x04\x00\xc8\x01\x02\x03\x00"));
}

static void
a_full_day_has_interval_shape_registers_and_runs(void **state)
{
	struct day d = sample();

	(void)state;
	d.interval_s = 3600;
	d.has_start = d.has_stop = true;
	d.start_wh = 1000;
	d.stop_wh = 1398;
	d.wh[3] = 0;
	memcpy(d.status, "AAEM", 4);
	d.method[2] = 8;
	assert_packs_to(&d, 300,
	    BYTES("\xf1\x04\x90\x1c\xac\x02\xd0\x0f\x9c\x06\xc8\x01\x02\x03\x00"
		  "A\x00\x02"
		  "E\x08\x01"
		  "M\x00\x01"));
}

static void
a_missing_slot_does_not_move_the_next_one(void **state)
{
	struct day d = sample();

	(void)state;
	d.wh[0] = 0;
	d.status[0] = 'M';
	d.wh[2] = 0;
	d.status[2] = 'M';
	/* -, 101, -, 99: differences 0, 101, 0, -2 */
	assert_packs_to(&d, 0,
	    BYTES("\x11\x04\x00\x00\xca\x01\x00\x03"
		  "M\x00\x01"
		  "A\x00\x01"
		  "M\x00\x01"
		  "A\x00\x01"));
}

static void
a_stop_reading_alone_and_large_and_negative_values_fit(void **state)
{
	struct day d = sample();

	(void)state;
	d.has_stop = true;
	d.stop_wh = 64;
	d.wh[0] = 8191;
	d.wh[1] = 8191 + 8192;
	d.wh[2] = 0;
	d.wh[3] = -1;
	/* 64 is 128; 8191 is 16382, the last of two bytes; 8192 is 16384; -16383 is 32765 */
	assert_packs_to(
	    &d, 0, BYTES("\x41\x04\x00\x80\x01\xfe\x7f\x80\x80\x01\xfd\xff\x01\x01"));
	d = sample();
	d.wh[0] = KWH_MOST_WH;
	d.wh[1] = -KWH_MOST_WH;
	/* 2 * 10^12 and 4 * 10^12 - 1 as seven bits a byte; then +10^12 + 99 */
	assert_packs_to(&d, 0,
	    BYTES("\x01\x04\x00\x80\xc0\xa8\xca\x9a\x3a\xff\xff\xd0\x94\xb5\x74"
		  "\xc6\xc1\xa8\xca\x9a\x3a\x00"));
}

/* xorshift64*, so that every run tries the same days */
static uint64_t seed = UINT64_C(88172645463325252);

static uint64_t
any(uint64_t below)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (seed * UINT64_C(2685821657736338717) >> 33) % below;
}

static struct day
any_day(void)
{
	static const uint16_t intervals[] = { 900, 900, 300, 1800, 3600 };
	static const char statuses[] = "AAAAAAEEMX9z";
	struct day d = { .n = (uint16_t)(1 + any(DAY_SLOTS_MOST)),
		.interval_s = intervals[any(nitems(intervals))],
		.has_start = any(2) == 0,
		.has_stop = any(2) == 0 };
	int64_t scale = INT64_C(1) << any(40);
	char status = 'A';

	d.start_wh = d.has_start ? (int64_t)any(1000000000) : 0;
	d.stop_wh = d.has_stop ? (int64_t)any(1000000000) : 0;
	for (unsigned i = 0; i < d.n; i++) {
		if (any(8) == 0)
			status = statuses[any(nitems(statuses) - 1)];
		d.status[i] = status;
		d.method[i] = any(50) == 0 ? (uint8_t)any(20) : 0;
		d.wh[i] = status == 'M' ? 0 : (int64_t)any(2147483647) % scale - scale / 8;
	}
	day_count(&d);
	return d;
}

static void
any_day_comes_back_from_its_bytes(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		struct day d = any_day(), back = { 0 };
		unsigned char to[PACK_MOST];
		uint32_t shape = (uint32_t)any(UINT32_MAX), shape_back;
		struct str packed = { (char *)to, day_pack(to, &d, shape) };

		assert_true(day_unpack(packed, &back, &shape_back, NULL));
		assert_int_equal(shape, shape_back);
		assert_true(day_same(&d, &back));
		assert_int_equal(back.estimated, d.estimated);
		assert_int_equal(back.missing, d.missing);
		assert_int_equal(back.total_wh, d.total_wh);
	}
}

static void
bent_bytes_are_refused_or_are_another_day_exactly(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		struct day d = any_day(), back = { 0 };
		unsigned char to[PACK_MOST], again[PACK_MOST];
		size_t len = day_pack(to, &d, 7);
		uint32_t shape;

		to[any(len)] ^= (unsigned char)(1 << any(8));
		if (any(4) == 0)
			len = any(len);
		if (!day_unpack((struct str){ (char *)to, len }, &back, &shape, NULL))
			continue;
		assert_int_equal(day_pack(again, &back, shape), len);
		assert_memory_equal(to, again, len);
	}
}

static void
what_no_writer_makes_is_refused_with_its_place(void **state)
{
	static const struct {
		struct str bytes;
		const char *says;
	} cases[] = {
		{ BYTES(""), "packed day, byte 0: is empty" },
		{ BYTES("\x02\x01\x00\x00"), "packed day, byte 1: version is not 1" },
		{ BYTES("\x01"), "packed day, byte 1: ends inside a number" },
		{ BYTES("\x01\x80"), "packed day, byte 2: ends inside a number" },
		{ BYTES("\x01\x00\x00"), "packed day, byte 2: has no slots" },
		{ BYTES("\x01\xad\x02\x00"),
		    "packed day, byte 3: number is larger than allowed here" },
		{ BYTES("\x01\x81\x00\x00\x00"),
		    "packed day, byte 3: number is not in its shortest form" },
		{ BYTES("\x81\x01\x84\x07\x00\x00"),
		    "packed day, byte 4: interval is 0, or 900 which is not written out" },
		{ BYTES("\x81\x01\x00\x00\x00"),
		    "packed day, byte 3: interval is 0, or 900 which is not written out" },
		{ BYTES("\x01\x01\x80\x80\x80\x80\x10\x00"),
		    "packed day, byte 7: number is larger than allowed here" },
		{ BYTES("\x01\x02\x00\x02"), "packed day, byte 4: ends inside a number" },
		{ BYTES("\x01\x01\x00\x02\x00"),
		    "packed day, byte 4: more bytes than the day needs" },
		{ BYTES("\x01\x01\x00\x80\x00"),
		    "packed day, byte 5: number is not in its shortest form" },
		{ BYTES("\x01\x01\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"),
		    "packed day, byte 12: number is larger than 64 bits" },
		{ BYTES("\x01\x01\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\x00"),
		    "packed day, byte 13: number is longer than ten bytes" },
		{ BYTES("\x01\x01\x00\x82\x80\x80\x80\x80\x40"),
		    "packed day, byte 9: energy is larger than any real one" },
		{ BYTES("\x11\x01\x00\x02\x41\x00"),
		    "packed day, byte 4: ends inside the status runs" },
		{ BYTES("\x11\x01\x00\x02,\x00\x01"),
		    "packed day, byte 6: status is no letter or digit" },
		{ BYTES("\x11\x01\x00\x02\x45\x00\x02"),
		    "packed day, byte 7: number is larger than allowed here" },
		{ BYTES("\x11\x01\x00\x02\x45\x00\x00"),
		    "packed day, byte 7: status run is empty or like the one before" },
		{ BYTES("\x11\x02\x00\x02\x00\x45\x00\x01\x45\x00\x01"),
		    "packed day, byte 11: status run is empty or like the one before" },
		{ BYTES("\x11\x01\x00\x02\x41\x00\x01"),
		    "packed day, byte 7: status runs say nothing" },
		{ BYTES("\x11\x01\x00\x02\x4d\x00\x01"),
		    "packed day, byte 7: missing slot has a value" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct day d = { 0 };
		struct err e = { 0 };
		uint32_t shape;

		assert_false(day_unpack(cases[i].bytes, &d, &shape, &e));
		assert_int_equal(e.code, ERR_BAD_INPUT);
		assert_string_equal(e.text, cases[i].says);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_day_is_differences),
		cmocka_unit_test(a_full_day_has_interval_shape_registers_and_runs),
		cmocka_unit_test(a_missing_slot_does_not_move_the_next_one),
		cmocka_unit_test(a_stop_reading_alone_and_large_and_negative_values_fit),
		cmocka_unit_test(any_day_comes_back_from_its_bytes),
		cmocka_unit_test(bent_bytes_are_refused_or_are_another_day_exactly),
		cmocka_unit_test(what_no_writer_makes_is_refused_with_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
