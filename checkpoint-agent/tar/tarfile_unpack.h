/*
 * tarfile_unpack - unpack a tar file, or a layer of an OCI image, below a
 * directory.
 *
 * Owners, permissions, ACLs, times, extended attributes and holes are restored.
 * Nothing is written outside of the directory: absolute names, ".." and
 * symbolic links on the way are refused.  Both calls change the working
 * directory of the process, because libarchive unpacks into it.
 */
#ifndef CHECKPOINT_AGENT_TAR_TARFILE_UNPACK_H
#define CHECKPOINT_AGENT_TAR_TARFILE_UNPACK_H

#include "checkpoint-agent/tar/input.h"
#include "lib/base/err.h"

#include <stdint.h>

/*
 * Unpack the tar file in descriptor `in` below `dir`.
 * @max_bytes  that it may expand to, unless it is a longer file; 0:
 *             INPUT_EXPANDED_MAX
 */
int tarfile_unpack(int in, int dir, uint64_t max_bytes, struct err *e);

/* A file in a tar whose content lies in the input as it is, in one piece. */
struct tarfile_piece {
	const char *path; /* without "./" */
	uint64_t at;      /* where in the bytes of the input */
	uint64_t size;
};

/* Which files stay in the input instead of being unpacked. */
struct tarfile_stay {
	/*
	 * 1: this one stays, and a file `name` with the content `bytes` is
	 * made in its place, or nothing where the name is empty; 0; -1.
	 */
	int (*ask)(void *self, const struct tarfile_piece *p, struct buf *name,
		struct buf *bytes, struct err *e);
	void *self;
};

/*
 * The same from an input, which is read to its end.
 * @stay  asked for each file that could stay; NULL: none does
 */
int tarfile_unpack_from(struct input *s, int dir,
	const struct tarfile_stay *stay, struct err *e);

/* What the layers of one image may still unpack; counted down. */
struct tarfile_quota {
	uint64_t entries;
	uint64_t bytes;
};

/*
 * Unpack a layer over what is below `dir` (OCI image-spec, layer.md):
 * whiteouts delete, a file replaces a directory and the reverse.
 * @in  a file, at its start
 * Errors: ERR_LIMIT the quota is used up; ERR_INPUT a whiteout leads out.
 */
int tarfile_unpack_layer(
	int in, int dir, struct tarfile_quota *quota, struct err *e);

#endif
