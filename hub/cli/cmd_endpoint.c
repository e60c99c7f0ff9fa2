/* busbar endpoint: partners' own servers that drops are pushed to. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"
#include "store/endpoint.h"
#include "sys/egress.h"
#include "sys/secret.h"

static const struct list_column columns[] = {
	{ "endpoint", "NUMBER", CELL_INT },
	{ "login", "ACCOUNT", CELL_TEXT },
	{ "party_code", "PARTY", CELL_TEXT },
	{ "kind", "KIND", CELL_TEXT },
	{ "host", "HOST", CELL_TEXT },
	{ "port", "PORT", CELL_INT },
	{ "path", "PATH", CELL_TEXT },
	{ "server_login", "AS", CELL_TEXT },
	{ "state", "STATE", CELL_TEXT },
	{ "challenge", "CHALLENGE", CELL_TEXT },
	{ "waiting", "WAITING", CELL_INT },
	{ "last_sent_at", "LAST SENT", CELL_STAMP },
	{ "says", "SAYS", CELL_TEXT },
	{ "subscriptions", NULL, CELL_INT },
	{ "implicit", NULL, CELL_BOOL },
	{ "secret_kind", NULL, CELL_TEXT },
	{ "pin", NULL, CELL_TEXT },
	{ "made_at", NULL, CELL_STAMP },
	{ "proven_at", NULL, CELL_STAMP },
};
enum { COLUMN_KIND = 3, COLUMN_HOST, COLUMN_PORT, COLUMN_AS = 7 };

struct list_args {
	struct str login;
};

static const struct option list_options[] = {
	OPT_TEXT(list_args, login, "--login", "LOGIN", OPTION_OPTIONAL, "of this account only"),
};

static bool
endpoint_list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct list_args *a = args;
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	return c != NULL && list_rows(&l, t, c, SQL_ENDPOINT_LIST, ARGS(P_STR(a->login)), e) &&
	       list_print(&l, cli, e);
}

struct number_args {
	int64_t number;
};

static const struct option number_options[] = {
	ARG_INT(number_args, number, "NUMBER", OPTION_REQUIRED, 1, INT64_MAX, "the endpoint"),
};

/* The row of one endpoint alone. */
static bool
find(struct list *one, struct task *t, struct conn *c, int64_t number, struct err *e)
{
	AUTO(list) all = LIST(columns);

	if (!list_rows(&all, t, c, SQL_ENDPOINT_LIST, ARGS(P_NULL()), e))
		return false;
	for (size_t row = 0; row < list_count(&all); row++)
		if (list_cell(&all, row, 0).number == number)
			for (size_t i = 0; i < nitems(columns); i++)
				list_add(one, list_cell(&all, row, i));
	return list_count(one) == 1 ||
	       err(e, ERR_NOT_FOUND, "there is no endpoint %lld", (long long)number);
}

static bool
show(struct task *t, struct cli *cli, struct conn *c, int64_t number, struct err *e)
{
	AUTO(list) one = LIST(columns);

	return find(&one, t, c, number, e) && list_print_one(&one, cli, "endpoint", e);
}

static bool
endpoint_show(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct number_args *a = args;
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	return c != NULL && show(t, cli, c, a->number, e);
}

/* ---- what opens it ---- */

struct door_args { /* of add and pin */
	struct str login, url, pin, key;
	int64_t number;
	bool password;
};

struct sealed {
	unsigned char pin[ENDPOINT_PIN_BYTES];
	const char *kind; /* of the secret */
	unsigned char bytes[ENDPOINT_SECRET_MOST + SEAL_EXTRA];
	size_t len;
};

/* A file, or the first line of standard input. */
static bool
secret_read(struct buf *to, const struct door_args *a, struct err *e)
{
	AUTO_FD file = -1;
	char piece[1024];
	ssize_t got;

	if (a->key.at != NULL && (file = open(a->key.at, O_RDONLY | O_CLOEXEC)) < 0)
		return err_errno(e, ERR_BAD_INPUT, "opening " STR_FMT, STR_ARG(a->key));
	do {
		got = read(a->key.at != NULL ? file : STDIN_FILENO, piece, sizeof piece);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(e, ERR_IO, "reading the secret");
		buf_add(to, piece, (size_t)got);
	} while (got != 0 && buf_ok(to) &&
		 (a->key.at != NULL || memchr(piece, '\n', (size_t)got) == NULL));
	secret_wipe(piece, sizeof piece);
	return buf_ok(to) ||
	       err(e, ERR_TOO_BIG, "the secret has more than %d bytes", ENDPOINT_SECRET_MOST);
}

static bool
secret_check(struct str *secret, const struct door_args *a, struct err *e)
{
	struct str rest;

	if (a->key.at == NULL) {
		str_cut(*secret, '\n', secret, &rest);
		if (str_ends(*secret, "\r"))
			secret->len--;
		return secret->len > 0 ||
		       err(e, ERR_BAD_INPUT, "standard input has no password");
	}
	return (str_has(*secret, STR("PRIVATE KEY-----")) && str_utf8(*secret)) ||
	       err(e, ERR_BAD_INPUT, STR_FMT " is not a private key in PEM", STR_ARG(a->key));
}

static bool
seal_for(struct sealed *s, struct cli *cli, const struct door_args *a, struct endpoint_door *d,
    struct err *e)
{
	AUTO(buf) b = BUF(ENDPOINT_SECRET_MOST);
	AUTO_PTR(keys) k = NULL;
	char place[ENDPOINT_PLACE_SIZE];
	struct str secret;
	bool ok;

	if (a->password == (a->key.at != NULL))
		return err(e, ERR_USAGE, "expected --password or --key");
	if (a->key.at != NULL && !str_is(d->kind, "SFTP"))
		return err(e, ERR_USAGE, "a key is for SFTP; FTPS and HTTPS take --password");
	if (!secret_start(e) || !endpoint_pin_read(s->pin, a->pin, e) ||
	    (k = keys_open_push(cli->conf.keys_path, e)) == NULL ||
	    buf_room(&b, ENDPOINT_SECRET_MOST) == NULL)
		return false;
	d->pin = s->pin;
	endpoint_place(place, d);
	ok = secret_read(&b, a, e);
	secret = buf_view(&b);
	ok = ok && secret_check(&secret, a, e);
	if (ok) {
		s->len = seal(k, s->bytes, secret, str_of(place));
		s->kind = a->key.at != NULL ? "KEY" : "PASSWORD";
	}
	secret_wipe(b.at, b.cap);
	return ok;
}

#define DOOR_OPTIONS                                                                        \
	OPT_TEXT(door_args, pin, "--pin", "SHA256", OPTION_REQUIRED,                        \
	    "fingerprint of the SSH host key (SHA256:..., as ssh-keygen -l) or of the "     \
	    "certificate (hex, as openssl x509 -fingerprint -sha256)"),                     \
	    OPT_FLAG(door_args, password, "--password",                                     \
		"log in with a password, which is the first line of standard input; HTTPS " \
		"without a login: a bearer token"),                                         \
	    OPT_TEXT(door_args, key, "--key", "FILE", OPTION_OPTIONAL,                      \
		"SFTP: log in with this private key, without a passphrase (Ed25519 or ECDSA)")

/* ---- add ---- */

static const struct option add_options[] = {
	ARG_TEXT(
	    door_args, login, "LOGIN", OPTION_REQUIRED, "the account whose drops go there"),
	ARG_TEXT(door_args, url, "URL", OPTION_REQUIRED,
	    "sftp://, ftpes:// (AUTH TLS), ftps:// (TLS from the first byte) or https://, then "
	    "LOGIN@HOST[:PORT]/FOLDER"),
	DOOR_OPTIONS,
};

static bool
url_check(const struct egress_url *u, const struct conf *conf, struct err *e)
{
	struct egress_rules rules;

	if (u->login[0] == '\0' && u->kind != EGRESS_HTTPS)
		return err(e, ERR_USAGE, "the URL has no login: expected LOGIN@HOST");
	if (!egress_rules_read(
		&rules, "push", conf->push_ports, conf->push_private_networks, e))
		return false;
	if (egress_port_ok(&rules, u->port, e))
		return true;
	e->code = ERR_BAD_INPUT;
	return false;
}

static bool
endpoint_add(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	struct made_row {
		int64_t endpoint;
	} row;
	static const struct db_field fields[] = { DB_INT8(made_row, endpoint) };
	const struct door_args *a = args;
	struct egress_url u;
	struct sealed s;
	AUTO_PTR(conn) c = NULL;
	char actor[ACTOR_SIZE];

	if (!egress_url_read(&u, a->url, e) || !url_check(&u, &cli->conf, e) ||
	    !seal_for(&s, cli, a,
		&(struct endpoint_door){ .kind = str_of(egress_kind_name(u.kind)),
		    .host = str_of(u.host),
		    .login = str_of(u.login),
		    .port = u.port },
		e) ||
	    (c = cli_lease(t, cli, e)) == NULL)
		return false;
	cli_actor(actor, sizeof actor);
	return db_one(t, c, SQL_ENDPOINT_ADD,
		   ARGS(P_STR(a->login), P_TEXT(egress_kind_name(u.kind)), P_BOOL(u.implicit),
		       P_TEXT(u.host), P_INT4(u.port), P_TEXT(u.path), P_TEXT(u.login),
		       P_TEXT(s.kind), P_BYTES(s.bytes, s.len), P_BYTES(s.pin, sizeof s.pin),
		       P_TEXT(actor)),
		   fields, nitems(fields), &row, NULL, e) == DB_FOUND &&
	       show(t, cli, c, row.endpoint, e);
}

/* ---- pin ---- */

static const struct option pin_options[] = {
	ARG_INT(door_args, number, "NUMBER", OPTION_REQUIRED, 1, INT64_MAX, "the endpoint"),
	DOOR_OPTIONS,
};

static bool
endpoint_pin(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct door_args *a = args;
	AUTO(list) was = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];
	struct sealed s;

	if (c == NULL || !find(&was, t, c, a->number, e) ||
	    !seal_for(&s, cli, a,
		&(struct endpoint_door){ .kind = list_cell(&was, 0, COLUMN_KIND).text,
		    .host = list_cell(&was, 0, COLUMN_HOST).text,
		    .login = list_cell(&was, 0, COLUMN_AS).text,
		    .port = (int32_t)list_cell(&was, 0, COLUMN_PORT).number },
		e))
		return false;
	cli_actor(actor, sizeof actor);
	return db_exec(t, c, SQL_ENDPOINT_PIN,
		   ARGS(P_INT8(a->number), P_TEXT(s.kind), P_BYTES(s.bytes, s.len),
		       P_BYTES(s.pin, sizeof s.pin), P_TEXT(actor)),
		   NULL, e) == DB_FOUND &&
	       show(t, cli, c, a->number, e);
}

/* ---- prove, use, end ---- */

struct prove_args {
	int64_t number;
	struct str code;
};

static const struct option prove_options[] = {
	ARG_INT(prove_args, number, "NUMBER", OPTION_REQUIRED, 1, INT64_MAX, "the endpoint"),
	OPT_TEXT(prove_args, code, "--code", "CODE", OPTION_OPTIONAL,
	    "what the partner has read in the challenge file; without it another one is sent"),
};

static bool
endpoint_prove(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	struct proof_row {
		bool proven;
		struct str says;
	} row;
	static const struct db_field fields[] = { DB_BOOL(proof_row, proven),
		DB_TEXT(proof_row, says) };
	const struct prove_args *a = args;
	AUTO_PTR(rows) keep = NULL;
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];

	cli_actor(actor, sizeof actor);
	if (c == NULL)
		return false;
	if (a->code.at == NULL)
		return db_exec(t, c, SQL_ENDPOINT_CHALLENGE,
			   ARGS(P_INT8(a->number), P_TEXT(actor)), NULL, e) == DB_FOUND &&
		       show(t, cli, c, a->number, e);
	if (db_one(t, c, SQL_ENDPOINT_PROVE,
		ARGS(P_INT8(a->number), P_STR(a->code), P_TEXT(actor)), fields, nitems(fields),
		&row, &keep, e) != DB_FOUND)
		return false;
	if (!row.proven)
		return err(e, ERR_BAD_INPUT, STR_FMT, STR_ARG(row.says));
	return show(t, cli, c, a->number, e);
}

struct use_args {
	int64_t number, subscription;
	bool no_more;
};

static const struct option use_options[] = {
	ARG_INT(use_args, number, "NUMBER", OPTION_REQUIRED, 1, INT64_MAX, "the endpoint"),
	OPT_INT(use_args, subscription, "--subscription", "N", OPTION_REQUIRED, 1, INT64_MAX,
	    "whose drops go there from the next one on"),
	OPT_FLAG(use_args, no_more, "--no-more", "and no longer do"),
};

static bool
endpoint_use(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct use_args *a = args;
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];

	cli_actor(actor, sizeof actor);
	return c != NULL &&
	       db_exec(t, c, SQL_ENDPOINT_USE,
		   ARGS(P_INT8(a->subscription),
		       a->no_more ? (struct param)P_NULL() : (struct param)P_INT8(a->number),
		       P_TEXT(actor)),
		   NULL, e) == DB_FOUND &&
	       show(t, cli, c, a->number, e);
}

static bool
endpoint_end(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct number_args *a = args;
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];

	cli_actor(actor, sizeof actor);
	return c != NULL &&
	       db_exec(t, c, SQL_ENDPOINT_END, ARGS(P_INT8(a->number), P_TEXT(actor)), NULL,
		   e) == DB_FOUND &&
	       show(t, cli, c, a->number, e);
}

/* ---- rows ---- */

const struct command cmd_endpoint_list = {
	.name = "endpoint list",
	.help = "list the servers of partners that drops are pushed to",
	COMMAND_OPTIONS(list_options),
	.args_bytes = sizeof(struct list_args),
	.needs = NEEDS_CONF,
	.run = endpoint_list,
};

const struct command cmd_endpoint_show = {
	.name = "endpoint show",
	.help = "show one of them",
	COMMAND_OPTIONS(number_options),
	.args_bytes = sizeof(struct number_args),
	.needs = NEEDS_CONF,
	.run = endpoint_show,
};

const struct command cmd_endpoint_add = {
	.name = "endpoint add",
	.help = "name a partner's own server",
	.about =
	    "A challenge file is sent there at once; its code, which the partner reads to "
	    "you,\n"
	    "proves the server (endpoint prove). Until then nothing else goes there. The\n"
	    "password or key is sealed for that server alone. Get the fingerprint from the\n"
	    "partner by another way than the server itself.",
	COMMAND_OPTIONS(add_options),
	.args_bytes = sizeof(struct door_args),
	.needs = NEEDS_CONF,
	.run = endpoint_add,
};

const struct command cmd_endpoint_pin = {
	.name = "endpoint pin",
	.help = "pin another host key or certificate",
	.about =
	    "After the partner has told you that it changed. The secret is asked for again,\n"
	    "since it is sealed to the pin, and the server must be proven anew; what waits\n"
	    "to be delivered goes on waiting.",
	COMMAND_OPTIONS(pin_options),
	.args_bytes = sizeof(struct door_args),
	.needs = NEEDS_CONF,
	.run = endpoint_pin,
};

const struct command cmd_endpoint_prove = {
	.name = "endpoint prove",
	.help = "enter the code of a challenge file, or send another",
	COMMAND_OPTIONS(prove_options),
	.args_bytes = sizeof(struct prove_args),
	.needs = NEEDS_CONF,
	.run = endpoint_prove,
};

const struct command cmd_endpoint_use = {
	.name = "endpoint use",
	.help = "push the drops of a subscription there",
	COMMAND_OPTIONS(use_options),
	.args_bytes = sizeof(struct use_args),
	.needs = NEEDS_CONF,
	.run = endpoint_use,
};

const struct command cmd_endpoint_end = {
	.name = "endpoint end",
	.help = "push nothing there any more, for good",
	.about = "What waits to be delivered there is cancelled, and the secret is forgotten.",
	COMMAND_OPTIONS(number_options),
	.args_bytes = sizeof(struct number_args),
	.needs = NEEDS_CONF,
	.run = endpoint_end,
};
