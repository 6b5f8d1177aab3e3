/*
 * index - `keelson index`: files of released packages by their git ids, for
 * `keelson record --index` and `keelson sbom --index`.
 *
 * Packages are read one after another; the index is written at the end, in
 * one order whatever that of the operands, so that equal releases give equal
 * bytes.
 */
#include "images/cmd/commands.h"
#include "lib/arc/sha256.h"
#include "lib/base/fd.h"
#include "lib/base/whole.h"
#include "sbom/index/index_make.h"
#include "sbom/index/index_name.h"
#include "sbom/index/index_tarball.h"
#include "static-build/outside/walk.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define INDEX_ARENA_MAX ((size_t)4 << 30)

static const char *index_output;
static const char *index_name;

static const struct args_option index_options[] = {
	{.name = "output",
		.letter = 'o',
		.type = ARGS_TEXT,
		.value = &index_output,
		.meta = "INDEX",
		.help = "file for the index"},
	{.name = "as",
		.type = ARGS_TEXT,
		.value = &index_name,
		.meta = "NAME-VERSION",
		.help = "name and version of the one package that is given; "
			"else they are in the name of its file or directory"},
	{0},
};

static int index_add_directory(
	struct index_maker *k, const char *dir, struct err *e)
{
	AUTO_BUF struct buf bytes = buf_growing(INDEX_TARBALL_FILE_MAX);
	const struct place place = {.arena = k->arena, .root = dir, .dir = ""};
	struct walk walk;

	if (walk_make(&place, &walk, e) < 0)
		return -1;
	for (size_t i = 0; i < walk.n; i++) {
		const char *path =
			place_path(k->arena, dir, walk.paths[i].p, e);

		buf_reset(&bytes);
		if (path == NULL || file_read(path, &bytes, e) < 0 ||
			index_make_add(k, walk.paths[i], buf_view(&bytes), e) <
				0)
			return -1;
	}
	return 0;
}

static int index_keep(
	struct arena *a, struct str s, struct str *out, struct err *e)
{
	*out = (struct str){arena_copy(a, s), s.n};
	return out->p == NULL ? err_kind(e, ERR_LIMIT, "out of memory") : 0;
}

static int index_digest(
	struct index_maker *k, const char *path, struct str *out, struct err *e)
{
	char hex[SHA256_HEX + 1];

	if (sha256_file(path, hex, NULL, e) < 0)
		return -1;
	return index_keep(k->arena, str_of(hex), out, e);
}

/* A path as given may end in "/", or be "." */
static int index_operand_name(
	struct index_maker *k, const char *path, struct str *out, struct err *e)
{
	char *real = realpath(path, NULL); /* heap */
	int rc;

	if (real == NULL)
		return err_sys(e, "%s", path);
	rc = index_keep(k->arena, str_base_name(str_of(real)), out, e);
	free(real);
	return rc;
}

static int index_add(struct index_maker *k, const char *path, struct err *e)
{
	struct indexed_package p = {0};
	struct stat st;

	if (stat(path, &st) < 0)
		return err_sys(e, "%s", path);
	if (index_operand_name(k, path, &p.archive, e) < 0 ||
		index_name_split(
			index_name != NULL ? str_of(index_name) : p.archive,
			&p.name, &p.version, e) < 0)
		return -1;
	if (S_ISDIR(st.st_mode)) {
		if (index_add_directory(k, path, e) < 0)
			return -1;
	} else if (index_digest(k, path, &p.sha256, e) < 0 ||
		   index_tarball_add(k, path, e) < 0) {
		return -1;
	}
	if (k->n == 0)
		return err_kind(e, ERR_INPUT, "%s: no files in it", path);
	return index_make_package(k, p, e);
}

static int index_write(struct index_maker *k, struct err *e)
{
	AUTO_BUF struct buf out = buf_growing(FILE_INDEX_MAX_BYTES);

	if (index_make_order(k, e) < 0)
		return -1;
	file_index_write(&k->index, &out);
	if (whole_check(&out, index_output, e) < 0 ||
		file_write(index_output, buf_view(&out), 0644, e) < 0)
		return -1;
	fprintf(stderr, "keelson: %zu files of %zu package%s in %s\n",
		k->index.n_files, k->index.n_packages,
		k->index.n_packages == 1 ? "" : "s", index_output);
	return 0;
}

static int index_make(size_t n, const char *const *operands, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(INDEX_ARENA_MAX);
	struct index_maker k = {.arena = &a};

	if (index_output == NULL)
		return err_kind(e, ERR_USAGE, "say where to: -o INDEX");
	if (index_name != NULL && n > 1)
		return err_kind(e, ERR_USAGE, "--as takes one package");
	for (size_t i = 0; i < n; i++)
		if (index_add(&k, operands[i], e) < 0)
			return -1;
	return index_write(&k, e);
}

static int index_run(size_t n, const char *const *operands)
{
	struct err e = {0};

	return index_make(n, operands, &e) < 0 ? command_failure(&e) : 0;
}

const struct args_command command_index = {
	.name = "index",
	.operands = "DIR|TARBALL...",
	.summary = "List files of releases, to recognise vendored libraries",
	.text = "Each operand is a released package: its tar archive, as it is "
		"or compressed with gzip, xz or zstd, or a directory with its "
		"files. `keelson sbom --index INDEX PROGRAM` then names the "
		"packages that lie inside the source of a program that "
		"`keelson record` knows, and which of their files were "
		"modified.",
	.options = index_options,
	.min_operands = 1,
	.max_operands = SIZE_MAX,
	.run = index_run,
};
