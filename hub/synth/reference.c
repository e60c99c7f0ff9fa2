/* Premises, meters, REPs, occupants and customers, and the table of all CSVs. */
#include "synth/csv_out.h"

#include <stdarg.h>
#include <assert.h>
#include <stdio.h>

#include "synth/draw.h"
#include "synth/person.h"
#include "synth/run.h"

enum { STATED_AT_S = 5 * 3600 };

static const struct {
	const char *profile, *voltage, *meter_class;
	int phases;
} traits[CLASSES] = {
	[CLASS_HOME_GAS] = { "RESLOWR", "120/240", "CL200", 1 },
	[CLASS_HOME_ELECTRIC] = { "RESHIWR", "120/240", "CL200", 1 },
	[CLASS_HOME_SOLAR] = { "RESHIPV", "120/240", "CL200", 1 },
	[CLASS_SHOP] = { "BUSMEDLF", "120/208", "CL200", 3 },
	[CLASS_OFFICE] = { "BUSLOLF", "120/208", "CL200", 3 },
	[CLASS_LARGE] = { "BUSHILF", "277/480", "CL20", 3 },
};

void
sheet_fmt(struct sheet *s, const char *fmt, ...)
{
	enum { RECORD_MOST = 2048 };
	char *to = sheet_room(s, RECORD_MOST);
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(to, RECORD_MOST, fmt, ap);
	va_end(ap);
	assert(len > 0 && len < RECORD_MOST);
	sheet_add(s, (size_t)len);
}

void
csv_stamp(char to[CIVIL_STAMP_SIZE], const struct premise *p, int32_t day)
{
	civil_stamp(to, zone_day_start(world_zone(p->world), day) + STATED_AT_S);
}

static void
write_premise(struct sheet *s, const struct premise *p, const struct period *r, int32_t day)
{
	char since[CIVIL_DATE_SIZE], created[CIVIL_STAMP_SIZE];
	struct address a;

	(void)day;
	address_of(p, &a);
	civil_date(since, r->since);
	csv_stamp(created, p, r->since);
	sheet_fmt(s, "%s,ACTIVE,%s,%s,,ELECTRIC,%s,%s,TX,%s,%s_%s_IDR_WS_NOTOU,%s,%s,%s,%s\n",
	    p->esiid, p->class >= CLASS_SHOP ? "BUSINESS" : "RESIDENTIAL", since, a.street,
	    a.city, a.zip, traits[p->class].profile, premise_area(p)->profile_zone, rate_of(p),
	    traits[p->class].voltage,
	    premise_has(p, CHANNEL_GENERATION) ? "LOAD_GENERATION" : "LOAD", created);
}

static int32_t
later(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

static void
write_meters(struct sheet *s, const struct premise *p, const struct period *r, int32_t day)
{
	(void)day;
	for (int32_t k = spell_of(&p->meter, r->since); k <= spell_of(&p->meter, r->last);
	     k++) {
		int32_t installed = spell_start(&p->meter, k);
		int32_t removed = spell_start(&p->meter, k + 1),
			from = later(installed, r->since);
		bool gone = removed <= r->last;
		char number[METER_TEXT], since[CIVIL_DATE_SIZE], hung[CIVIL_DATE_SIZE];
		char until[CIVIL_DATE_SIZE] = "", created[CIVIL_STAMP_SIZE];

		premise_meter_number(p, k, number);
		civil_date(since, from);
		civil_date(hung, installed);
		if (gone)
			civil_date(until, removed);
		csv_stamp(created, p, gone ? removed : from);
		sheet_fmt(s, "%s,%s,%s,%s,%u,%d,SYNTHETIC,%s,%s,%d,U%s,900,%s,,1.%d,%s\n",
		    p->esiid, number, since, until, p->multiplier, p->dials,
		    traits[p->class].phases == 1 ? "S1" : "S3", traits[p->class].meter_class,
		    traits[p->class].phases, number, hung, (int)k, created);
	}
}

static void
write_reps(struct sheet *s, const struct premise *p, const struct period *r, int32_t day)
{
	unsigned before = REPS;

	(void)day;
	for (int32_t k = spell_of(&p->contract, r->since); k <= spell_of(&p->contract, r->last);
	     k++) {
		int32_t from = later(spell_start(&p->contract, k), r->since);
		char since[CIVIL_DATE_SIZE], created[CIVIL_STAMP_SIZE];
		unsigned rep = premise_rep(p, k);

		if (rep == before)
			continue;
		before = rep;
		civil_date(since, from);
		csv_stamp(created, p, from);
		sheet_fmt(s, "%s,%s,%s,%s\n", p->esiid, reps[rep].certificate, since, created);
	}
}

static void
write_occupant(struct sheet *s, const struct premise *p, const char *account, int32_t from)
{
	char since[CIVIL_DATE_SIZE], created[CIVIL_STAMP_SIZE];

	civil_date(since, from);
	csv_stamp(created, p, from);
	sheet_fmt(s, "%s,%s,%s,%s\n", p->esiid, account, since, created);
}

static void
write_occupancy(struct sheet *s, const struct premise *p, const struct period *r, int32_t day)
{
	(void)day;
	for (int32_t k = spell_of(&p->tenancy, r->since); k <= spell_of(&p->tenancy, r->last);
	     k++) {
		int32_t start = spell_start(&p->tenancy, k), in = premise_moved_in(p, k);
		struct person who;

		person_of(p, k, &who);
		if (start < in && in > r->since)
			write_occupant(s, p, "", later(start, r->since));
		if (in <= r->last)
			write_occupant(s, p, who.account, later(in, r->since));
	}
}

static void
write_customers(struct sheet *s, const struct premise *p, const struct period *r, int32_t day)
{
	(void)day;
	/* the commercial test person has one row for all meters */
	if (p->fixed && p->index > TEST_COMMERCIAL)
		return;
	for (int32_t k = spell_of(&p->tenancy, r->since); k <= spell_of(&p->tenancy, r->last);
	     k++) {
		char created[CIVIL_STAMP_SIZE], esiids[TEST_METERS * (ESIID_MOST + 1) + 1];
		int used = snprintf(esiids, sizeof esiids, "%s", p->esiid);
		struct person who;

		if (premise_moved_in(p, k) > r->last)
			continue;
		for (uint32_t i = 1; p->fixed && p->index == TEST_COMMERCIAL && i < TEST_METERS;
		     i++) {
			struct premise other;

			premise_of(p->world, p->tdu, p->index + i, &other);
			used += snprintf(
			    esiids + used, sizeof esiids - (size_t)used, ";%s", other.esiid);
		}
		person_of(p, k, &who);
		csv_stamp(created, p, later(spell_start(&p->tenancy, k), r->since));
		sheet_fmt(s, "%s,%s,%s,%s,%s,\"%s\",%s,%s,%s\n", who.account, who.name,
		    who.business ? "BUSINESS" : "RESIDENTIAL", who.phone, who.email,
		    who.address, who.spanish ? "ES" : "EN", esiids, created);
	}
}

const struct csv_kind csv_kinds[] = {
	{ "rate",
	    "busbar,rate,1\n"
	    "rate,effective,ends,days,from_time,to_time,price,currency,channel,created\n",
	    SYNTH_REFERENCE, false, NULL, write_rates },
	{ "premise",
	    "busbar,premise,1\n"
	    "esiid,status,class,effective,ends,commodity,street,city,state,zip,load_profile,"
	    "rate_class,service_voltage,channels,created\n",
	    SYNTH_REFERENCE, false, write_premise, NULL },
	{ "meter",
	    "busbar,meter,1\n"
	    "esiid,meter_number,effective,removed,multiplier,dials,manufacturer,model,meter_"
	    "class,"
	    "phases,utility_meter_id,interval_s,installed,tested,firmware,created\n",
	    SYNTH_REFERENCE, false, write_meters, NULL },
	{ "rep", "busbar,rep,1\nesiid,rep,effective,created\n", SYNTH_REFERENCE, false,
	    write_reps, NULL },
	{ "customer",
	    "busbar,customer,1\n"
	    "account,name,kind,phones,emails,billing_address,language,esiids,created\n",
	    SYNTH_REFERENCE, false, write_customers, NULL },
	{ "occupancy", "busbar,occupancy,1\nesiid,account,effective,created\n", SYNTH_REFERENCE,
	    false, write_occupancy, NULL },
	{ "billing",
	    "busbar,billing,1\n"
	    "esiid,channel,start_date,end_date,kwh,metered_kw,billed_kw,amount,currency,items,"
	    "status,created\n",
	    SYNTH_BILLING, false, write_billing, NULL },
	{ "register",
	    "busbar,register,1\nesiid,channel,read_date,start_kwh,end_kwh,kwh,status,created\n",
	    SYNTH_REGISTER, true, write_register, NULL },
};
const size_t csv_kind_count = nitems(csv_kinds);
