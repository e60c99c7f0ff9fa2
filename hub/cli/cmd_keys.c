/* busbar keys: the keys that seal personal fields. */
#include "cli/commands.h"
#include "cli/list.h"
#include "sys/secret.h"
#include "tree/note.h"

struct keys_args {
	struct str dir;
};

static const struct option options[] = {
	OPT_TEXT(keys_args, dir, "--dir", "DIR", OPTION_OPTIONAL,
	    "folder (default: the setting keys.path)"),
};

static bool
make(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct keys_args *a = args;
	const char *folder = a->dir.at != NULL ? a->dir.at : cli->conf.keys_path;
	static const struct list_column columns[] = { { "folder", "KEYS MADE IN", CELL_TEXT } };
	AUTO(list) l = LIST(columns);

	(void)t;
	list_text(&l, str_of(folder));
	if (!secret_start(e))
		return false;
	if (!keys_make(folder, e)) {
		/* keys that are there will still be there tomorrow */
		if (e->code == ERR_CONFLICT)
			e->code = ERR_BAD_INPUT;
		return false;
	}
	return list_print_one(&l, cli, "folder", e);
}

const struct command cmd_keys_make = {
	.name = "keys make",
	.help = "make the keys that seal personal fields",
	.about =
	    "Writes pii.key, index.key, push.key, audit.key and link.key, never over ones "
	    "that\n"
	    "are there; the last three alone where only they are missing. Who loses them "
	    "loses\n"
	    "the customers' names and addresses, and what opens partners' servers: keep a "
	    "copy\n"
	    "where the backups are not. Without link.key, mails that wait go with new links.",
	COMMAND_OPTIONS(options),
	.args_bytes = sizeof(struct keys_args),
	.needs = NEEDS_CONF,
	.run = make,
};

/* From the key itself, not from what a database says of it. */
static bool
public_key(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct keys_args *a = args;
	const char *folder = a->dir.at != NULL ? a->dir.at : cli->conf.keys_path;
	static const struct list_column columns[] = { { "public_key", "PUBLIC KEY",
	    CELL_TEXT } };
	unsigned char bytes[SIGN_PUBLIC_BYTES];
	AUTO(list) l = LIST(columns);
	AUTO(buf) out = BUF(512);
	AUTO_PTR(keys) k = NULL;
	struct note_key key;

	(void)t;
	if (!secret_start(e) || (k = keys_open_audit(folder, e)) == NULL)
		return false;
	sign_public(bytes, keys_seed(k));
	if (!note_key_make(&key, cli->conf.audit_origin, bytes, e))
		return false;
	note_key_write(&out, &key);
	list_text(&l, buf_view(&out));
	if (cli->json)
		return list_print_one(&l, cli, "key", e);
	buf_byte(&out, '\n');
	return cli_out(buf_view(&out), e);
}

const struct command cmd_keys_public = {
	.name = "keys public",
	.help = "show the public key of the audit, from the key that signs it",
	.about = "The line that whoever verifies must be given by another way than what is\n"
		 "verified. Only who may read audit.key can make it.",
	COMMAND_OPTIONS(options),
	.args_bytes = sizeof(struct keys_args),
	.needs = NEEDS_CONF,
	.run = public_key,
};
