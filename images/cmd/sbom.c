/*
 * sbom - `keelson sbom PROGRAM...`: what was linked into a program.
 *
 * Lock and evidence are read once; each program is found in the evidence by
 * its SHA-256, traced and summed up.  A program that the evidence does not
 * know is an error; where there is no evidence at all, its note has to do.
 */
#include "sbom/sbom.h"
#include "images/cmd/commands.h"
#include "images/cmd/epoch.h"
#include "images/cmd/sbom_note.h"
#include "images/cmd/target.h"
#include "images/cmd/tracing.h"
#include "lib/arc/sha256.h"
#include "lib/base/fd.h"
#include "lib/base/whole.h"
#include "sbom/index/vendored.h"
#include "sbom/model/file_licence.h"
#include "sbom/write/files.h"
#include "sbom/write/report.h"
#include "sbom/write/rows.h"

#include <sys/stat.h>
#include <unistd.h>

enum { SBOM_TEXT_MAX = 256 << 20 };

static const char *sbom_root = ".";
static const char *sbom_format, *sbom_version, *sbom_index;
static bool sbom_wants_json, sbom_wants_rows, sbom_wants_files;

static const struct args_option sbom_options[] = {
	{.name = "json",
		.type = ARGS_SWITCH,
		.value = &sbom_wants_json,
		.help = "print one JSON object for each program"},
	{.name = "rows",
		.type = ARGS_SWITCH,
		.value = &sbom_wants_rows,
		.help = "print every byte of each program with its owners, "
			"as JSON"},
	{.name = "files",
		.type = ARGS_SWITCH,
		.value = &sbom_wants_files,
		.help = "print every file that the programs were made from, "
			"headers included; with --json as JSON"},
	{.name = "format",
		.type = ARGS_TEXT,
		.value = &sbom_format,
		.meta = "FORMAT",
		.help = "write an SBOM: spdx, spdx3, cyclonedx, cyclonedx-1.6 "
			"or cyclonedx-1.7; with --files every file, too"},
	{.name = "index",
		.type = ARGS_TEXT,
		.value = &sbom_index,
		.meta = "INDEX",
		.help = "recognise packages inside the source by this index, "
			"which `keelson index` made"},
	{.name = "release",
		.type = ARGS_TEXT,
		.value = &sbom_version,
		.meta = "VERSION",
		.help = "version of that project"},
	{.name = "root",
		.type = ARGS_TEXT,
		.value = &sbom_root,
		.meta = "DIR",
		.help = "root of the project that built the programs, or the "
			"evidence of `keelson record`"},
	{0},
};

static int sbom_print_files(const struct traced *p, struct err *e)
{
	AUTO_BUF struct buf unstripped = buf_growing(SBOM_TEXT_MAX);
	AUTO_BUF struct buf out = buf_growing(SBOM_TEXT_MAX);
	struct inlined_code inlined;

	if (traced_unstripped(p, &unstripped, e) < 0 ||
		inlined_find(&p->trace, buf_view(&unstripped), &inlined, e) < 0)
		return -1;
	if (sbom_wants_json)
		files_json(&p->trace, &inlined, p->path, p->sha256, &out);
	else
		files_table(&p->trace, &inlined, p->path, &out);
	if (whole_check(&out, p->path, e) < 0)
		return -1;
	return fd_write(STDOUT_FILENO, out.p, out.n, e);
}

static int sbom_print(const struct traced *p, struct err *e)
{
	AUTO_BUF struct buf out = buf_growing(SBOM_TEXT_MAX);
	struct licence_book book =
		licence_book(p->trace.basis.evidence, p->trace.basis.arena);
	const struct str *licences;
	struct report report;

	if (sbom_wants_files)
		return sbom_print_files(p, e);
	if (sbom_wants_rows) {
		rows_json(&p->trace, p->path, p->sha256, &out);
		if (whole_check(&out, p->path, e) < 0)
			return -1;
		return fd_write(STDOUT_FILENO, out.p, out.n, e);
	}
	if (file_licences(&book, &p->trace, &licences, e) < 0 ||
		report_make(&p->trace, licences, &report, e) < 0)
		return -1;
	if (sbom_wants_json)
		report_json(&report, p->path, p->sha256, &out);
	else
		report_table(&report, p->path, &out);
	if (whole_check(&out, p->path, e) < 0)
		return -1;
	return fd_write(STDOUT_FILENO, out.p, out.n, e);
}

static int sbom_show(struct tracing *t, const char *program, struct err *e)
{
	struct traced p;
	int rc = traced_open(t, program, &p, e);

	if (rc == 0)
		rc = sbom_print(&p, e);
	traced_close(&p);
	return rc;
}

static int sbom_show_all(
	struct tracing *t, size_t n, const char *const *operands, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && !sbom_wants_json && !sbom_wants_rows &&
			fd_write(STDOUT_FILENO, "\n", 1, e) < 0)
			return -1;
		if (sbom_show(t, operands[i], e) < 0)
			return -1;
	}
	return 0;
}

/* ---- documents ---- */

static int sbom_write_document(const struct sbom_request *r, struct err *e)
{
	AUTO_BUF struct buf out = buf_growing(SBOM_MAX_BYTES);
	enum document_format format;
	struct sbom s = {0};
	int rc = document_format_of(sbom_format, &format, e);

	if (rc == 0)
		rc = sbom_open(r, &s, e);
	if (rc == 0)
		rc = document_write(
			&s.items, format, sbom_wants_files, &out, e);
	sbom_close(&s);
	return rc < 0 ? -1 : fd_write(STDOUT_FILENO, out.p, out.n, e);
}

/* The program as the only file of a request. */
static int sbom_document(struct tracing *t, const char *path, struct err *e)
{
	char sha256[SHA256_HEX + 1], sha1[SHA1_HEX + 1];
	const struct sbom_file file = {
		.path = str_base_name(str_of(path)),
		.mode = S_IFREG | 0755,
		.sha256 = {sha256, SHA256_HEX},
		.sha1 = {sha1, SHA1_HEX},
		.origin = SBOM_PROGRAM,
		.name = str_base_name(str_of(path)),
		.place = path,
	};
	struct sbom_request r = {
		.image = str_base_name(str_of(path)).p,
		.is_program = true,
		.version = sbom_version != NULL ? sbom_version
						: t->project.is.version.p,
		.project = &t->project.is,
		.arch = target_arch(path, NULL),
		.files = &file,
		.n_files = 1,
		.root = sbom_root,
		.opened_lock = &t->lock,
		.opened_evidence = &t->evidence,
	};

	if (sha256_file(path, sha256, NULL, e) < 0 ||
		sha1_file(path, sha1, e) < 0 || epoch_read(&r.created, e) < 0)
		return -1;
	if (r.version == NULL) /* of a build that is no project */
		r.version = t->lock.n > 0 ? arena_copy(&t->arena,
						    t->lock.lines[0].version)
					  : "0";
	return sbom_write_document(&r, e);
}

static int sbom_recognise(struct tracing *t, struct err *e)
{
	if (sbom_index == NULL)
		return 0;
	if (!t->evidence.is_outside)
		return err_kind(e, ERR_USAGE,
			"--index is for a build that `keelson record` ran; "
			"this one pins its sources");
	return vendored_find_by(
		&t->evidence, &t->lock, sbom_index, &t->arena, e);
}

/* Neither project nor recorded build is here: what programs say themselves. */
static int sbom_show_notes(
	size_t n, const char *const *operands, struct err *why)
{
	struct err e = {0};

	if (why->kind != ERR_ABSENT || sbom_format != NULL || sbom_wants_rows ||
		sbom_wants_files)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (sbom_note_show(operands[i], sbom_wants_json, &e) == 0)
			continue;
		if (e.kind != ERR_ABSENT)
			*why = e;
		return -1;
	}
	return 0;
}

static int sbom_run(size_t n, const char *const *operands)
{
	struct tracing t;
	struct err e = {0};
	int rc = tracing_open_for(
		sbom_root, &(struct tracing_of){operands[0], NULL}, &t, &e);

	if (rc < 0)
		rc = sbom_show_notes(n, operands, &e);
	else if (sbom_recognise(&t, &e) < 0)
		rc = -1;
	else if (sbom_format != NULL)
		rc = n == 1 ? sbom_document(&t, operands[0], &e)
			    : err_kind(&e, ERR_USAGE,
				      "--format takes one program");
	else
		rc = sbom_show_all(&t, n, operands, &e);
	tracing_close(&t);
	return rc < 0 ? command_failure(&e) : 0;
}

const struct args_command command_sbom = {
	.name = "sbom",
	.operands = "PROGRAM...",
	.summary = "Show what was linked into a program",
	.text = "PROGRAM is a file built here, or by a command that `keelson "
		"record` ran; it is recognised by its SHA-256, so a copy will "
		"do. Where neither is known, its own note is shown: the "
		"packages that it says are linked into it.",
	.options = sbom_options,
	.min_operands = 1,
	.max_operands = SIZE_MAX,
	.run = sbom_run,
};
