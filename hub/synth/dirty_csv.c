/* CSVs of each format with one bad record between two good ones, and some that are bad from the
 * start. Their records speak of 2016 and were made then, so they change nothing that counts. */
#include "synth/dirt.h"

#include <stdio.h>
#include <string.h>

enum { WHOLE_RECORD = 99 };

/* '#' stands for an ESI ID, '@' for the case's day, '~' for a number of the record's own. */
static const struct record_case {
	const char *format, *columns, *good, *bad;
	unsigned field; /* from 0, or WHOLE_RECORD */
	enum rule rule;
} record_cases[] = {
	{ "premise", "esiid,status,class,effective,created",
	    "#,ACTIVE,RESIDENTIAL,2016-01-01,2016-01-01T00:00:00Z",
	    "#,ACTIVE,HOUSE,2016-01-01,2016-01-01T00:00:00Z", 2, RULE_FIELD },
	{ "meter", "esiid,meter_number,effective,removed,created",
	    "#,OLD00000~,2016-01-01,2016-12-31,2016-01-01T00:00:00Z",
	    "#,OLD00000~,2016-01-01,2016-13-31,2016-01-01T00:00:00Z", 3, RULE_FIELD },
	{ "rep", "esiid,rep,effective,created", "#,90001,2016-01-01,2016-01-01T00:00:00Z",
	    "#,9000X,2016-01-01,2016-01-01T00:00:00Z", 1, RULE_FIELD },
	{ "occupancy", "esiid,account,effective,created", "#,,2016-01-01,2016-01-01T00:00:00Z",
	    "#,,,2016-01-01T00:00:00Z", 2, RULE_FIELD },
	{ "customer", "account,name,kind,created",
	    "99900000~-1,Past Customer,RESIDENTIAL,2016-01-01T00:00:00Z",
	    "99900000~-1,Past Customer,PERSON,2016-01-01T00:00:00Z", 2, RULE_FIELD },
	{ "register", "esiid,channel,read_date,start_kwh,end_kwh,kwh,status,created",
	    "#,LOAD,@,100.000,120.500,20.500,A,2016-01-01T00:00:00Z",
	    "#,LOAD,@,100.000,-20.500,20.500,A,2016-01-01T00:00:00Z", 4, RULE_NEGATIVE },
	{ "billing", "esiid,channel,start_date,end_date,kwh,created",
	    "#,LOAD,2016-01-01,2016-01-31,812.250,2016-01-01T00:00:00Z",
	    "#,LOAD,2016-01-01,2016-01-31,812.2505,2016-01-01T00:00:00Z", 4, RULE_PRECISION },
	{ "rate", "rate,effective,ends,days,from_time,to_time,price,currency,created",
	    "OLD-~,2016-01-01,2016-12-31,ALL,00:00,24:00,0.091000,USD,2016-01-01T00:00:00Z",
	    "OLD-~,2016-01-01,2016-12-31,ALL,00:00,25:00,0.091000,USD,2016-01-01T00:00:00Z", 5,
	    RULE_FIELD },
};

/* Further ways to be wrong, shown on one format. */
static const struct more_case {
	const char *folder;
	struct record_case c;
} more_cases[] = {
	{ "csv-fields-missing",
	    { "rep", "esiid,rep,effective,created", "#,90001,2016-02-01,2016-01-01T00:00:00Z",
		"#,90001,2016-02-01", WHOLE_RECORD, RULE_STRUCTURE } },
	{ "csv-esiid-shape",
	    { "rep", "esiid,rep,effective,created", "#,90001,2016-03-01,2016-01-01T00:00:00Z",
		"1044,90001,2016-03-01,2016-01-01T00:00:00Z", 0, RULE_ESIID } },
	{ "unknown-rep",
	    { "rep", "esiid,rep,effective,created", "#,90001,2016-04-01,2016-01-01T00:00:00Z",
		"#,99999,2016-04-01,2016-01-01T00:00:00Z", WHOLE_RECORD, RULE_UNKNOWN_REP } },
	{ "unknown-account", { "occupancy", "esiid,account,effective,created",
				 "#,,2016-02-01,2016-01-01T00:00:00Z",
				 "#,999999999-9,2016-02-01,2016-01-01T00:00:00Z", WHOLE_RECORD,
				 RULE_UNKNOWN_ACCOUNT } },
};

/* Files of which nothing can be read. */
static const struct {
	const char *folder, *text;
	unsigned line, column;
} refused[] = {
	{ "csv-version",
	    "busbar,rep,2\nesiid,rep,effective\n10443729999999999,90001,2016-01-01\n", 1, 12 },
	{ "csv-unknown-column",
	    "busbar,rep,1\nesiid,rep,since\n10443729999999999,90001,2016-01-01\n", 2, 11 },
	{ "csv-column-twice",
	    "busbar,rep,1\nesiid,rep,effective,rep\n10443729999999999,90001,2016-01-01,90001\n",
	    2, 21 },
	{ "csv-column-missing", "busbar,rep,1\nesiid,rep\n10443729999999999,90001\n", 2, 1 },
};

static void
put_record(struct dirt *d, const char *form, unsigned home)
{
	char date[CIVIL_DATE_SIZE];

	civil_date(date, d->day);
	for (; *form != '\0'; form++)
		if (*form == '#')
			buf_c(&d->text, d->home[home].esiid);
		else if (*form == '@')
			buf_c(&d->text, date);
		else if (*form == '~')
			buf_byte(&d->text, (char)('1' + home));
		else
			buf_byte(&d->text, *form);
	buf_byte(&d->text, '\n');
	d->records++;
	d->lines++;
}

static unsigned
column_of(struct str record, unsigned field)
{
	size_t at = 0;

	if (field == WHOLE_RECORD)
		return 0;
	for (; field > 0; field--)
		while (record.at[at++] != ',')
			;
	return (unsigned)at + 1;
}

static bool
one_bad_record(struct dirt *d, const char *folder, const struct record_case *c, struct err *e)
{
	char name[64];
	size_t bad_at;

	dirt_case(d, folder);
	buf_fmt(&d->text, "busbar,%s,1\n%s\n", c->format, c->columns);
	d->lines = 2;
	put_record(d, c->good, 0);
	bad_at = d->text.len;
	put_record(d, c->bad, 1);
	dirt_fault(d, d->lines,
	    column_of((struct str){ d->text.at + bad_at, d->text.len - bad_at }, c->field),
	    c->rule);
	put_record(d, c->good, 2);
	d->accepted = d->records - d->rejected;
	snprintf(name, sizeof name, "%s-dirty.csv", c->format);
	return dirt_file(d, name, "LOADED", RULES, e);
}

/* Two records that contradict each other: neither is taken, so their order cannot matter. */
static bool
conflict(struct dirt *d, struct err *e)
{
	static const char good[] = "#,90001,2016-05-01,2016-01-01T00:00:00Z";
	static const char other[] = "#,90002,2016-05-01,2016-01-01T00:00:00Z";

	dirt_case(d, "conflict");
	buf_c(&d->text, "busbar,rep,1\nesiid,rep,effective,created\n");
	put_record(d, good, 0);
	put_record(d, good, 1);
	put_record(d, other, 1);
	dirt_fault(d, 4, 0, RULE_CONFLICT);
	dirt_fault(d, 5, 0, RULE_CONFLICT);
	d->accepted = 1;
	return dirt_file(d, "rep-dirty.csv", "LOADED", RULES, e);
}

bool
dirty_csv_files(struct dirt *d, struct err *e)
{
	char folder[64];

	for (size_t i = 0; i < nitems(record_cases); i++) {
		snprintf(folder, sizeof folder, "csv-%s", record_cases[i].format);
		if (!one_bad_record(d, folder, &record_cases[i], e))
			return false;
	}
	for (size_t i = 0; i < nitems(more_cases); i++)
		if (!one_bad_record(d, more_cases[i].folder, &more_cases[i].c, e))
			return false;
	for (size_t i = 0; i < nitems(refused); i++) {
		dirt_case(d, refused[i].folder);
		buf_c(&d->text, refused[i].text);
		d->records = 1;
		dirt_fault(d, refused[i].line, refused[i].column, RULE_STRUCTURE);
		if (!dirt_file(d, "rep-dirty.csv", "REFUSED", RULE_STRUCTURE, e))
			return false;
	}
	return conflict(d, e);
}
