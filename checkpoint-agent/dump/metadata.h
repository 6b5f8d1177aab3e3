/*
 * metadata - the small JSON members of an archive, as podman, CRI-O,
 * containerd and checkpointctl read them.
 *
 * Pure, except for metadata_put_descriptors().
 */
#ifndef CHECKPOINT_AGENT_DUMP_METADATA_H
#define CHECKPOINT_AGENT_DUMP_METADATA_H

#include "checkpoint-agent/resolve/storage.h"
#include "checkpoint-agent/resolve/target.h"
#include "lib/base/buf.h"

/* config.dump: the container, its image, when it was created and dumped. */
void metadata_put_config(struct buf *b, const struct target *t,
	const struct storage_image *i, int64_t time_s);

/* status: as in containerd's archives. */
void metadata_put_status(struct buf *b, const struct target *t);

/* status.dump: CRI's status; containerd restores nothing without it. */
void metadata_put_cri_status(struct buf *b, const struct target *t);

/*
 * checkpoint/descriptors.json, as runc writes it: where descriptors 0, 1 and 2
 * of the process lead.  0 or -1: ERR_LIMIT b is full.
 */
int metadata_put_descriptors(struct buf *b, uint32_t pid, struct err *e);

#endif
