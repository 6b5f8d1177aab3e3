/*
 * audit - `keelson audit --feed FILE|DIR PRODUCT`: what remains of the
 * advisories that the user brings.
 *
 * Packages that are linked are matched by name and version (sbom/audit); what
 * matches is judged by patches and linked functions, as `keelson vex` does.
 * Nothing is fetched.
 */
#include "sbom/audit/audit.h"
#include "images/cmd/commands.h"
#include "images/cmd/patches.h"
#include "images/cmd/subject.h"
#include "images/cmd/target.h"
#include "lib/base/dir.h"
#include "lib/base/fd.h"
#include "lib/base/whole.h"
#include "sbom/audit/audit_write.h"
#include "sbom/evidence/mapped.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	AUDIT_OUT_MAX = 256 << 20,
	AUDIT_PACKAGES_MAX = 500, /* that one product links */
	AUDIT_FILES_MAX = 200000, /* of one directory */
	AUDIT_PATH_BYTES = 4096,
};

static const char *audit_root = ".", *audit_platform;
static struct args_list audit_feeds, audit_patches;
static bool audit_wants_json, audit_wants_sarif, audit_shows_all;

static const struct args_option audit_options[] = {
	TARGET_PLATFORM(&audit_platform),
	{.name = "feed",
		.type = ARGS_LIST,
		.value = &audit_feeds,
		.meta = "FILE|DIR",
		.help = "advisories: JSON of Debian's security tracker, OSV or "
			"NVD's API 2.0, or a directory of such files; repeat "
			"for more"},
	{.name = "patch",
		.type = ARGS_LIST,
		.value = &audit_patches,
		.meta = "CVE=FILE",
		.help = PATCHES_HELP},
	{.name = "all",
		.type = ARGS_SWITCH,
		.value = &audit_shows_all,
		.help = "also what matches and does not remain"},
	{.name = "json",
		.type = ARGS_SWITCH,
		.value = &audit_wants_json,
		.help = "print one JSON object"},
	{.name = "sarif",
		.type = ARGS_SWITCH,
		.value = &audit_wants_sarif,
		.help = "print SARIF 2.1.0"},
	{.name = "root",
		.type = ARGS_TEXT,
		.value = &audit_root,
		.meta = "DIR",
		.help = "root of the project that built the product, or the "
			"evidence of `keelson record`"},
	{0},
};

/* ---- feeds ---- */

static int audit_read_file(struct audit *a, const char *path, struct err *e)
{
	struct str text;
	int rc;

	if (mapped_open(path, &text, e) < 0)
		return -1;
	a->feed = path;
	rc = text.n > AUDIT_FEED_MAX
		     ? err_kind(e, ERR_LIMIT, "larger than %zu bytes",
			       AUDIT_FEED_MAX)
		     : audit_feed(a, text, e);
	mapped_close(text);
	return rc < 0 ? err_at(e, "%s", path) : 0;
}

static int audit_name_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of a directory that end in .json, sorted. */
static int audit_list(
	struct audit *a, DIR *d, const char ***names, size_t *n, struct err *e)
{
	const char **list = NULL;
	const struct dirent *x;
	size_t room = 0;
	int rc;

	*n = 0;
	while ((rc = dir_next(d, &x, e)) > 0) {
		if (!str_has_suffix(str_of(x->d_name), STR(".json")))
			continue;
		if (*n == AUDIT_FILES_MAX)
			return err_kind(e, ERR_LIMIT, "more than %d files",
				AUDIT_FILES_MAX);
		list = arena_grow(a->arena, list, *n, &room, sizeof(*list));
		if (list == NULL)
			return fix_no_memory(e);
		list[*n] = arena_copy(a->arena, str_of(x->d_name));
		if (list[(*n)++] == NULL)
			return fix_no_memory(e);
	}
	if (*n > 1)
		qsort(list, *n, sizeof(*list), audit_name_order);
	*names = list;
	return rc;
}

static int audit_read_dir(struct audit *a, const char *path, struct err *e)
{
	DIR *d = opendir(path);
	const char **names = NULL;
	size_t n;
	int rc;

	if (d == NULL)
		return err_sys(e, "%s", path);
	rc = audit_list(a, d, &names, &n, e);
	closedir(d);
	if (rc == 0 && n == 0)
		rc = err_kind(e, ERR_ABSENT, "no file that ends in .json");
	for (size_t i = 0; rc == 0 && i < n; i++) {
		char memory[AUDIT_PATH_BYTES];
		struct buf file = buf_fixed(memory, sizeof(memory));

		buf_fmt(&file, "%s/%s", path, names[i]);
		if (file.full)
			return err_kind(
				e, ERR_LIMIT, "%s: path is too long", names[i]);
		if (audit_read_file(a, buf_cstr(&file), e) < 0)
			return -1;
	}
	return rc < 0 ? err_at(e, "%s", path) : 0;
}

static int audit_read_feeds(struct audit *a, struct err *e)
{
	for (size_t i = 0; i < audit_feeds.n; i++) {
		const char *path = audit_feeds.item[i];
		struct stat st;

		if (stat(path, &st) < 0)
			return err_sys(e, "--feed %s", path);
		if ((S_ISDIR(st.st_mode) ? audit_read_dir(a, path, e)
					 : audit_read_file(a, path, e)) < 0)
			return -1;
	}
	return 0;
}

/* ---- the product ---- */

/* The packages of what is linked, each once. */
static size_t audit_packages(
	const struct subject *s, const struct lock_line **list)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct trace *t = &s->programs[i].traced.trace;

		for (size_t k = 0; k < t->n_objects; k++) {
			const struct lock_line *of =
				t->objects[k]->source->origin.package;
			size_t at = 0;

			while (at < n && list[at] != of)
				at++;
			if (of != NULL && at == n && n < AUDIT_PACKAGES_MAX)
				list[n++] = of;
		}
	}
	return n;
}

static int audit_judge(const struct subject *s, struct audit *a, struct err *e)
{
	const struct trace_basis basis = {
		&s->tracing->evidence, &s->tracing->lock, &s->tracing->arena};
	struct fix_texts texts = fix_texts(&basis);
	struct vex_brought *brought;
	struct vex_request r = {.programs = s->judged,
		.n_programs = s->n,
		.n_unknown = s->product.n_unknown,
		.n_brought = audit_patches.n};

	if (patches_read(&texts, &audit_patches, &brought, e) < 0)
		return -1;
	r.brought = brought;
	for (size_t i = 0; i < a->n; i++) {
		struct audit_hit *h = &a->hits[i];

		h->verdict = (struct vex_statement){
			.cve = h->cve, .package = h->package};
		if (vex_decide(&texts, &r, &h->verdict, e) < 0)
			return -1;
	}
	return 0;
}

static int audit_print(const struct audit_report *r, struct err *e)
{
	AUTO_BUF struct buf out = buf_growing(AUDIT_OUT_MAX);

	if (audit_wants_sarif)
		audit_write_sarif(r, &out);
	else if (audit_wants_json)
		audit_write_json(r, &out);
	else
		audit_write_table(r, &out);
	if (whole_check(&out, r->product, e) < 0)
		return -1;
	return fd_write(STDOUT_FILENO, out.p, out.n, e);
}

/* 1 when something remains or is not known, 0 when nothing does, or -1. */
static int audit_all(const struct subject *s, struct err *e)
{
	const struct lock_line **packages = arena_alloc(
		&s->tracing->arena, AUDIT_PACKAGES_MAX * sizeof(*packages));
	struct audit a = {.arena = &s->tracing->arena};
	const struct audit_report report = {
		&a, s->product.path, s->product.n_unknown, audit_shows_all};

	if (packages == NULL)
		return fix_no_memory(e);
	a.packages = packages;
	a.n_packages = audit_packages(s, packages);
	if (audit_read_feeds(&a, e) < 0 || audit_judge(s, &a, e) < 0)
		return -1;
	audit_sort(&a);
	if (audit_print(&report, e) < 0)
		return -1;
	for (size_t i = 0; i < a.n; i++)
		if (audit_remains(&a.hits[i]))
			return 1;
	return report.n_unknown > 0;
}

static int audit_run(size_t n, const char *const *operands)
{
	struct tracing t = {0};
	struct subject s = {0};
	struct err e = {0};
	int rc = 0;

	(void)n;
	if (audit_feeds.n == 0)
		rc = err_kind(&e, ERR_USAGE,
			"no advisories: say --feed FILE or --feed DIR");
	if (rc == 0)
		rc = tracing_open_for(audit_root,
			&(struct tracing_of){operands[0], audit_platform}, &t,
			&e);
	if (rc == 0)
		rc = subject_open(&t, operands[0], &s, &e);
	if (rc == 0)
		rc = audit_all(&s, &e);
	subject_close(&s);
	tracing_close(&t);
	return rc < 0 ? command_failure(&e) : rc;
}

const struct args_command command_audit = {
	.name = "audit",
	.operands = "IMAGE|PROGRAM",
	.summary = "Show which advisories remain for what is linked",
	.text = "Advisories are matched with the packages that are linked, by "
		"name and version, and then judged as `keelson vex` does: by "
		"the patches that were applied and by the functions that the "
		"linker kept. Nothing is fetched. The exit code is 0 when "
		"nothing remains, 1 when something does, when a program of the "
		"image has no evidence, or on failure.",
	.options = audit_options,
	.min_operands = 1,
	.max_operands = 1,
	.run = audit_run,
};
