/* Every command of busbar. To add one: a row here and a file cmd_x.c. */
#include "cli/command.h"
#include "cli/commands.h"

const struct command *const commands[] = {
	&cmd_help,
	&cmd_settings,
	&cmd_migrate,
	NULL,
};
