/*
 * omnibor - `keelson omnibor PROGRAM... -o DIR`: the OmniBOR graph of programs,
 * from the evidence.
 */
#include "sbom/write/omnibor.h"
#include "images/cmd/commands.h"
#include "images/cmd/tracing.h"
#include "lib/arc/sha256.h"
#include "sbom/graph/graph_make.h"

#include <stdio.h>

static const char *omnibor_root = ".";
static const char *omnibor_dir;
static bool omnibor_wants_linked, omnibor_wants_sha1;

static const struct args_option omnibor_options[] = {
	{.name = "output",
		.letter = 'o',
		.type = ARGS_TEXT,
		.value = &omnibor_dir,
		.meta = "DIR",
		.help = "where to write manifests/ and targets; a graph that "
			"is there is added to"},
	{.name = "linked",
		.type = ARGS_SWITCH,
		.value = &omnibor_wants_linked,
		.help = "only what was linked: members instead of archives"},
	{.name = "sha1",
		.type = ARGS_SWITCH,
		.value = &omnibor_wants_sha1,
		.help = "the graph of SHA-1 ids besides, for tools older than "
			"OmniBOR 0.2"},
	{.name = "root",
		.type = ARGS_TEXT,
		.value = &omnibor_root,
		.meta = "DIR",
		.help = "root of the project that built the program, or the "
			"evidence of `keelson record`"},
	{0},
};

static int omnibor_one(const struct graph *g, const char *program,
	enum git_hash hash, struct err *e)
{
	const struct omnibor_wish wish = {.dir = omnibor_dir,
		.hash = hash,
		.has_linked_only = omnibor_wants_linked};
	struct omnibor_sums sums;

	if (omnibor_write(g, &wish, &sums, e) < 0)
		return err_at(e, "%s", program);
	printf("%s: %zu manifests of %zu files\n"
	       "  artifact  gitoid:blob:%s:%s\n"
	       "  manifest  gitoid:blob:%s:%s\n",
		program, sums.manifests, sums.artifacts,
		hash == GIT_SHA1 ? "sha1" : "sha256", sums.artifact,
		hash == GIT_SHA1 ? "sha1" : "sha256", sums.manifest);
	return 0;
}

static int omnibor_program(
	struct tracing *t, const char *program, struct err *e)
{
	struct graph_wish wish = {
		.path = program, .has_whole_archives = !omnibor_wants_linked};
	char hex[SHA256_HEX + 1];
	struct graph g;

	if (sha256_file(program, hex, NULL, e) < 0)
		return -1;
	wish.sha256 = str_of(hex);
	if (graph_make(&t->evidence, &wish, &t->arena, &g, e) < 0 ||
		omnibor_one(&g, program, GIT_SHA256, e) < 0)
		return -1;
	return omnibor_wants_sha1 ? omnibor_one(&g, program, GIT_SHA1, e) : 0;
}

static int omnibor_run(size_t n, const char *const *operands)
{
	struct tracing t = {0};
	struct err e = {0};
	int rc = omnibor_dir == NULL
			 ? err_kind(&e, ERR_USAGE, "-o DIR is missing")
			 : tracing_open(omnibor_root, &t, &e);

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = omnibor_program(&t, operands[i], &e);
	tracing_close(&t);
	return rc < 0 ? command_failure(&e) : 0;
}

const struct args_command command_omnibor = {
	.name = "omnibor",
	.operands = "PROGRAM...",
	.summary = "Write the OmniBOR graph of a program",
	.text = "For each file that the build made, the git ids of what it was "
		"made from (OmniBOR 0.2 input manifests), from the evidence: "
		"every step of the build, back to the sources.",
	.options = omnibor_options,
	.min_operands = 1,
	.max_operands = SIZE_MAX,
	.run = omnibor_run,
};
