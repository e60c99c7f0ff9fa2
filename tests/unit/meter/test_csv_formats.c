/* The CSVs that we define: what comes out of a file, as text, one line for each row or fault.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "meter/format_csv.h"

#define RECEIVED INT64_C(1764000000)

struct told { /* what the sink was told */
	struct buf text;
	const struct format *format;
};

static void
put_value(struct buf *b, const struct column *col, const struct value *v)
{
	if (v->null)
		buf_c(b, "-");
	else if (v->text.at != NULL)
		buf_str(b, v->text);
	else
		buf_fmt(b, "%" PRId64, v->number);
	assert_true(v->null ||
		    (v->text.at != NULL) == (col->type <= COL_CHOICE || col->type == COL_LIST));
}

static void
on_row(void *self, const struct row *r)
{
	struct told *t = self;

	assert_int_equal(r->n, t->format->column_count);
	buf_fmt(&t->text, "%" PRIu64, r->line);
	for (size_t i = 0; i < r->n; i++) {
		buf_byte(&t->text, ' ');
		put_value(&t->text, &t->format->columns[i], &r->value[i]);
	}
	buf_byte(&t->text, '\n');
}

static void
on_fault(void *self, const struct fault *f)
{
	struct told *t = self;
	char esiid[ESIID_SIZE] = "", day[CIVIL_DATE_SIZE] = "";

	if (f->esiid.head != 0)
		esiid_write(esiid, f->esiid);
	if (f->day != DAY_NONE)
		civil_date(day, f->day);
	assert_true(f->severity >= SEV_QUARANTINE);
	buf_fmt(&t->text, "%" PRIu64 ":%" PRIu32 " %s [%s %s %d] %s | %s\n", f->line, f->column,
	    rule_rows[f->rule].code, esiid, day, f->channel, f->found, f->expected);
}

static void
read_as(struct told *t, const char *format, struct str text, size_t piece)
{
	struct sink sink = { t, NULL, on_row, on_fault };
	struct rules rules;
	struct reading reading = { .rules = &rules, .received_s = RECEIVED };
	struct err e;

	rules_presets(&rules);
	t->text = (struct buf)BUF(1024 * 1024);
	t->format = format_named(format);
	assert_non_null(t->format);
	AUTO_PTR(reader) r = reader_new(t->format, &reading, &sink, &e);
	assert_non_null(r);
	for (; text.len > piece; text = (struct str){ text.at + piece, text.len - piece })
		reader_feed(r, (struct str){ text.at, piece }, false);
	reader_feed(r, text, true);
	buf_byte(&t->text, '\0');
	assert_true(buf_ok(&t->text));
}

#define E17 "10443720001234567"
#define E22 "1040051000123456789012"

/* clang-format off */
static const struct {
	const char *format, *text, *gives;
} cases[] = {
	/* every format, every column, by hand: 2026-03-08 is day 20520, 2026-11-22 day 20779 */
	{ "premise",
	  "busbar,premise,1\n"
	  "esiid,status,class,effective,ends,commodity,street,city,state,zip,load_profile,rate_class,service_voltage,channels,created\n"
	  E17 ",ACTIVE,residential,2026-03-08,2026-11-22,GAS,\"1 Main St, Apt 2\",Dallas,TX,75201-0001,RESLOWR_NCENT,R1,120/240,LOAD_GENERATION,2026-03-08T06:00:00-06:00\n"
	  E22 ",RETIRED,BUSINESS,1970-01-02,,,,,,,,,,,\n",
	  "3 " E17 " ACTIVE RESIDENTIAL 20520 20779 GAS 1 Main St, Apt 2 Dallas TX 75201-0001 RESLOWR_NCENT R1 120/240 LOAD_GENERATION 1772971200\n"
	  "4 " E22 " RETIRED BUSINESS 1 - ELECTRIC - - - - - - - LOAD 1764000000\n" },
	{ "meter",
	  "busbar,meter,1\n"
	  "esiid,meter_number,effective,removed,multiplier,dials,manufacturer,model,meter_class,phases,utility_meter_id,interval_s,installed,tested,firmware,created\n"
	  E17 ", 123456789lg ,2026-03-08,2026-03-08,40.5,5,Acme,A3,CL200,3,U-77,900,2026-03-07,2026-03-06,1.2,2026-03-08T00:00:00Z\n",
	  "3 " E17 " 123456789LG 20520 20520 40500 5 Acme A3 CL200 3 U-77 900 20519 20518 1.2 1772928000\n" },
	{ "rep",
	  "busbar,rep,1\nesiid,rep,effective,created\n"
	  E17 ",10004,2026-03-08,\n" E17 ",,2026-03-09,\n",
	  "3 " E17 " 10004 20520 1764000000\n4 " E17 " - 20521 1764000000\n" },
	{ "occupancy",
	  "busbar,occupancy,1\nesiid,account,effective,created\n"
	  E17 ",A-1,2026-03-08,\n" E17 ",,2026-03-09,\n",
	  "3 " E17 " A-1 20520 1764000000\n4 " E17 " - 20521 1764000000\n" },
	{ "customer",
	  "busbar,customer,1\nname,account,kind,phones,emails,billing_address,language,esiids,created\n"
	  "\"Doe, Jane\",A-1,RESIDENTIAL,'+15125550100; 5125550101,j@x.example;jane@x.example,1 Main St,es," E17 ";" E22 ",\n"
	  "Acme,A-2,BUSINESS,,,,,,\n",
	  "3 A-1 Doe, Jane RESIDENTIAL +15125550100; 5125550101 j@x.example;jane@x.example 1 Main St ES " E17 ";" E22 " 1764000000\n"
	  "4 A-2 Acme BUSINESS - - - - - 1764000000\n" },
	{ "register",
	  "busbar,register,1\nesiid,channel,read_date,start_kwh,end_kwh,kwh,status,created\n"
	  E17 ",LOAD,2026-03-08,99990.5,10.25,19.75,A,\n"
	  E17 ",GENERATION,2026-03-08,,0,,E,\n",
	  "3 " E17 " LOAD 20520 99990500 10250 19750 A 1764000000\n"
	  "4 " E17 " GENERATION 20520 - 0 - E 1764000000\n" },
	{ "billing",
	  "busbar,billing,1\nesiid,channel,start_date,end_date,kwh,metered_kw,billed_kw,metered_kva,billed_kva,amount,currency,items,status,created\n"
	  E17 ",LOAD,2026-03-08,2026-03-08,1200,12.5,13,14,15.125,-3.5,USD,Delivery=41.20; Credit = -44.7,A,\n"
	  E17 ",LOAD,2026-03-08,2026-03-09,0,,,,,,,,,\n",
	  "3 " E17 " LOAD 20520 20520 1200000 12500 13000 14000 15125 -35000 USD Delivery=41.20; Credit = -44.7 A 1764000000\n"
	  "4 " E17 " LOAD 20520 20521 0 - - - - - - - - 1764000000\n" },
	{ "rate",
	  "busbar,rate,1\nrate,effective,ends,days,from_time,to_time,price,currency,channel,created\n"
	  "R1,2026-03-08,,WEEKDAY,00:00,06:30,-0.012345,USD,,\n"
	  "R1,2026-03-08,2026-03-09,ALL,06:30,24:00,1,USD,GENERATION,\n",
	  "3 R1 20520 - WEEKDAY 0 390 -12345 USD LOAD 1764000000\n"
	  "4 R1 20520 20521 ALL 390 1440 1000000 USD GENERATION 1764000000\n" },
	/* columns in any order, absent ones, CRLF, a byte order mark, filled-up lines */
	{ "register",
	  "\xef\xbb\xbf" "busbar,register,1,,\r\nSTATUS, end_kwh ,read_date,channel,esiid\r\nA,12,2026-03-08,LOAD," E17 "\r\n\r\nE,13,2026-03-09,load, " E17 " ,,\r\n",
	  "3 " E17 " LOAD 20520 - 12000 - A 1764000000\n"
	  "5 " E17 " LOAD 20521 - 13000 - E 1764000000\n" },
	{ "rep", "busbar,rep,1\nesiid,effective", "" },
	/* line 1 */
	{ "rep", "", "1:0 structure [  -1] the end of the file | line 1: busbar,rep,1\n" },
	{ "rep", "busbar,rep,2\nesiid,effective\n",
	  "1:12 structure [  -1] 2 | version 1; line 1 is busbar,rep,1\n" },
	{ "rep", "busbar,register,1\nesiid,effective\n",
	  "1:8 structure [  -1] register | the format rep; line 1 is busbar,rep,1\n" },
	{ "rep", "esiid,effective\n",
	  "1:1 structure [  -1] esiid | the word busbar; line 1 is busbar,rep,1\n" },
	{ "rep", "busbar,rep\nesiid,effective\n",
	  "1:1 structure [  -1]  | version 1; line 1 is busbar,rep,1\n" },
	{ "rep", "busbar,rep,1,2026\nesiid,effective\n",
	  "1:14 structure [  -1] 2026 | nothing behind the version\n" },
	{ "rep", "busbar,\"rep\nx\n",
	  "1:8 structure [  -1] quote opens here and is not closed before the end of the file | a CSV record (RFC 4180)\n" },
	/* line 2 */
	{ "rep", "busbar,rep,1\n",
	  "2:0 structure [  -1] the end of the file | a line of column names\n" },
	{ "rep", "busbar,rep,1\nesiid,efective\n" E17 ",x\n",
	  "2:7 structure [  -1] efective | one of esiid, rep, effective, created\n" },
	{ "meter", "busbar,meter,1\nesiid,maker\n",
	  "2:7 structure [  -1] maker | one of esiid, meter_number, effective, removed, multiplier, dials, manufacturer, model, meter_class, phases, ...\n" },
	{ "rep", "busbar,rep,1\nesiid,effective,esiid\n",
	  "2:17 structure [  -1] esiid | each column once\n" },
	{ "rep", "busbar,rep,1\nesiid,rep\n" E17 ",1\n",
	  "2:1 structure [  -1] a header line without it | the column effective, which every rep file has\n" },
	/* records: one fault each, the good ones behind them are read */
	{ "rep", "busbar,rep,1\nesiid,effective\n" E17 "\n" E17 ",2026-03-08,x\n" E17 ",2026-03-08\n",
	  "3:0 structure [" E17 "  -1] 1 fields | 2, as in the header line\n"
	  "4:0 structure [" E17 " 2026-03-08 -1] 3 fields | 2, as in the header line\n"
	  "5 " E17 " - 20520 1764000000\n" },
	{ "rep", "busbar,rep,1\nesiid,effective\n\"" E17 "\"x,2026-03-08\n" E17 ",2026-03-08\n",
	  "3:20 structure [  -1] text behind a closing quote | a comma or a new line\n"
	  "4 " E17 " - 20520 1764000000\n" },
	/* a list has its limit, which the loader relies on */
	{ "customer", "busbar,customer,1\naccount,name,kind,phones\n"
	  "A,J\x1f,BUSINESS,\n" "A,J\x7f,BUSINESS,\n"
	  "A,J,BUSINESS,1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1\n",
	  "3:3 field [  -1] a control character at byte 2 of the field | at most 120 bytes of UTF-8 without control characters\n"
	  "4:3 field [  -1] a control character at byte 2 of the field | at most 120 bytes of UTF-8 without control characters\n"
	  "5:14 field [  -1] more than 64 items | items of at most 20 bytes of UTF-8 between semicolons\n" },
	/* types, each with its words */
	{ "rep", "busbar,rep,1\nesiid,effective\n" E17 ",2026-13-01\n",
	  "3:19 field [" E17 "  -1] 2026-13-01 | a date YYYY-MM-DD\n" },
	{ "rep", "busbar,rep,1\nesiid,effective\n" E17 ",2026-02-29\n",
	  "3:19 field [" E17 "  -1] 2026-02-29 | a date YYYY-MM-DD\n" },
	{ "rep", "busbar,rep,1\nesiid,effective\n" E17 ", \n",
	  "3:19 field [" E17 "  -1]  | a date YYYY-MM-DD; effective must not be empty\n" },
	{ "rep", "busbar,rep,1\nesiid,effective\n1044372000123456,2026-03-08\n",
	  "3:1 esiid-shape [ 2026-03-08 -1] 1044372000123456 | 17 or 22 digits that begin with 10\n" },
	{ "rep", "busbar,rep,1\nesiid,effective,rep,created\n" E17 ",2026-03-08,1000A,\n" E17 ",2026-03-08,100041,\n" E17 ",2026-03-08,1,yesterday\n",
	  "3:30 field [" E17 " 2026-03-08 -1] 1000A | at most 5 digits\n"
	  "4:30 field [" E17 " 2026-03-08 -1] 100041 | at most 5 digits\n"
	  "5:32 field [" E17 " 2026-03-08 -1] yesterday | a time such as 2026-11-22T07:08:09Z\n" },
	{ "register", "busbar,register,1\nesiid,channel,read_date,end_kwh,status\n"
	  E17 ",NET,2026-03-08,1,A\n" E17 ",GENERATION,2026-03-08,-1,A\n" E17 ",LOAD,2026-03-08,1.0005,A\n"
	  E17 ",LOAD,2026-03-08,1e3,A\n" E17 ",LOAD,2026-03-08,1000000001,A\n" E17 ",LOAD,2026-03-08,1,X\n",
	  "3:19 field [" E17 " 2026-03-08 -1] NET | LOAD or GENERATION\n"
	  "4:41 negative [" E17 " 2026-03-08 1] -1 | kWh of 0 or more\n"
	  "5:35 too-precise [" E17 " 2026-03-08 0] 1.0005 | kWh with at most three decimals\n"
	  "6:35 field [" E17 " 2026-03-08 0] 1e3 | a number of kWh\n"
	  "7:35 field [" E17 " 2026-03-08 0] 1000000001 | kWh of at most 1000000000\n"
	  "8:37 field [" E17 " 2026-03-08 0] X | A or E\n" },
	{ "meter", "busbar,meter,1\nesiid,meter_number,effective,dials,multiplier\n"
	  E17 ",12 34,2026-03-08,,\n" E17 ",1,2026-03-08,13,\n" E17 ",1,2026-03-08,1.5,\n" E17 ",1,2026-03-08,,-1\n" E17 ",1,2026-03-08,,0.0001\n",
	  "3:19 field [" E17 " 2026-03-08 -1] 12 34 | a meter number of at most 32 letters, digits and hyphens\n"
	  "4:32 field [" E17 " 2026-03-08 -1] 13 | a whole number from 0 to 12\n"
	  "5:32 field [" E17 " 2026-03-08 -1] 1.5 | a whole number from 0 to 12\n"
	  "6:33 negative [" E17 " 2026-03-08 -1] -1 | a number of 0 or more with at most three decimals\n"
	  "7:33 field [" E17 " 2026-03-08 -1] 0.0001 | a number of 0 or more with at most three decimals\n" },
	{ "rate", "busbar,rate,1\nrate,effective,days,from_time,to_time,price,currency\n"
	  "R1,2026-03-08,MONDAY,00:00,24:00,1,USD\nR1,2026-03-08,ALL,0:00,24:00,1,USD\nR1,2026-03-08,ALL,00:00,24:01,1,USD\n"
	  "R1,2026-03-08,ALL,00:60,24:00,1,USD\nR1,2026-03-08,ALL,00:00,24:00,0.0000001,USD\nR1,2026-03-08,ALL,06:00,06:00,1,USD\n",
	  "3:15 field [ 2026-03-08 -1] MONDAY | ALL, WEEKDAY or WEEKEND\n"
	  "4:19 field [ 2026-03-08 -1] 0:00 | a time of day from 00:00 to 24:00\n"
	  "5:25 field [ 2026-03-08 -1] 24:01 | a time of day from 00:00 to 24:00\n"
	  "6:19 field [ 2026-03-08 -1] 00:60 | a time of day from 00:00 to 24:00\n"
	  "7:31 field [ 2026-03-08 -1] 0.0000001 | a price with at most six decimals\n"
	  "8:25 field [ 2026-03-08 -1] 06:00 | a time after from_time, 24:00 for midnight\n" },
	{ "billing", "busbar,billing,1\nesiid,channel,start_date,end_date,kwh,amount,currency,items\n"
	  E17 ",LOAD,2026-03-08,2026-03-07,1,,,\n" E17 ",LOAD,2026-03-08,2026-03-09,1,1.23456,USD,\n"
	  E17 ",LOAD,2026-03-08,2026-03-09,1,1,,\n" E17 ",LOAD,2026-03-08,2026-03-09,1,1,USD,Delivery 3\n" E17 ",LOAD,2026-03-08,2026-03-09,1,1,USD,a=1;;b=2\n"
	  E17 ",LOAD,2026-03-08,2026-03-09,1,1,USD,a=1\t;b=2\n",
	  "3:35 field [" E17 " 2026-03-08 0] 2026-03-07 | a day not before start_date\n"
	  "4:48 field [" E17 " 2026-03-08 0] 1.23456 | an amount with at most four decimals\n"
	  "5:50 field [" E17 " 2026-03-08 0]  | a currency, since there is an amount or an item\n"
	  "6:54 field [" E17 " 2026-03-08 0] Delivery 3 | items such as Delivery=41.20, with at most four decimals\n"
	  "7:54 field [" E17 " 2026-03-08 0] nothing as item 2 | items of at most 80 bytes of UTF-8 between semicolons\n"
	  "8:54 field [" E17 " 2026-03-08 0] a control character at byte 4 of the field | items of at most 80 bytes of UTF-8 between semicolons\n" },
	{ "premise", "busbar,premise,1\nesiid,status,class,effective,ends\n" E17 ",ACTIVE,BUSINESS,2026-03-08,2026-03-07\n",
	  "3:46 field [" E17 " 2026-03-08 -1] 2026-03-07 | a day not before effective\n" },
	{ "meter", "busbar,meter,1\nesiid,meter_number,effective,removed\n" E17 ",1,2026-03-08,2026-03-07\n",
	  "3:32 field [" E17 " 2026-03-08 -1] 2026-03-07 | a day not before effective\n" },
	/* texts are measured, never quoted */
	{ "customer", "busbar,customer,1\naccount,name,kind,phones,esiids\n"
	  "A,Jane\tDoe,BUSINESS,,\nA,Jane\xff,BUSINESS,,\nA,Jane,BUSINESS,012345678901234567890,\nA,Jane\xc2\x85,BUSINESS,,\nA,Jane,BUSINESS,," E17 ";12\n"
	  "A2345678901234567890123456789012345678901,Jane,BUSINESS,,\n",
	  "3:3 field [  -1] a control character at byte 5 of the field | at most 120 bytes of UTF-8 without control characters\n"
	  "4:3 field [  -1] 5 bytes that are not UTF-8 | at most 120 bytes of UTF-8 without control characters\n"
	  "5:17 field [  -1] 21 bytes | items of at most 20 bytes of UTF-8 between semicolons\n"
	  "6:3 field [  -1] a control character at byte 5 of the field | at most 120 bytes of UTF-8 without control characters\n"
	  "7:18 esiid-shape [  -1] 12 | 17 or 22 digits that begin with 10\n"
	  "8:1 field [  -1] 41 bytes | at most 40 bytes of UTF-8 without control characters\n" },
};
/* clang-format on */

static void
files_give_rows_and_exact_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct told t;

		read_as(&t, cases[i].format, str_of(cases[i].text), SIZE_MAX / 2);
		assert_string_equal(t.text.at, cases[i].gives);
		buf_auto(&t.text);
	}
}

static void
pieces_of_one_byte_give_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct told t;

		read_as(&t, cases[i].format, str_of(cases[i].text), 1);
		assert_string_equal(t.text.at, cases[i].gives);
		buf_auto(&t.text);
	}
}

static void
too_long_record_is_a_fault_and_reading_goes_on(void **state)
{
	AUTO(buf) text = BUF(256 * 1024);
	struct told t;

	(void)state;
	buf_c(&text, "busbar,rep,1\nesiid,effective\n");
	for (size_t i = 0; i <= LINE_MOST_BYTES; i++)
		buf_byte(&text, '1');
	buf_c(&text, "\n" E17 ",2026-03-08\n");
	read_as(&t, "rep", buf_view(&text), 4096);
	assert_string_equal(t.text.at,
	    "3:0 too-long [  -1] longer than 65536 bytes | a CSV record (RFC 4180)\n"
	    "4 " E17 " - 20520 1764000000\n");
	buf_auto(&t.text);
}

static void
rule_switched_off_still_refuses_what_has_no_value(void **state)
{
	struct told t = { .text = BUF(4096), .format = format_named("rep") };
	struct sink sink = { &t, NULL, on_row, on_fault };
	struct rules rules;
	struct reading reading = { .rules = &rules };

	(void)state;
	rules_presets(&rules);
	rules.of[RULE_FIELD].severity = SEV_OFF;
	AUTO_PTR(reader) r = reader_new(t.format, &reading, &sink, NULL);
	reader_feed(r, STR("busbar,rep,1\nesiid,effective\n" E17 ",x\n"), true);
	assert_true(t.text.len > 0); /* on_fault compares the severity */
	buf_auto(&t.text);
}

static void
read_file(const char *folder, const char *name, const char *tail, struct buf *b)
{
	char path[256], piece[4096];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/%s%s", folder, name, tail);
	f = fopen(path, "r");
	assert_non_null(f);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(b, piece, n);
	fclose(f);
	assert_true(buf_ok(b));
}

/* The files that the documentation shows. */
static void
example_files_are_read_without_fault(void **state)
{
	static const struct {
		const char *format;
		unsigned rows;
	} examples[] = { { "premise", 2 }, { "meter", 3 }, { "rep", 3 }, { "occupancy", 2 },
		{ "customer", 2 }, { "register", 3 }, { "billing", 2 }, { "rate", 4 } };

	(void)state;
	for (size_t i = 0; i < nitems(examples); i++) {
		AUTO(buf) file = BUF(64 * 1024);
		struct told t;
		unsigned rows = 0;

		read_file("data/csv/good", examples[i].format, ".csv", &file);
		assert_ptr_equal(
		    format_sniff(buf_view(&file), NULL), format_named(examples[i].format));
		read_as(&t, examples[i].format, buf_view(&file), SIZE_MAX / 2);
		assert_null(strchr(t.text.at, '|'));
		for (const char *c = t.text.at; *c != '\0'; c++)
			rows += *c == '\n';
		assert_int_equal(rows, examples[i].rows);
		buf_auto(&t.text);
	}
}

static void
every_column_and_example_is_in_the_documentation(void **state)
{
	(void)state;
	for (size_t i = 0; formats[i] != NULL; i++) {
		const struct format *f = formats[i];
		AUTO(buf) page = BUF(64 * 1024);
		AUTO(buf) example = BUF(64 * 1024);

		if (f->gives != GIVES_ROWS)
			continue;
		read_file("../docs/formats", f->name, ".md", &page);
		read_file("data/csv/good", f->name, ".csv", &example);
		assert_true(str_has(buf_view(&page), buf_view(&example)));
		for (size_t c = 0; c < f->column_count; c++) {
			AUTO(buf) row = BUF(256);

			buf_fmt(&row, "\n| `%s` | %s |", f->columns[c].name,
			    f->columns[c].required ? "•" : "");
			assert_true(str_has(buf_view(&page), buf_view(&row)));
		}
	}
}

static void
bad_files_say_what_their_says_file_says(void **state)
{
	static const char *const bad[] = { "register", "version", "semicolons" };

	(void)state;
	for (size_t i = 0; i < nitems(bad); i++) {
		AUTO(buf) file = BUF(64 * 1024);
		AUTO(buf) says = BUF(64 * 1024);
		struct told t;

		read_file("data/csv/bad", bad[i], ".csv", &file);
		read_file("data/csv/bad", bad[i], ".says", &says);
		buf_byte(&says, '\0');
		read_as(&t, format_sniff(buf_view(&file), NULL)->name, buf_view(&file), 100);
		assert_string_equal(t.text.at, says.at);
		buf_auto(&t.text);
	}
}

static void
list_gives_trimmed_items(void **state)
{
	struct str rest = STR(" a; b ;c"), item;

	(void)state;
	assert_true(list_next(&rest, &item) && str_is(item, "a"));
	assert_true(list_next(&rest, &item) && str_is(item, "b"));
	assert_true(list_next(&rest, &item) && str_is(item, "c"));
	assert_false(list_next(&rest, &item));
	rest = (struct str){ NULL, 0 }; /* the text of a null value */
	assert_false(list_next(&rest, &item));
}

/* What the staging tables and their COPY rely on. */
static void
columns_are_as_the_staging_tables_have_them(void **state)
{
	static const struct {
		const char *format, *columns;
	} want[] = {
		{ "premise",
		    "esiid status class effective ends commodity street city state zip "
		    "load_profile rate_class service_voltage channels created " },
		{ "meter", "esiid meter_number effective removed multiplier dials manufacturer "
			   "model meter_class phases utility_meter_id interval_s installed "
			   "tested firmware created " },
		{ "rep", "esiid rep effective created " },
		{ "occupancy", "esiid account effective created " },
		{ "customer", "account name kind phones emails billing_address language esiids "
			      "created " },
		{ "register", "esiid channel read_date start_kwh end_kwh kwh status created " },
		{ "billing", "esiid channel start_date end_date kwh metered_kw billed_kw "
			     "metered_kva billed_kva amount currency items status created " },
		{ "rate", "rate effective ends days from_time to_time price currency channel "
			  "created " },
	};

	(void)state;
	for (size_t i = 0; i < nitems(want); i++) {
		const struct format *f = format_named(want[i].format);
		AUTO(buf) b = BUF(1024);

		assert_non_null(f);
		assert_int_equal(f->gives, GIVES_ROWS);
		for (size_t c = 0; c < f->column_count; c++) {
			buf_fmt(&b, "%s ", f->columns[c].name);
			assert_non_null(f->columns[c].help);
		}
		buf_byte(&b, '\0');
		assert_string_equal(b.at, want[i].columns);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_give_rows_and_exact_faults),
		cmocka_unit_test(pieces_of_one_byte_give_the_same),
		cmocka_unit_test(too_long_record_is_a_fault_and_reading_goes_on),
		cmocka_unit_test(rule_switched_off_still_refuses_what_has_no_value),
		cmocka_unit_test(example_files_are_read_without_fault),
		cmocka_unit_test(every_column_and_example_is_in_the_documentation),
		cmocka_unit_test(bad_files_say_what_their_says_file_says),
		cmocka_unit_test(list_gives_trimmed_items),
		cmocka_unit_test(columns_are_as_the_staging_tables_have_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
