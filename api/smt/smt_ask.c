/* See smt_ask.h. */
#include "smt_ask.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/civil.h"
#include "meter/ids.h"
#include "smt_rows.h"

enum { LOGIN_MOST = 64, WORD_MOST = 16 };

const struct smt_fault_row smt_faults[SMT_FAULTS] = {
#define X(name, http, code, words) [name] = { http, code, words },
#include "smt_fault_table.h"
#undef X
};

bool
smt_say(struct smt_why *w, enum smt_fault fault, const char *fmt, ...)
{
	va_list args;

	w->fault = fault;
	va_start(args, fmt);
	(void)vsnprintf(w->text, sizeof w->text, fmt, args);
	va_end(args);
	return false;
}

bool
smt_ask_text(const struct json_value *v, const char *name, char room[SMT_ROOM], size_t most,
    struct str *to)
{
	return json_in_scalar(json_in_fold(v, name), room, SMT_ROOM, to) && to->len > 0 &&
	       to->len <= most;
}

/* ---- who, and the terms ---- */

static bool
terms(const struct smt_ask *a, bool must, struct smt_why *w)
{
	const struct json_value *v = json_in_fold(a->root, "SMTTermsandConditions");
	char room[SMT_ROOM];
	struct str said;

	if (v == NULL && !must)
		return true;
	if (json_in_scalar(v, room, sizeof room, &said) && str_ieq(said, STR("Y")))
		return true;
	return smt_say(w, SMT_TERMS, "%s", smt_faults[SMT_TERMS].words);
}

bool
smt_ask_head(struct smt_ask *a, const struct json_value *root, bool must, struct smt_why *w)
{
	char room[SMT_ROOM];
	struct str said;

	a->root = root;
	a->trans_id = STR("");
	if (json_in_fold(root, "trans_id") != NULL &&
	    (!smt_ask_text(root, "trans_id", a->trans_room, SMT_TRANS_MOST, &a->trans_id)))
		return smt_say(w, SMT_BAD_FIELD, "trans_id: expected up to %d characters.",
		    SMT_TRANS_MOST);
	if (!smt_ask_text(root, "requestorID", a->requestor_room, LOGIN_MOST, &a->requestor))
		return smt_say(w, SMT_BAD_FIELD, "requestorID is missing: expected the login.");
	a->extended =
	    smt_ask_text(root, "extended", room, WORD_MOST, &said) && str_ieq(said, STR("Y"));
	return terms(a, must, w);
}

/* ---- premises ---- */

static bool
add_esiid(struct smt_ask *a, const struct json_value *v, struct smt_why *w)
{
	struct esiid id;
	struct str text;

	if (a->n == SMT_ESIIDS_MOST)
		return smt_say(
		    w, SMT_TOO_LARGE, "A request may have %d ESIIDs at most.", SMT_ESIIDS_MOST);
	if (!json_in_text_of(v, &text) || !esiid_read(text, &id))
		return smt_say(w, SMT_BAD_FIELD,
		    "esiid: expected 17 or 22 digits that begin with 10, as text.");
	for (size_t i = 0; i < a->n; i++)
		if (str_eq(a->esiids[i], text))
			return smt_say(w, SMT_BAD_FIELD, "An ESIID is there twice.");
	a->esiids[a->n++] = text;
	return true;
}

bool
smt_ask_esiids(struct smt_ask *a, struct smt_why *w)
{
	const struct json_value *list = json_in_fold(a->root, "ESIIDMeterList");
	bool meters = list != NULL;
	size_t n;

	a->n = 0;
	if (!meters)
		list = json_in_fold(a->root, "esiid");
	if (list == NULL)
		return smt_say(w, SMT_BAD_FIELD, "esiid is missing.");
	if (!json_in_is_list(list, &n))
		return !meters ? add_esiid(a, list, w)
			       : smt_say(w, SMT_BAD_FIELD, "ESIIDMeterList is no list.");
	for (size_t i = 0; i < n; i++) {
		const struct json_value *item = json_in_item(list, i);

		if (!add_esiid(a, meters ? json_in_fold(item, "esiid") : item, w))
			return false;
	}
	return n > 0 || smt_say(w, SMT_BAD_FIELD, "There is no ESIID in the list.");
}

/* ---- how ---- */

struct word {
	const char *word;
	int is;
};

static bool
choose(const struct smt_ask *a, const char *name, const struct word *words, size_t n,
    int preset, int *to, struct smt_why *w)
{
	char room[SMT_ROOM];
	struct str said;

	*to = preset;
	if (json_in_fold(a->root, name) == NULL)
		return true;
	if (smt_ask_text(a->root, name, room, WORD_MOST, &said))
		for (size_t i = 0; i < n; i++)
			if (str_ieq(said, str_of(words[i].word))) {
				*to = words[i].is;
				return true;
			}
	return smt_say(w, SMT_BAD_FIELD, "%s is not one of those known.", name);
}

bool
smt_ask_how(struct smt_ask *a, struct smt_why *w)
{
	static const struct word modes[] = { { "API", SMT_API }, { "FTP", SMT_FTP },
		{ "EML", SMT_EML } };
	static const struct word forms[] = { { "JSON", SMT_JSON }, { "CSV", SMT_CSV },
		{ "XML", SMT_XML }, { "LSE", SMT_LSE } };
	int mode, format;

	if (!choose(a, "deliveryMode", modes, nitems(modes), SMT_API, &mode, w) ||
	    !choose(a, "reportFormat", forms, nitems(forms),
		mode == SMT_API ? SMT_JSON : SMT_CSV, &format, w))
		return false;
	a->delivery = (enum smt_delivery)mode;
	a->format = (enum smt_format)format;
	return true;
}

/* ---- which reads ---- */

static bool
day_of(const struct smt_ask *a, const char *name, int32_t *day, struct smt_why *w)
{
	char room[SMT_ROOM];
	struct str said;

	if (json_in_scalar(json_in_fold(a->root, name), room, sizeof room, &said) &&
	    smt_read_date(said, day))
		return true;
	return smt_say(
	    w, SMT_BAD_DATE, "Invalid Date. Expected format of: %s is MM/dd/yyyy", name);
}

bool
smt_ask_reads(struct smt_ask *a, bool rows_say, struct smt_why *w)
{
	enum { LATEST, ALL, CONSUMPTION = 1, GENERATION = 2 };
	static const struct word versions[] = { { "L", LATEST }, { "A", ALL } };
	static const struct word types[] = { { "C", CONSUMPTION }, { "G", GENERATION },
		{ "A", CONSUMPTION | GENERATION } };
	int version, type, preset = rows_say ? CONSUMPTION | GENERATION : CONSUMPTION;

	if (!smt_ask_esiids(a, w) || !smt_ask_how(a, w) ||
	    !day_of(a, "startDate", &a->from, w) || !day_of(a, "endDate", &a->to, w) ||
	    !choose(a, "version", versions, nitems(versions), LATEST, &version, w) ||
	    !choose(a, "readingType", types, nitems(types), preset, &type, w))
		return false;
	if (a->to < a->from)
		return smt_say(w, SMT_BAD_DATE, "Invalid Date. endDate is before startDate.");
	a->all_versions = version == ALL;
	a->consumption = (type & CONSUMPTION) != 0;
	a->generation = (type & GENERATION) != 0;
	return true;
}
