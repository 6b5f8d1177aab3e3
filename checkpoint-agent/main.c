/*
 * checkpoint-agent - checkpoints of containers on a Kubernetes node.
 *
 * One table of subcommands.  Called as "tar", the program is the small tar
 * that CRIU runs to dump and restore the content of a tmpfs.
 */
#include "checkpoint-agent/cmd/commands.h"
#include "checkpoint-agent/dump/tar_applet.h"
#include "lib/base/args.h"
#include "lib/base/secrecy.h"
#include "lib/base/str.h"
#include "lib/base/version.h"

static bool is_called(const char *argv0, const char *name)
{
	return argv0 != NULL && str_is(str_base_name(str_of(argv0)), name);
}

int main(int argc, char **argv)
{
	/* copies: no static initialiser may read another object */
	const struct args_command commands[] = {
		command_serve,
		command_front,
		command_probes,
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

	secrecy_begin();
	if (is_called(argv[0], "tar"))
		return tar_applet_main(argc, argv);
	return args_main(&top, KEELSON_VERSION, argc, argv);
}
