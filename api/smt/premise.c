/* Premises and meters as they are now. */
#include <stdio.h>

#include "smt.h"

enum { DEPTH_NUMBER = 32 };

static void
text(struct json *j, const char *name, struct str s)
{
	json_text(j, name, s.at == NULL ? STR("") : s);
}

static void
day(struct json *j, const char *name, int32_t d)
{
	char date[SMT_DATE_SIZE];

	if (d == DAY_NONE) {
		json_text(j, name, STR(""));
		return;
	}
	smt_date(date, d);
	json_text(j, name, str_of(date));
}

static void
number(struct json *j, const char *name, int64_t n)
{
	char s[DEPTH_NUMBER];

	(void)snprintf(s, sizeof s, "%lld", (long long)n);
	json_text(j, name, n == 0 ? STR("") : str_of(s));
}

/* ---- meters ---- */

struct meter_row {
	struct str esiid, tdu, meter_number, utility_meter_id, manufacturer, meter_class, model,
	    status, firmware, zone;
	int64_t multiplier, updated;
	int32_t channels, interval_s, phases, tested, installed;
};
static const struct db_field meter_row[] = {
	DB_TEXT(meter_row, esiid),
	DB_TEXT(meter_row, tdu),
	DB_TEXT(meter_row, meter_number),
	DB_TEXT(meter_row, utility_meter_id),
	DB_TEXT(meter_row, manufacturer),
	DB_TEXT(meter_row, meter_class),
	DB_TEXT(meter_row, model),
	DB_TEXT(meter_row, status),
	DB_TEXT(meter_row, firmware),
	DB_TEXT(meter_row, zone),
	DB_INT8(meter_row, multiplier),
	DB_STAMP(meter_row, updated),
	DB_INT4(meter_row, channels),
	DB_INT4(meter_row, interval_s),
	DB_INT4(meter_row, phases),
	DB_DATE(meter_row, tested),
	DB_DATE(meter_row, installed),
};

static void
multiplier(struct json *j, const char *name, int64_t thousandths)
{
	char s[DEPTH_NUMBER];

	if (thousandths % 1000 == 0)
		(void)snprintf(s, sizeof s, "%lld", (long long)(thousandths / 1000));
	else
		(void)snprintf(s, sizeof s, "%lld.%03lld", (long long)(thousandths / 1000),
		    (long long)(thousandths % 1000));
	json_text(j, name, thousandths == 0 ? STR("") : str_of(s));
}

/* What no utility tells the hub is there, and empty: clients look for the names. */
static void
unknown(struct json *j, const char *const names[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		json_text(j, names[i], STR(""));
}

static bool
put_meter(struct json *j, const char *name, const struct meter_row *m, bool many, struct err *e)
{
	static const char *const first[] = { "reverseFlowHandling" };
	static const char *const middle[] = { "disconnect" };
	static const char *const last[] = { "instrumentRated", "currentTransformersRatio",
		"potentialTransformersRatio" };
	static const char *const end[] = { "HANProtocol", "smartEnergyProfile" };
	const struct zone *z = zone_get(m->zone.at, e);
	char stamp[SMT_STAMP_SIZE];

	if (z == NULL)
		return false;
	json_open(j, name);
	if (many)
		json_text(j, "esiid", m->esiid);
	text(j, "utilityCompanyId", m->tdu);
	text(j, "meterSerialNumber", m->meter_number);
	text(j, "utilityMeterId",
	    m->utility_meter_id.at != NULL ? m->utility_meter_id : m->meter_number);
	multiplier(j, "KWHMeterMultiplier", m->multiplier);
	number(j, "configuredChannels", m->channels);
	text(j, "manufacturerName", m->manufacturer);
	text(j, "meterClass", m->meter_class);
	number(j, "intervalSetting", m->interval_s / 60);
	unknown(j, first, nitems(first));
	json_text(j, "DGChannel", m->channels > 1 ? STR("Y") : STR("N"));
	unknown(j, middle, nitems(middle));
	text(j, "meterStatus", m->status);
	number(j, "meterPhases", m->phases);
	text(j, "meterModel", m->model);
	day(j, "testDate", m->tested);
	day(j, "installationDate", m->installed);
	day(j, "initialProvisionDate", m->installed);
	if (m->updated == DB_STAMP_NONE)
		stamp[0] = '\0';
	else
		smt_stamp(stamp, z, m->updated);
	json_text(j, "LastUpdated", str_of(stamp));
	json_text(j, "communicationIndicator", STR("Y"));
	unknown(j, last, nitems(last));
	text(j, "esiFirmwareVersion", m->firmware);
	unknown(j, end, nitems(end));
	json_end(j);
	return true;
}

static bool
put_meters(struct task *t, struct call *c, const struct smt_ask *a, struct json *j, bool *any,
    struct err *e)
{
	AUTO_PTR(conn) db = call_lease(t, c, e);
	AUTO_PTR(rows) r = NULL;
	struct meter_row row;
	bool many = a->n > 1;

	*any = false;
	if (db == NULL || (r = db_rows(t, db, SQL_SMT_METERS,
			       ARGS(P_SHOWN(c), P_TEXTS(a->esiids, a->n)), e)) == NULL)
		return false;
	if (many)
		json_list(j, "MeterData");
	while (ROWS_NEXT(r, meter_row, &row)) {
		if (!put_meter(j, many ? NULL : "MeterData", &row, many, e))
			return false;
		*any = true;
	}
	if (many)
		json_end(j);
	return true;
}

/* ---- premises ---- */

struct premise_row {
	struct str esiid, tdu, duns, status, street, city, state, zip, zone, load_profile,
	    rate_class, service_voltage, class;
};
static const struct db_field premise_row[] = {
	DB_TEXT(premise_row, esiid),
	DB_TEXT(premise_row, tdu),
	DB_TEXT(premise_row, duns),
	DB_TEXT(premise_row, status),
	DB_TEXT(premise_row, street),
	DB_TEXT(premise_row, city),
	DB_TEXT(premise_row, state),
	DB_TEXT(premise_row, zip),
	DB_TEXT(premise_row, zone),
	DB_TEXT(premise_row, load_profile),
	DB_TEXT(premise_row, rate_class),
	DB_TEXT(premise_row, service_voltage),
	DB_TEXT(premise_row, class),
};

static void
put_premise(struct json *j, const struct premise_row *p)
{
	json_open(j, NULL);
	json_text(j, "ESIID", p->esiid);
	text(j, "utilityCompanyId", p->tdu);
	text(j, "DUNS", p->duns);
	text(j, "serviceVoltage", p->service_voltage);
	json_open(j, "serviceAddress");
	text(j, "street", p->street);
	text(j, "city", p->city);
	text(j, "state", p->state);
	text(j, "zip", p->zip);
	json_end(j);
	text(j, "premiseStatus", p->status);
	text(j, "premiseType", p->class);
	text(j, "timeZone", p->zone);
	text(j, "loadProfile", p->load_profile);
	text(j, "rateClassCode", p->rate_class);
	json_end(j);
}

static bool
put_premises(struct task *t, struct call *c, const struct smt_ask *a, struct json *j, bool *any,
    struct err *e)
{
	AUTO_PTR(conn) db = call_lease(t, c, e);
	AUTO_PTR(rows) r = NULL;
	struct premise_row row;

	*any = false;
	if (db == NULL || (r = db_rows(t, db, SQL_SMT_PREMISES,
			       ARGS(P_SHOWN(c), P_TEXTS(a->esiids, a->n)), e)) == NULL)
		return false;
	json_list(j, "premiseData");
	while (ROWS_NEXT(r, premise_row, &row)) {
		put_premise(j, &row);
		*any = true;
	}
	json_end(j);
	return true;
}

/* ---- both ---- */

typedef bool put_fn(struct task *t, struct call *c, const struct smt_ask *a, struct json *j,
    bool *any, struct err *e);

static bool
info(struct task *t, struct call *c, put_fn *put, struct err *e)
{
	AUTO(buf) b = BUF(SMT_LARGE);
	AUTO(smt_call) s;
	struct json j = json_to(&b);
	bool ok, any;

	if (!smt_begin(t, c, &s, true, &ok, e))
		return ok;
	if (!smt_ask_esiids(&s.ask, &s.why) || !smt_ask_how(&s.ask, &s.why))
		return smt_no(t, c, &s.why, s.ask.trans_id, e);
	if (!smt_nothing_against(t, c, &s.ask, NULL, &ok, e))
		return ok;
	if (s.ask.delivery != SMT_API || s.ask.format != SMT_JSON)
		return smt_refuse(t, c, SMT_NO_DELIVERY, s.ask.trans_id, e);
	json_open(&j, NULL);
	json_text(&j, "trans_id", s.ask.trans_id);
	if (!put(t, c, &s.ask, &j, &any, e))
		return false;
	json_end(&j);
	if (!any)
		return smt_refuse(t, c, SMT_NO_DATA, STR(""), e);
	return answer_json(t, c, 200, &b, e);
}

bool
smt_meter_info(struct task *t, struct call *c, struct err *e)
{
	return info(t, c, put_meters, e);
}

bool
smt_premise_info(struct task *t, struct call *c, struct err *e)
{
	return info(t, c, put_premises, e);
}
