/*
 * erofs_plan - inodes one after another in the order of paths, then blocks.
 *
 * An inode and what lies behind it stay within one block, as the kernel wants
 * of the tail.  The root comes first, since the superblock has 16 bits for its
 * number; the rest begins in the next block, which the checksum leaves out.
 */
#include "images/export/erofs_format.h"

#include <stdlib.h>

#define XATTRS_MAX_BYTES 65536

/* ---- children --------------------------------------------------------- */

static int list_children(struct erofs *x, struct err *e)
{
	const struct fs_tree *t = x->tree;
	size_t at = 0;

	x->inodes = calloc(t->n, sizeof(*x->inodes));
	x->children = calloc(t->n, sizeof(*x->children));
	x->first_child = calloc(t->n + 2, sizeof(*x->first_child));
	if (!x->inodes || !x->children || !x->first_child)
		return err_kind(e, ERR_LIMIT, "no memory for the tree");
	/* counts two places on, then beginnings one place on, then filled */
	for (size_t i = 1; i < t->n; i++)
		x->first_child[t->nodes[i].parent + 2]++;
	for (size_t i = 2; i < t->n + 2; i++)
		x->first_child[i] += x->first_child[i - 1];
	for (size_t i = 1; i < t->n; i++) {
		at = x->first_child[t->nodes[i].parent + 1]++;
		x->children[at] = i;
	}
	return 0;
}

/* ---- sizes --------------------------------------------------------------- */

static int measure_xattrs(
	const struct fs_node *node, uint32_t *bytes, struct err *e)
{
	size_t n = node->n_xattrs ? EROFS_XATTR_HEADER_BYTES : 0;

	for (size_t i = 0; i < node->n_xattrs; i++) {
		const struct tar_xattr *xattr = &node->xattrs[i];
		struct erofs_xattr_name name = erofs_xattr_split(xattr->name);

		if (name.index == 0 || name.rest.n > FS_NAME_MAX)
			return err_kind(e, ERR_INPUT,
				"/%.*s: EROFS has no place for the attribute "
				"%.*s",
				STR_ARG(node->path), STR_ARG(xattr->name));
		if (n + erofs_xattr_bytes(xattr) > XATTRS_MAX_BYTES)
			return err_kind(e, ERR_LIMIT,
				"/%.*s: more than %d bytes of attributes",
				STR_ARG(node->path), XATTRS_MAX_BYTES);
		n += erofs_xattr_bytes(xattr);
	}
	*bytes = (uint32_t)n;
	return 0;
}

static int measure_directory(
	const struct erofs *x, size_t dir, uint64_t *size_bytes, struct err *e)
{
	size_t n = erofs_names(x, dir), done = 0, bytes = 0;
	struct erofs_name *names = calloc(n, sizeof(*names));

	if (!names)
		return err_kind(e, ERR_LIMIT, "no memory for the tree");
	erofs_names_list(x, dir, names);
	*size_bytes = 0;
	while (done < n) {
		if (done > 0)
			*size_bytes += EROFS_BLOCK_BYTES;
		done += erofs_names_fit(names + done, n - done, &bytes);
	}
	*size_bytes += bytes;
	free(names);
	return 0;
}

static bool is_extended(
	const struct erofs *x, const struct fs_node *node, uint64_t size_bytes)
{
	return node->uid > UINT16_MAX || node->gid > UINT16_MAX ||
	       node->links > UINT16_MAX || size_bytes > UINT32_MAX ||
	       node->mtime_s != x->time_s;
}

static int measure(struct erofs *x, size_t i, struct err *e)
{
	const struct fs_node *node = &x->tree->nodes[i];
	struct erofs_inode *inode = &x->inodes[i];

	if (node->type == TAR_FILE)
		inode->size_bytes = node->size_bytes;
	if (node->type == TAR_SYMLINK)
		inode->size_bytes = node->link.n;
	if (node->type == TAR_DIR &&
		measure_directory(x, i, &inode->size_bytes, e) < 0)
		return -1;
	inode->is_extended = is_extended(x, node, inode->size_bytes);
	return measure_xattrs(node, &inode->xattrs_bytes, e);
}

/* ---- places -------------------------------------------------------------- */

static uint64_t round_up(uint64_t n, uint64_t to)
{
	return (n + to - 1) / to * to;
}

/* Where the next inode goes; *at moves behind what belongs to it. */
static void place_inode(struct erofs_inode *inode, uint64_t *at)
{
	uint64_t tail = inode->size_bytes % EROFS_BLOCK_BYTES;
	uint64_t need = (inode->is_extended ? EROFS_EXTENDED_BYTES
					    : EROFS_COMPACT_BYTES) +
			inode->xattrs_bytes;

	inode->has_tail = tail > 0 && need + tail <= EROFS_BLOCK_BYTES;
	if (inode->has_tail)
		need += tail;
	*at = round_up(*at, EROFS_SLOT_BYTES);
	if (*at % EROFS_BLOCK_BYTES + need > EROFS_BLOCK_BYTES)
		*at = round_up(*at, EROFS_BLOCK_BYTES);
	inode->at = *at;
	*at += need;
}

static void place_inodes(struct erofs *x)
{
	uint64_t at = EROFS_SUPER_AT + EROFS_SUPER_BYTES;

	for (size_t i = 0; i < x->tree->n; i++) {
		if (!erofs_is_inode(x->tree, i))
			continue;
		place_inode(&x->inodes[i], &at);
		x->n_inodes++;
		if (i == 0)
			at = round_up(at, EROFS_BLOCK_BYTES);
	}
	x->blocks = round_up(at, EROFS_BLOCK_BYTES) / EROFS_BLOCK_BYTES;
}

static void place_blocks(struct erofs *x, bool are_files)
{
	for (size_t i = 0; i < x->tree->n; i++) {
		struct erofs_inode *inode = &x->inodes[i];
		uint64_t n = inode->size_bytes / EROFS_BLOCK_BYTES;

		if (!erofs_is_inode(x->tree, i) ||
			(x->tree->nodes[i].type == TAR_FILE) != are_files)
			continue;
		if (inode->size_bytes % EROFS_BLOCK_BYTES && !inode->has_tail)
			n++;
		inode->block = n > 0 ? (uint32_t)x->blocks : EROFS_NO_BLOCK;
		x->blocks += n;
	}
}

static int64_t newest(const struct fs_tree *t)
{
	int64_t time_s = t->nodes[0].mtime_s;

	for (size_t i = 0; i < t->n; i++)
		if (t->nodes[i].mtime_s > time_s)
			time_s = t->nodes[i].mtime_s;
	return time_s;
}

int erofs_plan(struct erofs *x, const struct fs_tree *tree, struct err *e)
{
	*x = (struct erofs){.tree = tree, .time_s = newest(tree)};
	if (list_children(x, e) < 0)
		return -1;
	for (size_t i = 0; i < tree->n; i++)
		if (erofs_is_inode(tree, i) && measure(x, i, e) < 0)
			return -1;
	place_inodes(x);
	place_blocks(x, false);
	x->head_bytes = x->blocks * EROFS_BLOCK_BYTES;
	place_blocks(x, true);
	if (x->blocks >= EROFS_NO_BLOCK)
		return err_kind(e, ERR_LIMIT, "more than 16 TiB");
	return 0;
}

void erofs_free(struct erofs *x)
{
	free(x->inodes);
	free(x->children);
	free(x->first_child);
	*x = (struct erofs){.tree = NULL};
}

uint64_t erofs_where(
	const struct erofs *x, size_t node, uint64_t offset, uint64_t *n_bytes)
{
	const struct erofs_inode *inode = &x->inodes[x->tree->nodes[node].file];
	uint64_t tail = inode->size_bytes % EROFS_BLOCK_BYTES;
	uint64_t whole = inode->size_bytes - (inode->has_tail ? tail : 0);

	if (offset < whole) {
		*n_bytes = whole - offset;
		return (uint64_t)inode->block * EROFS_BLOCK_BYTES + offset;
	}
	*n_bytes = inode->size_bytes - offset;
	return inode->at +
	       (inode->is_extended ? EROFS_EXTENDED_BYTES
				   : EROFS_COMPACT_BYTES) +
	       inode->xattrs_bytes + (offset - whole);
}
