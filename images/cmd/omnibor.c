/*
 * omnibor - `keelson omnibor PROGRAM... -o DIR`: the OmniBOR graph of programs,
 * from the evidence.
 */
#include "sbom/write/omnibor.h"
#include "images/cmd/commands.h"
#include "images/cmd/tracing.h"
#include "lib/arc/sha256.h"
#include "lib/base/fd.h"
#include "sbom/graph/graph_make.h"
#include "sbom/write/omnibor_note.h"

#include <stdio.h>
#include <sys/stat.h>

enum { OMNIBOR_PROGRAM_MAX = 1 << 30 };

static const char *omnibor_root = ".";
static const char *omnibor_dir, *omnibor_note;
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
	{.name = "note",
		.type = ARGS_TEXT,
		.value = &omnibor_note,
		.meta = "FILE",
		.help = "write a copy of the one program to FILE, with the ids "
			"of its manifests in " OMNIBOR_NOTE},
	{.name = "root",
		.type = ARGS_TEXT,
		.value = &omnibor_root,
		.meta = "DIR",
		.help = "root of the project that built the program, or the "
			"evidence of `keelson record`"},
	{0},
};

static int omnibor_one(const struct graph *g, const char *program,
	enum git_hash hash, struct omnibor_sums *sums, struct err *e)
{
	const struct omnibor_wish wish = {.dir = omnibor_dir,
		.hash = hash,
		.has_linked_only = omnibor_wants_linked};

	if (omnibor_write(g, &wish, sums, e) < 0)
		return err_at(e, "%s", program);
	printf("%s: %zu manifests of %zu files\n"
	       "  artifact  gitoid:blob:%s:%s\n"
	       "  manifest  gitoid:blob:%s:%s\n",
		program, sums->manifests, sums->artifacts,
		hash == GIT_SHA1 ? "sha1" : "sha256", sums->artifact,
		hash == GIT_SHA1 ? "sha1" : "sha256", sums->manifest);
	return 0;
}

/* A copy of the program that leads to its manifests. */
static int omnibor_write_note(
	const char *program, struct str sha1, struct str sha256, struct err *e)
{
	AUTO_BUF struct buf before = buf_growing(OMNIBOR_PROGRAM_MAX);
	AUTO_BUF struct buf after = buf_growing(OMNIBOR_PROGRAM_MAX);
	struct stat st;

	if (omnibor_note == NULL)
		return 0;
	if (file_read(program, &before, e) < 0)
		return -1;
	if (stat(program, &st) < 0)
		return err_sys(e, "%s", program);
	if (omnibor_note_add(buf_view(&before), sha1, sha256, &after, e) < 0 ||
		omnibor_note_compare(buf_view(&before), buf_view(&after), e) <
			0)
		return err_at(e, "%s", program);
	return file_write(omnibor_note, buf_view(&after), st.st_mode & 0777, e);
}

static int omnibor_program(
	struct tracing *t, const char *program, struct err *e)
{
	struct graph_wish wish = {
		.path = program, .has_whole_archives = !omnibor_wants_linked};
	struct omnibor_sums sha1 = {0}, sha256;
	char hex[SHA256_HEX + 1];
	struct graph g;

	if (sha256_file(program, hex, NULL, e) < 0)
		return -1;
	wish.sha256 = str_of(hex);
	if (graph_make(&t->evidence, &wish, &t->arena, &g, e) < 0 ||
		omnibor_one(&g, program, GIT_SHA256, &sha256, e) < 0 ||
		(omnibor_wants_sha1 &&
			omnibor_one(&g, program, GIT_SHA1, &sha1, e) < 0))
		return -1;
	return omnibor_write_note(
		program, str_of(sha1.manifest), str_of(sha256.manifest), e);
}

static int omnibor_run(size_t n, const char *const *operands)
{
	struct tracing t = {0};
	struct err e = {0};
	int rc = 0;

	if (omnibor_dir == NULL)
		rc = err_kind(&e, ERR_USAGE, "-o DIR is missing");
	else if (omnibor_note != NULL && n != 1)
		rc = err_kind(&e, ERR_USAGE, "--note takes one program");
	else
		rc = tracing_open_for(omnibor_root,
			&(struct tracing_of){operands[0], NULL}, &t, &e);

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
