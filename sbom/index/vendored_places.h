/*
 * vendored_places - in which directories of a tree do packages of an index
 * lie?  The judgement behind vendored.h.
 */
#ifndef KEELSON_SBOM_INDEX_VENDORED_PLACES_H
#define KEELSON_SBOM_INDEX_VENDORED_PLACES_H

#include "sbom/evidence/evidence.h"
#include "sbom/index/file_index.h"

/* TREE of the recorded tree holds what INSIDE of the package holds; both end
   in "/", and inside may be empty. */
struct place_of_package {
	struct str tree, inside;
	uint32_t package; /* of the index */
	size_t votes;     /* files with the same id at the same place */
	size_t changed;   /* files at a place of the package with other bytes */
	size_t strange;   /* files that the package does not have */
	struct str others; /* versions that fit as well, "1.2, 1.2.1" */
};

struct places {
	const struct file_index *index;
	struct arena *arena;
	struct evidence_file **files; /* sources and headers, by path */
	size_t n_files;
	struct place_of_package *list; /* all that files voted for */
	size_t n, room;
	struct table by_key;
	struct place_of_package **kept; /* the deepest first */
	size_t n_kept;
};

/* Find them. 0 or -1 (ERR_LIMIT). */
int places_find(struct evidence *ev, const struct file_index *x,
	struct arena *a, struct places *out, struct err *e);

/* The files below a directory: first to end - 1 of the list. */
struct place_range {
	size_t first, end;
};
struct place_range places_range(const struct places *p, struct str tree);

/* The file of the package that lies where this file of the tree does; NULL. */
const struct indexed_file *places_match(const struct places *p,
	const struct place_of_package *at, const struct evidence_file *f);

#endif
