/*
 * upstream - where a tree of sources comes from: a git checkout, a Debian
 * source package, an unpacked tarball, or a directory of which nothing is
 * known. upstream_find() fills it.
 */
#ifndef KEELSON_OUTSIDE_UPSTREAM_H
#define KEELSON_OUTSIDE_UPSTREAM_H

#include "lib/base/json_out.h"
#include "sbom/evidence/table.h"
#include "static-build/outside/place.h"

#define UPSTREAM_FILES_MAX 16

enum upstream_kind {
	UPSTREAM_GIT,
	UPSTREAM_DEBIAN,
	UPSTREAM_TARBALL,
	UPSTREAM_DIRECTORY,
};

/* A file beside the tree that it was unpacked from, or that describes it. */
struct upstream_file {
	struct str name, sha256;
	bool is_as_stated; /* as the .dsc says */
};

/* A file that differs from the commit. */
struct upstream_change {
	struct str path, sha256;
};

struct upstream {
	enum upstream_kind kind;
	struct str package, version;
	struct str name;           /* for people, and in the manifest */
	struct str remote, commit; /* GIT; empty when there is none */
	struct upstream_file files[UPSTREAM_FILES_MAX]; /* DEBIAN, TARBALL */
	size_t n_files;
	/* GIT: what the commit has. */
	struct table by_path; /* path -> ids */
	struct str *ids;      /* of blobs, in hex: SHA-1 or SHA-256 */
	size_t n_ids, ids_room;
	struct upstream_change *changes; /* by path */
	size_t n_changes, changes_room;
};

/* Write the members of a JSON object. */
void upstream_json(const struct upstream *s, struct json_out *o);

/* The directory that the root lies in, for what lies beside the tree. */
struct str upstream_beside(const struct place *p);

/*
 * Note a file beside the tree with its digest, if it is there.
 * @stated  the digest that it should have; empty: none is known
 */
int upstream_add_file(const struct place *p, struct str name, struct str stated,
	struct upstream *s, struct err *e);

/* Note a file that differs from the commit. 0 or -1. */
int upstream_add_change(const struct place *p, struct str path,
	const char *sha256, struct upstream *s, struct err *e);

#endif
