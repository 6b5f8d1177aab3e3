/*
 * cmd_toimage - `checkpoint-agent to-image`: an archive as an OCI image.
 */
#include "checkpoint-agent/commands.h"

#include "checkpoint-agent/toimage.h"

#include <stdio.h>

static const char *output = "";
static const char *tag = "";

static int run(size_t n, const char *const *operands)
{
	struct err e = {0};

	(void)n;
	if (!*output)
		err_kind(&e, ERR_USAGE, "--output is needed");
	else if (toimage_write(operands[0], output, tag, &e) == 0)
		return 0;
	fprintf(stderr, "checkpoint-agent: %s\n", e.text);
	return err_exit(&e);
}

static const struct args_option options[] = {
		{"output", 'o', ARGS_TEXT, &output, "PATH",
				"OCI layout to make, a tar of one when it ends "
				"in .tar; must not exist", 0, 0,
				NULL},
		{"tag", 0, ARGS_TEXT, &tag, "NAME",
				"name of the image in the layout", 0, 0, NULL},
		{0},
};

const struct args_command command_to_image = {
		.name = "to-image",
		.operands = "ARCHIVE",
		.summary = "make an OCI image of an archive",
		.options = options,
		.min_operands = 1,
		.max_operands = 1,
		.run = run,
};
