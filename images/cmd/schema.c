/*
 * schema - `keelson schema [image|project]`: what a definition and a project's
 * file may say, as JSON Schema.
 */
#include "images/assemble/definition_keys.h"
#include "images/cmd/commands.h"
#include "images/project/project.h"
#include "lib/base/fd.h"
#include "lib/base/whole.h"
#include "rootfs/form_schema.h"

#include <string.h>
#include <unistd.h>

#define SCHEMA_BYTES ((size_t)1 << 20)

static bool schema_is_part;

static const struct args_option schema_options[] = {
	{.name = "part",
		.type = ARGS_SWITCH,
		.value = &schema_is_part,
		.help = "of a definition that others include: no key is "
			"needed"},
	{.name = NULL},
};

static int schema_print(const char *of, struct err *e)
{
	AUTO_BUF struct buf out = buf_growing(SCHEMA_BYTES);

	if (strcmp(of, "image") == 0)
		form_schema(definition_keys, "Keelson image definition",
			schema_is_part, &out);
	else if (strcmp(of, "project") == 0)
		form_schema(project_keys, PROJECT_FILE, schema_is_part, &out);
	else
		return err_kind(
			e, ERR_USAGE, "schema %s: image or project", of);
	if (whole_check(&out, "schema", e) < 0)
		return -1;
	return fd_write(STDOUT_FILENO, out.p, out.n, e);
}

static int schema_run(size_t n, const char *const *operands)
{
	struct err e = {0};

	return schema_print(n ? operands[0] : "image", &e) < 0
		       ? command_failure(&e)
		       : 0;
}

const struct args_command command_schema = {
	.name = "schema",
	.operands = "[image|project]",
	.summary = "Print the JSON Schema of definitions",
	.text = "Of images/NAME.yaml, or of keelson.yaml. It comes from the "
		"table that parses them, so that an editor accepts what is "
		"built.",
	.options = schema_options,
	.max_operands = 1,
	.run = schema_run,
};
