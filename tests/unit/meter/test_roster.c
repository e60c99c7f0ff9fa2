/* Lists of premises: what becomes of each record, as text, one line a record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "meter/roster.h"

#define HOME "10443720001234567"
#define SHOP "1040051000123456789012"
#define HEAD "esiid,meter,rep,group\n"

static void
put(struct buf *b, const struct roster_row *r)
{
	if (r->code != NULL)
		buf_fmt(b, "%llu:%u " STR_FMT " %s: " STR_FMT " | " STR_FMT "\n",
		    (unsigned long long)r->line, r->column, STR_ARG(r->esiid), r->code,
		    STR_ARG(r->found), STR_ARG(r->expected));
	else
		buf_fmt(b, "%llu " STR_FMT " " STR_FMT " " STR_FMT " " STR_FMT "\n",
		    (unsigned long long)r->line, STR_ARG(r->esiid), STR_ARG(r->meter),
		    STR_ARG(r->rep), STR_ARG(r->group.at != NULL ? r->group : STR("-")));
}

static void
draw(struct buf *b, const struct roster *all)
{
	if (all->refused)
		put(b, &all->why);
	for (size_t i = 0; i < all->n && !all->refused; i++) {
		put(b, &all->at[i]);
		assert_int_equal(all->lines[i], all->at[i].line);
		assert_int_equal(all->columns[i], all->at[i].column);
		assert_true(all->texts[ROSTER_GROUP][i].at == all->at[i].group.at);
	}
	buf_byte(b, '\0');
}

/* clang-format off */
static const struct {
	const char *text, *gives;
} cases[] = {
	/* every column, in any order and case; line 1 of ours may stand before the names */
	{ "Group,REP,meter,esiid\r\n\"North, \"\"upper\"\"\",10004, 123lg ,'" HOME "\r\n",
	  "2 " HOME " 123LG 10004 North, \"upper\"\n" },
	{ "busbar,roster,1\nesiid,meter,rep\n" HOME ",1,10004\n", "3 " HOME " 1 10004 -\n" },
	{ "\xef\xbb\xbf" HEAD HOME ",1,10004,\n\n" SHOP ",2,10004,=1+1\n", "2 " HOME " 1 10004 -\n4 " SHOP " 2 10004 =1+1\n" },
	{ HEAD, "" },
	/* the file as a whole */
	{ "", "1:0  structure: the end of the file | line 1: busbar,roster,1\n" },
	{ "esiid,meter\n" HOME ",1\n",
	  "1:1  structure: a header line without it | the column rep, which every roster file has\n" },
	{ "esiid,meter,rep,name\n", "1:17  structure: name | one of esiid, meter, rep, group\n" },
	/* a record; reading goes on behind it, and what stands for the ESI ID helps to find it */
	{ HEAD "1.04437E+16,1,10004,\n" HOME ",1,10004,\n",
	  "2:1 1.04437E+16 esiid-shape: 1.04437E+16 | 17 or 22 digits that begin with 10\n3 " HOME " 1 10004 -\n" },
	{ HEAD HOME ",1_2,10004,\n", "2:19 " HOME " field: 1_2 | a meter number of at most 32 letters, digits and hyphens\n" },
	{ HEAD HOME ",1,1004,\n", "2:21 " HOME " field: 1004 | 5 digits\n" },
	{ HEAD HOME ",,10004,\n", "2:19 " HOME " field:  | a meter number of at most 32 letters, digits and hyphens; meter must not be empty\n" },
	{ HEAD HOME ",1,10004\n", "2:0 " HOME " structure: 3 fields | 4, as in the header line\n" },
};
/* clang-format on */

static void
a_record_is_used_or_says_where_and_why(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		AUTO(roster) all = { 0 };
		AUTO(buf) b = BUF(4096);

		assert_true(roster_read(&all, str_of(cases[i].text)));
		draw(&b, &all);
		assert_string_equal(b.at, cases[i].gives);
	}
}

static void
ten_thousand_are_read_and_one_more_is_not(void **state)
{
	enum { MORE = ROSTER_ROWS_MOST + 1 };

	(void)state;
	for (size_t n = ROSTER_ROWS_MOST; n <= MORE; n++) {
		AUTO(roster) all = { 0 };
		AUTO(buf) b = BUF(MORE * 64);

		buf_c(&b, HEAD);
		for (size_t i = 0; i < n; i++)
			buf_fmt(&b, "104437200%08zu,M%zu,10004,North\n", i, i);
		assert_true(roster_read(&all, buf_view(&b)));
		assert_int_equal(all.refused, n == MORE);
		assert_int_equal(all.n, ROSTER_ROWS_MOST);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_is_used_or_says_where_and_why),
		cmocka_unit_test(ten_thousand_are_read_and_one_more_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
