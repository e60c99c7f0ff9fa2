/* busbar settings: what is in force, from the table of settings and the file. */
#include <string.h>

#include "cli/commands.h"
#include "cli/list.h"

struct settings_args {
	bool markdown;
};

static const struct option options[] = {
	OPT_FLAG(settings_args, markdown, "--markdown",
	    "the table of all settings, as docs/settings.md"),
};

static const struct list_column columns[] = {
	{ "name", "SETTING", CELL_TEXT },
	{ "value", "VALUE", CELL_TEXT },
	{ "preset", "DEFAULT", CELL_TEXT },
	{ "reload", NULL, CELL_BOOL },
	{ "help", NULL, CELL_TEXT },
};

/* A password in a connection string is nobody's business. */
static bool
is_secret(struct str value)
{
	return str_has(value, STR("password"));
}

static void
add_value(struct list *l, const struct conf *conf, const struct conf_row *row)
{
	const char *member = (const char *)conf + row->offset;
	AUTO(buf) b = BUF(512);
	struct str text;
	int64_t n;

	switch (row->type) {
	case CONF_TEXT:
	case CONF_PATH:
		text = str_of(member);
		list_text(l, is_secret(text) ? STR("(holds a password)") : text);
		return;
	case CONF_BOOL:
		list_text(l, *(const bool *)member ? STR("yes") : STR("no"));
		return;
	case CONF_INT:
	case CONF_BYTES:
	case CONF_MS:
		break;
	}
	memcpy(&n, member, sizeof n);
	buf_fmt(&b, "%lld%s", (long long)n,
	    row->type == CONF_BYTES ? " bytes"
	    : row->type == CONF_MS  ? " ms"
				    : "");
	list_text(l, buf_view(&b));
}

static bool
run(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct settings_args *a = args;
	AUTO(list) l = LIST(columns);
	AUTO(buf) b = BUF(256 * 1024);

	(void)t;
	if (a->markdown) {
		conf_write_docs(&b);
		return cli_out(buf_view(&b), e);
	}
	if (!cli_conf(cli, e))
		return false;
	if (!cli->json)
		cli_say("from %s", cli->conf.file);
	for (size_t i = 0; i < conf_count; i++) {
		list_text(&l, str_of(conf_rows[i].name));
		add_value(&l, &cli->conf, &conf_rows[i]);
		list_text(&l, str_of(conf_rows[i].preset));
		list_int(&l, conf_rows[i].reload);
		list_text(&l, str_of(conf_rows[i].help));
	}
	return list_print(&l, cli, e);
}

const struct command cmd_settings = {
	.name = "settings",
	.help = "show the settings in force",
	.about = "Settings that differ from their defaults are read from one file; see\n"
		 "docs/settings.md for units, limits and meaning. With --json the words too.",
	COMMAND_OPTIONS(options),
	.args_bytes = sizeof(struct settings_args),
	.needs = NEEDS_NOTHING, /* the page of all settings is made without any */
	.run = run,
};
