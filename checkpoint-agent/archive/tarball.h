/*
 * tarball - the tar of one checkpoint, written in one pass.
 *
 * Members are regular files of mode 0600, owned by root, with one time, in
 * the order in which they are added.  CRIU also opens its images as root of
 * the container's user namespace, so image_gid makes them readable for the
 * group of that root.  A member is added whole, or opened, written and closed
 * when its length is not known before.  One member is open at a time.
 */
#ifndef CHECKPOINT_AGENT_ARCHIVE_TARBALL_H
#define CHECKPOINT_AGENT_ARCHIVE_TARBALL_H

#include "checkpoint-agent/archive/flow.h"
#include "checkpoint-agent/archive/manifest.h"
#include "lib/arc/tar_header.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

/* Longest name of a member: what fits into a header without pax. */
#define TARBALL_NAME_BYTES 100

struct tarball {
	struct flow *to;
	int64_t time_s;
	uint32_t image_gid; /* group that may read CRIU's images; 0: none */
	uint64_t size;      /* of the open member so far */
	bool is_open;
	bool is_spliced;     /* some of it did not pass through memory */
	uint64_t content_at; /* its offset in the file, when `file` is set */
	struct manifest *manifest;         /* NULL: none is made; not owned */
	const struct flow_file *file;      /* set when `to` is only the file */
	char name[TARBALL_NAME_BYTES + 1]; /* of the open member */
};

void tarball_start(struct tarball *a, struct flow *to, int64_t time_s);

/*
 * Write a manifest of all members; call it before the first one.
 * @file  the file that `to` is; NULL: `to` has layers above it
 */
void tarball_use_manifest(
	struct tarball *a, struct manifest *m, const struct flow_file *file);

/* Add a directory, or a file with its content. 0 or -1. */
int tarball_dir(struct tarball *a, const char *name, struct err *e);
int tarball_add(
	struct tarball *a, const char *name, struct str content, struct err *e);

/* Open a member, append to it, close it. 0 or -1. */
int tarball_open(struct tarball *a, const char *name, struct err *e);
int tarball_put(struct tarball *a, const void *bytes, size_t n, struct err *e);
/* Move what a pipe holds into the open member; *got is 0 at its end. */
int tarball_take(struct tarball *a, int pipe, size_t *got, struct err *e);
int tarball_close(struct tarball *a, struct err *e);

/* Write the manifest, if one is made, and the end of the archive. */
int tarball_end(struct tarball *a, struct err *e);

#endif
