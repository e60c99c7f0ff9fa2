/* busbar help: the same as --help, and the page docs/commands.md. */
#include "cli/cli.h"
#include "cli/commands.h"

enum { HELP_BYTES_MOST = 512 * 1024, HELP_WORDS = 2 };

struct help_args {
	struct texts command;
	bool markdown;
};

static const struct option options[] = {
	ARG_TEXTS(help_args, command, "COMMAND", OPTION_OPTIONAL, "tell about this one"),
	OPT_FLAG(help_args, markdown, "--markdown", "all of it, as docs/commands.md"),
};

static bool
run(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct help_args *a = args;
	AUTO(buf) b = BUF(HELP_BYTES_MOST);

	(void)t;
	(void)cli;
	if (a->markdown) {
		help_markdown(&b);
	} else if (a->command.n == 0) {
		help_all(&b, NULL);
	} else {
		char *words[HELP_WORDS];
		int n = a->command.n < HELP_WORDS ? (int)a->command.n : HELP_WORDS, used;
		const struct command *c;

		/* words of the command line: whole C strings */
		for (int i = 0; i < n; i++)
			words[i] = (char *)(uintptr_t)a->command.at[i].at;
		c = command_find(n, words, &used, e);
		if (c == NULL)
			return false;
		help_one(&b, c);
	}
	return cli_out(buf_view(&b), e);
}

const struct command cmd_help = {
	.name = "help",
	.help = "tell about the commands",
	COMMAND_OPTIONS(options),
	.args_bytes = sizeof(struct help_args),
	.needs = NEEDS_NOTHING,
	.run = run,
};
