/* busbar: the operator's command. The table of commands is in commands.c. */
#include "cli/command.h"

int
main(int argc, char **argv)
{
	return cli_main(argc, argv);
}
