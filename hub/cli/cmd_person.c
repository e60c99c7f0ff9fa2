/* busbar person: people of organisations. */
#include <string.h>

#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"
#include "store/mailbox.h"

#define EMAIL_COLUMN "person.email"
enum { NAME_MOST = 200 };

/* ---- list ---- */

static const struct list_column columns[] = {
	{ "person", "PERSON", CELL_INT },
	{ "party", "PARTY", CELL_TEXT },
	{ "role", "ROLE", CELL_TEXT },
	{ "name", "NAME", CELL_TEXT },
	{ "email", "MAILBOX", CELL_TEXT },
	{ "made_at", NULL, CELL_STAMP },
};

struct person_row {
	int32_t person;
	struct str party_code, role, name_sealed, email_sealed, email_place;
	int64_t made_at;
};

static const struct db_field fields[] = {
	DB_INT4(person_row, person),
	DB_TEXT(person_row, party_code),
	DB_TEXT(person_row, role),
	DB_BYTES(person_row, name_sealed),
	DB_BYTES(person_row, email_sealed),
	DB_BYTES(person_row, email_place),
	DB_STAMP(person_row, made_at),
};

static void
put_row(struct list *l, const struct keys *k, const struct person_row *row)
{
	char name[NAME_MOST + SEAL_EXTRA], email[EMAIL_MOST + 1], place[MAILBOX_NAME_PLACE];
	bool open = mailbox_open(email, k, row->email_sealed, row->email_place);
	size_t len = 0;

	if (!open || row->name_sealed.len > sizeof name ||
	    !unseal(k, name, &len, row->name_sealed,
		mailbox_name_place(
		    place, row->email_place.at + row->email_place.len - INDEX_BYTES)))
		len = 0;
	list_int(l, row->person);
	list_text(l, row->party_code);
	list_text(l, row->role);
	list_text(l, len > 0 ? (struct str){ name, len } : STR("(sealed with other keys)"));
	list_text(l, open ? str_of(email) : STR("(sealed with other keys)"));
	list_int(l, row->made_at);
}

/* Of one organisation, or of all; of one person alone when `only` is not 0. */
static bool
print(struct task *t, struct cli *cli, struct str party, int32_t only, struct err *e)
{
	AUTO(list) l = LIST(columns);
	AUTO_PTR(keys) k = NULL;
	AUTO_PTR(conn) c = NULL;
	AUTO_PTR(rows) r = NULL;
	struct person_row row;

	if (!secret_start(e) || (k = keys_open_mail(cli->conf.keys_path, e)) == NULL ||
	    (c = cli_lease(t, cli, e)) == NULL ||
	    (r = db_rows(t, c, SQL_PERSON_LIST, ARGS(P_STR(party)), e)) == NULL)
		return false;
	while (ROWS_NEXT(r, fields, &row))
		if (only == 0 || row.person == only)
			put_row(&l, k, &row);
	return only == 0 ? list_print(&l, cli, e) : list_print_one(&l, cli, "person", e);
}

struct list_args {
	struct str party;
};

static const struct option list_options[] = {
	OPT_TEXT(list_args, party, "--party", "CODE", OPTION_OPTIONAL, "of this one only"),
};

static bool
person_list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct list_args *a = args;

	return print(t, cli, a->party, 0, e);
}

/* ---- add ---- */

struct add_args {
	struct str party, name, email, role, login;
};

static const struct option add_options[] = {
	ARG_TEXT(add_args, party, "PARTY", OPTION_REQUIRED, "the organisation's code"),
	OPT_TEXT(add_args, name, "--name", "NAME", OPTION_REQUIRED, "the person's name"),
	OPT_TEXT(add_args, email, "--email", "EMAIL", OPTION_REQUIRED, "the person's mailbox"),
	OPT_WORD(add_args, role, "--role", "WORD", OPTION_REQUIRED, "admin|member|reader",
	    "admin, member or reader; the first is an admin"),
	OPT_TEXT(add_args, login, "--login", "NAME", OPTION_OPTIONAL,
	    "by which it signs in at the portal, beside its mailbox; \"person-\" and its "
	    "number where none is given"),
};

struct made {
	int32_t person;
};

static bool
insert(
    struct task *t, struct cli *cli, const struct add_args *a, int32_t *person, struct err *e)
{
	static const struct db_field made_fields[] = { DB_INT4(made, person) };
	AUTO_PTR(keys) k = NULL;
	AUTO_PTR(conn) c = NULL;
	char actor[ACTOR_SIZE], sealed[NAME_MOST + SEAL_EXTRA];
	struct str name = str_trim(a->name);
	struct mailbox m;
	struct made row;
	size_t len;

	if (name.len == 0 || name.len > NAME_MOST || !str_utf8(name))
		return err(e, ERR_BAD_INPUT,
		    "the name has %zu bytes, expected 1 to %d of UTF-8", name.len, NAME_MOST);
	if (!secret_start(e) || (k = keys_open(cli->conf.keys_path, e)) == NULL ||
	    !mailbox_seal(&m, k, EMAIL_COLUMN, a->email, e) ||
	    (c = cli_lease(t, cli, e)) == NULL)
		return false;
	len = mailbox_name_seal(sealed, k, name, &m);
	cli_actor(actor, sizeof actor);
	if (db_one(t, c, SQL_PERSON_ADD,
		ARGS(P_STR(a->party), P_STR(a->role), P_BYTES(sealed, len), P_MAILBOX(m),
		    P_TEXT(actor), P_STR(a->login)),
		made_fields, nitems(made_fields), &row, NULL, e) != DB_FOUND) {
		if (e->code == ERR_CONFLICT) /* and will be tomorrow */
			e->code = ERR_BAD_INPUT;
		return false;
	}
	*person = row.person;
	return true;
}

static bool
person_add(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct add_args *a = args;
	int32_t person;

	return insert(t, cli, a, &person, e) && print(t, cli, a->party, person, e);
}

/* ---- role, remove ---- */

struct change_args {
	int64_t person;
	struct str role;
};

static const struct option role_options[] = {
	ARG_INT(change_args, person, "NUMBER", OPTION_REQUIRED, 1, INT32_MAX, "the person"),
	ARG_WORD(change_args, role, "ROLE", OPTION_REQUIRED, "admin|member|reader",
	    "admin, member or reader"),
};

static const struct option remove_options[] = {
	ARG_INT(change_args, person, "NUMBER", OPTION_REQUIRED, 1, INT32_MAX, "the person"),
};

static bool
change(struct task *t, struct cli *cli, enum sql q, const struct change_args *a, struct err *e)
{
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];
	struct param person = P_INT4((int32_t)a->person);

	cli_actor(actor, sizeof actor);
	return c != NULL && db_exec(t, c, q,
				a->role.at != NULL ? ARGS(person, P_STR(a->role), P_TEXT(actor))
						   : ARGS(person, P_TEXT(actor)),
				NULL, e) == DB_FOUND;
}

static bool
person_role(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct change_args *a = args;

	return change(t, cli, SQL_PERSON_ROLE, a, e) &&
	       print(t, cli, (struct str){ NULL, 0 }, (int32_t)a->person, e);
}

static bool
person_remove(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	static const struct list_column gone[] = { { "person", "REMOVED", CELL_INT } };
	const struct change_args *a = args;
	AUTO(list) l = LIST(gone);

	list_int(&l, a->person);
	return change(t, cli, SQL_PERSON_REMOVE, a, e) && list_print_one(&l, cli, "person", e);
}

const struct command cmd_person_list = {
	.name = "person list",
	.help = "list the people of organisations",
	COMMAND_OPTIONS(list_options),
	.args_bytes = sizeof(struct list_args),
	.needs = NEEDS_CONF,
	.run = person_list,
};

const struct command cmd_person_add = {
	.name = "person add",
	.help = "add a person to an organisation",
	.about =
	    "Names and mailboxes are kept sealed. What a box is opened with is its own matter: "
	    "see\ncredential add.",
	COMMAND_OPTIONS(add_options),
	.args_bytes = sizeof(struct add_args),
	.needs = NEEDS_CONF,
	.run = person_add,
};

const struct command cmd_person_role = {
	.name = "person role",
	.help = "give a person another role",
	.about = "An organisation keeps one admin at least.",
	COMMAND_OPTIONS(role_options),
	.args_bytes = sizeof(struct change_args),
	.needs = NEEDS_CONF,
	.run = person_role,
};

const struct command cmd_person_remove = {
	.name = "person remove",
	.help = "remove a person from an organisation",
	.about =
	    "The name and the mailbox are forgotten with it; the number stays in the audit "
	    "events.",
	COMMAND_OPTIONS(remove_options),
	.args_bytes = sizeof(struct change_args),
	.needs = NEEDS_CONF,
	.run = person_remove,
};
