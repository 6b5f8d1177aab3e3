/*
 * report - `keelson report IMAGE|PROGRAM -o FILE`: what it is, as one page for
 * people; `--diff OLD NEW`: what changed between two.
 *
 * With the project that built it, or the evidence of `keelson record`, the
 * page says what every byte is from.  A stranger who has the image alone gets
 * what the image and its SBOM say.
 */
#include "images/cmd/commands.h"
#include "images/cmd/epoch.h"
#include "images/cmd/subject.h"
#include "images/cmd/target.h"
#include "images/cmd/verify_keys.h"
#include "images/report/gather.h"
#include "lib/base/fd.h"
#include "lib/base/shown.h"
#include "sbom/page/page_compare.h"
#include "sbom/page/page_write.h"
#include "sbom/vex/vex_make.h"

#include <unistd.h>

static const char *report_output, *report_root = ".", *report_old_root;
static const char *report_release, *report_platform;
static bool report_compares;
static struct args_list report_key_paths;
static struct verify_keys report_keys;

static const struct args_option report_options[] = {
	{.name = "output",
		.letter = 'o',
		.type = ARGS_TEXT,
		.value = &report_output,
		.meta = "FILE",
		.help = "write to FILE, which appears complete or not at all"},
	{.name = "diff",
		.type = ARGS_SWITCH,
		.value = &report_compares,
		.help = "compare two: OLD NEW"},
	{.name = "key",
		.type = ARGS_LIST,
		.value = &report_key_paths,
		.meta = "FILE",
		.help = "a public key: say which signatures are its; repeat "
			"for more"},
	{.name = "release",
		.type = ARGS_TEXT,
		.value = &report_release,
		.meta = "VERSION",
		.help = "version of a program; default: the project's"},
	TARGET_PLATFORM(&report_platform),
	{.name = "root",
		.type = ARGS_TEXT,
		.value = &report_root,
		.meta = "DIR",
		.help = "root of the project that built the product, or the "
			"evidence of `keelson record`"},
	{.name = "old-root",
		.type = ARGS_TEXT,
		.value = &report_old_root,
		.meta = "DIR",
		.help = "the same of OLD; default: that of --root"},
	{0},
};

/* One product, with everything behind its page. */
struct report_side {
	struct tracing tracing;
	struct subject subject;
	struct vex_statements statements;
	struct gather gather;
	struct gather_program programs[SUBJECT_PROGRAMS_MAX];
	struct gather_key keys[ARGS_LIST_MAX];
	struct page page;
	struct err no_evidence; /* why, if so */
};

/* Without a project or a recorded build, an image speaks for itself. */
static int report_open_tracing(struct report_side *s, const char *root,
	const char *path, struct err *e)
{
	s->gather.has_evidence = true;
	if (tracing_open_for(root, &(struct tracing_of){path, report_platform},
		    &s->tracing, e) == 0)
		return 0;
	if (e->kind != ERR_ABSENT)
		return -1;
	tracing_close(&s->tracing);
	s->tracing = (struct tracing){.arena = arena_make(TRACING_ARENA_MAX),
		.platform = report_platform};
	s->gather.has_evidence = false;
	s->no_evidence = *e;
	err_clear(e);
	return 0;
}

static int report_judge(struct report_side *s, struct err *e)
{
	const struct trace_basis basis = {
		&s->tracing.evidence, &s->tracing.lock, &s->tracing.arena};
	struct fix_texts texts = fix_texts(&basis);
	const struct vex_request r = {
		.programs = s->subject.judged,
		.n_programs = s->subject.n,
		.n_unknown = s->subject.product.n_unknown,
	};

	if (s->subject.n == 0)
		return 0;
	return vex_make(&texts, &r, &s->statements, e);
}

static int report_fill(struct report_side *s, const char *root, struct err *e)
{
	struct gather *g = &s->gather;

	for (size_t i = 0; i < s->subject.n; i++) {
		const struct subject_program *p = &s->subject.programs[i];

		s->programs[i] = (struct gather_program){
			.path = p->traced.path,
			.bytes = buf_view(&p->traced.bytes),
			.sha256 = p->traced.sha256,
			.trace = &p->traced.trace,
			.symbols = &p->symbols,
		};
	}
	for (size_t i = 0; i < report_keys.n; i++)
		s->keys[i] = (struct gather_key){
			&report_keys.keys[i], report_keys.paths[i]};
	g->arena = &s->tracing.arena;
	g->lock = &s->tracing.lock;
	g->evidence = &s->tracing.evidence;
	g->project = &s->tracing.project.is;
	g->root = root;
	g->arch = target_arch(s->subject.product.path, report_platform);
	g->platform = report_platform;
	g->view = s->subject.product.is_image ? &s->subject.view : NULL;
	g->product = &s->subject.product;
	g->verdicts = &s->statements;
	g->programs = s->programs;
	g->n_programs = s->subject.n;
	g->keys = s->keys;
	g->n_keys = report_keys.n;
	g->release = report_release;
	return gather(g, &s->page, e);
}

static int report_open_subject(
	struct report_side *s, const char *path, struct err *e)
{
	if (subject_open(&s->tracing, path, &s->subject, e) == 0)
		return 0;
	if (e->kind == ERR_ABSENT && !s->gather.has_evidence)
		*e = s->no_evidence;
	return -1;
}

static int report_open(struct report_side *s, const char *root,
	const char *path, struct err *e)
{
	if (report_open_tracing(s, root, path, e) < 0 ||
		report_open_subject(s, path, e) < 0 || report_judge(s, e) < 0 ||
		epoch_read(&s->gather.epoch_s, e) < 0)
		return -1;
	return report_fill(s, root, e);
}

static void report_close(struct report_side *s)
{
	gather_close(&s->gather);
	subject_close(&s->subject);
	tracing_close(&s->tracing);
}

static int report_put(const struct buf *text, struct err *e)
{
	if (report_output != NULL)
		return file_write(report_output, buf_view(text), 0644, e);
	return fd_write(STDOUT_FILENO, text->p, text->n, e);
}

static int report_one(const char *path, struct err *e)
{
	static struct report_side side;
	AUTO_BUF struct buf text = buf_growing(PAGE_BYTES_MAX);
	int rc = report_open(&side, report_root, path, e);

	if (rc == 0)
		rc = page_write(&side.page, &text, e);
	if (rc == 0)
		rc = report_put(&text, e);
	report_close(&side);
	return rc;
}

static int report_two(const char *const *paths, struct err *e)
{
	static struct report_side old, new;
	AUTO_BUF struct buf text = buf_growing(PAGE_BYTES_MAX);
	const char *old_root =
		report_old_root != NULL ? report_old_root : report_root;
	int rc = report_open(&old, old_root, paths[0], e);

	if (rc == 0)
		rc = report_open(&new, report_root, paths[1], e);
	if (rc == 0)
		rc = page_compare(&old.page, &new.page, &text, e);
	if (rc == 0)
		rc = report_put(&text, e);
	report_close(&old);
	report_close(&new);
	return rc;
}

static int report_run(size_t n, const char *const *operands)
{
	struct err e = {0};
	int rc = 0;

	if (n != (report_compares ? 2 : 1))
		rc = err_kind(&e, ERR_USAGE,
			report_compares ? "--diff takes two: OLD NEW"
					: "one image or program at a time; "
					  "--diff compares two");
	if (rc == 0)
		rc = verify_keys_read(&report_key_paths, 0, &report_keys, &e);
	if (rc == 0)
		rc = report_compares ? report_two(operands, &e)
				     : report_one(operands[0], &e);
	return rc < 0 ? command_failure(&e) : 0;
}

const struct args_command command_report = {
	.name = "report",
	.operands = "IMAGE|PROGRAM",
	.summary =
		"Write a page for people: what is inside, and how to check it",
	.text = "One HTML file that needs neither network nor script: a "
		"treemap of each program by package and file, packages with "
		"licences and patches, CVEs with the proof of each verdict, "
		"hardening, sources, signatures, and the commands that check "
		"all that. --diff OLD NEW writes what changed. An image whose "
		"build is not known here is described by what it says itself.",
	.options = report_options,
	.min_operands = 1,
	.max_operands = 2,
	.run = report_run,
};
