/*
 * manifest - the SHA-256 of every member of an archive, as its last member.
 *
 * "manifest.sha256" has one line for each member, as sha256sum(1) writes it, in
 * the archive's order.  Content that was spliced from a pipe into the file did
 * not pass through our memory; it is read back from the file and hashed once
 * the container runs again.
 */
#ifndef CHECKPOINT_AGENT_ARCHIVE_MANIFEST_H
#define CHECKPOINT_AGENT_ARCHIVE_MANIFEST_H

#include "checkpoint-agent/tar/input.h"
#include "lib/arc/sha256.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

#define MANIFEST_MEMBERS 65536

struct manifest {
	struct buf lines;  /* written so far */
	struct sha256 now; /* of the member being written */
	int file;          /* to read back from; -1: not needed; not owned */
};

void manifest_start(struct manifest *m, int file);
void manifest_free(struct manifest *m);

/* Add a member with this content. */
void manifest_add(struct manifest *m, const char *name, struct str content);
/* Add a member whose content was hashed in `now`. */
void manifest_add_hashed(struct manifest *m, const char *name);
/* Add a member whose content is in the file from offset `at` on. */
void manifest_add_later(
	struct manifest *m, const char *name, uint64_t at, uint64_t size);

/* Read back what was not hashed, and append the whole manifest to text. */
int manifest_finish(struct manifest *m, struct buf *text, struct err *e);

/*
 * Verify an archive (plain, gzip, zstd or age) against its manifest: it has
 * exactly the members listed, in that order and with those hashes.
 * *members: how many.  Errors: ERR_ABSENT no manifest, ERR_INPUT it differs.
 */
int manifest_verify(struct input *s, uint64_t *members, struct err *e);

#endif
