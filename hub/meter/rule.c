/* The table of rules, what is in force for one utility, and the words of a finding. See rule.h.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "meter/rule.h"

const struct rule_row rule_rows[RULES] = {
#define X(id, code, severity, threshold, unit, help) { code, severity, threshold, unit, help },
#include "meter/rule_table.h"
#undef X
};

static const char *const severities[] = {
	[SEV_OFF] = "off",
	[SEV_FLAG] = "flag",
	[SEV_QUARANTINE] = "quarantine",
	[SEV_REJECT] = "reject",
	[SEV_HOLD] = "hold",
};

void
rules_presets(struct rules *r)
{
	for (unsigned i = 0; i < RULES; i++) {
		r->of[i].severity = rule_rows[i].severity;
		r->of[i].threshold = rule_rows[i].threshold;
	}
}

bool
rules_set(struct rules *r, struct str code, struct str severity, int64_t threshold)
{
	unsigned rule = 0, sev = 0;

	while (rule < RULES && !str_is(code, rule_rows[rule].code))
		rule++;
	while (sev < nitems(severities) && !str_is(severity, severities[sev]))
		sev++;
	if (rule == RULES || sev == nitems(severities))
		return false;
	r->of[rule].severity = (enum severity)sev;
	r->of[rule].threshold = threshold;
	return true;
}

const char *
severity_name(enum severity s)
{
	return severities[s];
}

struct fault
fault_at(enum rule rule, const struct rules *in_force, uint64_t line, uint32_t column)
{
	return (struct fault){
		.rule = rule,
		.severity = in_force->of[rule].severity,
		.line = line,
		.column = column,
		.day = DAY_NONE,
		.channel = -1,
	};
}

/* What is quoted came from a stranger: it must not break the line it is printed on. */
static void PRINTF_LIKE(3, 0) say(char *to, size_t size, const char *fmt, va_list ap)
{
	char text[FAULT_EXPECTED];

	(void)vsnprintf(text, size < sizeof(text) ? size : sizeof(text), fmt, ap);
	(void)str_plain(to, size, str_of(text));
}

void
fault_found(struct fault *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(f->found, sizeof(f->found), fmt, ap);
	va_end(ap);
}

void
fault_expected(struct fault *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(f->expected, sizeof(f->expected), fmt, ap);
	va_end(ap);
}

void
fault_quote(struct fault *f, struct str text)
{
	struct str cut = str_first(text, FAULT_QUOTED);
	size_t used;

	if (text.len == 0)
		cut = STR("nothing");
	(void)str_plain(f->found, sizeof(f->found), cut);
	used = strlen(f->found);
	if (cut.len < text.len)
		(void)str_copy(f->found + used, sizeof(f->found) - used, STR("..."));
}

size_t
fault_text(char *to, size_t size, const struct fault *f)
{
	int n = snprintf(to, size, "%llu:%u: %s: found \"%s\", expected %s",
	    (unsigned long long)f->line, (unsigned)f->column, rule_rows[f->rule].code, f->found,
	    f->expected);

	if (n < 0)
		n = 0;
	return (size_t)n < size ? (size_t)n : size - 1;
}
