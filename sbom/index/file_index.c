/*
 * file_index - one parsed line becomes a package, or a file of the last one.
 *
 * Refused: a line that is no JSON object or has another member missing, a path
 * that is absolute, holds ".." or is out of order, an id that is none.
 */
#include "sbom/index/file_index.h"

#include "lib/arc/sha1.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"

#include <string.h>

enum {
	FILE_INDEX_LINE_BYTES = 1 << 20, /* of one line, parsed */
	FILE_INDEX_PACKAGES_MAX = 100000,
};

static int file_index_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the index");
}

int file_index_add_package(struct file_index *x, struct arena *a,
	struct indexed_package p, struct err *e)
{
	struct indexed_package *list = arena_grow(a, x->packages, x->n_packages,
		&x->packages_room, sizeof(*list));

	if (x->n_packages == FILE_INDEX_PACKAGES_MAX)
		return err_kind(e, ERR_LIMIT, "more than %d packages",
			FILE_INDEX_PACKAGES_MAX);
	if (list == NULL)
		return file_index_no_memory(e);
	x->packages = list;
	list[x->n_packages++] = p;
	return 0;
}

int file_index_add_file(struct file_index *x, struct arena *a,
	struct indexed_file f, struct err *e)
{
	struct indexed_file *list = arena_grow(
		a, x->files, x->n_files, &x->files_room, sizeof(*list));

	if (x->n_files == FILE_INDEX_FILES_MAX)
		return err_kind(e, ERR_LIMIT, "more than %u files",
			FILE_INDEX_FILES_MAX);
	if (list == NULL)
		return file_index_no_memory(e);
	x->files = list;
	list[x->n_files++] = f;
	return 0;
}

/* ---- reading ---- */

static bool file_index_is_id(struct str s)
{
	unsigned char id[SHA1_BYTES];

	return s.n == SHA1_HEX && str_unhex(s, id, sizeof(id)) == 0;
}

static bool file_index_is_path(struct str path)
{
	struct str rest = path, part;

	if (path.n == 0 || path.n > FILE_INDEX_PATH_MAX)
		return false;
	while (str_cut(&rest, '/', &part))
		if (part.n == 0 || str_is(part, ".") || str_is(part, ".."))
			return false;
	return true;
}

static int file_index_keep(
	struct arena *a, struct str s, struct str *out, struct err *e)
{
	*out = (struct str){arena_copy(a, s), s.n};
	return out->p == NULL ? file_index_no_memory(e) : 0;
}

static int file_index_read_package(struct file_index *x, const struct node *n,
	struct arena *a, struct err *e)
{
	struct indexed_package p = {.first = (uint32_t)x->n_files};
	const struct node *name, *version;

	if (node_need(n, "package", NODE_TEXT, &name, e) < 0 ||
		node_need(n, "version", NODE_TEXT, &version, e) < 0 ||
		file_index_keep(a, node_text(name), &p.name, e) < 0 ||
		file_index_keep(a, node_text(version), &p.version, e) < 0 ||
		file_index_keep(a, node_text(node_get(n, "archive")),
			&p.archive, e) < 0 ||
		file_index_keep(
			a, node_text(node_get(n, "sha256")), &p.sha256, e) < 0)
		return -1;
	if (p.name.n == 0)
		return err_kind(e, ERR_INPUT, "package: no name");
	return file_index_add_package(x, a, p, e);
}

/* Files are sorted, so that they can be found. */
static bool file_index_is_next(const struct file_index *x, struct str path)
{
	const struct indexed_package *p = &x->packages[x->n_packages - 1];

	return p->n == 0 || str_cmp(x->files[x->n_files - 1].path, path) < 0;
}

static int file_index_read_file(struct file_index *x, const struct node *n,
	struct arena *a, struct err *e)
{
	struct str path = node_text(node_get(n, "path"));
	struct str id = node_text(node_get(n, "git"));
	struct indexed_file f = {.package = (uint32_t)x->n_packages - 1};

	if (x->n_packages == 0)
		return err_kind(e, ERR_INPUT, "a file before any package");
	if (!file_index_is_path(path) || !file_index_is_next(x, path))
		return err_kind(
			e, ERR_INPUT, "path: not valid, or not in order");
	if (!file_index_is_id(id))
		return err_kind(e, ERR_INPUT, "git: no id of 40 hex digits");
	if (file_index_keep(a, path, &f.path, e) < 0 ||
		file_index_keep(a, id, &f.id, e) < 0)
		return -1;
	f.size = (uint64_t)node_whole(node_get(n, "size"), 0);
	if (file_index_add_file(x, a, f, e) < 0)
		return -1;
	x->packages[f.package].n++;
	return table_add(&x->by_id, f.id, (uint32_t)x->n_files - 1) < 0
		       ? file_index_no_memory(e)
		       : 0;
}

static int file_index_read_head(const struct node *n, struct err *e)
{
	int64_t format = node_whole(node_get(n, "index"), 0);

	if (format == FILE_INDEX_FORMAT)
		return 0;
	if (format == 0)
		return err_kind(e, ERR_INPUT,
			"not an index of files; make one with `keelson index`");
	return err_kind(e, ERR_INPUT,
		"index: format %lld, but this keelson reads %d",
		(long long)format, FILE_INDEX_FORMAT);
}

static int file_index_read_line(struct file_index *x, struct str line,
	unsigned number, struct arena *a, struct err *e)
{
	AUTO_ARENA struct arena scratch = arena_make(FILE_INDEX_LINE_BYTES);
	const struct node *n;

	if (json_parse(line, &scratch, &n, e) < 0)
		return -1;
	if (number == 1)
		return file_index_read_head(n, e);
	return node_get(n, "package") != NULL
		       ? file_index_read_package(x, n, a, e)
		       : file_index_read_file(x, n, a, e);
}

int file_index_parse(
	struct str text, struct arena *a, struct file_index *out, struct err *e)
{
	struct file_index x = {.by_id = table_make(a)};
	unsigned number = 0;
	struct str line;

	while (str_cut(&text, '\n', &line)) {
		number++;
		if ((line.n > 0 || number == 1) &&
			file_index_read_line(&x, line, number, a, e) < 0)
			return err_at(e, "line %u", number);
	}
	*out = x;
	return 0;
}

int file_index_read(const char *path, struct arena *a, struct file_index *out,
	struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(FILE_INDEX_MAX_BYTES);

	if (file_read(path, &text, e) < 0)
		return -1;
	return file_index_parse(buf_view(&text), a, out, e) < 0
		       ? err_at(e, "%s", path)
		       : 0;
}

const struct indexed_file *file_index_find(
	const struct file_index *x, uint32_t package, struct str path)
{
	const struct indexed_package *p = &x->packages[package];
	size_t low = p->first, high = p->first + p->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = str_cmp(path, x->files[middle].path);

		if (order == 0)
			return &x->files[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* ---- writing ---- */

static void file_index_write_package(
	const struct indexed_package *p, struct buf *out)
{
	struct json_out o = json_out(out, 0);

	json_map(&o, NULL);
	json_str(&o, "package", p->name);
	json_str(&o, "version", p->version);
	json_str(&o, "archive", p->archive);
	if (p->sha256.n > 0)
		json_str(&o, "sha256", p->sha256);
	json_map_end(&o);
	buf_byte(out, '\n');
}

static void file_index_write_file(const struct indexed_file *f, struct buf *out)
{
	struct json_out o = json_out(out, 0);

	json_map(&o, NULL);
	json_str(&o, "path", f->path);
	json_str(&o, "git", f->id);
	json_whole(&o, "size", (int64_t)f->size);
	json_map_end(&o);
	buf_byte(out, '\n');
}

void file_index_write(const struct file_index *x, struct buf *out)
{
	buf_fmt(out, "{\"index\":%d}\n", FILE_INDEX_FORMAT);
	for (size_t i = 0; i < x->n_packages; i++) {
		const struct indexed_package *p = &x->packages[i];

		file_index_write_package(p, out);
		for (uint32_t k = 0; k < p->n; k++)
			file_index_write_file(&x->files[p->first + k], out);
	}
}
