/*
 * Fuzz what becomes of a hostile layer: a tar is read, its entries become a
 * tree, the tree a file system.  Nothing may be placed outside of it.
 */
#include "images/export/erofs.h"
#include "images/export/unit.h"
#include "lib/arc/tar_read.h"
#include "lib/base/json.h"

#include <stdlib.h>

#define HEAD_BYTES_MAX ((uint64_t)16 << 20)
#define JSON_BYTES     ((size_t)16 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int on_entry(void *self, const struct tar_entry *t, struct err *e)
{
	return fs_tree_add(self,
		&(struct fs_node){.path = t->path,
			.type = t->type,
			.mode = t->mode,
			.uid = t->uid,
			.gid = t->gid,
			.size_bytes = t->type == TAR_FILE ? t->size : 0,
			.mtime_s = t->mtime_s,
			.link = t->link,
			.xattrs = t->xattrs,
			.n_xattrs = t->xattr_count},
		e);
}

static void check_places(const struct erofs *x)
{
	for (size_t i = 0; i < x->tree->n; i++) {
		uint64_t n, size = x->tree->nodes[i].size_bytes;

		for (uint64_t at = 0; at < size; at += n) {
			uint64_t to = erofs_where(x, i, at, &n);

			if (n == 0 || to + n > x->blocks * EROFS_BLOCK_BYTES)
				abort();
		}
	}
}

static void make_file_system(struct fs_tree *t)
{
	static const unsigned char uuid[EROFS_UUID_BYTES];
	AUTO_BUF struct buf head = buf_growing(HEAD_BYTES_MAX);
	AUTO_EROFS struct erofs x = {.tree = NULL};
	struct err e = {0};

	if (fs_tree_seal(t, 0, &e) < 0 || erofs_plan(&x, t, &e) < 0)
		return;
	check_places(&x);
	if (x.head_bytes <= HEAD_BYTES_MAX &&
		erofs_encode(&x, uuid, &head, &e) == 0 &&
		head.n != x.head_bytes)
		abort();
}

static void make_unit(struct str text)
{
	AUTO_ARENA struct arena a = arena_make(JSON_BYTES);
	AUTO_BUF struct buf out = buf_growing(JSON_BYTES);
	const struct node *config;
	struct str left, line;

	if (json_parse(text, &a, &config, NULL) < 0 ||
		unit_put("fuzz", config, &out, NULL) < 0)
		return;
	/* each line is one that we began */
	for (left = buf_view(&out); str_cut(&left, '\n', &line);)
		if (line.n > 0 && line.p[0] != '[' &&
			str_find(line, '=') == line.n)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FS_TREE struct fs_tree t = fs_tree_make();
	const struct tar_visitor visitor = {on_entry, NULL, &t};
	AUTO_TAR_READER struct tar_reader *reader =
		tar_read_open(&visitor, NULL);

	make_unit((struct str){(const char *)data, size});
	if (!reader || sink_put(tar_read_sink(reader), data, size, NULL) < 0)
		return 0;
	make_file_system(&t);
	return 0;
}
