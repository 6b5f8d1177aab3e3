/*
 * checkpoint-agent - checkpoints of containers on a Kubernetes node.
 *
 * One program, one table of subcommands.  Called as "tar" it is the small tar
 * that CRIU runs to carry tmpfs contents.
 */
#include "checkpoint-agent/commands.h"
#include "checkpoint-agent/serve.h"
#include "checkpoint-agent/tarapplet.h"
#include "lib/base/args.h"
#include "lib/base/version.h"

#include <string.h>

static bool is_called(const char *argv0, const char *name)
{
	const char *slash = argv0 != NULL ? strrchr(argv0, '/') : NULL;

	if (argv0 == NULL)
		return false;
	return strcmp(slash != NULL ? slash + 1 : argv0, name) == 0;
}

int main(int argc, char **argv)
{
	/* Copies: a constant initialiser cannot read another's object. */
	const struct args_command commands[] = {
		serve_command,
		command_check,
		command_dump,
		command_show,
		command_inspect,
		command_diff,
		command_memsearch,
		command_verify,
		command_restore,
		command_to_image,
		{.name = NULL},
	};
	const struct args_command top = {
		.name = "checkpoint-agent",
		.summary = "checkpoint containers on a Kubernetes node",
		.commands = commands,
	};

	if (is_called(argv[0], "tar"))
		return tar_applet_main(argc, argv);
	return args_main(&top, KEELSON_VERSION, argc, argv);
}
