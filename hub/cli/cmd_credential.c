/* busbar credential: what an account logs in with. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"
#include "store/proof.h"
#include "rt/work.h"

struct add_args {
	struct str login, label, until, certificate, ssh_key;
	bool password, from_stdin, token, replace;
};

static const struct option add_options[] = {
	ARG_TEXT(add_args, login, "LOGIN", OPTION_REQUIRED, "the account's name"),
	OPT_FLAG(add_args, password, "--password", "a password: a new one, shown once"),
	OPT_FLAG(add_args, from_stdin, "--stdin",
	    "with --password: the first line of standard input instead of a new one"),
	OPT_TEXT(add_args, certificate, "--certificate", "FILE", OPTION_OPTIONAL,
	    "a client certificate, PEM or DER"),
	OPT_TEXT(add_args, ssh_key, "--ssh-key", "FILE", OPTION_OPTIONAL,
	    "a public key of SSH, as id_ed25519.pub"),
	OPT_FLAG(add_args, token, "--token", "a token for HTTPS: a new one, shown once"),
	OPT_TEXT(add_args, label, "--label", "TEXT", OPTION_OPTIONAL,
	    "what it is known by (by the operator)"),
	OPT_STAMP(add_args, until, "--until", OPTION_OPTIONAL, "when it ends by itself"),
	OPT_FLAG(add_args, replace, "--replace",
	    "what the account has of that kind ends, and who is inside by it"),
};

/* All of a descriptor up to PROOF_FILE_MOST; with `line` up to the first line's end. */
static bool
read_fd(struct buf *to, int fd, bool line, struct err *e)
{
	char piece[1024];
	ssize_t got;

	do {
		got = read(fd, piece, sizeof piece);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(e, ERR_IO, "reading");
		buf_add(to, piece, (size_t)got);
	} while (got != 0 && buf_ok(to) && !(line && memchr(piece, '\n', (size_t)got) != NULL));
	secret_wipe(piece, sizeof piece);
	return buf_ok(to) ||
	       err(e, ERR_TOO_BIG, "there are more than %d bytes", PROOF_FILE_MOST);
}

typedef bool proof_fn(struct proof *p, struct str text, struct err *e);

static bool
from_file(struct proof *p, struct str path, proof_fn *fn, struct err *e)
{
	AUTO(buf) b = BUF(PROOF_FILE_MOST);
	AUTO_FD fd = open(path.at, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_errno(e, ERR_BAD_INPUT, "opening " STR_FMT, STR_ARG(path));
	return (read_fd(&b, fd, false, e) && fn(p, buf_view(&b), e)) ||
	       err_at(e, STR_FMT, STR_ARG(path));
}

struct derive {
	struct proof *p;
	unsigned char salt[SECRET_SALT_BYTES];
	struct str password;
	struct err e;
	bool ok;
};

static void
derive_work(void *arg)
{
	struct derive *d = arg;

	d->ok = proof_of_password(d->p, d->password, d->salt, &d->e);
}

struct salt_row {
	struct str salt;
};

static const struct db_field salt_fields[] = { DB_BYTES(salt_row, salt) };

/* All passwords of a login share its salt, so that a door can ask for it before it knows more.
 */
static bool
salt_of(struct task *t, struct conn *c, struct str login, unsigned char to[SECRET_SALT_BYTES],
    struct err *e)
{
	AUTO_PTR(rows) keep = NULL;
	struct salt_row row;

	if (db_one(t, c, SQL_CREDENTIAL_SALT, ARGS(P_STR(login)), salt_fields,
		nitems(salt_fields), &row, &keep, e) != DB_FOUND)
		return false;
	if (row.salt.len != SECRET_SALT_BYTES)
		return err(e, ERR_BUG, "the salt has %zu bytes", row.salt.len);
	memcpy(to, row.salt.at, SECRET_SALT_BYTES);
	return true;
}

static bool
password_proof(struct task *t, struct conn *c, const struct add_args *a, struct proof *p,
    char made[MADE_SIZE], struct err *e)
{
	AUTO(buf) b = BUF(PROOF_FILE_MOST);
	struct derive d = { .p = p };
	struct str rest;
	bool ok;

	if (a->from_stdin) {
		if (!read_fd(&b, STDIN_FILENO, true, e))
			return err_at(e, "standard input");
		str_cut(buf_view(&b), '\n', &d.password, &rest);
		if (str_ends(d.password, "\r"))
			d.password.len--;
	} else {
		proof_new_password(made);
		d.password = str_of(made);
	}
	ok = salt_of(t, c, a->login, d.salt, e) && work_run(t, derive_work, &d, e);
	if (b.len > 0)
		secret_wipe(b.at, b.len);
	if (ok && !d.ok)
		*e = d.e;
	return ok && d.ok;
}

static bool
check_kind(const struct add_args *a, struct err *e)
{
	int kinds =
	    a->password + a->token + (a->certificate.at != NULL) + (a->ssh_key.at != NULL);

	if (kinds != 1)
		return err(e, ERR_USAGE,
		    "expected one of --password, --certificate, --ssh-key and --token");
	return !a->from_stdin || a->password ||
	       err(e, ERR_USAGE, "--stdin goes with --password");
}

static bool
make_proof(struct task *t, struct conn *c, const struct add_args *a, struct proof *p,
    char made[MADE_SIZE], struct err *e)
{
	if (!secret_start(e))
		return false;
	if (a->password)
		return password_proof(t, c, a, p, made, e);
	if (a->certificate.at != NULL)
		return from_file(p, a->certificate, proof_of_certificate, e);
	if (a->ssh_key.at != NULL)
		return from_file(p, a->ssh_key, proof_of_ssh_key, e);
	proof_new_token(p, made);
	return true;
}

struct made_row {
	int64_t credential;
};

static const struct db_field made_fields[] = { DB_INT8(made_row, credential) };

static bool
credential_add(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	static const struct list_column columns[] = {
		{ "credential", "CREDENTIAL", CELL_INT },
		{ "kind", "KIND", CELL_TEXT },
		{ "secret", "SHOWN ONLY NOW", CELL_TEXT },
	};
	const struct add_args *a = args;
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = NULL;
	char actor[ACTOR_SIZE], made[MADE_SIZE] = "";
	struct made_row row;
	struct proof p;

	if (!check_kind(a, e) || (c = cli_lease(t, cli, e)) == NULL ||
	    !make_proof(t, c, a, &p, made, e))
		return false;
	cli_actor(actor, sizeof actor);
	if (db_one(t, c, a->replace ? SQL_CREDENTIAL_REPLACE : SQL_CREDENTIAL_ADD,
		ARGS(P_STR(a->login), P_TEXT(p.kind),
		    P_TEXT(a->label.at != NULL ? a->label.at : "by the operator"),
		    P_BYTES(p.salted ? p.salt : NULL, sizeof p.salt),
		    P_BYTES(p.verifier, sizeof p.verifier), P_STR(a->until), P_TEXT(actor)),
		made_fields, nitems(made_fields), &row, NULL, e) != DB_FOUND) {
		/* a key that is in use will still be so tomorrow */
		if (e->code == ERR_CONFLICT)
			e->code = ERR_BAD_INPUT;
		return false;
	}
	list_int(&l, row.credential);
	list_text(&l, str_of(p.kind));
	list_text(&l, made[0] != '\0' ? str_of(made) : (struct str){ NULL, 0 });
	secret_wipe(made, sizeof made);
	return list_print_one(&l, cli, "credential", e);
}

struct list_args {
	struct str login;
};

static const struct option list_options[] = {
	ARG_TEXT(list_args, login, "LOGIN", OPTION_REQUIRED, "the account's name"),
};

static bool
credential_list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	static const struct list_column columns[] = {
		{ "credential", "CREDENTIAL", CELL_INT },
		{ "kind", "KIND", CELL_TEXT },
		{ "label", "LABEL", CELL_TEXT },
		{ "made_at", "MADE", CELL_STAMP },
		{ "expires_at", "UNTIL", CELL_STAMP },
		{ "last_used_at", "LAST USED", CELL_STAMP },
		{ "ended_at", "ENDED", CELL_STAMP },
		{ "fingerprint", "SHA-256", CELL_TEXT },
	};
	const struct list_args *a = args;
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	return c != NULL &&
	       list_rows(&l, t, c, SQL_CREDENTIAL_LIST, ARGS(P_STR(a->login)), e) &&
	       list_print(&l, cli, e);
}

struct end_args {
	int64_t credential;
};

static const struct option end_options[] = {
	ARG_INT(end_args, credential, "NUMBER", OPTION_REQUIRED, 1, INT64_MAX,
	    "its number in credential list"),
};

static bool
credential_end(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	static const struct list_column columns[] = { { "credential", "ENDED", CELL_INT } };
	const struct end_args *a = args;
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];

	cli_actor(actor, sizeof actor);
	list_int(&l, a->credential);
	return c != NULL &&
	       db_exec(t, c, SQL_CREDENTIAL_END, ARGS(P_INT8(a->credential), P_TEXT(actor)),
		   NULL, e) == DB_FOUND &&
	       list_print_one(&l, cli, "credential", e);
}

const struct command cmd_credential_add = {
	.name = "credential add",
	.help = "give an account something to log in with",
	.about =
	    "An account may have several, so that a new one is in use before the old one\n"
	    "ends. The hub keeps no password and no token: what is shown now is shown only\n"
	    "now. A key belongs to one account.",
	COMMAND_OPTIONS(add_options),
	.args_bytes = sizeof(struct add_args),
	.needs = NEEDS_CONF,
	.run = credential_add,
};

const struct command cmd_credential_list = {
	.name = "credential list",
	.help = "list what an account logs in with",
	COMMAND_OPTIONS(list_options),
	.args_bytes = sizeof(struct list_args),
	.needs = NEEDS_CONF,
	.run = credential_list,
};

const struct command cmd_credential_end = {
	.name = "credential end",
	.help = "end a credential at once",
	.about = "Sessions that were opened with it can do nothing more from that moment.",
	COMMAND_OPTIONS(end_options),
	.args_bytes = sizeof(struct end_args),
	.needs = NEEDS_CONF,
	.run = credential_end,
};
