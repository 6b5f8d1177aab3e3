/*
 * tree - what a file system of an image is made of, before it is one.
 *
 * Entries are added in any order, each with the place its content comes from
 * and the origin that the SBOM will name.  tree_seal() sorts them by path,
 * adds the directories in between, reads and hashes every source, and checks
 * the whole; only a sealed tree can be written.  Nothing is ever taken over
 * from the machine: modes and owners are stated, times are one time.
 */
#ifndef KEELSON_ROOTFS_TREE_H
#define KEELSON_ROOTFS_TREE_H

#include "lib/arc/sha1.h"
#include "lib/arc/sha256.h"
#include "lib/arc/sink.h"
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

#define TREE_MAX_ENTRIES 65536
#define TREE_MAX_BYTES   ((size_t)64 << 20) /* of names and small contents */

enum tree_type {
	TREE_DIR,
	TREE_FILE,
	TREE_LINK, /* symbolic */
};

enum tree_origin {
	TREE_NOWHERE,  /* refused: every entry comes from somewhere */
	TREE_PROGRAM,  /* built here; name: "criu" */
	TREE_PINNED,   /* out of a pinned file; name: "tzdata_2025b_all.deb" */
	TREE_SKELETON, /* of this repository; name: "rootfs/skel/etc/passwd" */
	TREE_MADE,     /* written by the assembler; name: from what */
};

struct tree_entry {
	enum tree_type type;
	uint32_t mode; /* permission bits */
	uint32_t uid, gid;
	struct str path;    /* "usr/bin/criu"; with '/' in front when added */
	struct str target;  /* of a link */
	const char *source; /* a file to read, or NULL: bytes */
	struct str bytes;   /* content when there is no source */
	enum tree_origin origin;
	struct str name; /* of the origin */

	/* Filled by tree_seal() for files. */
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
 * Add an entry; everything it points to is copied.
 * Errors: a path that is not absolute and plain ("/a/b"), an origin missing,
 * a mode beyond 07777, a tree that is full or sealed.
 */
int tree_add(struct tree *t, const struct tree_entry *entry, struct err *e);

/*
 * Sort, complete and read.  Errors: one path twice (both origins are named),
 * an entry below something that is no directory, a link that leads out of the
 * tree or nowhere, a source that can't be read.  A tree may be sealed again
 * after tree_open().
 */
int tree_seal(struct tree *t, struct err *e);

/* Allow additions again; what is there stays. */
void tree_open(struct tree *t);

/* The entry of a path without '/' in front; NULL when there is none. */
const struct tree_entry *tree_find(const struct tree *t, struct str path);

/*
 * A sealed tree as a tar archive, every entry of one time.  A source that
 * is not any more what tree_seal() read is an error.
 */
int tree_write_tar(
	const struct tree *t, int64_t time_s, struct sink to, struct err *e);

/* "/a/b": absolute, with nothing odd between the slashes. */
bool tree_is_plain(struct str path);

#endif
