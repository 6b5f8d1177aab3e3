/*
 * push - `keelson push LAYOUT REF`: an image of a layout into a registry.
 */
#include "images/cmd/commands.h"
#include "images/cmd/shipping.h"

static const char *push_mount_from;

static int push_run(size_t n, const char *const *operands)
{
	struct shipping s = {
		.from_layout = operands[0], .mount_from = push_mount_from};
	struct err e = {0};

	(void)n;
	if (reference_parse(str_of(operands[1]), &s.to_ref, &e) < 0)
		return command_failure(&e);
	return shipping_run(&s);
}

static const struct args_option push_options[] = {
	SHIPPING_OPTIONS,
	{.name = "mount-from",
		.type = ARGS_TEXT,
		.value = &push_mount_from,
		.meta = "NAME",
		.help = "take blobs over from this repository of the registry, "
			"where it allows that"},
	{.name = NULL},
};

const struct args_command command_push = {
	.name = "push",
	.operands = "LAYOUT[:TAG] REF",
	.summary = "Push an image to a registry",
	.text = "LAYOUT is an OCI layout or a tar of one. Without a tag in "
		"REF the image keeps its own. " SHIPPING_TEXT,
	.options = push_options,
	.min_operands = 2,
	.max_operands = 2,
	.run = push_run,
};
