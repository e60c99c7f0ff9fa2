/* A history in words. */
#include <stdio.h>

#include "sim.h"

const char *const state_names[STATES] = { "NONE", "PENDING", "ACTIVE", "HELD", "REJECTED",
	"REPORTED", "LAPSED", "WITHDRAWN", "UNDELIVERABLE", "COMPLETED", "TERMINATED",
	"SUSPENDED" };
const char *const plant_names[PLANTS_N] = {
#define X(name, about) #name,
	PLANTS(X)
#undef X
};
const char *const plant_abouts[PLANTS_N] = {
#define X(name, about) about,
	PLANTS(X)
#undef X
};

static void
set_text(char *to, size_t size, unsigned set)
{
	size_t n = 0;

	for (unsigned p = 0; p < PREMISES && n + 3 < size; p++)
		if (set & BIT(p))
			n += (size_t)snprintf(to + n, size - n, "%s%u", n > 0 ? "," : "", p);
	if (n == 0)
		snprintf(to, size, "none");
}

static const char *const whats[ACTS][6] = {
	[ACT_MAIL] = { "a server takes it", "it is deferred", "it is refused for good",
	    "the sender dies before it goes", "the sender dies when it has gone" },
	[ACT_DECIDE] = { "confirm", "decline", "report" },
	[ACT_JUDGE] = { "release", "dismiss" },
	[ACT_END] = { "the customer", "the CSP", "the operator", "the commission" },
	[ACT_CSP] = { "suspended", "resumed", "revoked" },
	[ACT_TELL] = { "customer", "meter", "REP", "status" },
	[ACT_BOUNCE] = { "for good", "only late" },
};
static const char *const kinds[KINDS] = { "energy", "energy once", "device", "services" };

void
event_text(char *to, size_t size, const struct event *e)
{
	char set[16], bad[16], old[16];
	const char *what = whats[e->act][e->what] != NULL ? whats[e->act][e->what] : "";

	set_text(set, sizeof set, e->premises);
	set_text(bad, sizeof bad, e->wrong);
	set_text(old, sizeof old, e->stale);
	switch (e->act) {
	case ACT_INVITE:
		snprintf(to, size,
		    "#%u: CSP %u asks mailbox %u for %s of premises %s (wrong: %s, as of old: "
		    "%s, %s), %u months, %u back, reads %u",
		    e->slot, e->csp, e->mailbox, kinds[e->kind], set, bad, old,
		    e->all_or_none ? "all or none" : "any", e->months, e->history, e->kinds);
		break;
	case ACT_MAIL:
		snprintf(to, size, "#%u: its mail is taken up: %s", e->slot, what);
		break;
	case ACT_OPEN:
		snprintf(to, size, "#%u: the page is fetched", e->slot);
		break;
	case ACT_DECIDE:
		snprintf(to, size, "#%u: %s is pressed%s", e->slot, what,
		    e->verdict == V_HOLD      ? "; a detector says hold"
		    : e->verdict == V_SUSPEND ? "; a detector says suspend"
					      : "");
		break;
	case ACT_JUDGE:
		snprintf(to, size, "#%u: a person decides: %s", e->slot, what);
		break;
	case ACT_WITHDRAW:
		snprintf(to, size, "#%u: the CSP withdraws", e->slot);
		break;
	case ACT_END:
		snprintf(to, size, "#%u: %s ends it", e->slot, what);
		break;
	case ACT_CSP:
		snprintf(to, size, "CSP %u is %s", e->csp, what);
		break;
	case ACT_TICK:
		snprintf(to, size, "the agreement clock runs");
		break;
	case ACT_TELL:
		snprintf(to, size, "premise %u: %s %u from %+d days on", e->premise, what,
		    e->customer, e->days);
		break;
	case ACT_RENEW:
		snprintf(to, size, "#%u: #%u is renewed", e->slot, e->of);
		break;
	case ACT_NOT_ME:
		snprintf(to, size, "#%u: another mailbox (%u) says: not me", e->slot, e->what);
		break;
	case ACT_BOUNCE:
		snprintf(to, size, "#%u: its mail comes back, %s", e->slot, what);
		break;
	case ACT_PROBE:
		snprintf(to, size, "CSP %u tries %d wrong triples of premise %u", e->csp,
		    e->days, e->premise);
		break;
	case ACT_HOURS:
		snprintf(to, size, "%d hours go by on the real clock", e->days);
		break;
	default:
		snprintf(to, size, "the clock is set back");
	}
}
