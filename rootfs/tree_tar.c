/*
 * tree_tar - entries in the order of the tree; sources are read a second time
 * and compared with the digest of the first.
 */
#include "rootfs/tree_tar.h"

#include "lib/arc/tar.h"
#include "lib/base/fd.h"

#include <fcntl.h>
#include <string.h>

static enum tar_type tar_type_of(enum tree_type type)
{
	static const enum tar_type types[] = {
		[TREE_DIR] = TAR_DIR,
		[TREE_FILE] = TAR_FILE,
		[TREE_LINK] = TAR_SYMLINK,
		[TREE_HARD] = TAR_HARD_LINK,
	};

	return types[type];
}

/* Read the source again; its bytes must be those that were hashed. */
static int write_source(
	const struct tree_entry *x, struct tar *w, struct err *e)
{
	AUTO_FD int fd = open(x->source, O_RDONLY | O_CLOEXEC);
	struct sink_meter m;
	char hex[SHA256_HEX + 1];

	if (fd < 0)
		return err_sys(e, "%s", x->source);
	sink_meter_start(&m, tar_sink(w));
	if (sink_copy_fd(sink_meter(&m), fd, x->size_bytes, e) < 0)
		return err_at(e, "%s", x->source);
	sink_meter_hex(&m, hex);
	if (strcmp(hex, x->sha256) != 0)
		return err_set(
			e, "%s changed while the image was built", x->source);
	return 0;
}

static int write_entry(const struct tree_entry *x, int64_t time_s,
	struct tar *w, struct err *e)
{
	const struct tar_entry header = {
		.type = tar_type_of(x->type),
		.path = x->path,
		.link = x->type == TREE_HARD
				? str_sub(x->target, 1, x->target.n)
				: x->target,
		.mode = x->type == TREE_LINK ? 0777 : x->mode,
		.uid = x->uid,
		.gid = x->gid,
		.size = x->type == TREE_FILE ? x->size_bytes : 0,
		.mtime_s = time_s,
		.xattrs = x->xattrs,
		.xattr_count = x->type == TREE_HARD ? 0 : x->n_xattrs,
	};

	if (tar_add(w, &header, e) < 0)
		return -1;
	if (x->type != TREE_FILE)
		return 0;
	if (x->source)
		return write_source(x, w, e);
	return tar_data(w, x->bytes.p, x->bytes.n, e);
}

int tree_write_tar(
	const struct tree *t, int64_t time_s, struct sink to, struct err *e)
{
	struct tar w = tar_start(to);

	if (!t->is_sealed)
		return err_set(e, "the tree is not sealed");
	for (size_t i = 0; i < t->n; i++)
		if (write_entry(&t->entries[i], time_s, &w, e) < 0)
			return -1;
	return tar_end(&w, e);
}
