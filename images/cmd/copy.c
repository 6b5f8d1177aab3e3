/*
 * copy - `keelson copy SRC DST`: an image from one registry, or from a bundle,
 * to another.
 */
#include "images/cmd/commands.h"
#include "images/cmd/shipping.h"

#include <string.h>

static int read_copy(
	const char *const *operands, struct shipping *s, struct err *e)
{
	if (reference_parse(str_of(operands[1]), &s->to_ref, e) < 0)
		return -1;
	if (layout_name_is_there(operands[0])) {
		s->from_layout = operands[0];
		return 0;
	}
	if (reference_parse(str_of(operands[0]), &s->from_ref, e) < 0)
		return -1;
	if (reference_version(&s->from_ref)[0] == '\0')
		return err_kind(e, ERR_USAGE,
			"reference \"%s\": name a tag or a digest",
			operands[0]);
	if (strcmp(s->from_ref.registry, s->to_ref.registry) == 0 &&
		strcmp(s->from_ref.name, s->to_ref.name) != 0)
		s->mount_from = s->from_ref.name;
	return 0;
}

static int copy_run(size_t n, const char *const *operands)
{
	struct shipping s = {.from_layout = NULL};
	struct err e = {0};

	(void)n;
	if (read_copy(operands, &s, &e) < 0)
		return command_failure(&e);
	return shipping_run(&s);
}

static const struct args_option copy_options[] = {
	SHIPPING_OPTIONS,
	{.name = NULL},
};

const struct args_command command_copy = {
	.name = "copy",
	.operands = "SRC DST",
	.summary = "Copy an image from one registry to another",
	.text = "SRC and DST are REFs; SRC may also be the path of a bundle or "
		"layout, behind it :NAME of one of its images. Without a tag "
		"in DST the image keeps "
		"its own. Within one registry nothing is sent that it can take "
		"over itself. " SHIPPING_TEXT,
	.options = copy_options,
	.min_operands = 2,
	.max_operands = 2,
	.run = copy_run,
};
