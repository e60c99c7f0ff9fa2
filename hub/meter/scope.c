/* Scopes; see scope.h. */
#include "meter/scope.h"

#include <string.h>

#include "base/code.h"

enum kind { LIST, NUMBER, IDENTITY, OPTIONS };

static const struct {
	const char *name;
	enum kind kind;
	int term; /* -1: only looked at */
} terms[] = {
	{ "IntervalDuration", LIST, SCOPE_INTERVAL },
	{ "BlockDuration", LIST, SCOPE_BLOCK },
	{ "HistoryLength", NUMBER, SCOPE_HISTORY },
	{ "SubscriptionFrequency", LIST, SCOPE_FREQUENCY },
	{ "AccountCollection", NUMBER, SCOPE_ACCOUNTS },
	{ "PreferredAuthEndDate", NUMBER, SCOPE_PREFER_UNTIL },
	{ "MinAuthEndDate", NUMBER, SCOPE_AT_LEAST_UNTIL },
	{ "BR", IDENTITY, -1 },
	{ "dataCustodianId", IDENTITY, -1 },
	{ "AdditionalScope", OPTIONS, -1 },
};
/* the value -1 is the first of them */
static const char *const names[] = { "billingPeriod", "daily", "monthly", "seasonal",
	"weekly" };
static const char *const auths[] = {
	[SCOPE_NO_AUTH] = "",
	[SCOPE_ACCOUNT] = "account",
	[SCOPE_PHONE] = "phone",
	[SCOPE_EMAIL] = "email",
	[SCOPE_ADDRESS] = "address",
};
/* Options that may follow an identifier, which may have a "_" itself. */
static const char *const options[] = { "noedit", "meters-all", "Usage", "Billing", "Basic",
	"Account", "ProgramEnrollment", "sso" };

const char *
scope_auth_name(enum scope_auth a)
{
	return auths[a];
}

/* ---- reading ---- */

static bool
value_read(struct str text, int64_t *to)
{
	for (size_t i = 0; i < nitems(names); i++)
		if (str_ieq(text, str_of(names[i]))) {
			*to = -1 - (int64_t)i;
			return true;
		}
	return text.len <= 12 && str_int64(text, to);
}

static bool
blocks_read(struct scope *s, struct str list, struct err *e)
{
	struct str item;
	int64_t n;
	bool more = true;

	while (more) {
		more = str_cut(list, '_', &item, &list);
		if (item.len > 3 || !str_int64(item, &n) || n < 1 || n > SCOPE_BLOCK_MOST)
			return err(e, ERR_BAD_INPUT,
			    "function block is \"" STR_FMT "\", expected 1 to %d",
			    STR_ARG(str_first(item, 20)), SCOPE_BLOCK_MOST);
		s->block[n] = true;
	}
	return true;
}

static bool
list_read(
    struct scope *s, const char *name, enum kind kind, int term, struct str list, struct err *e)
{
	struct str item;
	bool more = true;

	if (s->n[term] > 0)
		return err(e, ERR_BAD_INPUT, "%s stands there twice", name);
	while (more) {
		int64_t *to = &s->value[term][s->n[term]];

		more = str_cut(list, '_', &item, &list);
		if (s->n[term] == (kind == NUMBER ? 1 : SCOPE_VALUES_MOST) ||
		    !value_read(item, to) || (kind == NUMBER && *to < 0))
			return err(e, ERR_BAD_INPUT, "%s is \"" STR_FMT "\", expected %s", name,
			    STR_ARG(str_first(item, 30)),
			    kind == NUMBER ? "one number"
					   : "numbers, or billingPeriod, daily, monthly, "
					     "seasonal, weekly, with _ between");
		s->n[term]++;
	}
	if (term == SCOPE_HISTORY && s->value[term][0] < 1000)
		s->value[term][0] *= SCOPE_MONTH_S;
	return true;
}

static bool
is_option(struct str o)
{
	for (size_t i = 0; i < nitems(options); i++)
		if (str_ieq(o, str_of(options[i])))
			return true;
	return str_starts(o, "auth-") || str_starts(o, "test-") || str_starts(o, "utility-");
}

static int
hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* %XX undone; what is no escape stands as it is. False for what no page could show. */
static bool
unescape(char *to, struct str from)
{
	size_t n = 0;

	for (size_t i = 0; i < from.len; i++) {
		if (from.at[i] == '%' && i + 2 < from.len && hex(from.at[i + 1]) >= 0 &&
		    hex(from.at[i + 2]) >= 0) {
			to[n++] = (char)(hex(from.at[i + 1]) * 16 + hex(from.at[i + 2]));
			i += 2;
		} else {
			to[n++] = from.at[i];
		}
	}
	to[n] = '\0';
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)to[i] < 0x20 || to[i] == 0x7f)
			return false;
	return str_utf8((struct str){ to, n });
}

static bool
auth_read(struct scope *s, struct str option, struct err *e)
{
	struct str kind, value = { "", 0 };

	str_cut(option, '-', &kind, &option); /* "auth" */
	str_cut(option, '-', &kind, &value);
	for (size_t i = SCOPE_ACCOUNT; i < nitems(auths); i++)
		if (str_ieq(kind, str_of(auths[i]))) {
			s->auth = (enum scope_auth)i;
			if (!str_cut(option, '-', &kind, &value))
				value = (struct str){ "", 0 };
			return unescape(s->auth_value, value) ||
			       err(e, ERR_BAD_INPUT, "the value of auth-%s is no text",
				   auths[i]);
		}
	return true; /* another custodian's: sso */
}

/* Options have "_" between them, and so may an e-mail: what is no option goes on with it. */
static bool
options_read(struct scope *s, struct str list, struct err *e)
{
	struct str rest = list, one;
	bool more = true;

	while (more) {
		struct str next;

		more = str_cut(rest, '_', &one, &rest);
		if (str_starts(one, "auth-"))
			while (more) {
				bool then = str_cut(rest, '_', &next, &rest);

				if (is_option(next)) {
					rest = (struct str){ next.at,
						(size_t)(list.at + list.len - next.at) };
					break;
				}
				one.len = (size_t)(next.at + next.len - one.at);
				more = then;
			}
		if (one.len == 0)
			return err(e, ERR_BAD_INPUT, "AdditionalScope has an empty option");
		if (str_ieq(one, STR("noedit")))
			s->noedit = true;
		else if (str_ieq(one, STR("meters-all")))
			s->meters_all = true;
		else if (str_starts(one, "auth-") && !auth_read(s, one, e))
			return false;
	}
	return true;
}

static bool
identity_ok(struct str id)
{
	for (size_t i = 0; i < id.len; i++)
		if ((unsigned char)id.at[i] <= ' ' || (unsigned char)id.at[i] >= 0x7f)
			return false;
	return id.len > 0;
}

static bool
term_read(struct scope *s, struct str term, unsigned *seen, struct err *e)
{
	struct str name, value;

	if (!str_cut(term, '=', &name, &value) || name.len == 0 || value.len == 0)
		return err(e, ERR_BAD_INPUT, "\"" STR_FMT "\", expected NAME=VALUE",
		    STR_ARG(str_first(term, 30)));
	for (size_t i = 0; i < nitems(terms); i++) {
		if (!str_ieq(name, str_of(terms[i].name)))
			continue;
		if ((*seen & 1U << i) != 0)
			return err(e, ERR_BAD_INPUT, "%s stands there twice", terms[i].name);
		*seen |= 1U << i;
		if (terms[i].kind == OPTIONS)
			return options_read(s, value, e);
		if (terms[i].kind == IDENTITY)
			return identity_ok(value) ||
			       err(e, ERR_BAD_INPUT, "%s is no name", terms[i].name);
		return list_read(s, terms[i].name, terms[i].kind, terms[i].term, value, e);
	}
	if (str_ieq(name, STR("FB")))
		return err(e, ERR_BAD_INPUT, "FB stands there twice");
	if (s->unknown[0] == '\0')
		str_plain(s->unknown, sizeof s->unknown, name);
	return true;
}

bool
scope_read(struct scope *s, struct str text, struct err *e)
{
	struct str term, name, value;
	unsigned seen = 0;
	bool more;

	*s = (struct scope){ 0 };
	if (text.len > SCOPE_BYTES_MOST)
		return err(e, ERR_BAD_INPUT, "scope has %zu characters, expected at most %d",
		    text.len, SCOPE_BYTES_MOST);
	if (!str_utf8(text))
		return err(e, ERR_BAD_INPUT, "scope is no text");
	more = str_cut(text, ';', &term, &text);
	if (!str_cut(term, '=', &name, &value) || !str_ieq(name, STR("FB")))
		return err(e, ERR_BAD_INPUT, "scope begins with \"" STR_FMT "\", expected FB=",
		    STR_ARG(str_first(term, 30)));
	if (!blocks_read(s, value, e))
		return false;
	while (more) {
		more = str_cut(text, ';', &term, &text);
		if (!more && term.len == 0)
			break; /* one ";" may end it */
		if (!term_read(s, term, &seen, e))
			return false;
	}
	return true;
}

/* ---- writing ---- */

bool
scope_write(struct buf *to, const struct scope *s, struct err *e)
{
	size_t begun = to->len;
	char between = '=';

	buf_c(to, "FB");
	for (int i = 1; i <= SCOPE_BLOCK_MOST; i++)
		if (s->block[i]) {
			buf_fmt(to, "%c%d", between, i);
			between = '_';
		}
	for (size_t i = 0; i < SCOPE_WRITTEN; i++)
		for (size_t k = 0; k < s->n[i]; k++) {
			int64_t v = s->value[i][k];

			if (k == 0)
				buf_fmt(to, ";%s=", terms[i].name);
			else
				buf_byte(to, '_');
			if (v < 0)
				buf_c(to, names[-1 - v]);
			else
				buf_fmt(to, "%lld", (long long)v);
		}
	if (!buf_ok(to) || to->len - begun > SCOPE_BYTES_MOST)
		return err(e, ERR_BAD_INPUT, "the scope is longer than %d characters",
		    SCOPE_BYTES_MOST);
	return between == '_' || err(e, ERR_BAD_INPUT, "the scope has no function block");
}

/* ---- what blocks are about ---- */

static const struct {
	int first, last;
	enum scope_about about;
} abouts[] = {
	{ 4, 8, SCOPE_READS },
	{ 9, 9, SCOPE_REGISTER },
	{ 10, 12, SCOPE_READS },
	{ 15, 16, SCOPE_BILLING },
	{ 17, 17, SCOPE_READS },
	{ 26, 28, SCOPE_BILLING },
	{ 29, 29, SCOPE_READS },
	{ 46, 62, SCOPE_CUSTOMER },
	{ 71, 71, SCOPE_CUSTOMER },
};

enum scope_about
scope_about(int block)
{
	for (size_t i = 0; i < nitems(abouts); i++)
		if (block >= abouts[i].first && block <= abouts[i].last)
			return abouts[i].about;
	return SCOPE_SERVICE;
}

bool
scope_has(const struct scope *s, enum scope_about what)
{
	for (int i = 1; i <= SCOPE_BLOCK_MOST; i++)
		if (s->block[i] && scope_about(i) == what)
			return true;
	return false;
}

void
scope_drop(struct scope *s, enum scope_about what)
{
	for (int i = 1; i <= SCOPE_BLOCK_MOST; i++)
		if (scope_about(i) == what)
			s->block[i] = false;
}

/* ---- narrowing ---- */

static void
cut(struct scope *to, const struct scope *asked, const struct scope *registered, size_t term)
{
	const int64_t *most = registered->value[term];

	if (registered->n[term] == 0)
		return;
	for (size_t i = 0; i < asked->n[term]; i++) {
		int64_t v = asked->value[term][i];

		if (term == SCOPE_HISTORY) {
			to->value[term][0] = v < most[0] ? v : most[0];
			to->n[term] = 1;
			return;
		}
		for (size_t k = 0; k < registered->n[term]; k++)
			if (most[k] == v)
				to->value[term][to->n[term]++] = v;
	}
	if (to->n[term] == 0) { /* nothing said, or nothing that there is */
		memcpy(to->value[term], most, sizeof to->value[term]);
		to->n[term] = registered->n[term];
	}
}

bool
scope_narrow(struct scope *to, const struct scope *asked, const struct scope *registered,
    bool narrow, struct err *e)
{
	bool any = false;

	*to = *asked;
	memset(to->block, 0, sizeof to->block);
	for (int i = 1; i <= SCOPE_BLOCK_MOST; i++) {
		if (!asked->block[i])
			continue;
		to->block[i] = registered->block[i];
		any = any || to->block[i];
		if (!to->block[i] && !narrow && (i > 71 || scope_about(i) != SCOPE_SERVICE))
			return err(e, ERR_FORBIDDEN,
			    "function block %d is not registered for this client", i);
	}
	if (!any)
		return err(e, ERR_FORBIDDEN,
		    "none of the function blocks is registered for this client");
	for (size_t i = 0; i < SCOPE_WRITTEN; i++) {
		to->n[i] = 0;
		cut(to, asked, registered, i);
	}
	return true;
}
