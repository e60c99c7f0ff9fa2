/*
 * A command of `busbar`: one row in commands.c and, mostly, one file cmd_x.c. The row is also
 * its help, its place in `busbar --help` and its section in docs/commands.md.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/options.h"
#include "rt/task.h"

struct cli; /* cli.h: settings, database, output */

enum command_needs {
	NEEDS_NOTHING = 0,
	NEEDS_CONF = 1, /* the settings are read before the handler runs */
};

struct command {
	const char *name; /* "reads", "file show" */
	const char *help; /* one line, without a full stop */
	const char
	    *about; /* what one must know to use it: full sentences; lines up to 78 columns */
	const struct option *options;
	size_t option_count;
	size_t args_bytes;
	unsigned needs;
	/* The work, in a task. False with ERR_FINDINGS: done, but something was found (exit 1).
	 */
	bool (*run)(struct task *t, struct cli *c, const void *args, struct err *e);
};

#define COMMAND_OPTIONS(o) .options = (o), .option_count = nitems(o)

extern const struct command *const commands[]; /* in the order of the help; NULL at the end */

/* The command that argv begins with (one or two words), and how many words its name took; NULL
 * with ERR_USAGE that names near ones. */
const struct command *command_find(int argc, char *const *argv, int *words, struct err *e);

/* Texts from the table. `group` limits to the commands "group x"; NULL: all. */
void help_all(struct buf *to, const char *group);
void help_one(struct buf *to, const struct command *c);
void help_markdown(struct buf *to); /* docs/commands.md */

/* The whole program but main(): the exit status. */
int cli_main(int argc, char *const *argv);

#endif
