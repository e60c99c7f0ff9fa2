/* One invitation of a request; see invite.h. */
#include "invite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys/digest.h"

#define NAMES "premises email months kind reads history_months language reference all_or_none"
enum { ROOM = 32, EXPECTED = 80, REFERENCE_MOST = 100, REP_DIGITS = 5 };

struct invite *
invite_new(size_t row, struct err *e)
{
	struct invite *i = calloc(1, sizeof *i);

	if (i == NULL) {
		err(e, ERR_BUSY, "no memory for an invitation");
		return NULL;
	}
	i->row = row;
	i->fault_text = (struct buf)BUF(INVITE_FAULT_BYTES);
	return i;
}

void
invite_free(struct invite **i)
{
	if (*i == NULL)
		return;
	buf_auto(&(*i)->fault_text);
	free(*i);
	*i = NULL;
}

/* ---- faults ---- */

struct fault {
	int32_t premise; /* of the invitation's list, from 1; 0: it is about all of it */
	const char *field, *code;
	struct str found, expected;
};

static void
fault(struct invite *i, const struct fault *f)
{
	struct json j = json_to(&i->fault_text);

	if (f->premise == 0)
		i->whole_faulty = true;
	if (++i->faults > INVITE_FAULTS_MOST)
		return;
	if (i->faults > 1)
		buf_byte(&i->fault_text, ',');
	json_open(&j, NULL);
	if (i->row > 0)
		json_int(&j, "row", (int64_t)i->row);
	if (f->premise > 0)
		json_int(&j, "premise", f->premise);
	json_text(&j, "field", f->field != NULL ? str_of(f->field) : (struct str){ NULL, 0 });
	json_text(&j, "code", str_of(f->code));
	json_text(&j, "found", f->found);
	json_text(&j, "expected", f->expected);
	json_end(&j);
}

/* A field is not as it must be. What was found is told when it is a text or a number. */
static bool
bad(struct invite *i, int32_t premise, const char *field, const struct json_value *was,
    const char *expected)
{
	char room[ROOM];
	struct str found;

	if (was == NULL || !json_in_scalar(was, room, sizeof room, &found))
		found = (struct str){ NULL, 0 };
	fault(i, &(struct fault){ premise, field, was == NULL ? "structure" : "field",
		     found.at != NULL ? str_first(found, EXPECTED) : found, str_of(expected) });
	return false;
}

static bool
bad_member(struct invite *i, int32_t premise, const struct json_value *v, const char *names)
{
	AUTO(buf) expected = BUF(ROOM + sizeof NAMES);
	struct str name;

	if (!json_in_other(v, names, &name))
		return false;
	buf_fmt(&expected, "only: %s", names);
	fault(i, &(struct fault){ premise, NULL, "structure", str_first(name, EXPECTED),
		     buf_view(&expected) });
	return true;
}

/* ---- fields ---- */

/* One of words in capitals: "EN|ES". */
static bool
word(struct invite *i, const struct json_value *v, const char *name, const char *words,
    struct str *to)
{
	const struct json_value *was = json_in_fold(v, name);
	struct str one, rest = str_of(words), said;
	bool more = true;

	(void)str_cut(rest, '|', to, &one); /* the first is the preset */
	if (was == NULL)
		return true;
	if (!json_in_text_of(was, &said))
		return bad(i, 0, name, was, words);
	while (more) {
		more = str_cut(rest, '|', &one, &rest);
		if (str_eq(one, said)) {
			*to = one;
			return true;
		}
	}
	return bad(i, 0, name, was, words);
}

static bool
number(struct invite *i, const struct json_value *v, const char *name, int64_t least,
    int64_t most, int64_t *to)
{
	const struct json_value *was = json_in_fold(v, name);
	char expected[EXPECTED];
	struct err e = { 0 };

	*to = INVITE_NONE;
	if (was == NULL || json_in_int(v, name, least, most, to, &e))
		return true;
	*to = INVITE_NONE;
	snprintf(expected, sizeof expected, "a whole number from %lld to %lld",
	    (long long)least, (long long)most);
	return bad(i, 0, name, was, expected);
}

/* What is given once has no term, and nothing but the past to give. */
static void
terms(struct invite *i, const struct json_value *v)
{
	bool once, ok;

	ok = word(i, v, "kind", "ENERGY|ENERGY_ONCE|DEVICE|DEVICE_SERVICES", &i->kind);
	once = str_is(i->kind, "ENERGY_ONCE");
	if (number(i, v, "months", 1, 36, &i->months) && ok &&
	    once != (i->months == INVITE_NONE))
		(void)bad(i, 0, "months", json_in_fold(v, "months"),
		    once ? "none: reads are given once" : "a whole number from 1 to 36");
	if (number(i, v, "history_months", 0, 24, &i->history) && ok && once &&
	    (i->history == INVITE_NONE || i->history == 0))
		(void)bad(i, 0, "history_months", json_in_fold(v, "history_months"),
		    "1 to 24: there is nothing else to give");
	(void)word(i, v, "language", "EN|ES", &i->language);
}

/* All that there are; of a device none. */
static void
reads(struct invite *i, const struct json_value *v)
{
	static const struct str all[INVITE_READS_MOST] = { { "interval", 8 }, { "register", 8 },
		{ "billing", 7 } };
	const struct json_value *was = json_in_fold(v, "reads");
	bool device = str_starts(i->kind, "DEVICE"), ok;
	struct err e = { 0 };

	if (was == NULL) {
		i->reads_n = device ? 0 : INVITE_READS_MOST;
		memcpy(i->reads, all, sizeof all);
		return;
	}
	ok = json_in_texts(v, "reads", INVITE_READS_MOST, i->reads, &i->reads_n, &e) &&
	     (i->reads_n > 0) != device;
	for (size_t k = 0; ok && k < i->reads_n; k++)
		ok = str_eq(i->reads[k], all[0]) || str_eq(i->reads[k], all[1]) ||
		     str_eq(i->reads[k], all[2]);
	if (!ok)
		(void)bad(i, 0, "reads", was,
		    device ? "none: a device gives no reads"
			   : "a list of some of interval, register, billing");
}

static void
who(struct invite *i, const struct call *c, const struct json_value *v)
{
	const struct json_value *was = json_in_fold(v, "email");
	struct err e = { 0 };
	char found[ROOM];

	if (!json_in_text_of(was, &i->email)) {
		(void)bad(i, 0, "email", NULL, "the customer's mailbox");
	} else if (!mailbox_seal(&i->box, call_api(c)->keys, "agreement.email", i->email, &e)) {
		snprintf(found, sizeof found, "%zu bytes", i->email.len);
		fault(i, &(struct fault){ 0, "email", "field", str_of(found),
			     STR("one mailbox such as name@example.com, in ASCII") });
	}
	was = json_in_fold(v, "reference");
	if (was != NULL &&
	    (!json_in_text_of(was, &i->reference) || i->reference.len > REFERENCE_MOST))
		(void)bad(i, 0, "reference", was, "a text of at most 100 bytes");
	if (!json_in_bool_or(v, "all_or_none", true, &i->all_or_none, &e))
		(void)bad(i, 0, "all_or_none", json_in_fold(v, "all_or_none"), "true or false");
}

/* ---- premises ---- */

static bool
digits(struct str s, size_t len)
{
	for (size_t k = 0; k < s.len; k++)
		if (s.at[k] < '0' || s.at[k] > '9')
			return false;
	return s.len == len;
}

static void
premise(struct invite *i, int32_t place, const struct json_value *v)
{
	const struct json_value *esiid = json_in_fold(v, "esiid"),
				*meter = json_in_fold(v, "meter"),
				*rep = json_in_fold(v, "rep");
	char normal[METER_NUMBER_MOST + 1];
	struct esiid id;
	size_t n = i->n;
	bool ok = true;

	if (bad_member(i, place, v, "esiid meter rep"))
		return;
	if (!json_in_text_of(esiid, &i->esiids[n]) || !esiid_read(i->esiids[n], &id))
		ok = bad(i, place, "esiid", esiid, "an ESI ID: 17 or 22 digits from 10 on");
	if (!json_in_text_of(meter, &i->meters[n]) ||
	    !meter_number_normal(i->meters[n], normal))
		ok = bad(i, place, "meter", meter, "the number of the meter there now");
	if (!json_in_text_of(rep, &i->reps[n]) || !digits(i->reps[n], REP_DIGITS))
		ok = bad(i, place, "rep", rep,
		    "the certificate number of the REP of record: 5 digits, as text");
	if (ok)
		i->place[i->n++] = place;
}

static void
premises(struct invite *i, const struct json_value *v)
{
	const struct json_value *was = json_in_fold(v, "premises");
	size_t n = 0;

	if (!json_in_is_list(was, &n) || n == 0 || n > INVITE_PREMISES_MOST) {
		(void)bad(i, 0, "premises", was,
		    "a list of 1 to 100, each with esiid, meter and rep");
		return;
	}
	for (size_t k = 0; k < n; k++)
		premise(i, (int32_t)k + 1, json_in_item(was, k));
}

void
invite_read(struct invite *i, const struct call *c, const struct json_value *v)
{
	(void)bad_member(i, 0, v, NAMES);
	who(i, c, v);
	terms(i, v);
	reads(i, v);
	premises(i, v);
	/* of what is left, or of nothing */
	if (i->n == 0 || (i->all_or_none && i->faults > 0))
		i->whole_faulty = true;
}

/* ---- asking ---- */

/* What the database finds wrong, with the field that it is about and what would be right. */
static const struct {
	const char *code, *field, *expected;
} findings[] = {
	{ "not-matched", NULL,
	    "an ESI ID, meter number and REP certificate that belong together" },
	{ "twice", "esiid", "each premise once" },
	{ "term", "months", "at most 12: not a large business" },
	{ "open-invitation", NULL, "no invitation that waits for its answer" },
	{ "mailbox-limit", "email", "at most three invitations of a mailbox a day" },
	{ "not-live", "esiid", "a premise of the sandbox, before you are live" },
};

struct asked_row {
	int64_t agreement;
	int32_t row;
	struct str code, message;
};
static const struct db_field asked_row[] = {
	DB_INT8(asked_row, agreement),
	DB_INT4(asked_row, row),
	DB_TEXT(asked_row, code),
	DB_TEXT(asked_row, message),
};

static void
finding(struct invite *i, const struct asked_row *row)
{
	size_t at = row->row > 0 && (size_t)row->row <= i->n ? (size_t)row->row - 1 : i->n;
	char code[ROOM], months[ROOM];
	struct fault f = { .premise = at < i->n ? i->place[at] : 0,
		.code = code,
		.found = at < i->n ? i->esiids[at] : (struct str){ NULL, 0 },
		.expected = row->message };

	str_copy(code, sizeof code, row->code);
	for (size_t k = 0; k < nitems(findings); k++)
		if (strcmp(code, findings[k].code) == 0) {
			f.field = findings[k].field;
			f.expected = str_of(findings[k].expected);
		}
	if (strcmp(code, "term") == 0) {
		snprintf(months, sizeof months, "%lld", (long long)i->months);
		f.found = str_of(months);
	}
	fault(i, &f);
}

static struct param
number_or_null(int64_t n)
{
	return n == INVITE_NONE ? (struct param)P_NULL() : (struct param)P_INT4((int32_t)n);
}

bool
invite_ask(
    struct task *t, struct call *c, struct invite *i, const unsigned char *batch, struct err *e)
{
	AUTO_PTR(conn) db = NULL;
	AUTO_PTR(rows) rows = NULL;
	struct asked_row row;

	if (i->whole_faulty)
		return true;
	db = call_lease(t, c, e);
	if (db == NULL)
		return false;
	rows = db_rows(t, db, SQL_V1_INVITE,
	    ARGS(P_SHOWN(c), P_BYTES(batch, DIGEST_BYTES), P_INT4((int32_t)i->row),
		P_TEXTS(i->esiids, i->n), P_TEXTS(i->meters, i->n), P_TEXTS(i->reps, i->n),
		P_MAILBOX(i->box), P_BYTES(i->box.domain, sizeof i->box.domain), P_STR(i->kind),
		P_TEXTS(i->reads, i->reads_n), number_or_null(i->months),
		P_INT4(i->history == INVITE_NONE ? 0 : (int32_t)i->history), P_STR(i->language),
		P_STR(i->reference), P_BOOL(i->all_or_none), P_STR(call_from(c))),
	    e);
	if (rows == NULL)
		return false;
	while (ROWS_NEXT(rows, asked_row, &row)) {
		i->agreement = row.agreement;
		if (row.code.at != NULL)
			finding(i, &row);
	}
	return true;
}

void
invite_put(struct json *j, const struct invite *i)
{
	AUTO(buf) list = BUF(INVITE_FAULT_BYTES + 2);

	if (i->row > 0)
		json_int(j, "row", (int64_t)i->row);
	if (i->agreement != 0)
		json_int(j, "agreement", i->agreement);
	else
		json_null(j, "agreement");
	json_text(j, "state", i->agreement != 0 ? STR("PENDING") : (struct str){ NULL, 0 });
	json_text(j, "reference", i->reference);
	buf_byte(&list, '[');
	buf_str(&list, buf_view(&i->fault_text));
	buf_byte(&list, ']');
	json_raw(j, "faults", buf_view(&list));
}
