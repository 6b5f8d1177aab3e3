/*
 * relink - `keelson relink PROGRAM -o DIR`: what is needed to link a program
 * again with a changed library, from the evidence of its link.
 */
#include "sbom/relink/relink.h"
#include "images/cmd/commands.h"
#include "images/cmd/tracing.h"
#include "lib/arc/sha256.h"
#include "sbom/evidence/maker.h"

#include <stdio.h>

static const char *relink_root = ".", *relink_dir;

static const struct args_option relink_options[] = {
	{.name = "output",
		.letter = 'o',
		.type = ARGS_TEXT,
		.value = &relink_dir,
		.meta = "DIR",
		.help = "where to put the kit"},
	{.name = "root",
		.type = ARGS_TEXT,
		.value = &relink_root,
		.meta = "DIR",
		.help = "root of the project that built the program, or the "
			"evidence of `keelson record`"},
	{0},
};

/* The strip that made the program, if one did, and the link before. */
static int relink_find(const struct traced *p, struct tracing *t,
	struct maker *link, struct maker *strip, struct err *e)
{
	struct maker_wish wish = {.kind = EVIDENCE_LINK,
		.sha256 = p->trace.unstripped.sha256,
		.path = p->trace.unstripped.path,
		.room = -1};

	*strip = (struct maker){0};
	if (wish.sha256.n == 0)
		wish.sha256 = p->sha256;
	if (maker_find(&t->evidence, wish, &t->arena, link, e) < 0)
		return -1;
	if (link->node == NULL)
		return err_kind(e, ERR_ABSENT, "%s: no link is recorded of it",
			p->path);
	if (p->trace.unstripped.sha256.n == 0)
		return 0;
	wish = (struct maker_wish){
		.kind = EVIDENCE_GENERATE, .sha256 = p->sha256, .room = -1};
	return maker_find(&t->evidence, wish, &t->arena, strip, e);
}

static int relink_program(struct tracing *t, const char *path, struct err *e)
{
	struct traced p = {0};
	struct maker link, strip;
	struct relink kit;
	int rc = traced_open(t, path, &p, e);

	if (rc == 0)
		rc = relink_find(&p, t, &link, &strip, e);
	if (rc == 0)
		rc = relink_plan(
			&(struct relink_recorded){str_base_name(str_of(path)),
				link.node, strip.node},
			&t->arena, &kit, e);
	if (rc == 0)
		rc = relink_write(&t->evidence, &kit, relink_dir, e);
	if (rc == 0)
		printf("%s: %zu files; `make -C %s relink` links %.*s\n",
			relink_dir, kit.n, relink_dir, STR_ARG(kit.program));
	traced_close(&p);
	return rc;
}

static int relink_run(size_t n, const char *const *operands)
{
	struct tracing t = {0};
	struct err e = {0};
	int rc = relink_dir == NULL
			 ? err_kind(&e, ERR_USAGE, "-o DIR is missing")
			 : tracing_open_for(relink_root,
				   &(struct tracing_of){operands[0], NULL}, &t,
				   &e);

	(void)n;
	if (rc == 0)
		rc = relink_program(&t, operands[0], &e);
	tracing_close(&t);
	return rc < 0 ? command_failure(&e) : 0;
}

const struct args_command command_relink = {
	.name = "relink",
	.operands = "PROGRAM",
	.summary = "Write what links a program again with a changed library",
	.text = "PROGRAM is a file built here. The kit has every object and "
		"library that its linker read, and a makefile: `make relink "
		"REPLACE=DIR` takes libraries of DIR instead. With the same "
		"linker and nothing replaced it gives the same bytes.",
	.options = relink_options,
	.min_operands = 1,
	.max_operands = 1,
	.run = relink_run,
};
