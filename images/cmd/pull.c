/*
 * pull - `keelson pull REF [DIR]`: an image of a registry into a new layout.
 */
#include "images/cmd/commands.h"
#include "images/cmd/shipping.h"

#include <string.h>

#define PULL_TAG "latest" /* where REF names neither tag nor digest */

static int pull_run(size_t n, const char *const *operands)
{
	struct shipping s = {.to_layout = n > 1 ? operands[1] : NULL};
	struct err e = {0};

	if (reference_parse(str_of(operands[0]), &s.from_ref, &e) < 0)
		return command_failure(&e);
	if (reference_version(&s.from_ref)[0] == '\0')
		memcpy(s.from_ref.tag, PULL_TAG, sizeof(PULL_TAG));
	if (!s.to_layout)
		s.to_layout = str_base_name(str_of(s.from_ref.name)).p;
	return shipping_run(&s);
}

static const struct args_option pull_options[] = {
	SHIPPING_OPTIONS,
	{.name = NULL},
};

const struct args_command command_pull = {
	.name = "pull",
	.operands = "REF [DIR]",
	.summary = "Pull an image from a registry into an OCI layout",
	.text = "DIR is the directory of the new layout; without it, the last "
		"part of the image's name. A pull that was interrupted goes on "
		"where it was. " SHIPPING_TEXT,
	.options = pull_options,
	.min_operands = 1,
	.max_operands = 2,
	.run = pull_run,
};
