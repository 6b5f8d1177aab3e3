/*
 * args - parses a command line and runs the command that it names.
 *
 * Options may stand before and after operands; `--` ends them.  An unknown
 * option or command is refused, with the nearest known one in the message.
 */
#ifndef KEELSON_BASE_ARGS_H
#define KEELSON_BASE_ARGS_H

#include "lib/base/args_table.h"
#include "lib/base/err.h"

/*
 * Parse and run.  Handles --help, --version (prints "NAME VERSION"), `help`,
 * and the hidden `--man` (roff on standard output) and `--completion` (bash).
 * Returns the exit code: that of the command, 0 for help, 2 for a wrong
 * command line, which one line on standard error explains; not 0 when standard
 * output could not be written, whatever the command says.
 */
int args_main(const struct args_command *top, const char *version, int argc,
	char **argv);

#endif
