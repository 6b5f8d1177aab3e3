/*
 * manifest - the SHA-256 of every member of an archive, as its last member.
 *
 * "manifest.sha256" has a line a member as sha256sum(1) writes it, in the
 * archive's order.  Content that moved from a pipe straight into the file was
 * not seen; it is read back from the file when the container runs again.
 */
#ifndef CHECKPOINT_AGENT_MANIFEST_H
#define CHECKPOINT_AGENT_MANIFEST_H

#include "checkpoint-agent/source.h"
#include "lib/arc/sha256.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

#define MANIFEST_NAME    "manifest.sha256"
#define MANIFEST_MEMBERS 65536

struct manifest {
	struct buf lines;  /* of what is known */
	struct sha256 now; /* of the member being written */
	int file;          /* to read back from, -1: all is seen; not owned */
};

void manifest_start(struct manifest *m, int file);
void manifest_free(struct manifest *m);

/* A member: its content, or one that was hashed in `now`. */
void manifest_add(struct manifest *m, const char *name, struct str content);
void manifest_add_hashed(struct manifest *m, const char *name);
/* One whose content lies in the file from byte `at` on. */
void manifest_add_later(
	struct manifest *m, const char *name, uint64_t at, uint64_t size);

/* Read back what is missing; *text is valid until manifest_free(). */
int manifest_finish(struct manifest *m, struct buf *text, struct err *e);

/*
 * Check an archive (plain, gzip, zstd or age) against its manifest: each member
 * is there once with its hash, and nothing else.  *members counts them.
 */
int manifest_verify(struct source *s, uint64_t *members, struct err *e);

#endif
