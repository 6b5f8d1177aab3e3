/*
 * prove_tree - a tree of files that a step is run in, and nothing else.
 */
#ifndef KEELSON_SBOM_PROVE_PROVE_TREE_H
#define KEELSON_SBOM_PROVE_PROVE_TREE_H

#include "lib/base/err.h"

/*
 * Paths are as seen from inside, absolute, below PROVE_PATH_BYTES.  They may be
 * anyone's: "..", and links that a tool left, are resolved with the tree as
 * their root and never lead out of it.  Needs openat2(2), Linux 5.6.
 */

/*
 * Begin an empty tree with a /tmp.  Its directories can be written by all, its
 * files by no one but their owner. 0 or -1.
 */
int prove_tree_make(const char *tree, struct err *e);

/* A directory and those above it. 0 or -1. */
int prove_tree_directory(const char *tree, const char *path, struct err *e);

/* A file of the store, or a symbolic link, at a path; one that is there is left
   alone. 0 or -1. */
int prove_tree_file(
	const char *tree, const char *kept, const char *path, struct err *e);
int prove_tree_symlink(
	const char *tree, const char *target, const char *path, struct err *e);

/* Open a regular file that a tool wrote; the caller closes it.  What is none,
   as a pipe, is refused and not waited for. 0 or -1. */
int prove_tree_open(const char *tree, const char *path, int *fd, struct err *e);

/* Remove it, if it is there. 0 or -1. */
int prove_tree_remove(const char *tree, struct err *e);

#endif
