/* Counts tell all, lists are bounded, and what goes to the database is as listed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "findings.h"

static struct rules rules;

static int
presets(void **state)
{
	(void)state;
	rules_presets(&rules);
	return 0;
}

static struct fault
fault(enum rule rule, enum severity severity, uint64_t line)
{
	struct fault f = fault_at(rule, &rules, line, 3);

	f.severity = severity;
	fault_found(&f, "x");
	fault_expected(&f, "y");
	return f;
}

static void
each_severity_has_its_count(void **state)
{
	struct findings f = { .rejects_most = 10 };
	struct fault rejected = fault(RULE_FIELD, SEV_REJECT, 1);
	struct fault kept_aside = fault(RULE_NEGATIVE, SEV_QUARANTINE, 2);
	struct fault noted = fault(RULE_REPEATED, SEV_FLAG, 3);
	struct fault flagged = fault(RULE_SPIKE, SEV_FLAG, 4);

	(void)state;
	findings_reject(&f, &rejected);
	findings_reject(&f, &rejected);
	findings_reject(&f, &kept_aside);
	findings_note(&f, &noted);
	findings_flag(&f, &flagged, 80, 20000, 4);
	assert_int_equal(f.rejected, 2);
	assert_int_equal(f.quarantined, 1);
	assert_int_equal(f.flagged, 2);
	assert_int_equal(f.by_rule[RULE_FIELD], 2);
	assert_int_equal(f.by_rule[RULE_NEGATIVE], 1);
	assert_int_equal(f.by_rule[RULE_REPEATED], 1);
	assert_int_equal(f.by_rule[RULE_SPIKE], 1);
	assert_int_equal(f.rejects, 4);
	assert_int_equal(f.flags, 1);
	assert_false(f.cut);
	findings_forget(&f);
	assert_int_equal(f.rejected + f.quarantined + f.flagged, 0);
	assert_int_equal(f.rejects + f.flags, 0);
	assert_int_equal(f.by_rule[RULE_FIELD], 0);
	findings_auto(&f);
}

static void
a_full_list_is_cut_but_all_is_counted(void **state)
{
	enum { MOST = 100, MANY = 250 };
	struct findings f = { .rejects_most = MOST };

	(void)state;
	for (uint64_t i = 1; i <= MANY; i++) {
		struct fault one = fault(RULE_FIELD, SEV_REJECT, i);

		assert_true(f.cut == (i > MOST + 1));
		findings_reject(&f, &one);
	}
	assert_true(f.cut);
	assert_int_equal(f.rejects, MOST);
	assert_int_equal(f.reject[MOST - 1].line, MOST);
	assert_int_equal(f.rejected, MANY);
	assert_int_equal(f.by_rule[RULE_FIELD], MANY);
	findings_auto(&f);
}

static void
a_reject_is_copied_column_by_column(void **state)
{
	static const char row[] = "\0\012"			/* ten columns */
				  "\0\0\0\10\0\0\0\0\0\0\0\7"	/* file 7 */
				  "\0\0\0\10\0\0\0\1\0\0\0\2"	/* line 2^32 + 2 */
				  "\0\0\0\4\0\0\0\3"		/* column 3 */
				  "\0\0\0\5field"		/* rule */
				  "\0\0\0\6reject"		/* severity */
				  "\0\0\0\02110443720000000001" /* ESI ID */
				  "\0\0\0\4\0\0\0\1"		/* 2000-01-02 */
				  "\0\0\0\2\0\1"		/* generation */
				  "\0\0\0\1x\0\0\0\1y";
	struct findings f = { .rejects_most = 10 };
	struct fault one = fault(RULE_FIELD, SEV_REJECT, (UINT64_C(1) << 32) + 2);
	struct fault other = fault(RULE_STRUCTURE, SEV_REJECT, 1);
	AUTO(buf) b = BUF(4096);

	(void)state;
	assert_true(esiid_read(STR("10443720000000001"), &one.esiid));
	one.day = 10958;
	one.channel = CHANNEL_GENERATION;
	findings_reject(&f, &other);
	findings_reject(&f, &one);
	findings_copy_rejects(&f, 7, 1, 100, &b);
	assert_int_equal(b.len, sizeof row - 1);
	assert_memory_equal(b.at, row, sizeof row - 1);
	buf_reset(&b);
	/* what is not known is null */
	findings_copy_rejects(&f, 7, 0, 1, &b);
	assert_memory_equal(b.at + 2 + 12 + 12 + 8 + 13 + 10,
	    "\377\377\377\377\377\377\377\377\377\377\377\377", 12);
	buf_reset(&b);
	findings_copy_rejects(&f, 7, 2, 100, &b);
	assert_int_equal(b.len, 0);
	findings_auto(&f);
}

static void
a_flag_is_copied_column_by_column(void **state)
{
	static const char row[] = "\0\7"
				  "\0\0\0\4\0\0\0\120"
				  "\0\0\0\4\377\377\377\377" /* 1999-12-31 */
				  "\0\0\0\4\0\0\0\11"
				  "\0\0\0\4\0\0\0\52"
				  "\0\0\0\5spike"
				  "\0\0\0\1x\0\0\0\1y";
	struct findings f = { .rejects_most = 10 };
	struct fault one = fault(RULE_SPIKE, SEV_FLAG, 42);
	AUTO(buf) b = BUF(4096);

	(void)state;
	findings_flag(&f, &one, 80, 10956, 42);
	findings_copy_flags(&f, 9, 0, 10, &b);
	assert_int_equal(b.len, sizeof row - 1);
	assert_memory_equal(b.at, row, sizeof row - 1);
	findings_auto(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_severity_has_its_count),
		cmocka_unit_test(a_full_list_is_cut_but_all_is_counted),
		cmocka_unit_test(a_reject_is_copied_column_by_column),
		cmocka_unit_test(a_flag_is_copied_column_by_column),
	};

	return cmocka_run_group_tests(tests, presets, NULL);
}
