/* busbar keys: the keys that seal personal fields. */
#include "cli/commands.h"
#include "cli/list.h"
#include "sys/secret.h"

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
	    "Writes pii.key, index.key and push.key, never over ones that are there; the last\n"
	    "alone where only it is missing. Who loses them loses the customers' names and\n"
	    "addresses, and what opens partners' servers: keep a copy where the backups are\n"
	    "not.",
	COMMAND_OPTIONS(options),
	.args_bytes = sizeof(struct keys_args),
	.needs = NEEDS_CONF,
	.run = make,
};
