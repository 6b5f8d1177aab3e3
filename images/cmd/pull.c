/*
 * pull - `keelson pull REF [DIR]`: an image of a registry, or of a bundle, into
 * a new layout.
 */
#include "images/cmd/commands.h"
#include "images/cmd/shipping.h"

static int pull_run(size_t n, const char *const *operands)
{
	struct shipping s = {.to_layout = n > 1 ? operands[1] : NULL};
	struct err e = {0};

	if (shipping_from(operands[0], &s, &e) < 0)
		return command_failure(&e);
	if (!s.to_layout && s.from_layout) {
		err_kind(&e, ERR_USAGE,
			"%s is a layout: name the directory of the new one",
			operands[0]);
		return command_failure(&e);
	}
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
	.operands = "REF|LAYOUT[:NAME] [DIR]",
	.summary = "Pull an image from a registry into an OCI layout",
	.text = "DIR is the directory of the new layout; without it, the last "
		"part of the image's name. A pull that was interrupted goes on "
		"where it was. In the place of REF may stand the path of a "
		"bundle or "
		"layout, behind it the name of one of its "
		"images. " SHIPPING_TEXT,
	.options = pull_options,
	.min_operands = 1,
	.max_operands = 2,
	.run = pull_run,
};
