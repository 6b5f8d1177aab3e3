/*
 * container_log - the container's output so far, as a member of its archive.
 *
 * CRI names the file that the runtime writes.  What is in it when the freeze
 * ends belongs to the archive; it is copied after the container runs again.
 * containerd puts it before the output of the restored container.  A log that
 * cannot be read is left out and logged: it never fails a dump.
 */
#ifndef CHECKPOINT_AGENT_DUMP_CONTAINER_LOG_H
#define CHECKPOINT_AGENT_DUMP_CONTAINER_LOG_H

#include "checkpoint-agent/archive/tarball.h"

/* Of a longer log its last lines: the kubelet begins a new file at 10 MiB. */
#define CONTAINER_LOG_MAX ((uint64_t)64 << 20)

struct container_log {
	int fd; /* owned; -1: there is none */
	uint64_t bytes;
};

/*
 * Open the file; rotation does not take it away from us.
 * @root  hostfs root
 * @path  as CRI tells it; "": there is no log
 */
void container_log_open(struct container_log *l, int root, const char *path);

/* What is written by now belongs to the archive. */
void container_log_mark(struct container_log *l);

/* Append the member, unless there is no log. 0, or -1: not written. */
int container_log_add(
	const struct container_log *l, struct tarball *to, struct err *e);

void container_log_close(struct container_log *l);

#endif
