/*
 * import - `keelson import apko FILE`: definitions of other builders become
 * ours.
 */
#include "images/cmd/commands.h"
#include "images/migrate/apko.h"
#include "lib/base/fd.h"
#include "lib/base/shown.h"

#include <unistd.h>

#define IMPORT_FILE_BYTES  ((size_t)1 << 20)
#define IMPORT_ARENA_BYTES ((size_t)64 << 20)

static const char *import_output, *import_name;

static const struct args_option import_options[] = {
	{.name = "name",
		.type = ARGS_TEXT,
		.value = &import_name,
		.meta = "NAME",
		.help = "of the image; that of FILE unless given"},
	{.name = "output",
		.letter = 'o',
		.type = ARGS_TEXT,
		.value = &import_output,
		.meta = "FILE",
		.help = "where the definition goes; standard output unless "
			"given"},
	{.name = NULL},
};

/* "web" of "a/web.apko.yaml". */
static struct str import_name_of(const char *file)
{
	struct str name = str_base_name(str_of(file));

	return str_sub(name, 0, str_find(name, '.'));
}

static void import_say(const struct buf *unmapped)
{
	struct str rest = buf_view(unmapped), line;

	while (str_cut(&rest, '\n', &line))
		if (line.n > 0)
			shown_line(stderr, "%.*s", STR_ARG(line));
}

static int import_apko(const char *file, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(IMPORT_FILE_BYTES);
	AUTO_BUF struct buf out = buf_growing(IMPORT_FILE_BYTES * 8);
	AUTO_BUF struct buf unmapped = buf_growing(IMPORT_FILE_BYTES * 8);
	AUTO_ARENA struct arena arena = arena_make(IMPORT_ARENA_BYTES);
	struct apko_request r = {.file = file, .arena = &arena};

	if (file_read(file, &text, e) < 0)
		return -1;
	r.text = buf_view(&text);
	r.name = import_name ? str_of(import_name) : import_name_of(file);
	if (apko_import(&r, &out, &unmapped, e) < 0)
		return -1;
	import_say(&unmapped);
	if (import_output == NULL)
		return fd_write(STDOUT_FILENO, out.p, out.n, e);
	return file_write(import_output, buf_view(&out), 0644, e);
}

static int import_apko_run(size_t n, const char *const *operands)
{
	struct err e = {0};

	(void)n;
	return import_apko(operands[0], &e) < 0 ? command_failure(&e) : 0;
}

const struct args_command command_import_apko = {
	.name = "apko",
	.operands = "FILE",
	.summary = "Write a definition from an apko configuration",
	.text = "Each key that does not map is named on standard error, as "
		"FILE:LINE: KEY, with what to do instead.",
	.options = import_options,
	.min_operands = 1,
	.max_operands = 1,
	.run = import_apko_run,
};
