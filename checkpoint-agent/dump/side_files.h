/*
 * side_files - what CRIU writes beside its images: its log and its figures.
 *
 * They describe a dump that is complete without them.  One that cannot be read
 * is logged and left out, and a very long log is cut; only a fault of the
 * archive is an error.
 */
#ifndef CHECKPOINT_AGENT_DUMP_SIDE_FILES_H
#define CHECKPOINT_AGENT_DUMP_SIDE_FILES_H

#include "checkpoint-agent/archive/tarball.h"
#include "checkpoint-agent/criu/criumsg.h"
#include "checkpoint-agent/dump/work.h"

/* Of a longer log the first half and the last half of this are kept. */
#define SIDE_FILES_LOG_MAX (64u << 20)

/* Add CRIU's log as a member.  0, or -1: the archive could not be written. */
int side_files_add_log(struct tarball *to, const struct work *w,
	const char *member, struct err *e);

/* The same for its figures; *s is 0 when they cannot be read. */
int side_files_add_stats(struct tarball *to, const struct work *w,
	const char *member, struct criu_stats *s, struct err *e);

/*
 * Append the errors at the end of CRIU's log as one text; nothing when it
 * cannot be read.
 */
void side_files_find_cause(const struct work *w, struct buf *out);

#endif
