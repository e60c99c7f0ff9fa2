/* busbar keys: the keys that seal personal fields. */
#include "base/code.h"
#include "cli/commands.h"
#include "cli/list.h"
#include "sys/secret.h"
#include "tree/note.h"

struct keys_args {
	struct str dir, of;
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
	    "Writes pii.key, index.key, push.key, audit.key, link.key and others, never over "
	    "ones\n"
	    "that are there; from the third on alone where they are missing. Who loses them "
	    "loses\n"
	    "the customers' names and addresses, and what opens partners' servers: keep a "
	    "copy\n"
	    "where the backups are not. Without link.key, mails that wait go with new links.",
	COMMAND_OPTIONS(options),
	.args_bytes = sizeof(struct keys_args),
	.needs = NEEDS_CONF,
	.run = make,
};

static const struct option public_options[] = {
	OPT_TEXT(keys_args, dir, "--dir", "DIR", OPTION_OPTIONAL,
	    "folder (default: the setting keys.path)"),
	OPT_TEXT(keys_args, of, "--of", "audit|hook", OPTION_OPTIONAL,
	    "of which key (default: audit)"),
};

static bool
audit_line(struct buf *out, struct cli *cli, const char *folder, struct err *e)
{
	unsigned char bytes[SIGN_PUBLIC_BYTES];
	AUTO_PTR(keys) k = keys_open_audit(folder, e);
	struct note_key key;

	if (k == NULL)
		return false;
	sign_public(bytes, keys_seed(k));
	if (!note_key_make(&key, NOTE_LOG, cli->conf.audit_origin, bytes, e))
		return false;
	note_key_write(out, &key);
	return true;
}

static bool
hook_line(struct buf *out, const char *folder, struct err *e)
{
	unsigned char bytes[VAULT_PUBLIC_BYTES];
	AUTO_PTR(keys) k = keys_open_hook(folder, e);
	char hex[2 * VAULT_PUBLIC_BYTES + 1];

	if (k == NULL)
		return false;
	vault_public(k, bytes);
	code_hex(hex, bytes, sizeof bytes);
	buf_c(out, hex);
	return true;
}

/* From the key itself, not from what a database says of it. */
static bool
public_key(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct keys_args *a = args;
	const char *folder = a->dir.at != NULL ? a->dir.at : cli->conf.keys_path;
	static const struct list_column columns[] = { { "public_key", "PUBLIC KEY",
	    CELL_TEXT } };
	AUTO(list) l = LIST(columns);
	AUTO(buf) out = BUF(512);

	(void)t;
	if (a->of.at != NULL && !str_is(a->of, "audit") && !str_is(a->of, "hook"))
		return err(e, ERR_USAGE, "--of is \"" STR_FMT "\", expected audit or hook",
		    STR_ARG(a->of));
	if (!secret_start(e) || !(str_is(a->of, "hook") ? hook_line(&out, folder, e)
							: audit_line(&out, cli, folder, e)))
		return false;
	list_text(&l, buf_view(&out));
	if (cli->json)
		return list_print_one(&l, cli, "key", e);
	buf_byte(&out, '\n');
	return cli_out(buf_view(&out), e);
}

const struct command cmd_keys_public = {
	.name = "keys public",
	.help = "show the public half of a key: of the one that signs the audit",
	.about = "Of the audit: the line that whoever verifies must be given by another way\n"
		 "than what is verified. --of hook: what the setting hook.public_key names.\n"
		 "Only who may read the key itself can make it.",
	COMMAND_OPTIONS(public_options),
	.args_bytes = sizeof(struct keys_args),
	.needs = NEEDS_CONF,
	.run = public_key,
};
