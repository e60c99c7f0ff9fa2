/*
 * One received file, from the ledger's waiting row to its end: LOADED (the good records are
 * reads, the bad ones are listed), HELD (a person must look first) or REFUSED (nothing of it
 * can be read). All rows of a load are one transaction, so a crash at any point leaves the file
 * waiting as before.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "copyrow.h"
#include "ingest.h"
#include "meter/lse.h"
#include "rt/log.h"
#include "source.h"

/* ---- rules of the utility ---- */

struct rule_set {
	struct str code, severity;
	int64_t threshold;
};
static const struct db_field rule_fields[] = { DB_TEXT(rule_set, code),
	DB_TEXT(rule_set, severity), DB_INT8(rule_set, threshold) };

struct now_row {
	int64_t now;
};
static const struct db_field now_fields[] = { DB_STAMP(now_row, now) };

/* What the utility's severities come to for this file. */
static void
settle_severities(struct loading *l)
{
	for (int i = 0; i < RULES; i++) {
		enum severity *s = &l->rules.of[i].severity;

		/* a person has looked at a released file: nothing holds it again */
		if (l->w->released && *s == SEV_HOLD)
			*s = rule_rows[i].severity == SEV_HOLD ? SEV_FLAG
							       : rule_rows[i].severity;
	}
	/* a premise has one utility, so its reads from another have no place to go */
	if (l->rules.of[RULE_OTHER_TDU].severity < SEV_QUARANTINE)
		l->rules.of[RULE_OTHER_TDU].severity = SEV_REJECT;
}

static bool
read_rules(struct task *t, struct loading *l, struct err *e)
{
	struct rule_set row;
	struct now_row now;
	AUTO_PTR(rows) rows = db_rows(t, l->side, SQL_RULES_OF, ARGS(P_INT4(l->tdu->party)), e);

	if (rows == NULL || db_one(t, l->side, SQL_HUB_NOW, NO_ARGS, now_fields,
				nitems(now_fields), &now, NULL, e) != DB_FOUND)
		return false;
	while (ROWS_NEXT(rows, rule_fields, &row))
		if (!rules_set(&l->rules, row.code, row.severity, row.threshold))
			log_warn(t, "ingest.rule", "tdu=%s rule=" STR_FMT " is not known",
			    l->tdu->code, STR_ARG(row.code));
	settle_severities(l);
	l->hub_now_s = now.now;
	l->reading = (struct reading){ .zone = l->tdu->zone,
		.rules = &l->rules,
		.today = zone_day_of(l->tdu->zone, now.now),
		.received_s = l->w->received_at };
	return true;
}

/* ---- the file as a whole ---- */

void
loading_hold(struct loading *l, enum rule rule, int64_t part, int64_t whole)
{
	enum { BLOCKS_LEAST = 100 };

	if (l->hold != RULES || l->rules.of[rule].severity != SEV_HOLD || part == 0 ||
	    whole < BLOCKS_LEAST ||
	    (double)part * 100 < (double)l->rules.of[rule].threshold * (double)whole)
		return;
	l->hold = rule;
	snprintf(l->hold_text, sizeof l->hold_text,
	    "%lld of %lld records (threshold %lld%%): %s", (long long)part, (long long)whole,
	    (long long)l->rules.of[rule].threshold, rule_rows[rule].help);
}

bool
esiid_mine(struct loading *l, struct esiid id, struct fault *f)
{
	int32_t owner = prefix_owner(l, id);

	if (owner == l->tdu->party)
		return true;
	f->esiid = id;
	fault_found(f, "%u", esiid_prefix(id));
	if (owner != 0) {
		l->foreign++;
		fault_expected(f, "an ESI ID prefix of the sender");
		return false;
	}
	f->rule = RULE_PREFIX;
	f->severity = l->rules.of[RULE_PREFIX].severity;
	fault_expected(f, "a registered ESI ID prefix");
	return f->severity == SEV_OFF;
}

static void
hold_name(struct loading *l, enum rule rule, const char *words)
{
	if (l->hold != RULES || l->rules.of[rule].severity != SEV_HOLD)
		return;
	l->hold = rule;
	snprintf(l->hold_text, sizeof l->hold_text, "%s", words);
}

/* The DUNS that a name begins with: 9 or 13 digits before the first other character. */
static struct str
leading_digits(struct str name)
{
	size_t n = 0;

	while (n < name.len && name.at[n] >= '0' && name.at[n] <= '9')
		n++;
	return (struct str){ name.at, n };
}

static void
check_name(struct loading *l)
{
	struct str name = l->w->name, duns = leading_digits(name);
	char wanted[DUNS_MOST + 3];

	if (l->format == &format_lse && !lse_name(name, &duns))
		hold_name(l, RULE_FILE_NAME,
		    "the name of an LSE file is DUNS, report, 14 digits, 3 digits, .lse; not "
		    ".csv");
	if (!duns_ok(duns))
		return;
	snprintf(wanted, sizeof wanted, "," STR_FMT ",", STR_ARG(duns));
	if (!str_has(str_of(l->tdu->duns), str_of(wanted)))
		hold_name(l, RULE_FILE_OWNER, "the DUNS in the name is not the sender's");
}

/* ---- ends ---- */

static bool
copy_rejects(struct task *t, struct loading *l, struct err *e)
{
	enum { ROWS_A_PIECE = 10000, PIECE_MOST_BYTES = 16 * 1024 * 1024 };
	AUTO(buf) b = BUF(PIECE_MOST_BYTES);

	for (size_t from = 0; from < l->findings.rejects; from += ROWS_A_PIECE) {
		buf_reset(&b);
		copy_header(&b);
		findings_copy_rejects(&l->findings, l->w->file, from, ROWS_A_PIECE, &b);
		copy_trailer(&b);
		if (!buf_ok(&b))
			return err(e, ERR_BUSY, "out of memory");
		if (!copy_in_begin(t, l->conn, SQL_REJECT_COPY, e) ||
		    !copy_in_add(t, l->conn, b.at, b.len, e) ||
		    !copy_in_end(t, l->conn, NULL, e))
			return false;
	}
	return true;
}

#define P_REJECTS(a)                                                                          \
	P_BYTES(                                                                              \
	    (a).has_rejects ? (a).rejects.sha256 : NULL, (a).has_rejects ? DIGEST_BYTES : 0), \
	    P_INT8((a).has_rejects ? (a).rejects.size : 0)

static bool
end_loaded(struct task *t, struct loading *l, struct err *e)
{
	struct answers a;

	if (!copy_rejects(t, l, e) || !answers_make(t, l, "LOADED", &a, e) ||
	    db_exec(t, l->conn, SQL_LOAD_END,
		ARGS(P_INT4(l->load), P_TEXT(l->format->name), P_TEXT(a.counts),
		    P_BYTES(a.ack.sha256, DIGEST_BYTES), P_INT8(a.ack.size), P_REJECTS(a)),
		NULL, e) > DB_NONE ||
	    db_commit(t, l->conn, e) != DB_FOUND)
		return false;
	l->tdu->memory.last_load = l->load;
	log_info(t, "file.loaded",
	    "format=%s load=%d records=%lld accepted=%lld unchanged=%lld rejected=%lld "
	    "flagged=%lld meter_days=%lld",
	    l->format->name, l->load, (long long)l->records, (long long)l->accepted,
	    (long long)l->unchanged, (long long)l->findings.rejected,
	    (long long)l->findings.flagged, (long long)l->meter_days);
	count_file(l, "LOADED");
	answers_spool(t, l, &a);
	return true;
}

/* Held or refused: whatever the load wrote is rolled back first. */
static bool
end_without_load(struct task *t, struct loading *l, bool held, enum rule rule,
    const char *words, struct err *e)
{
	const char *format = l->format == NULL ? NULL : l->format->name;
	struct answers a;

	db_release(&l->conn);
	l->conn = db_lease(t, l->in->db, e);
	l->load = 0;
	l->accepted = l->unchanged = l->meter_days = l->intervals = l->estimated = 0;
	if (l->conn == NULL || !db_begin(t, l->conn, DB_READ_COMMITTED, e) ||
	    !copy_rejects(t, l, e) || !answers_make(t, l, held ? "HELD" : "REFUSED", &a, e) ||
	    db_exec(t, l->conn, held ? SQL_FILE_HOLD : SQL_FILE_REFUSE,
		ARGS(P_INT8(l->w->file), P_TEXT(rule_rows[rule].code), P_TEXT(words),
		    P_TEXT(format), P_TEXT(a.counts), P_BYTES(a.ack.sha256, DIGEST_BYTES),
		    P_INT8(a.ack.size), P_REJECTS(a)),
		NULL, e) > DB_NONE ||
	    db_commit(t, l->conn, e) != DB_FOUND)
		return false;
	log_warn(t, held ? "file.held" : "file.refused", "rule=%s", rule_rows[rule].code);
	count_file(l, held ? "HELD" : "REFUSED");
	answers_spool(t, l, &a);
	return true;
}

static bool
refuse(struct task *t, struct loading *l, struct err *why, struct err *e)
{
	struct fault f = fault_at(RULE_STRUCTURE, &l->rules, 0, 0);

	/* why and e may be the same; the unpacker's words may be anything */
	str_plain(l->hold_text, sizeof l->hold_text, str_of(why->text));
	fault_expected(&f, "%s", l->hold_text);
	f.severity = SEV_REJECT;
	findings_reject(&l->findings, &f);
	return end_without_load(t, l, false, RULE_STRUCTURE, l->hold_text, e);
}

/* A CSV whose first two lines are wrong: nothing after them was read. */
static bool
head_is_bad(const struct loading *l)
{
	return l->format->gives == GIVES_ROWS && l->accepted == 0 && l->findings.rejects == 1 &&
	       l->findings.reject[0].line <= 2;
}

/* ---- the load ---- */

struct load_row {
	int32_t load;
};
static const struct db_field load_fields[] = { DB_INT4(load_row, load) };

static bool
whose_fault(const struct err *e)
{
	return e->code == ERR_BAD_FILE || e->code == ERR_TOO_BIG;
}

static bool
load_recognised(struct task *t, struct loading *l, struct err *e)
{
	struct load_row row;
	bool ok;

	check_name(l);
	if (l->hold != RULES)
		return end_without_load(t, l, true, l->hold, l->hold_text, e);
	l->conn = db_lease(t, l->in->db, e);
	if (l->conn == NULL || !db_begin(t, l->conn, DB_READ_COMMITTED, e) ||
	    db_one(t, l->conn, SQL_LOAD_BEGIN, ARGS(P_INT8(l->w->file)), load_fields,
		nitems(load_fields), &row, NULL, e) != DB_FOUND)
		return false;
	l->load = row.load;
	ok = l->format->gives == GIVES_DAYS ? days_load(t, l, e) : rows_load(t, l, e);
	if (!ok)
		return whose_fault(e) ? refuse(t, l, e, e) : false;
	if (l->hold != RULES)
		return end_without_load(t, l, true, l->hold, l->hold_text, e);
	if (head_is_bad(l)) {
		const struct fault *f = &l->findings.reject[0];

		snprintf(l->hold_text, sizeof l->hold_text,
		    "line %llu: found \"%s\", expected %s", (unsigned long long)f->line,
		    f->found, f->expected);
		return end_without_load(t, l, false, f->rule, l->hold_text, e);
	}
	return end_loaded(t, l, e);
}

/* Whether the same may work later without anybody doing anything. */
static bool
passing(enum err_code code)
{
	static const enum err_code codes[] = { ERR_UNAVAILABLE, ERR_BUSY, ERR_UNCERTAIN,
		ERR_CONFLICT, ERR_NO_SPACE, ERR_IO, ERR_TIMEOUT, ERR_CANCELLED, ERR_GONE };

	for (size_t i = 0; i < nitems(codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

/* Another utility's loader, or an operator, may have ended the file meanwhile: then that
 * stands. */
static bool
give_up(struct task *t, struct loading *l, struct err *e)
{
	struct tdu *u = l->tdu;

	if (passing(e->code) || e->code == ERR_SEQUENCE)
		return false;
	u->trouble_times = u->trouble_file == l->w->file ? u->trouble_times + 1 : 1;
	u->trouble_file = l->w->file;
	if (u->trouble_times < l->rules.of[RULE_FILE_TROUBLE].threshold)
		return false;
	log_error(t, "file.trouble", "says=\"%s\"", e->text);
	str_plain(l->hold_text, sizeof l->hold_text, str_of(e->text));
	/* what was found so far belongs to a load that never was */
	findings_forget(&l->findings);
	l->records = 0;
	return end_without_load(t, l, true, RULE_FILE_TROUBLE, l->hold_text, e);
}

static bool
load(struct task *t, struct loading *l, struct err *e)
{
	l->side = db_lease(t, l->in->db, e);
	/* the connection to read the premises with is not one more */
	if (l->side == NULL || !read_rules(t, l, e) || !prefixes_read(t, l, e) ||
	    !tdu_premises(t, l->side, l->tdu, e))
		return false;
	l->source = source_open(t, l->in, l->w, &l->format, e);
	if (l->source != NULL)
		return load_recognised(t, l, e);
	return whose_fault(e) ? refuse(t, l, e, e) : false;
}

bool
file_load(
    struct task *t, struct ingest *in, struct tdu *u, const struct waiting *w, struct err *e)
{
	struct loading l = { .in = in,
		.tdu = u,
		.w = w,
		.hold = RULES,
		.findings = { .rejects_most = (size_t)in->conf.ingest_rejects_max } };
	struct err own;
	bool ok;

	if (e == NULL)
		e = &own;
	rules_presets(&l.rules);
	ok = load(t, &l, e) || give_up(t, &l, e);
	/* a load that came to nothing may have taught the table numbers that were rolled back
	 */
	if (!ok || (l.load == 0 && l.format != NULL && l.format->gives == GIVES_ROWS))
		premises_free(&u->premises);
	source_free(&l.source);
	db_release(&l.conn);
	db_release(&l.side);
	findings_auto(&l.findings);
	free(l.prefix);
	return ok;
}
