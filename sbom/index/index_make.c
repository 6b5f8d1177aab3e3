/*
 * index_make - paths are cleaned when they come, sorted when the package is
 * complete.
 */
#include "sbom/index/index_make.h"

#include "lib/arc/sha1.h"
#include "lib/base/utf8.h"

#include <stdlib.h>

static int index_make_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the index");
}

/* Without "./" in front; empty: not below the top, or nothing that the index,
   which is JSON, can name. */
static struct str index_make_clean(struct str path)
{
	struct str rest, part;

	while (str_has_prefix(path, STR("./")))
		path = str_sub(path, 2, path.n);
	rest = path;
	while (str_cut(&rest, '/', &part))
		if (part.n == 0 || str_is(part, ".") || str_is(part, ".."))
			return (struct str){0};
	if (path.n > FILE_INDEX_PATH_MAX || !utf8_is_valid(path))
		path.n = 0;
	return path;
}

int index_make_add(
	struct index_maker *k, struct str path, struct str bytes, struct err *e)
{
	struct indexed_file f = {.size = bytes.n}, *list;
	char hex[SHA1_HEX + 1];

	path = index_make_clean(path);
	if (path.n == 0 || bytes.n == 0)
		return 0;
	if (k->n == FILE_INDEX_FILES_MAX)
		return err_kind(e, ERR_LIMIT, "more than %u files",
			FILE_INDEX_FILES_MAX);
	sha1_git_hex(bytes, hex);
	f.path = (struct str){arena_copy(k->arena, path), path.n};
	f.id = (struct str){arena_copy(k->arena, str_of(hex)), SHA1_HEX};
	f.package = (uint32_t)k->n; /* its place among equals, until sorted */
	list = arena_grow(k->arena, k->files, k->n, &k->room, sizeof(*list));
	if (f.path.p == NULL || f.id.p == NULL || list == NULL)
		return index_make_no_memory(e);
	k->files = list;
	list[k->n++] = f;
	return 0;
}

static int index_make_by_path(const void *a, const void *b)
{
	const struct indexed_file *x = a, *y = b;
	int order = str_cmp(x->path, y->path);

	if (order != 0)
		return order;
	return x->package < y->package ? -1 : x->package > y->package;
}

/* How long "NAME/" is, if all paths begin with it. */
static size_t index_make_top(const struct index_maker *k)
{
	struct str top;

	if (k->n == 0)
		return 0;
	top = str_sub(k->files[0].path, 0, str_find(k->files[0].path, '/') + 1);
	for (size_t i = 0; i < k->n; i++)
		if (!str_has_suffix(top, STR("/")) ||
			!str_has_prefix(k->files[i].path, top))
			return 0;
	return top.n;
}

int index_make_package(
	struct index_maker *k, struct indexed_package p, struct err *e)
{
	size_t top = index_make_top(k);

	p.first = (uint32_t)k->index.n_files;
	p.n = 0;
	if (k->n > 1)
		qsort(k->files, k->n, sizeof(*k->files), index_make_by_path);
	for (size_t i = 0; i < k->n; i++) {
		struct indexed_file f = k->files[i];

		if (i + 1 < k->n && str_eq(f.path, k->files[i + 1].path))
			continue;
		f.path = str_sub(f.path, top, f.path.n);
		f.package = (uint32_t)k->index.n_packages;
		if (file_index_add_file(&k->index, k->arena, f, e) < 0)
			return -1;
		p.n++;
	}
	k->n = 0;
	return file_index_add_package(&k->index, k->arena, p, e);
}

static int index_make_by_name(const void *a, const void *b)
{
	const struct indexed_package *x = a, *y = b;
	int order = str_cmp(x->name, y->name);

	if (order == 0)
		order = str_cmp(x->version, y->version);
	return order != 0 ? order : str_cmp(x->archive, y->archive);
}

/* Packages are written with the files that they point to, so that it is enough
   to sort them. */
int index_make_order(struct index_maker *k, struct err *e)
{
	struct file_index *x = &k->index;

	if (x->n_packages > 1)
		qsort(x->packages, x->n_packages, sizeof(*x->packages),
			index_make_by_name);
	for (size_t i = 1; i < x->n_packages; i++)
		if (index_make_by_name(&x->packages[i - 1], &x->packages[i]) ==
			0)
			return err_kind(e, ERR_INPUT,
				"%.*s %.*s is given twice, as %.*s",
				STR_ARG(x->packages[i].name),
				STR_ARG(x->packages[i].version),
				STR_ARG(x->packages[i].archive));
	return 0;
}
