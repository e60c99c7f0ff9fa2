/* busbar keys rotate: a key is changed while the hub runs, a step a call. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/audit.h"
#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"
#include "cli/reseal.h"
#include "sys/secret.h"

enum { FILE_NAME_SIZE = 16 };

struct rotate_args {
	struct str key;
	int64_t rows;
	bool retire;
};

static const struct option options[] = {
	ARG_WORD(rotate_args, key, "KEY", OPTION_REQUIRED, "pii|push|link|portal|audit",
	    "which: pii, push, link, portal or audit"),
	OPT_INT(rotate_args, rows, "--rows", "N", OPTION_OPTIONAL, 1, INT64_MAX,
	    "seal at most so many fields anew in this run"),
	OPT_FLAG(rotate_args, retire, "--retire",
	    "the last step for pii and push: the older keys go, when nothing is sealed by "
	    "them"),
};

/* Keys that seal live on in what they sealed; of others the new one takes the place at once. */
static const struct kind {
	const char *key;
	bool seals;
	struct keys *(*open)(const char *folder, struct err *e);
	const char *knows; /* processes that must know a new one before it is used */
	const char *then;  /* to be done when it is used */
} kinds[] = {
	/* with consent.key too, by which a few of the fields come: pii.key seals them then */
	{ "pii", true, keys_open_mail, "busbar-ingestd and busbar-agreementd",
	    "Restart busbar-ingestd, which still seals by the older one; then run it with "
	    "--retire." },
	{ "push", true, keys_open_push, "busbar-dropd", "Then run it with --retire." },
	{ "link", false, NULL, NULL,
	    "Restart busbar-agreementd. Links that were sent work on; mails that wait get new "
	    "ones." },
	{ "portal", false, NULL, NULL,
	    "Restart busbar-portald. Who has a page open is asked to open the link again." },
	{ "audit", false, keys_open_audit, NULL,
	    "Restart busbar-auditd, and give the new public key to whoever verifies." },
};

struct rotation {
	struct cli *cli;
	struct conn *c;
	const struct kind *kind;
	char file[FILE_NAME_SIZE];
	struct key_look look;
	struct reseal done;
};

static bool
note(struct task *t, struct rotation *r, const char *step, const char *detail, struct err *e)
{
	char actor[ACTOR_SIZE];

	cli_actor(actor, sizeof actor);
	return db_exec(t, r->c, SQL_KEY_NOTE,
		   ARGS(P_TEXT(r->kind->key), P_TEXT(step), P_TEXT(detail), P_TEXT(actor)),
		   NULL, e) == DB_FOUND;
}

/* On record first: a step that then fails can be taken again. */
static bool
step(struct task *t, struct rotation *r, enum key_step s, const char *word, struct err *e)
{
	const char *folder = r->cli->conf.keys_path;

	return note(t, r, word, "{}", e) && keys_step(folder, r->file, s, e) &&
	       keys_look(folder, r->file, &r->look, e);
}

/* ---- keys that seal ---- */

static bool
reseal(struct task *t, struct rotation *r, const struct rotate_args *a, struct err *e)
{
	AUTO_PTR(keys) k = r->kind->open(r->cli->conf.keys_path, e);
	char detail[64];

	if (k == NULL)
		return false;
	r->done = (struct reseal){ .key = r->kind->key,
		.id = r->look.newest,
		.most = a->rows == INT64_MIN ? INT64_MAX : a->rows };
	if (!reseal_run(t, r->cli, r->c, k, &r->done, e))
		return false;
	snprintf(detail, sizeof detail, "{\"fields\": %lld}", (long long)r->done.resealed);
	return r->done.resealed == 0 || note(t, r, "resealed", detail, e);
}

static bool
retire(struct task *t, struct rotation *r, struct err *e)
{
	if (r->done.left > 0)
		return err(e, ERR_FINDINGS,
		    "%lld fields are still sealed by older keys, which stay%s",
		    (long long)r->done.left,
		    r->done.unopened > 0 ? ": no key that is there opens some of them" : "");
	if (!step(t, r, KEY_RETIRE, "retired", e))
		return false;
	cli_say("The older keys are gone. Keep them with the backups of their time.");
	return true;
}

static bool
rotate_seal(struct task *t, struct rotation *r, const struct rotate_args *a, struct err *e)
{
	if (a->retire && r->look.state != KEY_USED)
		return err(e, ERR_SEQUENCE, "%s has no older key that could go", r->file);
	if (r->look.state == KEY_ONE) {
		if (!step(t, r, KEY_ADD, "added", e))
			return false;
		cli_say("A new key is there, which seals nothing yet. Restart %s, so that they "
			"know it; then run this again.",
		    r->kind->knows);
		return true;
	}
	if (r->look.state == KEY_ADDED && !step(t, r, KEY_USE, "used", e))
		return false;
	if (!reseal(t, r, a, e))
		return false;
	if (a->retire)
		return retire(t, r, e);
	if (r->done.unopened > 0)
		cli_say(
		    "%lld fields are opened by no key that is there: they stay as they are, "
		    "and the older keys with them.",
		    (long long)r->done.unopened);
	if (r->done.left > r->done.unopened)
		cli_say("%lld fields are still sealed by older keys: run this again.",
		    (long long)(r->done.left - r->done.unopened));
	else
		cli_say("%s", r->kind->then);
	return true;
}

/* ---- the others ---- */

/* Whoever verifies with the installation's file knows all keys that ever signed. */
static bool
publish(const char *path, struct str line, struct err *e)
{
	AUTO_FD fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	AUTO(buf) text = BUF(16 * 1024);
	char piece[1024];
	ssize_t got;

	if (fd < 0)
		return err_errno(e, ERR_IO, "cannot open %s", path);
	while ((got = read(fd, piece, sizeof piece)) > 0)
		buf_add(&text, piece, (size_t)got);
	if (got < 0 || !buf_ok(&text))
		return err_errno(e, ERR_IO, "cannot read %s", path);
	if (str_has(buf_view(&text), line))
		return true;
	buf_reset(&text);
	buf_str(&text, line);
	buf_byte(&text, '\n');
	return (write(fd, text.at, text.len) == (ssize_t)text.len && fsync(fd) == 0) ||
	       err_errno(e, ERR_IO, "cannot write %s", path);
}

static bool
public_line(struct buf *to, struct rotation *r, const unsigned char *seed, struct err *e)
{
	unsigned char bytes[SIGN_PUBLIC_BYTES];
	struct note_key key;

	sign_public(bytes, seed);
	if (!note_key_make(&key, NOTE_LOG, r->cli->conf.audit_origin, bytes, e))
		return false;
	note_key_write(to, &key);
	return true;
}

/* The key that goes signs the name of the one that comes. */
static bool
announce(struct task *t, struct rotation *r, struct err *e)
{
	AUTO_PTR(keys) k = keys_open_audit(r->cli->conf.keys_path, e);
	AUTO(signed_tree) s = { 0 };
	AUTO(buf) old = BUF(512);
	AUTO(buf) new = BUF(512);
	const char *path = r->cli->conf.audit_public_key;

	return k != NULL && public_line(&old, r, keys_seed(k), e) &&
	       public_line(&new, r, keys_seed_next(k), e) &&
	       audit_sign_next(t, r->c, buf_view(&new), &s, e) &&
	       publish(path, buf_view(&old), e) && publish(path, buf_view(&new), e);
}

static bool
rotate_single(struct task *t, struct rotation *r, const struct rotate_args *a, struct err *e)
{
	if (a->retire || a->rows != INT64_MIN)
		return err(e, ERR_USAGE, "--retire and --rows are for keys that seal");
	if (r->look.state == KEY_ONE && !step(t, r, KEY_ADD, "added", e))
		return false;
	if (r->kind->open != NULL && !announce(t, r, e))
		return false;
	if (!step(t, r, KEY_REPLACE, "replaced", e))
		return false;
	cli_say("The new key has taken the old one's place. %s", r->kind->then);
	return true;
}

/* ---- the command ---- */

static bool
tell(const struct rotation *r, struct err *e)
{
	static const struct list_column columns[] = {
		{ "key", "KEY", CELL_TEXT },
		{ "keys", "KEYS NOW", CELL_INT },
		{ "added", "ONE NOT USED YET", CELL_BOOL },
		{ "resealed", "SEALED ANEW", CELL_INT },
		{ "left", "BY OLDER KEYS", CELL_INT },
		{ "unopened", "OPENED BY NONE", CELL_INT },
	};
	AUTO(list) l = LIST(columns);

	list_text(&l, str_of(r->kind->key));
	list_int(&l, r->look.keys);
	list_int(&l, r->look.state == KEY_ADDED);
	list_int(&l, r->done.resealed);
	list_int(&l, r->done.left);
	list_int(&l, r->done.unopened);
	return list_print_one(&l, r->cli, "key", e);
}

static bool
rotate(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct rotate_args *a = args;
	AUTO_PTR(conn) c = NULL;
	struct rotation r = { .cli = cli, .kind = kinds };

	while (!str_is(a->key, r.kind->key))
		r.kind++;
	snprintf(r.file, sizeof r.file, "%s.key", r.kind->key);
	if (!secret_start(e) || !keys_look(cli->conf.keys_path, r.file, &r.look, e) ||
	    (c = cli_lease(t, cli, e)) == NULL)
		return false;
	r.c = c;
	return (r.kind->seals ? rotate_seal(t, &r, a, e) : rotate_single(t, &r, a, e)) &&
	       tell(&r, e);
}

const struct command cmd_keys_rotate = {
	.name = "keys rotate",
	.help = "change a key, a step a call, while the hub runs",
	.about =
	    "pii and push seal: the first call adds a new key, which opens and does not seal "
	    "yet;\n"
	    "the second uses it, and seals anew what older ones sealed, in small batches that "
	    "may\n"
	    "be stopped and begun again; --retire ends it. What is to be restarted between "
	    "them\n"
	    "is said each time. link, portal and audit change in one call; of audit, the key "
	    "that\n"
	    "goes signs the name of the one that comes. index.key is never changed: it finds, "
	    "and\n"
	    "opens nothing.",
	COMMAND_OPTIONS(options),
	.args_bytes = sizeof(struct rotate_args),
	.needs = NEEDS_CONF,
	.run = rotate,
};
