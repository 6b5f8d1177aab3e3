/*
 * erofs - a tree as an EROFS file system: read-only, uncompressed, the same
 * bytes for the same tree.
 *
 * Blocks of 4 KiB.  First the superblock, inodes (compact ones where the values
 * fit) and extended attributes; the last part of a file, a directory or a link
 * lies behind its inode where there is room for it in the same block.  Then the
 * blocks of directories and long links, and those of files, all in the order of
 * paths.  Kernels since 5.4 read it, by features that none of them lacks.
 *
 * Pure: erofs_encode() gives all but the content of files, for which
 * erofs_where() says where it goes.
 * Source: Linux, fs/erofs/erofs_fs.h and Documentation/filesystems/erofs.rst.
 * Limits: 16 TiB; of one entry 64 KiB of extended attributes.
 */
#ifndef KEELSON_IMAGES_EXPORT_EROFS_H
#define KEELSON_IMAGES_EXPORT_EROFS_H

#include "images/export/fs_tree.h"
#include "lib/base/buf.h"

#define EROFS_BLOCK_BYTES 4096
#define EROFS_UUID_BYTES  16

/* Where the parts of an entry lie. */
struct erofs_inode {
	uint64_t at;           /* its inode */
	uint64_t size_bytes;   /* of its content */
	uint32_t xattrs_bytes; /* behind the inode */
	uint32_t block;        /* the first one of its content */
	bool is_extended;
	bool has_tail; /* what fills no block is behind the attributes */
};

struct erofs {
	const struct fs_tree *tree;
	struct erofs_inode *inodes; /* by position in the tree; owned */
	size_t *children;           /* of all directories in turn; owned */
	size_t *first_child;        /* by position, one more; owned */
	size_t n_inodes;            /* without further names of a file */
	int64_t time_s;             /* of compact inodes */
	uint64_t head_bytes;        /* before the content of files */
	uint64_t blocks;            /* in all */
};

/*
 * Place everything.  The tree is sealed, and outlives *x.  0, or -1: attributes
 * of a kind that EROFS has no place for (ERR_INPUT); too large (ERR_LIMIT).
 */
int erofs_plan(struct erofs *x, const struct fs_tree *tree, struct err *e);
void erofs_free(struct erofs *x);
#define AUTO_EROFS __attribute__((cleanup(erofs_free)))

/*
 * Append the head_bytes before the content of files, in which the checksum is
 * right already: no file lies in the block of the superblock.  0 or -1.
 */
int erofs_encode(const struct erofs *x,
	const unsigned char uuid[EROFS_UUID_BYTES], struct buf *out,
	struct err *e);

/*
 * Where byte `offset` of a file's content is, and how many bytes follow there
 * in one piece.
 */
uint64_t erofs_where(
	const struct erofs *x, size_t node, uint64_t offset, uint64_t *n_bytes);

#endif
