/*
 * tree - the entries of an image's file system.
 *
 * Entries are added in any order, each with the place its content comes from
 * and the origin that the SBOM will name.  tree_seal() (tree_seal.h) sorts and
 * checks them; only a sealed tree can be written (tree_tar.h).  Nothing is
 * taken over from the machine: modes and owners are stated here, and all
 * entries get one time.
 */
#ifndef KEELSON_ROOTFS_TREE_H
#define KEELSON_ROOTFS_TREE_H

#include "lib/arc/sha1.h"
#include "lib/arc/sha256.h"
#include "lib/arc/tar_entry.h"
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

#define TREE_MAX_ENTRIES 65536
#define TREE_MAX_BYTES   ((size_t)64 << 20) /* of names and small contents */

enum tree_type {
	TREE_DIR,
	TREE_FILE,
	TREE_LINK, /* symbolic */
	TREE_HARD, /* another name of a file of the tree */
};

enum tree_origin {
	TREE_NOWHERE,  /* refused: every entry has an origin */
	TREE_PROGRAM,  /* built here; name: "criu" */
	TREE_PINNED,   /* from a pinned file; name: "tzdata_2025b_all.deb" */
	TREE_SKELETON, /* of this repository; name: "rootfs/skel/etc/passwd" */
	TREE_MADE,     /* written by the assembler; name: from what */
	TREE_UNTRACED, /* a program without evidence; name: as of a PROGRAM */
};

struct tree_entry {
	enum tree_type type;
	uint32_t mode; /* permission bits */
	uint32_t uid, gid;
	struct str path;    /* "usr/bin/criu"; tree_add() wants a '/' first */
	struct str target;  /* of a link; of a hard one "/a/b" */
	const char *source; /* a file to read, or NULL: bytes */
	struct str bytes;   /* content when there is no source */
	enum tree_origin origin;
	struct str name;                /* of the origin */
	const struct tar_xattr *xattrs; /* by name; in the tree's arena */
	size_t n_xattrs;
	/* Of a PINNED one: its licence as an SPDX expression where that is
	   narrower than its package's, and what was done to it. */
	struct str licence, how;

	/* Filled by tree_seal(); of hard links as of their files. */
	bool is_settled;
	uint64_t size_bytes;
	char sha256[SHA256_HEX + 1];
	char sha1[SHA1_HEX + 1];
};

struct tree {
	struct arena arena; /* names and contents of entries */
	struct tree_entry *entries;
	size_t n, room;
	bool is_sealed;
};

struct tree tree_make(void);
void tree_free(struct tree *t);
#define AUTO_TREE __attribute__((cleanup(tree_free)))

/*
 * Add an entry; everything it points to is copied.  0, or -1: a path that is
 * not absolute and plain ("/a/b"), no origin, a mode beyond 07777, a tree that
 * is full or sealed.
 */
int tree_add(struct tree *t, const struct tree_entry *entry, struct err *e);

/* Append an entry unchecked and uncopied, for tree_seal(). 0 or -1. */
int tree_append(struct tree *t, const struct tree_entry *entry, struct err *e);

/* The entry of a path among the first n, which are sorted; NULL. */
struct tree_entry *tree_search(const struct tree *t, size_t n, struct str path);

/* Byte order of paths: every directory before what it holds. For qsort(3). */
int tree_order(const void *a, const void *b);

/* The entry of a path ("a/b") in a sealed tree; NULL. */
const struct tree_entry *tree_find(const struct tree *t, struct str path);

/* Is this "/a/b": absolute, without empty, "." and ".." components? */
bool tree_is_plain(struct str path);

#endif
