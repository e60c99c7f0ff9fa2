/* The rows that commands.c lists; each is defined in its cmd_*.c, where its help is. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/command.h"

extern const struct command cmd_help, cmd_settings, cmd_migrate;

#endif
