#include "body.h"

#include <stdio.h>
#include <string.h>

#include "base/code.h"
#include "base/json.h"

enum { SEEN_SLOTS = 4096 };

static const struct {
	const char *name, *type;
} families[HOOK_FAMILIES] = {
	[HOOK_BUSBAR] = { "BUSBAR", "application/json" },
	[HOOK_UTILITYAPI] = { "UTILITYAPI", "application/json" },
	[HOOK_BATCHLIST] = { "BATCHLIST", "application/xml" },
};

bool
family_read(struct str name, enum hook_family *f)
{
	for (size_t i = 0; i < HOOK_FAMILIES; i++)
		if (str_is(name, families[i].name)) {
			*f = (enum hook_family)i;
			return true;
		}
	return false;
}

const char *
family_name(enum hook_family f)
{
	return families[f].name;
}

const char *
family_type(enum hook_family f)
{
	return families[f].type;
}

/* ---- the hub's own ---- */

static void
put_own(struct json *j, const struct item *i)
{
	json_open(j, NULL);
	json_text(j, "id", i->id);
	json_text(j, "type", i->kind);
	json_int(j, "sequence", i->seq);
	json_stamp(j, "at", i->at);
	if (i->esiid.len > 0)
		json_text(j, "esiid", i->esiid);
	if (i->agreement > 0)
		json_int(j, "agreement", i->agreement);
	if (i->from_day != DAY_NONE) {
		json_date(j, "from", i->from_day);
		json_date(j, "to", i->to_day);
	}
	json_raw(j, "detail", i->detail);
	json_end(j);
}

static void
put_cursor(struct json *j, const struct item *end)
{
	char text[64];

	snprintf(text, sizeof text, "%lld%s" STR_FMT, (long long)end->seq,
	    end->esiid.len > 0 ? "." : "", STR_ARG(end->esiid));
	json_text(j, "cursor", str_of(text));
}

static void
own_events(struct buf *to, const struct taken *k, const char *api, const struct item *items,
    size_t n, const struct item *end)
{
	struct json j = json_to(to);

	(void)api;
	json_open(&j, NULL);
	json_text(&j, "type", STR("events"));
	json_int(&j, "webhook", k->endpoint);
	put_cursor(&j, end);
	json_bool(&j, "more", end->more);
	json_list(&j, "events");
	for (size_t i = 0; i < n; i++)
		put_own(&j, &items[i]);
	json_end(&j);
	json_end(&j);
}

static void
own_test(struct buf *to, const struct taken *k, const char *api, int64_t now_s)
{
	struct json j = json_to(to);
	bool ping = str_is(k->what, "PING");

	(void)api;
	json_open(&j, NULL);
	json_text(&j, "type", ping ? STR("ping") : STR("challenge"));
	json_int(&j, "webhook", k->endpoint);
	json_stamp(&j, "at", now_s);
	if (!ping)
		json_text(&j, "challenge", k->challenge);
	json_end(&j);
}

/* ---- UtilityAPI's ---- */

static void
put_utility(struct json *j, const struct taken *k, struct str uid, struct str type, int64_t at)
{
	json_open(j, NULL);
	json_text(j, "uid", uid);
	json_text(j, "type", type);
	json_stamp(j, "ts", at);
	json_text(j, "delivery_method", STR("webhook"));
	json_text(j, "delivery_target", k->url);
	json_bool(j, "is_delivered", false);
}

/* The form that an event is about: a member of detail, which is JSON as the database writes it,
 * and a UUID. */
static struct str
form_of(struct str detail)
{
	static const char name[] = "\"form_uid\": \"";
	const char *at =
	    detail.len == 0 ? NULL : memmem(detail.at, detail.len, name, sizeof name - 1);
	struct str rest, uid, more;

	if (at == NULL)
		return STR("");
	at += sizeof name - 1;
	rest = (struct str){ at, detail.len - (size_t)(at - detail.at) };
	return str_cut(rest, '"', &uid, &more) ? uid : STR("");
}

/* Its names of a form, of an agreement and of a premise of one. */
static void
put_uids(struct json *j, const struct item *i)
{
	struct str form = form_of(i->detail);
	char text[80];

	if (form.len > 0)
		json_text(j, "form_uid", form);
	if (i->agreement > 0) {
		snprintf(text, sizeof text, "%lld", (long long)i->agreement);
		json_text(j, "authorization_uid", str_of(text));
	}
	if (i->agreement > 0 && i->esiid.len > 0) {
		snprintf(text, sizeof text, "%lld-" STR_FMT, (long long)i->agreement,
		    STR_ARG(str_first(i->esiid, 40)));
		json_text(j, "meter_uid", str_of(text));
	}
	if (i->esiid.len > 0)
		json_text(j, "service_identifier", i->esiid);
}

static void
utility_events(struct buf *to, const struct taken *k, const char *api, const struct item *items,
    size_t n, const struct item *end)
{
	struct json j = json_to(to);

	(void)api, (void)end;
	json_open(&j, NULL);
	json_list(&j, "events");
	for (size_t i = 0; i < n; i++) {
		put_utility(&j, k, items[i].id, items[i].utility, items[i].at);
		put_uids(&j, &items[i]);
		json_raw(&j, "detail", items[i].detail);
		json_end(&j);
	}
	json_end(&j);
	json_null(&j, "next");
	json_end(&j);
}

static void
utility_test(struct buf *to, const struct taken *k, const char *api, int64_t now_s)
{
	struct json j = json_to(to);

	(void)api;
	json_open(&j, NULL);
	json_list(&j, "events");
	put_utility(&j, k, k->challenge, STR("ping"), now_s);
	json_end(&j);
	json_end(&j);
	json_null(&j, "next");
	json_end(&j);
}

/* ---- Green Button's ---- */

static void
put_resource(struct buf *to, const char *api, struct str path)
{
	buf_c(to, "<resources>");
	if (str_starts(path, "/"))
		buf_c(to, api);
	for (size_t i = 0; i < path.len; i++)
		if (path.at[i] == '&')
			buf_c(to, "&amp;");
		else if (path.at[i] == '<')
			buf_c(to, "&lt;");
		else
			buf_byte(to, path.at[i]);
	buf_c(to, "</resources>");
}

static void
list_begin(struct buf *to)
{
	buf_c(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		  "<BatchList xmlns=\"http://naesb.org/espi\">");
}

/* Many items name one address: it stands there once. Two that hash alike: one of them is told
 * with the next load, so the table holds whole hashes. */
static bool
is_new(uint64_t seen[SEEN_SLOTS], struct str path)
{
	uint64_t h = code_hash64(path.at, path.len, 1) | 1;
	size_t at = h % SEEN_SLOTS;

	for (size_t tries = 0; tries < SEEN_SLOTS; tries++, at = (at + 1) % SEEN_SLOTS) {
		if (seen[at] == h)
			return false;
		if (seen[at] == 0) {
			seen[at] = h;
			return true;
		}
	}
	return true;
}

static void
batch_events(struct buf *to, const struct taken *k, const char *api, const struct item *items,
    size_t n, const struct item *end)
{
	static uint64_t seen[SEEN_SLOTS]; /* does not wait, so one is enough */
	struct str path, rest;
	bool more;

	(void)k, (void)end;
	memset(seen, 0, sizeof seen);
	list_begin(to);
	for (size_t i = 0; i < n; i++) {
		rest = items[i].paths;
		for (more = rest.len > 0; more;) {
			more = str_cut(rest, ' ', &path, &rest);
			if (path.len > 0 && is_new(seen, path))
				put_resource(to, api, path);
		}
	}
	buf_c(to, "</BatchList>\n");
}

static void
batch_test(struct buf *to, const struct taken *k, const char *api, int64_t now_s)
{
	(void)now_s;
	list_begin(to);
	put_resource(to, api, k->challenge);
	buf_c(to, "</BatchList>\n");
}

/* ---- each its own ---- */

static const struct {
	void (*events)(struct buf *to, const struct taken *k, const char *api,
	    const struct item *items, size_t n, const struct item *end);
	void (*test)(struct buf *to, const struct taken *k, const char *api, int64_t now_s);
} writers[HOOK_FAMILIES] = {
	[HOOK_BUSBAR] = { own_events, own_test },
	[HOOK_UTILITYAPI] = { utility_events, utility_test },
	[HOOK_BATCHLIST] = { batch_events, batch_test },
};

void
body_events(struct buf *to, enum hook_family f, const struct taken *k, const char *api,
    const struct item *items, size_t n, const struct item *end)
{
	writers[f].events(to, k, api, items, n, end);
}

void
body_test(
    struct buf *to, enum hook_family f, const struct taken *k, const char *api, int64_t now_s)
{
	writers[f].test(to, k, api, now_s);
}
