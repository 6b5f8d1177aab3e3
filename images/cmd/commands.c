/* commands - what all subcommands do alike: report a failure and end. */
#include "images/cmd/commands.h"

#include "lib/base/shown.h"

int command_failure(const struct err *e)
{
	shown_line(stderr, "keelson: %s", e->text);
	return err_exit(e);
}
