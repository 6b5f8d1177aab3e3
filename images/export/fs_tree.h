/*
 * fs_tree - the tree of files that an image becomes outside a registry: a
 * directory, a file system.
 *
 * Entries are added in any order; fs_tree_seal() adds the directories that
 * nobody named, sorts by path, byte by byte, so that each directory stands
 * before what it holds, and finds the file of each hard link.
 */
#ifndef KEELSON_IMAGES_EXPORT_FS_TREE_H
#define KEELSON_IMAGES_EXPORT_FS_TREE_H

#include "lib/arc/tar_entry.h"
#include "lib/base/arena.h"
#include "lib/base/err.h"

#define FS_TREE_MAX   262144
#define FS_TREE_BYTES ((size_t)512 << 20) /* names and small contents */
#define FS_NAME_MAX   255                 /* bytes of a name, as Linux has it */

#define FS_MADE SIZE_MAX /* it is in no layer */

struct fs_node {
	struct str path;    /* "usr/bin/x"; the root is "" */
	enum tar_type type; /* after fs_tree_seal(): TAR_HARD_LINK, too */
	uint32_t mode, uid, gid, dev_major, dev_minor;
	uint64_t size_bytes;
	int64_t mtime_s;
	struct str link; /* target; of a hard link a path as above */
	const struct tar_xattr *xattrs;
	size_t n_xattrs;
	size_t from;      /* which entry of the layer; or FS_MADE */
	struct str bytes; /* content of a file that was made */

	/* set by fs_tree_seal(): positions in the tree */
	size_t parent;  /* of the root: itself */
	size_t file;    /* of a hard link: its file; else itself */
	uint32_t links; /* names of a file; of a directory 2 and those in it */
};

struct fs_tree {
	struct arena arena;
	struct fs_node *nodes; /* the root first, once sealed */
	size_t n, room;
};

struct fs_tree fs_tree_make(void);
void fs_tree_free(struct fs_tree *t);
#define AUTO_FS_TREE __attribute__((cleanup(fs_tree_free)))

/*
 * Add a copy of a node.  0, or -1: too many, or out of memory (ERR_LIMIT); a
 * name in the path of more than FS_NAME_MAX bytes, or "." or ".." (ERR_INPUT).
 */
int fs_tree_add(struct fs_tree *t, const struct fs_node *node, struct err *e);

/*
 * Directories that are missing are root's, of mode 0755, of this time.  0 or -1
 * (ERR_INPUT): a path twice, below what is no directory, a hard link to no
 * file.
 */
int fs_tree_seal(struct fs_tree *t, int64_t time_s, struct err *e);

/* The last part of a path. */
struct str fs_node_name(const struct fs_node *node);

#endif
