/*
 * reproduce - `keelson reproduce`: build the project once more, with everything
 * different that must not matter, and compare.
 *
 * Exit code: 0 all images are the same, 1 some differ or the build failed.
 */
#include "images/attach/attach.h"
#include "images/cmd/commands.h"
#include "images/cmd/tracing.h"
#include "images/project/enter.h"
#include "images/reproduce/rebuild.h"
#include "images/reproduce/reproduction.h"
#include "images/sign/key_file.h"
#include "lib/base/fd.h"
#include "lib/base/shown.h"
#include "sbom/prove/prove_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define REPRODUCE_TEXT_BYTES ((size_t)16 << 20)
#define REPRODUCE_PATH_BYTES 1280

static const char *reproduce_command, *reproduce_output, *reproduce_report;
static const char *reproduce_key, *reproduce_passphrase;
static const char *reproduce_work = "/tmp";
static struct args_list reproduce_without;
static bool reproduce_twice, reproduce_keeps;

static const struct args_option reproduce_options[] = {
	{.name = "command",
		.type = ARGS_TEXT,
		.value = &reproduce_command,
		.meta = "COMMAND",
		.help = "builds the images, for sh; else `build` of "
			"keelson.yaml"},
	{.name = "without",
		.type = ARGS_LIST,
		.value = &reproduce_without,
		.meta = "NAME",
		.help = "leave this as it is: " PERTURB_NAMES},
	{.name = "twice",
		.type = ARGS_SWITCH,
		.value = &reproduce_twice,
		.help = "make the first build, too, in a copy of its own, "
			"instead of taking the images that are there"},
	{.name = "output",
		.letter = 'o',
		.type = ARGS_TEXT,
		.value = &reproduce_output,
		.meta = "FILE",
		.help = "write the statement to FILE"},
	{.name = "report",
		.type = ARGS_TEXT,
		.value = &reproduce_report,
		.meta = "FILE",
		.help = "write what differs to FILE, with what diffoscope says "
			"of it"},
	{.name = "key",
		.type = ARGS_TEXT,
		.value = &reproduce_key,
		.meta = "FILE",
		.help = "sign the statement and attach it to the images, if "
			"they are the same"},
	{.name = "passphrase-file",
		.type = ARGS_TEXT,
		.value = &reproduce_passphrase,
		.meta = "FILE",
		.help = "its first line opens the key; else it is asked for"},
	{.name = "work",
		.type = ARGS_TEXT,
		.value = &reproduce_work,
		.meta = "DIR",
		.help = "where the second build is made; programs must be able "
			"to run there"},
	{.name = "keep",
		.type = ARGS_SWITCH,
		.value = &reproduce_keeps,
		.help = "keep the second build"},
	{.name = NULL},
};

struct reproduce {
	struct project project;
	struct perturb perturb;
	struct compare *compare;
	struct tracing first, second;
	struct buf said, report;
	char work[REPRODUCE_PATH_BYTES];
	char trees[2][REBUILD_PATH_BYTES]; /* of both builds */
};

/* ---- building --------------------------------------------------------- */

static void print_plan(const struct perturb *p)
{
	for (size_t i = 0; i < PERTURB_COUNT; i++)
		shown_line(stderr, "  %-12s %s%s", perturb_names[i],
			p->of[i].is_on ? "" : "not perturbed: ", p->of[i].text);
}

static int build_both(struct reproduce *r, struct err *e)
{
	const struct perturb plain = {.work = r->work};

	snprintf(r->trees[0], sizeof(r->trees[0]), ".");
	if (reproduce_twice) {
		struct rebuild first = {
			&r->project, reproduce_command, &plain, "first"};

		if (rebuild(&first, r->trees[0], e) < 0)
			return -1;
	}
	print_plan(&r->perturb);
	return rebuild(
		&(struct rebuild){&r->project, reproduce_command, &r->perturb,
			"second/build/in-a-longer-directory"},
		r->trees[1], e);
}

/* ---- comparing -------------------------------------------------------- */

/* Evidence is a help; a build without it is compared all the same. */
static const struct evidence *open_evidence(const char *tree, struct tracing *t)
{
	struct err why = {0};

	if (tracing_open(tree, t, &why) < 0)
		return NULL;
	t->evidence.root = tree; /* where it can be read now */
	return &t->evidence;
}

static int place_build(
	struct reproduce *r, size_t i, struct compare_build *out, struct err *e)
{
	static char paths[4][REPRODUCE_PATH_BYTES];
	const char *from[] = {r->project.at.out, r->project.at.programs};

	for (size_t k = 0; k < 2; k++) {
		int n = snprintf(paths[2 * i + k], sizeof(paths[0]), "%s%s%s",
			i || reproduce_twice ? r->trees[i] : "",
			i || reproduce_twice ? "/" : "", from[k]);

		if (n < 0 || n >= REPRODUCE_PATH_BYTES)
			return err_kind(e, ERR_LIMIT, "path too long");
	}
	*out = (struct compare_build){.out = paths[2 * i],
		.programs = paths[2 * i + 1],
		.evidence =
			open_evidence(r->trees[i], i ? &r->second : &r->first)};
	return 0;
}

static int compare_both(struct reproduce *r, struct err *e)
{
	struct compare *c = r->compare;

	c->work = r->work;
	c->said = &r->said;
	c->is_first_clean = reproduce_twice;
	c->report = reproduce_report ? &r->report : NULL;
	if (place_build(r, 0, &c->first, e) < 0 ||
		place_build(r, 1, &c->second, e) < 0)
		return -1;
	return compare_builds(c, e);
}

/* ---- results ---------------------------------------------------------- */

static void print_result(const struct reproduce *r)
{
	const struct compare *c = r->compare;
	struct str lines = buf_view(&r->said), line;

	for (size_t i = 0; i < c->n_images; i++)
		shown_line(stdout, "%s: %s %s", c->images[i].name,
			c->images[i].digest,
			c->images[i].is_same ? "again" : "is not reproduced");
	while (str_cut(&lines, '\n', &line))
		if (line.n)
			shown_line(stdout, "%.*s", STR_ARG(line));
}

static int attach_to_all(
	const struct reproduce *r, struct str statement, struct err *e)
{
	AUTO_SIGN_KEY struct sign_key k = {0};
	const struct attach_request request = {.key = &k,
		.predicate_type = REPRODUCTION_TYPE,
		.predicate = statement};
	const struct compare *c = r->compare;
	struct attach_result done;

	if (key_file_private(reproduce_key, reproduce_passphrase, &k, e) < 0)
		return -1;
	for (size_t i = 0; i < c->n_images; i++) {
		char path[REPRODUCE_PATH_BYTES];

		snprintf(path, sizeof(path), "%.900s/%s", r->project.at.out,
			c->images[i].name);
		if (attach_put(path, &request, &done, e) < 0)
			return -1;
	}
	shown_line(stdout, "attached to %zu images, signed by sha256:%s",
		c->n_images, k.fingerprint);
	return 0;
}

static int write_report(struct reproduce *r, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(2 * REPRODUCE_TEXT_BYTES);

	if (!reproduce_report)
		return 0;
	buf_str(&text, buf_view(&r->said));
	buf_str(&text, buf_view(&r->report));
	return file_write(reproduce_report, buf_view(&text), 0644, e);
}

static int write_results(struct reproduce *r, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(REPRODUCE_TEXT_BYTES);
	const struct reproduction statement = {
		&r->project, r->compare, &r->perturb, reproduce_command};

	if (reproduction_put(&statement, &text, e) < 0 ||
		write_report(r, e) < 0)
		return -1;
	if (text.full || r->said.full || r->report.full)
		return err_kind(e, ERR_LIMIT, "too much differs to write down");
	if (reproduce_output &&
		file_write(reproduce_output, buf_view(&text), 0644, e) < 0)
		return -1;
	if (!reproduce_key || r->compare->n_differences)
		return 0;
	return attach_to_all(r, buf_view(&text), e);
}

static int reproduce_steps(struct reproduce *r, struct err *e)
{
	if (perturb_plan(r->work, &reproduce_without, &r->perturb, e) < 0 ||
		build_both(r, e) < 0 || compare_both(r, e) < 0)
		return -1;
	print_result(r);
	return write_results(r, e);
}

/* ---- the whole -------------------------------------------------------- */

static int reproduce_prepare(struct reproduce *r, struct err *e)
{
	int n;

	if (project_enter(e) < 0 || project_read(".", &r->project, e) < 0)
		return -1;
	if (!reproduce_command)
		reproduce_command = r->project.build;
	if (!reproduce_command)
		return err_kind(e, ERR_USAGE,
			"how is it built? write `build: COMMAND` "
			"into " PROJECT_FILE " or say --command");
	if (reproduce_key && reproduce_twice)
		return err_kind(e, ERR_USAGE,
			"--key signs the images of the project, which --twice "
			"does not compare");
	n = snprintf(r->work, sizeof(r->work), "%s/keelson-reproduce-XXXXXX",
		reproduce_work);
	if (n < 0 || (size_t)n >= REBUILD_PATH_BYTES / 2)
		return err_kind(
			e, ERR_LIMIT, "%s: path too long", reproduce_work);
	return mkdtemp(r->work) ? 0 : err_sys(e, "%s", r->work);
}

static void reproduce_free(struct reproduce *r)
{
	tracing_close(&r->first);
	tracing_close(&r->second);
	project_free(&r->project);
	buf_free(&r->said);
	buf_free(&r->report);
	free(r->compare);
}

static int reproduce_run(size_t n, const char *const *operands)
{
	static struct reproduce r; /* too large for the stack */
	struct err e = {0};
	int code = 1;

	(void)n;
	(void)operands;
	r.said = buf_growing(REPRODUCE_TEXT_BYTES);
	r.report = buf_growing(REPRODUCE_TEXT_BYTES);
	r.compare = calloc(1, sizeof(*r.compare)); /* heap */
	if (!r.compare)
		err_kind(&e, ERR_LIMIT, "out of memory");
	else if (reproduce_prepare(&r, &e) == 0) {
		if (reproduce_steps(&r, &e) == 0)
			code = r.compare->n_differences > 0;
		if (reproduce_keeps)
			shown_line(stderr, "kept: %s", r.work);
		else
			prove_tree_remove(r.work, NULL);
	}
	if (e.kind != ERR_NONE)
		code = command_failure(&e);
	reproduce_free(&r);
	return code;
}

const struct args_command command_reproduce = {
	.name = "reproduce",
	.operands = "",
	.summary = "Build the project once more under perturbation, and "
		   "compare",
	.text = "The sources are copied and built by another user, elsewhere, "
		"at another time, in another language, with another number of "
		"jobs and processors, and so on; what this machine cannot "
		"perturb is said. Of an image that differs, files, sections of "
		"programs, and the first steps of the build that gave other "
		"bytes are named. Ends with 1 when something differs. The "
		"statement is an in-toto test result.",
	.options = reproduce_options,
	.run = reproduce_run,
};
