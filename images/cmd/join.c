/*
 * join - `keelson image join -o DIR LAYOUT...`: images for several platforms
 * under one index.
 */
#include "images/cmd/commands.h"
#include "images/cmd/epoch.h"
#include "images/ship/from_several.h"
#include "images/ship/joined_tar.h"
#include "images/ship/to_layout.h"
#include "images/ship/transfer.h"
#include "lib/base/shown.h"

#include <stdlib.h>

static const char *join_output;

/* The name that the first layout gives its image, for containerd. */
static const char *join_name(const struct from_several *s)
{
	struct str name =
		node_text(node_path(from_layout_image(&s->layouts[0], NULL),
			"annotations", "io.containerd.image.name", NULL));

	return name.n ? name.p : "";
}

static int join_into(
	struct from_several *s, struct transfer_sums *sums, struct err *e)
{
	const char *tag = from_layout_tag(&s->layouts[0]);
	struct from from = from_several(s);
	struct progress progress;
	struct to_layout layout = {.dir = -1};
	struct to to;
	int done;

	progress_start(&progress, true);
	done = to_layout_open(&layout, join_output, join_name(s), e);
	to = to_layout(&layout);
	if (done == 0)
		done = transfer_run(&(struct transfer_plan){.from = &from,
					    .to = &to,
					    .progress = &progress,
					    .version = "",
					    .tag = tag[0] ? tag : NULL},
			sums, e);
	to_layout_close(&layout);
	return done;
}

static int join_layouts(size_t n, const char *const *names, struct err *e)
{
	struct from_several *s = calloc(1, sizeof(*s));
	struct transfer_sums sums;
	int64_t time_s;
	int done;

	if (!s)
		return err_kind(e, ERR_LIMIT, "out of memory");
	done = from_several_open(s, n, names, e);
	if (done == 0)
		done = epoch_read(&time_s, e);
	if (done == 0)
		done = join_into(s, &sums, e);
	if (done == 0)
		done = joined_tar_write(join_output, time_s, e);
	if (done == 0)
		shown_line(stdout, "%s: %s, %zu images", join_output,
			sums.digest, n);
	from_several_close(s);
	free(s);
	return done;
}

static int join_run(size_t n, const char *const *operands)
{
	struct err e = {0};

	if (!join_output) {
		err_kind(&e, ERR_USAGE, "join: -o DIR is missing");
		return command_failure(&e);
	}
	return join_layouts(n, operands, &e) < 0 ? command_failure(&e) : 0;
}

static const struct args_option join_options[] = {
	{.name = "output",
		.letter = 'o',
		.type = ARGS_TEXT,
		.value = &join_output,
		.meta = "DIR",
		.help = "the new layout; DIR.tar is written beside it"},
	{.name = NULL},
};

const struct args_command command_join = {
	.name = "join",
	.operands = "LAYOUT...",
	.summary = "Join images for several platforms under one index",
	.text = "Each LAYOUT has the same image for another platform. DIR "
		"becomes a layout whose one entry is an index of them, with "
		"their SBOMs and signatures; DIR.tar holds it for podman load. "
		"No image changes: each keeps its digest.",
	.options = join_options,
	.min_operands = 1,
	.max_operands = FROM_SEVERAL_MAX,
	.run = join_run,
};
