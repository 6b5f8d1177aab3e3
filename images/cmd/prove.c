/*
 * prove - `keelson prove PROGRAM...`: rebuild programs from what their evidence
 * names, and nothing else.
 */
#include "sbom/prove/prove.h"
#include "images/cmd/commands.h"
#include "images/cmd/tracing.h"
#include "lib/arc/sha256.h"
#include "lib/base/fd.h"
#include "lib/base/json_out.h"
#include "sbom/graph/graph_make.h"
#include "sbom/prove/prove_tree.h"
#include "sbom/write/proof.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PROVE_TEXT_MAX = 64 << 20 };

static const char *prove_root = ".";
static const char *prove_work = "/tmp";
static uint64_t prove_seed = 1, prove_members = UINT32_MAX, prove_samples = 12,
		prove_jobs;
static bool prove_wants_json;

static const struct args_option prove_options[] = {
	{.name = "samples",
		.type = ARGS_NUMBER,
		.value = &prove_samples,
		.meta = "N",
		.help = "files to take away, one at a time",
		.max = UINT32_MAX},
	{.name = "members",
		.type = ARGS_NUMBER,
		.value = &prove_members,
		.meta = "N",
		.help = "of the objects of others' libraries, rebuild only so "
			"many",
		.max = UINT32_MAX},
	{.name = "seed",
		.type = ARGS_NUMBER,
		.value = &prove_seed,
		.meta = "N",
		.help = "of what is drawn at random"},
	{.name = "jobs",
		.letter = 'j',
		.type = ARGS_NUMBER,
		.value = &prove_jobs,
		.meta = "N",
		.help = "steps at once; else as many as there are processors",
		.max = PROVE_JOBS_MAX},
	{.name = "work",
		.type = ARGS_TEXT,
		.value = &prove_work,
		.meta = "DIR",
		.help = "where trees are made; programs must be able to run "
			"there"},
	{.name = "json",
		.type = ARGS_SWITCH,
		.value = &prove_wants_json,
		.help = "print JSON"},
	{.name = "root",
		.type = ARGS_TEXT,
		.value = &prove_root,
		.meta = "DIR",
		.help = "root of the project that built the program, or the "
			"evidence of `keelson record`"},
	{0},
};

static unsigned prove_processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	if (prove_jobs > 0)
		return (unsigned)prove_jobs;
	return n < 1 ? 1 : n > PROVE_JOBS_MAX ? PROVE_JOBS_MAX : (unsigned)n;
}

static int prove_print(
	const struct proof *proof, bool *is_proven, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(PROVE_TEXT_MAX);

	*is_proven &= proof_holds(proof);
	if (prove_wants_json)
		proof_json(proof, &text);
	else
		proof_table(proof, &text);
	if (text.full)
		return err_kind(e, ERR_LIMIT, "the answer is too long");
	return fd_write(STDOUT_FILENO, text.p, text.n, e);
}

static int prove_in(const struct graph *g, const char *program,
	const char *work, bool *is_proven, struct err *e)
{
	const struct prove_request r = {
		.graph = g,
		.work = work,
		.jobs = prove_processors(),
		.seed = prove_seed,
		.members = (size_t)prove_members,
		.samples = (size_t)prove_samples,
	};
	struct prove_answer answer;
	struct proof proof = {
		.program = program, .request = &r, .answer = &answer};

	if (prove_program(&r, &answer, e) < 0)
		return err_at(e, "%s", program);
	return prove_print(&proof, is_proven, e);
}

static int prove_one(
	struct tracing *t, const char *program, bool *is_proven, struct err *e)
{
	struct graph_wish wish = {.path = program};
	char hex[SHA256_HEX + 1], work[PATH_MAX];
	struct graph g;
	int rc, n = snprintf(work, sizeof(work), "%s/keelson-prove-XXXXXX",
			prove_work);

	if (n < 0 || (size_t)n >= sizeof(work))
		return err_kind(e, ERR_LIMIT, "%s: path too long", prove_work);
	if (sha256_file(program, hex, NULL, e) < 0)
		return -1;
	wish.sha256 = str_of(hex);
	if (graph_make(&t->evidence, &wish, &t->arena, &g, e) < 0)
		return -1;
	if (mkdtemp(work) == NULL) /* of mode 0700 */
		return err_sys(e, "%s", work);
	rc = prove_in(&g, program, work, is_proven, e);
	return prove_tree_remove(work, rc < 0 ? NULL : e) < 0 ? -1 : rc;
}

static int prove_run_all(size_t n, const char *const *operands)
{
	struct tracing t;
	struct err e = {0};
	bool is_proven = true;
	int rc = tracing_open_for(
		prove_root, &(struct tracing_of){operands[0], NULL}, &t, &e);

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = prove_one(&t, operands[i], &is_proven, &e);
	tracing_close(&t);
	if (rc < 0)
		return command_failure(&e);
	return is_proven ? 0 : 1;
}

const struct args_command command_prove = {
	.name = "prove",
	.operands = "PROGRAM...",
	.summary = "Rebuild a program from what its evidence names alone",
	.text = "Each compile and link is run again by its recorded command "
		"line, in a tree that holds only the files that the evidence "
		"names and the tool itself, without a network, and must give "
		"the same bytes. Then some files are taken away, one at a "
		"time: without each the step must fail or give other bytes, "
		"or the file is reported as read without effect. Ends with 1 "
		"when something is not proven. SOURCE_DATE_EPOCH is passed on "
		"to the tools.",
	.options = prove_options,
	.min_operands = 1,
	.max_operands = SIZE_MAX,
	.run = prove_run_all,
};
