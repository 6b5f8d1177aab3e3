/*
 * keelson - the project's own tool: it builds images from definitions, shows
 * what is in them and checks that they are what they claim to be.
 *
 * This file holds the table of subcommands; each has a file in images/cmd.
 * Under the name of a compiler or another tool it is the recorder: `keelson
 * record` puts links of these names first on PATH.
 */
#include "images/cmd/commands.h"
#include "lib/base/args.h"
#include "lib/base/version.h"
#include "static-build/record/recorder.h"

int main(int argc, char **argv)
{
	/* Copies: a constant initialiser cannot read another's object. */
	const struct args_command image_commands[] = {
		command_build,
		command_join,
		command_list,
		command_show,
		{.name = NULL},
	};
	const struct args_command sbom_commands[] = {
		command_check,
		{.name = NULL},
	};
	const struct args_command import_commands[] = {
		command_import_apko,
		{.name = NULL},
	};
	struct args_command sbom = command_sbom;

	sbom.commands = sbom_commands;
	const struct args_command commands[] = {
		{
			.name = "image",
			.summary = "Build and show images",
			.commands = image_commands,
		},
		command_init,
		command_build_project,
		command_reproduce,
		command_add_source,
		command_fetch,
		command_recipe,
		command_update,
		{
			.name = "import",
			.summary = "Take over definitions of other builders",
			.commands = import_commands,
		},
		command_keygen,
		command_sign,
		command_attest,
		command_verify,
		command_release,
		command_verify_release,
		command_diff,
		command_record,
		command_index,
		command_schema,
		sbom,
		command_why,
		command_vex,
		command_find,
		command_prove,
		command_provenance,
		command_omnibor,
		command_audit,
		command_licences,
		command_relink,
		command_inspect,
		command_report,
		command_push,
		command_pull,
		command_copy,
		command_export,
		command_bundle,
		{.name = NULL},
	};
	const struct args_command keelson = {
		.name = "keelson",
		.summary = "Static programs in images that prove their "
			   "contents",
		.commands = commands,
	};

	if (argc > 0 && recorder_knows(argv[0]))
		return recorder_main(argc, argv);
	return args_main(&keelson, KEELSON_VERSION, argc, argv);
}
