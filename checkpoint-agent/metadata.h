/*
 * metadata - the small JSON members of an archive.
 *
 * Written so that podman, CRI-O, containerd's tools and checkpointctl find
 * what they look for.  Pure.
 */
#ifndef CHECKPOINT_AGENT_METADATA_H
#define CHECKPOINT_AGENT_METADATA_H

#include "checkpoint-agent/resolve/resolve.h"
#include "checkpoint-agent/resolve/storage.h"
#include "lib/base/buf.h"

/* config.dump: which container of which image, made and dumped when. */
void metadata_put_config(struct buf *b, const struct target *t,
	const struct storage_image *i, int64_t time_s);

/* status: what containerd's archives have beside it. */
void metadata_put_status(struct buf *b, const struct target *t);

/* status.dump: what containerd's CRI knew of it, without which it restores
 * nothing. */
void metadata_put_cri_status(struct buf *b, const struct target *t);

/* checkpoint/descriptors.json: where 0, 1 and 2 of the process lead. */
#define METADATA_DESCRIPTORS 3
void metadata_put_descriptors(
	struct buf *b, const char *const target[METADATA_DESCRIPTORS]);

#endif
