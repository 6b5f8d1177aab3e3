/*
 * unpack - unpack an archive into a bundle.
 *
 * To memory; one for which that has no room, to disk, and the log says so.  An
 * encrypted archive is not, unless the caller allows it.
 */
#ifndef CHECKPOINT_AGENT_RESTORE_UNPACK_H
#define CHECKPOINT_AGENT_RESTORE_UNPACK_H

#include "checkpoint-agent/inspect/pod_archive.h"
#include "checkpoint-agent/restore/bundle.h"

/*
 * Set b->place and b->stay, and read b->spec and b->config.
 * @may_be_plain  the plain text of an encrypted archive may lie on disk
 * Errors: ERR_INPUT not a checkpoint, or a malformed one; those of
 * place_check_disk().
 */
int unpack_archive(struct bundle *b, const struct pod_archive_place *p,
	bool may_be_plain, struct err *e);

#endif
