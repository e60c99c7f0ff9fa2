/* Files of invitations: what becomes of each record, as text, one line a record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "meter/invitation.h"

#define HOME	"10443720001234567"
#define SHOP	"1040051000123456789012"
#define HEAD	"esiid,meter,rep,email,months\n"
#define GROUPED "esiid,meter,rep,email,months,group\n"
#define ADA	"123LG,10004,ada@example.com,12"

static void
put(struct buf *b, struct str s)
{
	buf_fmt(b, " " STR_FMT, STR_ARG(s.at != NULL ? s : STR("-")));
}

static void
draw(struct buf *b, const struct invitations *all)
{
	if (all->refused)
		buf_fmt(b, "refused %llu:%u %s: %s | %s\n", (unsigned long long)all->why_line,
		    all->why.column, all->why.code, all->why.found, all->why.expected);
	for (size_t k = 0; k < all->n && !all->refused; k++) {
		const struct invitation *i = &all->at[k];

		if (i->fault.code[0] != '\0') {
			buf_fmt(b, "%llu:%u %s: %s | %s\n", (unsigned long long)i->line,
			    i->fault.column, i->fault.code, i->fault.found, i->fault.expected);
			continue;
		}
		buf_fmt(b,
		    "%llu " STR_FMT " " STR_FMT " " STR_FMT " %d " STR_FMT " " STR_FMT
		    " " STR_FMT " %d",
		    (unsigned long long)i->line, STR_ARG(i->meter), STR_ARG(i->rep),
		    STR_ARG(i->email), (int)i->months, STR_ARG(i->language), STR_ARG(i->kind),
		    STR_ARG(i->reads), (int)i->history);
		put(b, i->reference);
		put(b, i->group);
		buf_fmt(b, " %s%zu\n", i->first ? "first then " : "then ", i->next);
	}
	buf_byte(b, '\0');
}

#define PRESET "EN ENERGY interval;register;billing 0 - "

/* clang-format off */
static const struct {
	const char *text, *gives;
} cases[] = {
	/* every column, in any order and case; line 1 of ours may stand before the names */
	{ "Group,reference,history,reads,kind,language,months,email,rep,meter,esiid\r\n"
	  "g,R-1,24,billing;interval,device,es,36,Ada@Example.com,10004, 123lg ,'" HOME "\r\n",
	  "2 123LG 10004 Ada@Example.com 36 ES DEVICE billing;interval 24 R-1 g first then 0\n" },
	/* a device gives no reads, so none are meant */
	{ "esiid,meter,rep,email,months,kind\n" HOME "," ADA ",device_services\n",
	  "2 123LG 10004 ada@example.com 12 EN DEVICE_SERVICES  0 - - first then 0\n" },
	{ "busbar,invitation,1\n" HEAD HOME "," ADA "\n", "3 123LG 10004 ada@example.com 12 " PRESET "- first then 0\n" },
	{ "\xef\xbb\xbf" HEAD HOME "," ADA "\n\n" SHOP "," ADA "\n",
	  "2 123LG 10004 ada@example.com 12 " PRESET "- first then 0\n"
	  "4 123LG 10004 ada@example.com 12 " PRESET "- first then 0\n" },
	{ HEAD, "" },
	/* the file as a whole */
	{ "", "refused 1:0 structure: the end of the file | line 1: busbar,invitation,1\n" },
	{ "esiid,meter,rep,months\n" HOME ",1,10004,12\n",
	  "refused 1:1 structure: a header line without it | the column email, which every invitation file has\n" },
	{ "esiid;meter;rep;email;months\n",
	  "refused 1:1 structure: esiid;meter;rep;email;months | one of esiid, meter, rep, email, months, language, kind, reads, history, reference, group\n" },
	{ "busbar,customer,1\n", "refused 1:8 structure: customer | the format invitation; line 1 is busbar,invitation,1\n" },
	{ "esiid,esiid,meter,rep,email,months\n", "refused 1:7 structure: esiid | each column once\n" },
	/* a record; reading goes on behind it */
	{ HEAD "1044372000123456," ADA "\n" HOME "," ADA "\n",
	  "2:1 esiid-shape: 1044372000123456 | 17 or 22 digits that begin with 10\n"
	  "3 123LG 10004 ada@example.com 12 " PRESET "- first then 0\n" },
	{ HEAD "1.04437E+16," ADA "\n", "2:1 esiid-shape: 1.04437E+16 | 17 or 22 digits that begin with 10\n" },
	{ HEAD HOME ",1_2,10004,a@b.c,12\n", "2:19 field: 1_2 | a meter number of at most 32 letters, digits and hyphens\n" },
	{ HEAD HOME ",1,1004,a@b.c,12\n", "2:21 field: 1004 | 5 digits\n" },
	{ HEAD HOME ",1,10004,ada at home,12\n", "2:27 field: 11 bytes | one mailbox such as name@example.com, in ASCII\n" },
	{ HEAD HOME ",1,10004,a@b.c;d@e.f,12\n", "2:27 field: 11 bytes | one mailbox such as name@example.com, in ASCII\n" },
	{ HEAD HOME ",1,10004,a@b.c,0\n", "2:33 field: 0 | a whole number from 1 to 36\n" },
	{ HEAD HOME ",1,10004,a@b.c,37\n", "2:33 field: 37 | a whole number from 0 to 36\n" },
	{ HEAD HOME ",1,10004,a@b.c,\n", "2:33 field: nothing | a whole number from 1 to 36\n" },
	{ "esiid,meter,rep,email,kind\n" HOME ",1,10004,a@b.c,energy\n", "2:0 field: nothing | a whole number from 1 to 36\n" },
	{ "esiid,meter,rep,email,kind\n" HOME ",1,10004,a@b.c,energy_once\n",
	  "2 1 10004 a@b.c 0 EN ENERGY_ONCE interval;register;billing 0 - - first then 0\n" },
	{ "esiid,meter,rep,email,kind,months\n" HOME ",1,10004,a@b.c,energy_once,12\n",
	  "2:45 field: 12 | no months: reads are given once\n" },
	{ HEAD HOME ",1,10004,a@b.c\n", "2:0 structure: 4 fields | 5, as in the header line\n" },
	{ "esiid,meter,rep,email,months,reads\n" HOME "," ADA ",daily\n",
	  "2:50 field: daily | interval, register and billing, with semicolons between them\n" },
	{ "esiid,meter,rep,email,months,language\n" HOME "," ADA ",FR\n", "2:50 field: FR | EN or ES\n" },
	/* groups, wherever their records stand */
	{ GROUPED HOME "," ADA ",b\n" HOME "," ADA ",a\n" SHOP "," ADA ",b\n" HOME "," ADA ",\n",
	  "2 123LG 10004 ada@example.com 12 " PRESET "b first then 2\n"
	  "3 123LG 10004 ada@example.com 12 " PRESET "a first then 0\n"
	  "4 123LG 10004 ada@example.com 12 " PRESET "b then 0\n"
	  "5 123LG 10004 ada@example.com 12 " PRESET "- first then 0\n" },
	{ GROUPED HOME "," ADA ",b\n" SHOP ",1,10004,ADA@example.com,12,b\n" HOME ",1,10004,bo@example.com,12,b\n",
	  "2:0 group: a group with a fault | no fault in line 4, of the same group\n"
	  "3:0 group: a group with a fault | no fault in line 4, of the same group\n"
	  "4:0 conflict: another one | the email of line 2, of the same group\n" },
	{ GROUPED HOME ",1,10004,a@b.c,11,b\n" SHOP ",1,10004,a@b.c,12,b\n",
	  "2:0 group: a group with a fault | no fault in line 3, of the same group\n"
	  "3:0 conflict: another one | the months of line 2, of the same group\n" },
	/* the group of a record that cannot be read is known all the same */
	{ GROUPED HOME "," ADA ",b\n" HOME ",1,x,a@b.c,12,b\n" HOME "," ADA ",c\n",
	  "2:0 group: a group with a fault | no fault in line 3, of the same group\n"
	  "3:21 field: x | at most 5 digits\n"
	  "4 123LG 10004 ada@example.com 12 " PRESET "c first then 0\n" },
};
/* clang-format on */

static void
each_record_becomes_an_invitation_or_says_why_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		AUTO(invitations) all = { 0 };
		AUTO(buf) b = BUF(64 * 1024);

		assert_true(invitations_read(&all, str_of(cases[i].text)));
		draw(&b, &all);
		if (strcmp(b.at, cases[i].gives) != 0)
			fail_msg("case %zu gives\n%sexpected\n%s", i, b.at, cases[i].gives);
	}
}

static void
a_file_has_at_most_so_many_records_and_a_group_so_many_premises(void **state)
{
	AUTO(invitations) all = { 0 };
	AUTO(invitations) one = { 0 };
	AUTO(buf) b = BUF(4 * 1024 * 1024);
	AUTO(buf) g = BUF(4 * 1024 * 1024);
	size_t bad = 0;

	(void)state;
	buf_c(&b, HEAD);
	for (int i = 0; i <= INVITATION_ROWS_MOST; i++)
		buf_c(&b, HOME "," ADA "\n");
	assert_true(invitations_read(&all, buf_view(&b)));
	assert_true(all.refused);
	assert_int_equal(all.why_line, INVITATION_ROWS_MOST + 2);
	assert_string_equal(all.why.expected, "at most 20000 records");

	buf_c(&g, GROUPED);
	for (int i = 0; i <= INVITATION_GROUP_MOST; i++)
		buf_c(&g, HOME "," ADA ",one\n");
	assert_true(invitations_read(&one, buf_view(&g)));
	for (size_t i = 0; i < one.n; i++)
		bad += one.at[i].fault.code[0] != '\0';
	assert_int_equal(bad, INVITATION_GROUP_MOST + 1);
	assert_string_equal(one.at[INVITATION_GROUP_MOST].fault.code, "too-long");
}

/* The page of docs/formats begins with an example, in a block of its own. */
static void
the_example_of_the_page_is_read_without_a_fault(void **state)
{
	AUTO(invitations) all = { 0 };
	AUTO(buf) page = BUF(64 * 1024);
	FILE *f = fopen("../docs/formats/invitations.md", "r");
	struct str text, rest;
	char *begins;
	size_t n;

	(void)state;
	assert_non_null(f);
	assert_non_null(buf_room(&page, 60 * 1024));
	n = fread(page.at, 1, 60 * 1024, f);
	fclose(f);
	page.at[n] = '\0';
	begins = strstr(page.at, "esiid,meter,rep");
	assert_non_null(begins);
	text = (struct str){ begins, (size_t)(strstr(begins, "```") - begins) };
	assert_true(invitations_read(&all, text));
	assert_false(all.refused);
	assert_int_equal(all.n, 3);
	for (size_t i = 0; i < all.n; i++)
		assert_string_equal(all.at[i].fault.code, "");
	assert_int_equal(all.at[1].next, 2);

	/* and has a line for each column of the head */
	str_cut(text, '\n', &text, &rest);
	do {
		AUTO(buf) row = BUF(64);
		struct str name;
		bool more = str_cut(text, ',', &name, &rest);

		buf_fmt(&row, "\n| `" STR_FMT "` | ", STR_ARG(name));
		assert_true(str_has((struct str){ page.at, n }, buf_view(&row)));
		text = more ? rest : (struct str){ NULL, 0 };
	} while (text.at != NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_record_becomes_an_invitation_or_says_why_not),
		cmocka_unit_test(
		    a_file_has_at_most_so_many_records_and_a_group_so_many_premises),
		cmocka_unit_test(the_example_of_the_page_is_read_without_a_fault),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
