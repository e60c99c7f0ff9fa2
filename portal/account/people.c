/* People of an organisation: who may act for it, and what admins do with them. */
#include <string.h>

#include "listing.h"
#include "mine.h"
#include "store/mailbox.h"

enum { ADD_LOGIN, ADD_EMAIL, ADD_ROLE, ADD_FIELDS, LOGIN_NAME_MOST = 64 };

static const struct field add_fields[ADD_FIELDS] = {
	{ "login", "text", "off", LOGIN_NAME_MOST, TEXT_PERSON_LOGIN, TEXT_PERSON_LOGIN_HINT,
	    TEXT_WRONG_LOGIN_NAME },
	{ "email", "email", "off", EMAIL_MOST, TEXT_FIND_EMAIL, TEXT_PERSON_EMAIL_HINT,
	    TEXT_WRONG_EMAIL },
	{ "role", "select", "off", 10, TEXT_PERSON_ROLE, TEXT_PERSON_ROLE_HINT,
	    TEXT_WRONG_ROLE },
};

static const struct {
	const char *role;
	enum text name, press;
} roles[] = {
	{ "READER", TEXT_ROLE_READER, TEXT_PERSON_READER },
	{ "MEMBER", TEXT_ROLE_MEMBER, TEXT_PERSON_MEMBER },
	{ "ADMIN", TEXT_ROLE_ADMIN, TEXT_PERSON_ADMIN },
};

struct person {
	struct str login, role;
	int64_t made_at, seen_at;
	int32_t person;
	bool ready, me;
};
static const struct db_field fields[] = {
	DB_INT4(person, person),
	DB_TEXT(person, login),
	DB_TEXT(person, role),
	DB_STAMP(person, made_at),
	DB_STAMP(person, seen_at),
	DB_BOOL(person, ready),
	DB_BOOL(person, me),
};

static const struct column columns[] = {
	{ TEXT_PERSON, false },
	{ TEXT_PERSON_ROLE, false },
	{ TEXT_PERSON_SEEN, false },
	{ TEXT_PERSON_DO, false },
};

static void
put_buttons(struct listing *l, struct page *p, const struct person *x)
{
	struct str number = page_number(p, x->person);

	listing_text(l, STR(""));
	if (!x->ready)
		listing_button(
		    l, "remind", number, text_of(p->language, TEXT_PERSON_REMIND), false);
	for (size_t i = 0; x->ready && i < nitems(roles); i++)
		if (!str_is(x->role, roles[i].role))
			listing_button(l, roles[i].role, number,
			    text_of(p->language, roles[i].press), false);
	listing_button(l, "remove", number, text_of(p->language, TEXT_PERSON_REMOVE), true);
}

static void
put_person(struct listing *l, struct page *p, const struct person *x, bool admin)
{
	listing_row(l);
	listing_text(l, page_keep(p, x->login));
	if (x->me)
		listing_more(l, text_of(p->language, TEXT_PERSON_YOU));
	for (size_t i = 0; i < nitems(roles); i++)
		if (str_is(x->role, roles[i].role))
			listing_say(l, roles[i].name);
	if (x->seen_at != DB_STAMP_NONE)
		listing_date(l, x->seen_at);
	else
		listing_say(l, x->ready ? TEXT_PERSON_NEVER : TEXT_PERSON_WAITS);
	if (admin)
		put_buttons(l, p, x);
}

static bool
set(struct task *t, struct page *p, struct mine_form *x, struct err *e)
{
	bool admin = (p->me->is & PORTAL_ADMIN) != 0;
	AUTO_PTR(rows) rows = act_rows(t, p, SQL_PORTAL_PEOPLE, ARGS(P_ME(p)), e);
	struct field_choice *at = arena_get(p->memory, nitems(roles) * sizeof *at);
	struct listing l;
	struct person one;

	if (rows == NULL || at == NULL ||
	    !listing_begin(&l, p, "people", TEXT_PEOPLE_TITLE, columns,
		nitems(columns) - (admin ? 0 : 1), rows_count(rows), e))
		return false;
	while (ROWS_NEXT(rows, fields, &one))
		put_person(&l, p, &one, admin);
	for (size_t i = 0; i < nitems(roles); i++)
		at[i] = (struct field_choice){ str_of(roles[i].role),
			text_of(p->language, roles[i].name) };
	x->choices[x->n_choices++] = (struct field_choices){ "role", at, nitems(roles) };
	view_c(&p->view, "admin", admin ? "1" : "");
	view_c(&p->view, "broad", "1");
	return listing_end(&l, TEXT_PEOPLE_TITLE, TEXT_PEOPLE_LEAD, e);
}

static bool
invite(
    struct task *t, struct page *p, const struct form *f, struct mine_said *said, struct err *e)
{
	struct str login = str_trim(form_get(f, "login"));
	AUTO_PTR(conn) c = NULL;
	struct err bad = { 0 };
	struct mailbox box;
	char name[LOGIN_NAME_MOST + SEAL_EXTRA];
	size_t len;

	if (login.len > LOGIN_NAME_MOST)
		said->wrong[ADD_LOGIN] = TEXT_WRONG_LOGIN_NAME;
	if (!mailbox_seal(&box, p->portal->consent_keys, "person.email",
		str_trim(form_get(f, "email")), &bad))
		said->wrong[ADD_EMAIL] = TEXT_WRONG_EMAIL;
	for (size_t i = 0; i < ADD_FIELDS; i++)
		if (said->wrong[i] != TEXTS)
			return false;
	len = mailbox_name_seal(name, p->portal->consent_keys, login, &box);
	c = db_lease(t, p->portal->db, e);
	return c != NULL &&
	       db_exec(t, c, SQL_PORTAL_PERSON_INVITE,
		   ARGS(P_ME(p), P_STR(login), P_STR(form_get(f, "role")), P_BYTES(name, len),
		       P_MAILBOX(box), P_TEXT(language_code(p->language))),
		   NULL, e) <= DB_NONE;
}

/* One of the buttons of a row: its name says what, its value whom. False: none was. */
static bool
button(struct task *t, struct page *p, const struct form *f, bool *ok, struct err *e)
{
	static const struct {
		const char *name;
		enum sql does;
	} buttons[] = { { "remove", SQL_PORTAL_PERSON_DROP },
		{ "remind", SQL_PORTAL_PERSON_REMIND } };
	AUTO_PTR(conn) c = NULL;
	int64_t person;

	for (size_t i = 0; i < nitems(buttons); i++)
		if (act_form_number(f, buttons[i].name, &person)) {
			c = db_lease(t, p->portal->db, e);
			*ok = c != NULL &&
			      db_exec(t, c, buttons[i].does,
				  ARGS(P_ME(p), P_INT4((int32_t)person)), NULL, e) <= DB_NONE;
			return true;
		}
	for (size_t i = 0; i < nitems(roles); i++)
		if (act_form_number(f, roles[i].role, &person)) {
			c = db_lease(t, p->portal->db, e);
			*ok = c != NULL &&
			      db_exec(t, c, SQL_PORTAL_PERSON_SET,
				  ARGS(P_ME(p), P_INT4((int32_t)person), P_TEXT(roles[i].role)),
				  NULL, e) <= DB_NONE;
			return true;
		}
	return false;
}

static bool
act(struct task *t, struct page *p, const struct form *f, struct mine_said *said, struct err *e)
{
	bool ok = false;

	if (!button(t, p, f, &ok, e))
		return invite(t, p, f, said, e);
	for (size_t i = 0; i < FIELDS_MOST; i++)
		said->wrong[i] = TEXTS; /* the other form was not sent */
	return ok;
}

const struct mine mine_people = { "/people", "people.html", "PEOPLE", TEXT_PEOPLE_TITLE,
	TEXT_PEOPLE_LEAD, TEXT_PERSON_ADD, TEXT_PEOPLE_DONE, add_fields, ADD_FIELDS, set, act };
