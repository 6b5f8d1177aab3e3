/*
 * licences - `keelson licences IMAGE|PROGRAM...`: whose code is inside, under
 * which licences, and what these demand.
 *
 * A program is traced as `keelson sbom` does it.  Of an image the programs are
 * traced, and the SBOM in it says which package its other files are from.
 */
#include "images/cmd/commands.h"
#include "images/cmd/epoch.h"
#include "images/cmd/subject.h"
#include "images/cmd/target.h"
#include "images/read/find_sbom.h"
#include "images/read/listing_layer.h"
#include "lib/arc/sha1.h"
#include "lib/base/fd.h"
#include "lib/base/whole.h"
#include "sbom/sbom.h"
#include "sbom/write/notice_report.h"
#include "sbom/write/notice_sources.h"
#include "sbom/write/notice_text.h"

#include <sys/stat.h>
#include <unistd.h>

enum { LICENCES_PATH_MAX = 4096 };

static const char *licences_root = ".", *licences_output, *licences_platform;
static bool licences_wants_json, licences_wants_notice, licences_wants_sources;
static bool licences_checks;

static const struct args_option licences_options[] = {
	{.name = "check",
		.type = ARGS_SWITCH,
		.value = &licences_checks,
		.help = "print conflicts, missing texts and licences without a "
			"rule, each with its chain, and end with 1 if there is "
			"any"},
	{.name = "json",
		.type = ARGS_SWITCH,
		.value = &licences_wants_json,
		.help = "print one JSON object for each, problems included"},
	{.name = "notice",
		.type = ARGS_SWITCH,
		.value = &licences_wants_notice,
		.help = "print the NOTICE: copyright lines, and each text "
			"once"},
	{.name = "sources",
		.type = ARGS_SWITCH,
		.value = &licences_wants_sources,
		.help = "print the sources that have to be offered, with "
			"addresses, digests and patches; with --json as JSON"},
	{.name = "output",
		.letter = 'o',
		.type = ARGS_TEXT,
		.value = &licences_output,
		.meta = "FILE",
		.help = "write to FILE, which appears complete or not at all"},
	TARGET_PLATFORM(&licences_platform),
	{.name = "root",
		.type = ARGS_TEXT,
		.value = &licences_root,
		.meta = "DIR",
		.help = "root of the project that built it, or the evidence "
			"of `keelson record`"},
	{0},
};

/* What is printed, and what was found. */
struct licences_asked {
	struct tracing *tracing;
	struct buf text;
	struct json_out json;
	size_t problems;
};

/* ---- the files of an image ---- */

/* "from tzdata_2026c_all.deb, joined from 2 files": the package file. */
static struct str licences_origin(struct str comment)
{
	const struct str from = STR("from ");

	if (!str_has_prefix(comment, from))
		return (struct str){0};
	comment = str_sub(comment, from.n, comment.n);
	return str_sub(comment, 0, str_find(comment, ','));
}

static struct str licences_sum(const struct node *file, const char *algorithm)
{
	const struct node *c = node_first(node_get(file, "checksums"));

	for (; c != NULL; c = c->next)
		if (str_is(node_text(node_get(c, "algorithm")), algorithm))
			return node_text(node_get(c, "checksumValue"));
	return (struct str){0};
}

/* A file that the SBOM says is from a pinned package or of the project; not a
   program. */
static bool licences_is_taken(const struct licences_asked *q,
	const struct node *file, struct sbom_file *out)
{
	struct str name = node_text(node_get(file, "fileName"));
	struct str from = licences_origin(node_text(node_get(file, "comment")));

	*out = (struct sbom_file){
		.path = str_sub(name, 2, name.n),
		.mode = S_IFREG | 0644,
		.sha256 = licences_sum(file, "SHA256"),
		.sha1 = licences_sum(file, "SHA1"),
		.origin = lock_file(&q->tracing->lock, str_base_name(from))
				  ? SBOM_PINNED
				  : SBOM_SKELETON,
		.name = from,
		.licence = node_text(node_get(file, "licenseConcluded")),
	};
	return from.n > 0;
}

static int licences_add_taken(struct licences_asked *q, struct subject *s,
	struct sbom_request *r, struct err *e)
{
	AUTO_LISTING struct listing layer = {0};
	struct arena *a = &q->tracing->arena;
	char hex[SHA256_HEX + 1];
	const struct node *spdx, *f;
	struct sbom_file *list;

	if (listing_layer(&s->view, a, &layer, e) < 0 ||
		find_sbom(&s->view, &layer, &spdx, hex, e) < 0)
		return -1;
	list = arena_alloc(a, (s->n + layer.n + 1) * sizeof(*list));
	if (list == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for the files");
	for (size_t i = 0; i < r->n_files; i++)
		list[i] = r->files[i];
	r->files = list;
	for (f = node_first(node_get(spdx, "files")); f != NULL; f = f->next)
		if (r->n_files < s->n + layer.n &&
			licences_is_taken(q, f, &list[r->n_files]))
			r->n_files++;
	return 0;
}

/* ---- the request ---- */

static int licences_add_programs(const struct licences_asked *q,
	const struct subject *s, struct sbom_request *r, struct err *e)
{
	struct arena *a = &q->tracing->arena;
	struct sbom_file *list = arena_alloc(a, (s->n + 1) * sizeof(*list));

	if (list == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for the programs");
	for (size_t i = 0; i < s->n; i++) {
		const struct traced *t = &s->programs[i].traced;
		struct str path = str_of(t->path);
		char sha1[SHA1_HEX + 1];

		sha1_hex(buf_view(&t->bytes), sha1);
		while (str_has_prefix(path, STR("/")))
			path = str_sub(path, 1, path.n);
		list[i] = (struct sbom_file){
			.path = path,
			.mode = S_IFREG | 0755,
			.sha256 = t->sha256,
			.sha1 = str_of(arena_copy(a, str_of(sha1))),
			.origin = SBOM_PROGRAM,
			.name = str_base_name(path),
			.bytes = buf_view(&t->bytes),
		};
	}
	r->files = list;
	r->n_files = s->n;
	return 0;
}

/* "0.1.0", of the image, else of the project, else of what was recorded. */
static const char *licences_version(
	const struct licences_asked *q, const struct subject *s)
{
	const struct tracing *t = q->tracing;
	struct str v = s->product.version;

	if (v.n == 0)
		v = t->project.is.version;
	if (v.n == 0 && t->lock.n > 0)
		v = t->lock.lines[0].version;
	return v.n > 0 ? arena_copy(&q->tracing->arena, v) : "0";
}

/* Where the project has its packages; NULL: it is none, or no memory. */
static const char *licences_packages(const struct licences_asked *q)
{
	const char *at = q->tracing->project.at.packages;
	AUTO_BUF struct buf b = buf_growing(LICENCES_PATH_MAX);

	if (at == NULL)
		return NULL;
	buf_fmt(&b, "%s/%s", licences_root, at);
	return arena_copy(&q->tracing->arena, buf_view(&b));
}

static int licences_request(struct licences_asked *q, struct subject *s,
	struct sbom_request *r, struct err *e)
{
	*r = (struct sbom_request){
		.image = arena_copy(&q->tracing->arena, s->product.name),
		.is_program = !s->product.is_image,
		.version = licences_version(q, s),
		.project = &q->tracing->project.is,
		.arch = target_arch(s->product.path, licences_platform),
		.root = licences_root,
		.packages = licences_packages(q),
		.opened_lock = &q->tracing->lock,
		.opened_evidence = &q->tracing->evidence,
	};
	if (r->image == NULL || r->version == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for the names");
	if (epoch_read(&r->created, e) < 0 ||
		licences_add_programs(q, s, r, e) < 0)
		return -1;
	return s->product.is_image ? licences_add_taken(q, s, r, e) : 0;
}

/* ---- what is printed ---- */

static void licences_print_json(
	struct licences_asked *q, const struct items *items)
{
	const struct sbom_request *r = items->model->request;

	json_map(&q->json, NULL);
	json_text(&q->json, "product", r->image);
	json_text(&q->json, "version", r->version);
	if (licences_wants_sources)
		notice_sources_json(items, &q->json);
	else
		notice_report_json(items, &q->json);
	json_map_end(&q->json);
}

static void licences_print(struct licences_asked *q, const struct items *items)
{
	if (q->text.n > 0 && !licences_wants_json)
		buf_byte(&q->text, '\n');
	if (licences_wants_json)
		licences_print_json(q, items);
	else if (licences_wants_sources)
		notice_sources_text(items, &q->text);
	else if (licences_wants_notice)
		notice_text_write(items, &q->text);
	else if (!licences_checks)
		notice_report_table(items, &q->text);
	q->problems += items->notice->n_problems;
	if (licences_checks && !licences_wants_json)
		notice_report_problems(items->notice, &q->text);
}

static int licences_answer(
	struct licences_asked *q, const char *path, struct err *e)
{
	struct subject s = {0};
	struct sbom_request r;
	struct sbom made = {0};
	int rc = subject_open(q->tracing, path, &s, e);

	if (rc == 0)
		rc = licences_request(q, &s, &r, e);
	if (rc == 0)
		rc = sbom_open(&r, &made, e);
	if (rc == 0)
		licences_print(q, &made.items);
	sbom_close(&made);
	subject_close(&s);
	return rc;
}

static int licences_put(const struct licences_asked *q, struct err *e)
{
	if (whole_check(&q->text, "the licences", e) < 0)
		return -1;
	if (licences_output != NULL)
		return file_write(licences_output, buf_view(&q->text), 0644, e);
	return fd_write(STDOUT_FILENO, q->text.p, q->text.n, e);
}

static int licences_answer_all(struct licences_asked *q, size_t n,
	const char *const *operands, struct err *e)
{
	if (licences_wants_json)
		json_list(&q->json, NULL);
	for (size_t i = 0; i < n; i++)
		if (licences_answer(q, operands[i], e) < 0)
			return -1;
	if (licences_wants_json) {
		json_list_end(&q->json);
		buf_byte(&q->text, '\n');
	}
	return licences_put(q, e);
}

static int licences_run(size_t n, const char *const *operands)
{
	struct tracing t = {0};
	struct licences_asked q = {
		.tracing = &t, .text = buf_growing(NOTICE_DOCUMENT_MAX)};
	struct err e = {0};
	int rc = tracing_open_for(licences_root,
		&(struct tracing_of){operands[0], licences_platform}, &t, &e);

	q.json = json_out(&q.text, 1);
	if (rc == 0)
		rc = licences_answer_all(&q, n, operands, &e);
	buf_free(&q.text);
	tracing_close(&t);
	if (rc < 0)
		return command_failure(&e);
	return licences_checks && q.problems > 0 ? 1 : 0;
}

const struct args_command command_licences = {
	.name = "licences",
	.operands = "IMAGE|PROGRAM...",
	.summary = "Show whose code is inside, and what its licences demand",
	.text = "IMAGE is an OCI layout or a tar of one, PROGRAM a file built "
		"here. Only what was linked or taken counts. DUTIES: notice "
		"(copyright lines and text go along), source (it has to be "
		"offered), relink (the program can be linked with a changed "
		"library). docs/licences.md has the rules. With --check it "
		"ends with 1 when there is a problem, else with 0.",
	.options = licences_options,
	.min_operands = 1,
	.max_operands = SIZE_MAX,
	.run = licences_run,
};
