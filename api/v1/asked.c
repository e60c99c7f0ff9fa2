/* What a request for reads asks; see asked.h. */
#include "asked.h"

#include <string.h>

#include "coarse.h"

#define NAMES	"esiid kind from to as_of versions resolution cost format round"
#define KIND(k) (1u << (k))
enum { ALL_KINDS = 7, DAYS_MOST = 4000 };

const char *const read_kinds[READ_KINDS] = { "interval", "register", "billing" };

/* clang-format off */
const struct read_form read_forms[] = {
	{ "json", "application/json,*/*,application/*", "application/json", NULL, false, false,
	  ALL_KINDS, 300, COARSE_DAY_S },
	{ "ndjson", "application/x-ndjson,application/jsonl,application/ndjson",
	  "application/x-ndjson", NULL, true, false, ALL_KINDS, 300, COARSE_DAY_S },
	{ "csv", "text/csv,text/*", "text/csv; charset=utf-8; header=present", "csv", false, false,
	  ALL_KINDS, 300, COARSE_DAY_S },
	{ "csv-ext", "text/csv;profile=extended", "text/csv; charset=utf-8; header=present",
	  "csv-ext", false, false, KIND(READ_INTERVAL), 300, COARSE_DAY_S },
	{ "xml", "application/atom+xml,application/xml,text/xml", "application/atom+xml", "espi",
	  false, false, KIND(READ_INTERVAL), 300, COARSE_DAY_S },
	{ "lse", "application/x-lse,text/plain", "text/plain; charset=utf-8", "lse", false, false,
	  KIND(READ_INTERVAL), 300, 900 },
	{ "days", "application/vnd.busbar.days+json", "application/vnd.busbar.days+json", NULL, false, true,
	  KIND(READ_INTERVAL), 300, COARSE_DAY_S },
};
/* clang-format on */
const size_t read_form_count = nitems(read_forms);

/* ---- in which form ---- */

static bool
listed(struct str type, struct str list)
{
	struct str one;
	bool more = true;

	while (more) {
		more = str_cut(list, ',', &one, &list);
		if (str_ieq(one, type))
			return true;
	}
	return false;
}

/* A type of Accept without blanks, and without anything behind it but a profile; its weight in
 * thousandths. */
static struct str
type_of(struct str item, char to[100], int *weight)
{
	struct str part, rest = item;
	bool more = true, first = true;
	AUTO(buf) b = BUF(99);

	*weight = 1000;
	while (more) {
		more = str_cut(rest, ';', &part, &rest);
		part = str_trim(part);
		if (!first && str_starts(part, "q=")) {
			/* 0.8 or 1: its first four digits are enough */
			int n = 0, digits = 0;

			for (size_t i = 2; i < part.len && digits < 4; i++)
				if (part.at[i] >= '0' && part.at[i] <= '9') {
					n = n * 10 + part.at[i] - '0';
					digits++;
				}
			for (; digits < 4; digits++)
				n *= 10;
			*weight = n;
		} else if (first || str_starts(part, "profile=")) {
			if (!first)
				buf_byte(&b, ';');
			for (size_t i = 0; i < part.len; i++)
				if (part.at[i] != '"')
					buf_byte(&b, part.at[i]);
		}
		first = false;
	}
	str_copy(to, 100, buf_ok(&b) ? buf_view(&b) : STR(""));
	return str_of(to);
}

static const struct read_form *
accepted(struct str accept, enum read_kind kind)
{
	const struct read_form *best = NULL;
	int heaviest = 0;
	bool more = true;

	while (more) {
		struct str item, type;
		char room[100];
		int weight;

		more = str_cut(accept, ',', &item, &accept);
		type = type_of(item, room, &weight);
		for (size_t i = 0; i < read_form_count && weight > heaviest; i++)
			if ((read_forms[i].kinds & KIND(kind)) != 0 &&
			    listed(type, str_of(read_forms[i].accepts))) {
				best = &read_forms[i];
				heaviest = weight;
			}
	}
	return best;
}

const struct read_form *
read_form_of(struct str format, struct str accept, enum read_kind kind, struct err *e)
{
	const struct read_form *form = NULL;

	if (format.len > 0) {
		for (size_t i = 0; i < read_form_count; i++)
			if (str_is(format, read_forms[i].name))
				form = &read_forms[i];
		if (form == NULL)
			err(e, ERR_USAGE,
			    "\"format\" is not known, expected json, ndjson, csv, csv-ext, "
			    "xml, "
			    "lse or days");
	} else if (accept.len == 0) {
		form = &read_forms[0];
	} else {
		form = accepted(accept, kind);
		if (form == NULL)
			err(e, ERR_ACCEPT,
			    "Reads are to be had as application/json, application/x-ndjson, "
			    "text/csv, application/atom+xml, application/x-lse or "
			    "application/vnd.busbar.days+json.");
	}
	if (form != NULL && (form->kinds & KIND(kind)) == 0) {
		err(e, ERR_ACCEPT, "%s reads are not to be had as %s", read_kinds[kind],
		    form->name);
		return NULL;
	}
	return form;
}

/* ---- values ---- */

struct words { /* as they came; at NULL or empty: not there */
	struct str kind, from, to, as_of, resolution, format, round;
	bool versions, cost;
};

static bool
yes_or_no(const struct call *c, const char *name, bool *to, struct err *e)
{
	struct str value;

	*to = call_query(c, name, &value) && str_is(value, "true");
	return value.len == 0 || *to || str_is(value, "false") ||
	       err(e, ERR_USAGE, "\"%s\" is neither true nor false", name);
}

static bool
kind_of(struct str name, enum read_kind *to, struct err *e)
{
	*to = READ_INTERVAL;
	for (int k = 0; k < READ_KINDS; k++)
		if (str_is(name, read_kinds[k])) {
			*to = (enum read_kind)k;
			return true;
		}
	return name.len == 0 ||
	       err(e, ERR_USAGE,
		   "\"kind\" is not known, expected interval, register or billing");
}

static bool
resolution_of(struct str name, uint32_t *by_s, struct err *e)
{
	static const struct {
		const char *name;
		uint32_t by_s;
	} rows[] = {
		{ "", 0 },
		{ "source", 0 },
		{ "15min", 900 },
		{ "hour", COARSE_HOUR_S },
		{ "day", COARSE_DAY_S },
	};

	for (size_t i = 0; i < nitems(rows); i++)
		if (str_is(name, rows[i].name)) {
			*by_s = rows[i].by_s;
			return true;
		}
	return err(
	    e, ERR_USAGE, "\"resolution\" is not known, expected source, 15min, hour or day");
}

static bool
round_of(struct str text, int64_t *wh, struct err *e)
{
	static const char *const steps[] = { "1", "10", "100", "1000" };

	*wh = 1;
	for (size_t i = 0; i < nitems(steps); i++)
		if (text.len == 0 || str_is(text, steps[i]))
			return text.len == 0 || str_int64(text, wh);
	return err(e, ERR_USAGE, "\"round\" is not known, expected 1, 10, 100 or 1000");
}

/* Two days, or two instants; one day alone is both. */
static bool
range_of(const struct words *w, struct reads_ask *ask, struct err *e)
{
	struct str to = w->to.len > 0 ? w->to : w->from;

	if (w->from.len == 0)
		return err(e, ERR_USAGE,
		    "\"from\" is missing: expected a local day (2026-04-21) or an instant "
		    "(2026-04-21T05:00:00Z)");
	if (civil_read_date(w->from, &ask->from) && civil_read_date(to, &ask->to)) {
		if (ask->to < ask->from || ask->to - ask->from > DAYS_MOST)
			return err(e, ERR_BAD_INPUT,
			    "\"to\" must not be before \"from\", nor %d days behind it",
			    DAYS_MOST);
		return true;
	}
	ask->from = ask->to = DAY_NONE;
	if (!civil_read_stamp(w->from, &ask->from_s) || !civil_read_stamp(w->to, &ask->to_s))
		return err(e, ERR_USAGE,
		    "\"from\" and \"to\" must be two days (2026-04-21) or two instants "
		    "(2026-04-21T05:00:00Z)");
	return ask->from_s < ask->to_s ||
	       err(e, ERR_BAD_INPUT, "\"from\" must be before \"to\"");
}

static bool
fits(const struct asked *a, struct err *e)
{
	const struct read_form *f = a->form;
	bool days = a->ask.from != DAY_NONE;

	if (a->kind != READ_INTERVAL && (a->by_s != 0 || a->cost || !days))
		return err(e, ERR_USAGE,
		    "\"resolution\", \"cost\" and instants are for interval reads alone");
	if (a->by_s > f->widest)
		return err(e, ERR_USAGE, "format %s holds no intervals that long", f->name);
	if ((f->out != NULL || f->brief) && (a->cost || (!days && a->kind == READ_INTERVAL)))
		return err(e, ERR_USAGE,
		    "costs, and ranges of instants, are to be had as json or ndjson alone: "
		    "expected "
		    "days");
	if (a->round_wh != 1 && !f->brief)
		return err(e, ERR_USAGE, "\"round\" is for format days alone");
	if (f->out != NULL && strcmp(f->out, "espi") == 0 && a->ask.versions)
		return err(e, ERR_USAGE, "format xml holds one version of a day");
	return true;
}

static bool
finish(const struct call *c, const struct words *w, struct asked *to, struct err *e)
{
	if (!kind_of(w->kind, &to->kind, e) || !resolution_of(w->resolution, &to->by_s, e) ||
	    !round_of(w->round, &to->round_wh, e) || !range_of(w, &to->ask, e))
		return false;
	if (w->as_of.len > 0 && !civil_read_stamp(w->as_of, &to->ask.as_of_s))
		return err(
		    e, ERR_USAGE, "\"as_of\" is no instant, expected 2026-04-21T05:00:00Z");
	to->ask.kind = read_kinds[to->kind];
	to->ask.versions = w->versions;
	to->ask.door = "v1";
	to->cost = w->cost;
	to->form = read_form_of(w->format, http_var(c->http, SCGI_ACCEPT), to->kind, e);
	return to->form != NULL && fits(to, e);
}

/* "all" alone means all; nothing does not. */
static bool
list_of(struct str text, struct asked *to, struct err *e)
{
	bool more = text.len > 0;

	to->ask.esiids = to->esiids;
	if (str_is(text, "all")) {
		to->ask.esiids = NULL;
		return true;
	}
	while (more) {
		more = str_cut(text, ',', &to->esiids[to->ask.n], &text);
		if (++to->ask.n == READS_LIST_MOST && more)
			return err(
			    e, ERR_TOO_BIG, "at most %d ESI IDs at once", READS_LIST_MOST);
	}
	return to->ask.n > 0 ||
	       err(e, ERR_USAGE, "\"esiid\" is missing: expected ESI IDs with commas, or all");
}

bool
asked_query(const struct call *c, struct str esiid, struct asked *to, struct err *e)
{
	struct words w;
	struct str list;

	to->ask = (struct reads_ask)READS_ASK;
	if (!call_only(c, esiid.at != NULL ? &NAMES[sizeof "esiid"] : NAMES, e) ||
	    !yes_or_no(c, "versions", &w.versions, e) || !yes_or_no(c, "cost", &w.cost, e))
		return false;
	call_query(c, "kind", &w.kind);
	call_query(c, "from", &w.from);
	call_query(c, "to", &w.to);
	call_query(c, "as_of", &w.as_of);
	call_query(c, "resolution", &w.resolution);
	call_query(c, "format", &w.format);
	call_query(c, "round", &w.round);
	call_query(c, "esiid", &list);
	return list_of(esiid.at != NULL ? esiid : list, to, e) && finish(c, &w, to, e);
}

bool
asked_json(const struct call *c, const struct json_value *body, struct asked *to, struct err *e)
{
	struct words w;

	to->ask = (struct reads_ask)READS_ASK;
	to->ask.esiids = to->esiids;
	if (!json_in_only(body, NAMES " esiids", e) ||
	    !json_in_texts(body, "esiids", READS_LIST_MOST, to->esiids, &to->ask.n, e) ||
	    !json_in_text_or(body, "kind", "", &w.kind, e) ||
	    !json_in_text_or(body, "from", "", &w.from, e) ||
	    !json_in_text_or(body, "to", "", &w.to, e) ||
	    !json_in_text_or(body, "as_of", "", &w.as_of, e) ||
	    !json_in_text_or(body, "resolution", "", &w.resolution, e) ||
	    !json_in_text_or(body, "format", "", &w.format, e) ||
	    !json_in_text_or(body, "round", "", &w.round, e) ||
	    !json_in_bool_or(body, "versions", false, &w.versions, e) ||
	    !json_in_bool_or(body, "cost", false, &w.cost, e))
		return false;
	if (to->ask.n == 0)
		return err(e, ERR_BAD_INPUT, "\"esiids\" is empty");
	return finish(c, &w, to, e);
}
