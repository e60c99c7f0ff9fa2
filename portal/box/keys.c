/*
 * What opens a box, and from where. A token is made here and shown once. A key or certificate
 * is taken only with a signature by it over the box's name, so that nobody's key leads into a
 * box that is not its owner's (decision 15).
 */
#include "box.h"

#include "once.h"
#include "store/owner.h"

enum { ROWS_MOST = 60, NETWORKS_MOST = 50, LABEL_MOST = 100, DAYS_MOST = 732 };
enum { PROVEN_MOST = 12000 };

struct credential {
	struct str kind, label, fingerprint;
	int64_t credential, made_at, expires_at, last_used_at;
};
static const struct db_field fields[] = {
	DB_INT8(credential, credential),
	DB_TEXT(credential, kind),
	DB_TEXT(credential, label),
	DB_TEXT(credential, fingerprint),
	DB_STAMP(credential, made_at),
	DB_STAMP(credential, expires_at),
	DB_STAMP(credential, last_used_at),
};

static const struct box_word kinds[] = {
	{ "PASSWORD", TEXT_KEY_PASSWORD },
	{ "CERTIFICATE", TEXT_KEY_CERTIFICATE },
	{ "SSH_KEY", TEXT_KEY_SSH },
	{ "TOKEN", TEXT_KEY_TOKEN },
};

enum { LABEL, DAYS, PROVEN };
static const struct field token_fields[] = {
	{ "label", "text", "off", LABEL_MOST, TEXT_KEY_LABEL, TEXT_KEY_LABEL_HINT,
	    TEXT_WRONG_LABEL },
	{ "days", "number", "off", 3, TEXT_KEY_DAYS, TEXT_KEY_DAYS_HINT, TEXT_WRONG_DAYS },
};
static const struct field key_fields[] = {
	{ "key_label", "text", "off", LABEL_MOST, TEXT_KEY_LABEL, TEXT_KEY_LABEL_HINT,
	    TEXT_WRONG_LABEL },
	{ "key_days", "number", "off", 3, TEXT_KEY_DAYS, TEXT_KEY_DAYS_FREE, TEXTS },
	{ "proven", "textarea", "off", PROVEN_MOST, TEXT_KEY_PROVEN, TEXT_KEY_PROVEN_HINT,
	    TEXT_WRONG_PROVEN },
};
static const struct field network_fields[] = {
	{ "networks", "textarea", "off", 2000, TEXT_KEY_NETWORKS, TEXT_KEY_NETWORKS_HINT,
	    TEXTS },
};
static const struct field_preset token_presets[] = { { "days", "366" } };

static const struct act_done done[] = {
	{ "make", TEXT_ONCE_GONE },
	{ "key", TEXT_KEY_ADDED },
	{ "end", TEXT_KEY_ENDED },
	{ "networks", TEXT_KEY_NETWORKS_SET },
};

/* ---- the page ---- */

static void
put(struct listing *l, const struct credential *c, bool admin)
{
	struct page *p = l->p;

	listing_row(l);
	listing_text(l, box_says(p, kinds, nitems(kinds), c->kind));
	listing_text(l, c->label);
	listing_more(l, str_first(c->fingerprint, 16));
	listing_date(l, c->made_at);
	listing_date(l, c->last_used_at);
	listing_date(l, c->expires_at);
	listing_text(l, STR(""));
	if (admin)
		listing_button(l, "end", page_number(p, c->credential),
		    text_of(p->language, TEXT_KEY_END), true);
}

static bool
put_all(struct task *t, struct page *p, struct err *e)
{
	static const struct column columns[] = { { TEXT_KEY_KIND, false },
		{ TEXT_KEY_LABEL, false }, { TEXT_KEY_MADE, false }, { TEXT_KEY_USED, false },
		{ TEXT_KEY_UNTIL, false }, { TEXT_KEY_ACT, false } };
	AUTO_PTR(rows) rows = act_rows(t, p, SQL_PORTAL_BOX_CREDENTIALS, ARGS(P_ME(p)), e);
	struct credential c;
	struct listing l;

	if (rows == NULL || !listing_begin(&l, p, "credentials", TEXT_KEYS_TITLE, columns,
				nitems(columns), ROWS_MOST, e))
		return false;
	while (l.n_rows < ROWS_MOST && ROWS_NEXT(rows, fields, &c))
		put(&l, &c, (p->me->is & PORTAL_ADMIN) != 0);
	return listing_end(&l, TEXT_KEYS_NONE, TEXT_KEYS_NONE_SAY, e);
}

struct door {
	struct str login, networks;
};
static const struct db_field door_fields[] = {
	DB_TEXT(door, login),
	DB_TEXT(door, networks),
};

/* A form is shown as it was filled in when something of it is wrong. */
struct shown {
	const struct form *token, *key, *networks;
	const enum text *wrong; /* of the one that is there */
};

static bool
put_forms(struct page *p, const struct shown *s, struct str networks, struct err *e)
{
	struct form *token = fields_preset(p, token_presets, nitems(token_presets), e),
		    *now = page_form_room(p, e);
	struct view *forms = page_items(p, 2, 1, e);

	if (token == NULL || now == NULL || forms == NULL)
		return false;
	now->at[0].name = STR("networks");
	now->at[0].value = page_keep(p, networks);
	now->n = 1;
	view_list(&p->view, "key_form", &forms[0], 1);
	view_list(&p->view, "network_form", &forms[1], 1);
	return fields_set(p, "fields", token_fields, nitems(token_fields),
		   s->token != NULL ? s->token : token, s->token != NULL ? s->wrong : NULL,
		   e) &&
	       fields_put(p, &forms[0], "fields", key_fields, nitems(key_fields), NULL, 0,
		   s->key, s->key != NULL ? s->wrong : NULL, e) &&
	       fields_put(p, &forms[1], "fields", network_fields, nitems(network_fields), NULL,
		   0, s->networks != NULL ? s->networks : now,
		   s->networks != NULL ? s->wrong : NULL, e);
}

static bool
show(struct task *t, struct page *p, int status, const struct shown *s, struct err *e)
{
	AUTO_PTR(rows) keep = NULL;
	struct door d;
	int got = act_row(t, p, SQL_PORTAL_BOX, ARGS(P_ME(p)), door_fields, nitems(door_fields),
	    &d, &keep, e);

	view_c(&p->view, "box", "");
	if (got == 0)
		return false;
	if (got == 409) /* no box yet, which is no fault */
		view_c(&p->view, "wrong", "");
	if (got != 200)
		return page_send(t, p, got == 409 ? 200 : got, "box_keys.html", e);
	view_set(&p->view, "box", page_keep(p, d.login));
	view_c(&p->view, "admin", (p->me->is & PORTAL_ADMIN) != 0 ? "1" : "");
	return put_all(t, p, e) && put_forms(p, s, d.networks, e) &&
	       page_send(t, p, status, "box_keys.html", e);
}

static bool
see(struct task *t, struct page *p, struct err *e)
{
	struct shown s = { 0 };

	act_page(p, done, nitems(done));
	once_take(p);
	return show(t, p, 200, &s, e);
}

/* ---- what is done ---- */

static int
add(struct task *t, struct page *p, const struct proof *proof, struct str label,
    struct param days, struct err *e)
{
	return act_do(t, p, SQL_PORTAL_BOX_CREDENTIAL_ADD,
	    ARGS(P_ME(p), P_TEXT(proof->kind), P_STR(str_first(label, LABEL_MOST)),
		P_BYTES(proof->verifier, sizeof proof->verifier), days),
	    e);
}

/* What is wrong with a field of the form that is shown again. */
static int
say_wrong(struct page *p, enum text wrong[FIELDS_MOST], size_t at, enum text text)
{
	wrong[at] = text;
	return act_wrong(p, TEXT_WRONG_SEE);
}

/* 303: the reply is given. */
static int
make(struct task *t, struct page *p, const struct form *f, struct shown *s,
    enum text wrong[FIELDS_MOST], struct err *e)
{
	char made[MADE_SIZE];
	struct proof proof;
	int64_t days;
	int status;

	s->token = f;
	s->wrong = wrong;
	if (!fields_check(token_fields, nitems(token_fields), f, wrong))
		return act_wrong(p, TEXT_WRONG_SEE);
	if (!act_form_number(f, "days", &days) || days < 1 || days > DAYS_MOST)
		return say_wrong(p, wrong, DAYS, TEXT_WRONG_DAYS);
	proof_new_token(&proof, made);
	status = add(t, p, &proof, str_trim(form_get(f, "label")),
	    (struct param)P_INT4((int32_t)days), e);
	if (status == 200)
		status = once_go(t, p, str_of(made), "make", STR("/keys"), e) ? 303 : 0;
	secret_wipe(made, sizeof made);
	return status;
}

/* The box that a signature is to name; not a box of ours: no session of it is opened. */
static bool
prove(struct task *t, struct page *p, struct str proven, struct proof *to, int *status,
    struct err *e)
{
	AUTO_PTR(rows) keep = NULL;
	struct door d;

	*status = act_row(t, p, SQL_PORTAL_BOX, ARGS(P_ME(p)), door_fields, nitems(door_fields),
	    &d, &keep, e);
	if (*status != 200)
		return false;
	if (str_starts(proven, "-----BEGIN CERTIFICATE-----")
		? owner_signed_certificate(d.login, proven, to, e)
		: owner_signed_key(t, d.login, proven, to, e))
		return true;
	*status = act_refused(p, e);
	return false;
}

static int
add_proven(struct task *t, struct page *p, const struct form *f, struct shown *s,
    enum text wrong[FIELDS_MOST], struct err *e)
{
	struct str label = str_trim(form_get(f, "key_label")),
		   days_of = form_get(f, "key_days");
	struct param until = P_NULL();
	struct proof proof;
	int64_t days;
	int status;

	s->key = f;
	s->wrong = wrong;
	if (!fields_check(key_fields, nitems(key_fields), f, wrong))
		return act_wrong(p, TEXT_WRONG_SEE);
	if (str_trim(days_of).len > 0) {
		if (!act_form_number(f, "key_days", &days) || days < 1 || days > DAYS_MOST)
			return say_wrong(p, wrong, DAYS, TEXT_WRONG_DAYS);
		until = (struct param)P_INT4((int32_t)days);
	}
	if (!prove(t, p, str_trim(form_get(f, "proven")), &proof, &status, e)) {
		wrong[PROVEN] = TEXT_WRONG_PROVEN;
		return status;
	}
	return add(t, p, &proof, label, until, e);
}

static size_t
lines_of(struct str text, struct str to[NETWORKS_MOST + 1])
{
	bool more = text.len > 0;
	struct str line;
	size_t n = 0;

	while (more && n <= NETWORKS_MOST) {
		more = str_cut(text, '\n', &line, &text);
		line = str_trim(line);
		if (line.len > 0)
			to[n++] = line;
	}
	return n;
}

static int
set_networks(struct task *t, struct page *p, const struct form *f, struct shown *s,
    enum text wrong[FIELDS_MOST], struct err *e)
{
	struct str lines[NETWORKS_MOST + 1];
	size_t n = lines_of(form_get(f, "networks"), lines);

	s->networks = f;
	s->wrong = wrong;
	if (!fields_check(network_fields, nitems(network_fields), f, wrong))
		return act_wrong(p, TEXT_WRONG_SEE);
	return act_do(t, p, SQL_PORTAL_BOX_NETWORKS, ARGS(P_ME(p), P_TEXTS(lines, n)), e);
}

/* What a form asks for: `key` of the table of what was done, or 303: the reply is given. */
static int
do_it(struct task *t, struct page *p, const struct form *f, struct shown *s, const char **key,
    enum text bad[FIELDS_MOST], struct err *e)
{
	struct str what = form_get(f, "do");
	int64_t number;

	*key = "end";
	if (str_is(what, "make"))
		return make(t, p, f, s, bad, e);
	if (str_is(what, "key")) {
		*key = "key";
		return add_proven(t, p, f, s, bad, e);
	}
	if (str_is(what, "networks")) {
		*key = "networks";
		return set_networks(t, p, f, s, bad, e);
	}
	if (act_form_number(f, "end", &number))
		return act_do(
		    t, p, SQL_PORTAL_BOX_CREDENTIAL_END, ARGS(P_ME(p), P_INT8(number)), e);
	return act_wrong(p, TEXT_WRONG_FORM);
}

static bool
act(struct task *t, struct page *p, struct err *e)
{
	enum text wrong, bad[FIELDS_MOST];
	struct shown s = { 0 };
	const char *key;
	struct form *f;
	int status;

	act_page(p, NULL, 0);
	view_c(&p->view, "made", "");
	if (!me_form(t, p, &f, &wrong, e))
		return false;
	if (wrong != TEXTS)
		return show(t, p, act_wrong(p, wrong), &s, e);
	status = do_it(t, p, f, &s, &key, bad, e);
	if (status == 200)
		return act_go(t, p, key, e, "/keys");
	return status == 303 || (status != 0 && show(t, p, status, &s, e));
}

bool
keys_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see, e);
}

bool
keys_post(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, act, e);
}
