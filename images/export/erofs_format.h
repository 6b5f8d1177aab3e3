/*
 * erofs_format - numbers of the format, and the order of names in a directory,
 * for the planner and the encoder.
 * Source: Linux, fs/erofs/erofs_fs.h.
 */
#ifndef KEELSON_IMAGES_EXPORT_EROFS_FORMAT_H
#define KEELSON_IMAGES_EXPORT_EROFS_FORMAT_H

#include "images/export/erofs.h"

#define EROFS_SUPER_AT       1024
#define EROFS_SUPER_BYTES    128
#define EROFS_MAGIC          0xe0f5e1e2u
#define EROFS_COMPACT_BYTES  32
#define EROFS_EXTENDED_BYTES 64
#define EROFS_SLOT_BYTES     32 /* inodes are numbered by these */
#define EROFS_NO_BLOCK       0xffffffffu

/* Extended attributes: the header, then an entry, a name and a value each. */
#define EROFS_XATTR_HEADER_BYTES 12
#define EROFS_XATTR_ENTRY_BYTES  4

#define EROFS_DIRENT_BYTES 12

/* A name of a directory: of a child, or "." or "..". */
struct erofs_name {
	struct str name;
	size_t node;
};

/* How many names a directory has. */
size_t erofs_names(const struct erofs *x, size_t dir);

/*
 * The names in the order in which the kernel searches them, byte by byte; out
 * has room for all.
 */
void erofs_names_list(
	const struct erofs *x, size_t dir, struct erofs_name *out);

/*
 * How many of the n names fit into one block; *bytes is what they take up.
 */
size_t erofs_names_fit(const struct erofs_name *names, size_t n, size_t *bytes);

/* A name of an attribute, split; index 0: of a kind that has no place. */
struct erofs_xattr_name {
	uint8_t index;
	struct str rest;
};
struct erofs_xattr_name erofs_xattr_split(struct str name);

/* The bytes of one attribute behind the header. */
size_t erofs_xattr_bytes(const struct tar_xattr *xattr);

/* Is it an inode of its own, not another name of a file? */
bool erofs_is_inode(const struct fs_tree *t, size_t node);

#endif
