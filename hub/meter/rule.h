/*
 * What a record may be blamed for: one table with code, severity, threshold and words. A
 * utility may have its own severity and threshold (ops.rule). Severities: REJECT, the record is
 * refused and listed; QUARANTINE, the record is listed and kept aside until a person decides;
 * FLAG, loaded and marked; HOLD, the whole file waits for a person; OFF.
 */
#ifndef METER_RULE_H
#define METER_RULE_H

#include "meter/day.h"

enum severity { SEV_OFF, SEV_FLAG, SEV_QUARANTINE, SEV_REJECT, SEV_HOLD };

enum rule {
#define X(id, code, severity, threshold, unit, help) id,
#include "meter/rule_table.h"
#undef X
	RULES
};

struct rule_row {
	const char *code; /* "wrong-interval-count" */
	enum severity severity;
	int64_t threshold;
	const char *unit, *help;
};
extern const struct rule_row rule_rows[RULES];

struct rules { /* in force for one utility */
	struct {
		enum severity severity;
		int64_t threshold;
	} of[RULES];
};

void rules_presets(struct rules *r);
/* False when there is no rule of that code or no such severity word. */
bool rules_set(struct rules *r, struct str code, struct str severity, int64_t threshold);
const char *severity_name(enum severity s); /* "reject" */

enum { FAULT_FOUND = 64, FAULT_EXPECTED = 128 };
struct fault { /* one finding about one record */
	enum rule rule;
	enum severity severity;
	uint64_t line;
	uint32_t column;    /* 0: the record as a whole */
	struct esiid esiid; /* rest == 0 and head == 0 when unknown */
	int32_t day;	    /* DAY_NONE when unknown */
	int channel;	    /* -1 when unknown */
	char found[FAULT_FOUND], expected[FAULT_EXPECTED];
};

struct fault fault_at(
    enum rule rule, const struct rules *in_force, uint64_t line, uint32_t column);
void fault_found(struct fault *f, const char *fmt, ...) PRINTF_LIKE(2, 3);
void fault_expected(struct fault *f, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* found = what stands in the file, cut to FAULT_QUOTED bytes; "nothing" when it is empty. */
enum { FAULT_QUOTED = 40 };
void fault_quote(struct fault *f, struct str text);
/* `12:34: code: found "…", expected …` with a NUL; returns its length, cut to fit. */
enum { FAULT_TEXT = 320 };
size_t fault_text(char *to, size_t size, const struct fault *f);

/* The checks that need only the block: up to RULES faults into `to`; returns how many. `today`
 * is the hub's local date of the utility. History-dependent ones (estimate streak, zero run
 * over days, sudden shift) start from validate_wants() in the loader. */
unsigned validate_day(
    const struct rules *r, const struct day *d, int32_t today, struct fault *to);

#endif
