/*
 * keelson - the project's own tool: it builds images from definitions, shows
 * what is in them and checks that they are what they claim to be.
 *
 * This file holds the table of subcommands; each has a file in images/cmd.
 */
#include "images/cmd/commands.h"
#include "lib/base/args.h"
#include "lib/base/version.h"

int main(int argc, char **argv)
{
	/* Copies: a constant initialiser cannot read another's object. */
	const struct args_command image_commands[] = {
		command_build,
		command_list,
		command_show,
		{.name = NULL},
	};
	const struct args_command commands[] = {
		{
			.name = "image",
			.summary = "Build and show images",
			.commands = image_commands,
		},
		command_verify,
		command_diff,
		command_sbom,
		command_why,
		command_inspect,
		{.name = NULL},
	};
	const struct args_command keelson = {
		.name = "keelson",
		.summary = "Static programs in images that prove their "
			   "contents",
		.commands = commands,
	};

	return args_main(&keelson, KEELSON_VERSION, argc, argv);
}
