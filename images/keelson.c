/*
 * keelson - the one command of the project's own tools: images out of
 * definitions, what is in them, whether they are what they should be.
 *
 * This is the table; each line's work is in a file of its own.
 */
#include "images/command.h"
#include "lib/base/args.h"
#include "lib/base/version.h"
#include "sbom/sbom.h"
#include "static-build/inspect.h"

static const struct args_command image_commands[] = {
	{
		.name = "build",
		.operands = "DEFINITION...",
		.summary = "Build images from their definitions",
		.text = "Each images/NAME.yaml becomes NAME/ (an OCI image "
			"layout with the SBOM as a referrer), NAME.tar (for "
			"podman load and docker load) and NAME.spdx.json. "
			"Equal inputs give equal bytes; the time of every "
			"file is SOURCE_DATE_EPOCH.",
		.options = build_options,
		.min_operands = 1,
		.max_operands = SIZE_MAX,
		.run = build_main,
	},
	{
		.name = "list",
		.operands = "[DIR]",
		.summary = "Show the images below a directory (dist)",
		.text = "Sizes are those of the layer as it travels; packages "
			"are those of the SBOM. Every byte shown was checked "
			"against its digest.",
		.options = list_options,
		.max_operands = 1,
		.run = list_main,
	},
	{
		.name = "show",
		.operands = "IMAGE",
		.summary = "Show one image: names, how it runs, what it holds",
		.text = "IMAGE is an OCI layout or a tar of one.",
		.options = show_options,
		.min_operands = 1,
		.max_operands = 1,
		.run = show_main,
	},
	{.name = NULL},
};

static const struct args_command commands[] = {
	{
		.name = "image",
		.summary = "Build images and look at them",
		.commands = image_commands,
	},
	{
		.name = "verify",
		.operands = "IMAGE...",
		.summary = "Check every digest of images, and their SBOMs",
		.text = "IMAGE is an OCI layout or a tar of one. The SBOM must "
			"name exactly the files that the image holds, with "
			"their hashes, and be one of them; without a referrer "
			"it is looked for in /usr/share/sbom.",
		.min_operands = 1,
		.max_operands = SIZE_MAX,
		.run = verify_main,
	},
	{
		.name = "diff",
		.operands = "OLD NEW",
		.summary = "Show what changed between two images",
		.text = "OLD and NEW are OCI layouts or tars of them. Packages "
			"are those of the SBOMs. Ends with 1 when there is a "
			"difference.",
		.min_operands = 2,
		.max_operands = 2,
		.run = diff_main,
	},
	SBOM_COMMAND,
	INSPECT_COMMAND,
	{.name = NULL},
};

static const struct args_command keelson = {
	.name = "keelson",
	.summary = "Static programs in images that prove what is in them",
	.commands = commands,
};

int main(int argc, char **argv)
{
	return args_main(&keelson, KEELSON_VERSION, argc, argv);
}
