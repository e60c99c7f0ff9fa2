/*
 * Devices in a customer's home that the meter speaks to: which there are, one more, the end of
 * one, and what was sent to them, by whom. Premises are served one by one; most are not.
 */
#include <stdio.h>
#include <string.h>

#include "act.h"
#include "figures.h"
#include "use.h"

enum { DEVICE_VALUES = 8, MESSAGE_VALUES = 6, PATH_MOST = 96, JOIN_ROWS = 4 };
enum { ROW_LABEL, ROW_CLASS, ROW_MAC, ROW_CODE };

/* clang-format off */
static const struct field join_fields[JOIN_ROWS] = {
	[ROW_LABEL] = { "label", "text", "off", 40, TEXT_DEV_LABEL, TEXT_DEV_LABEL_HINT, TEXTS },
	[ROW_CLASS] = { "class", "select", "off", 20, TEXT_DEV_CLASS, TEXTS, TEXT_DEV_CLASS_WRONG },
	[ROW_MAC] = { "mac", "text", "off", 40, TEXT_DEV_MAC, TEXT_DEV_MAC_HINT, TEXT_DEV_MAC_WRONG },
	[ROW_CODE] = { "code", "text", "off", 60, TEXT_DEV_CODE, TEXT_DEV_CODE_HINT, TEXT_DEV_CODE_WRONG },
};
/* What the database calls what is wrong, and where that is on the page. */
static const struct { const char *begins; int row; enum text text; } refusals[] = {
	{ "label:", ROW_LABEL, TEXT_DEV_LABEL_WRONG },
	{ "class:", ROW_CLASS, TEXT_DEV_CLASS_WRONG },
	{ "mac:", ROW_MAC, TEXT_DEV_MAC_WRONG },
	{ "install_code:", ROW_CODE, TEXT_DEV_CODE_WRONG },
};
static const struct { const char *class_; enum text text; } classes[] = {
	{ "DISPLAY", TEXT_DEV_DISPLAY },	{ "THERMOSTAT", TEXT_DEV_THERMOSTAT },
	{ "WATER_HEATER", TEXT_DEV_HEATER },	{ "POOL_PUMP", TEXT_DEV_PUMP },
	{ "PLUG", TEXT_DEV_PLUG },		{ "CHARGER", TEXT_DEV_CHARGER },
	{ "GATEWAY", TEXT_DEV_GATEWAY },	{ "OTHER", TEXT_DEV_OTHER },
};
static const struct { const char *state; enum text text; bool may_leave; } states[] = {
	{ "JOINING", TEXT_DEV_IS_JOINING, false }, { "READY", TEXT_DEV_IS_READY, true },
	{ "JOINED", TEXT_DEV_IS_JOINED, true },	   { "LEAVING", TEXT_DEV_IS_LEAVING, false },
	{ "REMOVED", TEXT_DEV_IS_REMOVED, false }, { "FAILED", TEXT_DEV_IS_FAILED, false },
};
static const struct { const char *kind; enum text text; } kinds[] = {
	{ "HAN_JOIN", TEXT_DEV_SENT_JOIN },   { "HAN_REMOVE", TEXT_DEV_SENT_REMOVE },
	{ "HAN_TEXT", TEXT_DEV_SENT_TEXT },   { "HAN_PRICE", TEXT_DEV_SENT_PRICE },
	{ "HAN_LOAD_CONTROL", TEXT_DEV_SENT_CONTROL },
};
/* clang-format on */

struct device_row {
	int64_t device, asked_at, joined_at, left_at;
	struct str label, class_, mac, state;
};
static const struct db_field device_row[] = {
	DB_INT8(device_row, device),
	DB_TEXT(device_row, label),
	{ "class", DB_T_TEXT, offsetof(struct device_row, class_) },
	DB_TEXT(device_row, mac),
	DB_TEXT(device_row, state),
	DB_STAMP(device_row, asked_at),
	DB_STAMP(device_row, joined_at),
	DB_STAMP(device_row, left_at),
};

struct message_row {
	int64_t asked_at;
	struct str kind, who, state, reason, words, class_;
	int32_t ready_s, took_s, mills, minutes;
};
static const struct db_field message_row[] = {
	DB_TEXT(message_row, kind),
	DB_TEXT(message_row, who),
	DB_TEXT(message_row, state),
	DB_TEXT(message_row, reason),
	DB_STAMP(message_row, asked_at),
	DB_INT4(message_row, ready_s),
	DB_INT4(message_row, took_s),
	DB_TEXT(message_row, words),
	DB_INT4(message_row, mills),
	DB_INT4(message_row, minutes),
	{ "class", DB_T_TEXT, offsetof(struct message_row, class_) },
};

static struct str
class_text(const struct page *p, struct str class_)
{
	for (size_t i = 0; i < nitems(classes); i++)
		if (str_is(class_, classes[i].class_))
			return text_of(p->language, classes[i].text);
	return text_of(p->language, TEXT_DEV_OTHER);
}

/* ---- devices ---- */

static bool
put_devices(struct page *p, struct rows *rows, struct err *e)
{
	struct view *items = page_items(p, rows_count(rows), DEVICE_VALUES, e);
	struct device_row r;
	size_t n = 0;

	if (items == NULL)
		return false;
	while (ROWS_NEXT(rows, device_row, &r)) {
		size_t i = 0;

		while (i + 1 < nitems(states) && !str_is(r.state, states[i].state))
			i++;
		view_set(&p->view, "at",
		    page_moment(p, r.left_at != INT64_MIN     ? r.left_at
				   : r.joined_at != INT64_MIN ? r.joined_at
							      : r.asked_at));
		view_set(&items[n], "name",
		    r.label.len > 0 ? page_keep(p, r.label) : class_text(p, r.class_));
		view_set(&items[n], "class", class_text(p, r.class_));
		view_set(&items[n], "mac", page_keep(p, r.mac));
		view_set(&items[n], "is", page_text(p, states[i].text));
		view_set(&items[n], "device",
		    states[i].may_leave ? page_number(p, r.device) : STR(""));
		n++;
	}
	view_list(&p->view, "devices", items, n);
	return true;
}

/* ---- what was sent ---- */

/* 95 mills are 9.5 cents. */
static struct str
cents(struct page *p, int32_t mills)
{
	char text[32];

	snprintf(text, sizeof text, "%d.%d", (int)(mills / 10), (int)(mills % 10));
	return page_keep(p, str_of(text));
}

static struct str
became(struct page *p, const struct message_row *r)
{
	if (str_is(r->state, "COMPLETED")) {
		view_set(&p->view, "took", page_number(p, r->took_s));
		view_set(&p->view, "ready", page_number(p, r->ready_s));
		return page_text(p, r->ready_s >= 0 ? TEXT_DEV_DONE_READY : TEXT_DEV_DONE);
	}
	if (!str_is(r->state, "FAILED"))
		return text_of(p->language, TEXT_DEV_WAITS);
	return text_of(p->language, str_is(r->reason, "not-found")	? TEXT_DEV_NOT_FOUND
				    : str_is(r->reason, "code-refused") ? TEXT_DEV_CODE_REFUSED
				    : str_is(r->reason, "no-answer")	? TEXT_METER_NO_ANSWER
									: TEXT_METER_FAILED);
}

static bool
put_messages(struct page *p, struct rows *rows, struct err *e)
{
	struct view *items = page_items(p, rows_count(rows), MESSAGE_VALUES, e);
	struct message_row r;
	size_t n = 0;

	if (items == NULL)
		return false;
	while (ROWS_NEXT(rows, message_row, &r)) {
		size_t i = 0;

		while (i + 1 < nitems(kinds) && !str_is(r.kind, kinds[i].kind))
			i++;
		view_set(&p->view, "cents", cents(p, r.mills));
		view_set(&p->view, "minutes", page_number(p, r.minutes));
		view_set(&p->view, "class", class_text(p, r.class_));
		view_set(&items[n], "what", page_text(p, kinds[i].text));
		view_set(&items[n], "words", page_keep(p, r.words));
		view_set(&items[n], "who",
		    str_is(r.who, "YOU")   ? text_of(p->language, TEXT_DEV_BY_YOU)
		    : str_is(r.who, "HUB") ? text_of(p->language, TEXT_DEV_BY_US)
					   : page_keep(p, r.who));
		view_set(&items[n], "at", page_moment(p, r.asked_at));
		view_set(&items[n], "became", became(p, &r));
		n++;
	}
	view_list(&p->view, "messages", items, n);
	return true;
}

/* ---- the page ---- */

struct state {
	bool served, lives;
};

static bool
fill(struct task *t, struct page *p, const struct place *x, struct state *s, struct err *e)
{
	static const struct db_field row[] = { DB_BOOL(state, served), DB_BOOL(state, lives) };
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	AUTO_PTR(rows) devices = NULL;
	AUTO_PTR(rows) messages = NULL;

	if (c == NULL || db_one(t, c, SQL_PORTAL_DEVICE_STATE, ARGS(P_ME(p), P_STR(x->esiid)),
			     row, nitems(row), s, NULL, e) != DB_FOUND)
		return false;
	devices = db_rows(t, c, SQL_PORTAL_DEVICES, ARGS(P_ME(p), P_STR(x->esiid)), e);
	if (devices == NULL || !put_devices(p, devices, e))
		return false;
	messages = db_rows(t, c, SQL_PORTAL_DEVICE_MESSAGES, ARGS(P_ME(p), P_STR(x->esiid)), e);
	return messages != NULL && put_messages(p, messages, e);
}

struct said { /* of a form that was sent */
	const struct form *f;
	enum text all, wrong[FIELDS_MOST];
	int status;
};

static bool
show(struct task *t, struct page *p, const struct places *x, const struct said *said,
    struct err *e)
{
	struct field_choice options[nitems(classes)];
	struct field_choices choices = { "class", options, nitems(options) };
	struct state s;

	for (size_t i = 0; i < nitems(classes); i++)
		options[i] = (struct field_choice){ str_of(classes[i].class_),
			text_of(p->language, classes[i].text) };
	if (!places_set(p, x, e) || !fill(t, p, x->one, &s, e))
		return false;
	view_c(&p->view, "use_style", file_named(STR("use.css"))->tag);
	view_c(&p->view, "may", s.served && s.lives ? "1" : "");
	view_c(&p->view, "off", s.served ? "" : "1");
	view_c(&p->view, "done", page_query(p, "done").len > 0 && said == NULL ? "1" : "");
	if (said != NULL && said->all != TEXTS)
		page_say(p, "wrong", said->all);
	return fields_put(p, &p->view, "fields", join_fields, JOIN_ROWS, &choices, 1,
		   said != NULL ? said->f : NULL, said != NULL ? said->wrong : NULL, e) &&
	       page_send(t, p, said != NULL ? said->status : 200, "devices.html", e);
}

/* What the database does not take stands beside its field, or above the form. */
static bool
refused(struct said *said, struct err *e)
{
	if (e->code != ERR_BAD_INPUT && e->code != ERR_NOT_FOUND && e->code != ERR_SEQUENCE)
		return false;
	said->all = e->code == ERR_SEQUENCE ? TEXT_DEV_CANNOT : TEXT_WRONG_SEE;
	said->status = e->code == ERR_SEQUENCE ? 409 : 422;
	for (size_t i = 0; i < nitems(refusals); i++)
		if (str_starts(str_of(e->text), refusals[i].begins))
			said->wrong[refusals[i].row] = refusals[i].text;
	err_clear(e);
	return true;
}

struct asked {
	struct str result;
	int32_t wait_s;
};

static bool
ask(struct task *t, struct page *p, const struct place *x, const struct form *f,
    struct said *said, struct err *e)
{
	static const struct db_field row[] = { DB_TEXT(asked, result), DB_INT4(asked, wait_s) };
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	AUTO_PTR(rows) keep = NULL;
	struct asked a;
	int64_t device;
	bool leaves = act_form_number(f, "device", &device);
	struct args args = leaves ? ARGS(P_ME(p), P_STR(x->esiid), P_INT8(device))
				  : ARGS(P_ME(p), P_STR(x->esiid), P_STR(form_get(f, "label")),
					P_STR(form_get(f, "class")), P_STR(form_get(f, "mac")),
					P_STR(form_get(f, "code")));

	if (c == NULL)
		return false;
	if (db_one(t, c, leaves ? SQL_PORTAL_DEVICE_REMOVE : SQL_PORTAL_DEVICE_JOIN, args, row,
		nitems(row), &a, &keep, e) != DB_FOUND)
		return refused(said, e);
	if (str_is(a.result, "OK"))
		return true;
	view_set(&p->view, "wait", page_number(p, (a.wait_s + 59) / 60));
	http_header(p->call->http, "Retry-After", "%d", (int)a.wait_s);
	said->all = str_is(a.result, "METER") ? TEXT_METER_OFTEN : TEXT_METER_FULL;
	said->status = 429;
	return true;
}

static bool
post(struct task *t, struct page *p, const struct places *x, const struct form *f,
    struct said *said, struct err *e)
{
	char path[PATH_MOST];
	int64_t device;

	said->f = f;
	if (said->all == TEXTS && !act_form_number(f, "device", &device) &&
	    !fields_check(join_fields, JOIN_ROWS, f, said->wrong)) {
		said->all = TEXT_WRONG_SEE;
		said->status = 422;
	}
	if (said->all == TEXTS && !ask(t, p, x->one, f, said, e))
		return false;
	if (said->all != TEXTS) {
		portal_count_wrong(said->all);
		return show(t, p, x, said, e);
	}
	portal_count_answer("DEVICE");
	snprintf(
	    path, sizeof path, "/devices?premise=" STR_FMT "&done=1", STR_ARG(x->one->esiid));
	return page_go(t, p, path, e);
}

static bool
page(struct task *t, struct page *p, bool posted, struct err *e)
{
	AUTO(places) x = { 0 };
	struct said said = { .all = TEXTS, .status = 422 };
	struct form *f = NULL;

	for (size_t i = 0; i < FIELDS_MOST; i++)
		said.wrong[i] = TEXTS;
	if (posted && !me_form(t, p, &f, &said.all, e))
		return false;
	if (said.all != TEXTS)
		said.status = page_wrong_status(said.all);
	if (!places_read(t, p, &x, e))
		return e->code == ERR_NOT_FOUND ? page_unknown(t, p->portal, p->call, e)
						: false;
	if (x.one == NULL) {
		view_c(&p->view, "use_style", file_named(STR("use.css"))->tag);
		return page_send(t, p, posted ? 422 : 200, "use_none.html", e);
	}
	return posted ? post(t, p, &x, f, &said, e) : show(t, p, &x, NULL, e);
}

static bool
see(struct task *t, struct page *p, struct err *e)
{
	return page(t, p, false, e);
}

static bool
act(struct task *t, struct page *p, struct err *e)
{
	return page(t, p, true, e);
}

bool
devices_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see, e);
}

bool
devices_post(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, act, e);
}
