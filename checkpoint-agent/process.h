/*
 * process - what /proc says about the process that is dumped.
 */
#ifndef CHECKPOINT_AGENT_PROCESS_H
#define CHECKPOINT_AGENT_PROCESS_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

/* Append /proc/PID/NAME. */
int process_read(uint32_t pid, const char *name, struct buf *b, struct err *e);

/* The inode number that identifies a namespace: "net", "pid". */
int process_namespace(
	uint32_t pid, const char *kind, uint64_t *inode, struct err *e);

/*
 * Which group is 0 in the user namespace of a process, as a number of ours: 0
 * where it has none of its own.  Errors: ERR_INPUT no group is.
 */
int process_find_root_group(uint32_t pid, uint32_t *gid, struct err *e);

/* When it was started, in clock ticks since boot. */
int process_start(uint32_t pid, uint64_t *ticks, struct err *e);

/*
 * Kill what is left of the group that a process leads or led: its number is
 * not given to another as long as somebody is in the group.
 * @start  when the leader was started; 0 when it has been waited for
 */
void process_end_group(uint32_t leader, uint64_t start);

/*
 * The process and all below it, by /proc/PID/task/TID/children, the first one
 * first.  *pids is the caller's to free().
 */
#define PROCESS_TREE_MAX 65536
int process_tree(uint32_t pid, uint32_t **pids, size_t *n, struct err *e);

/* Append descriptors.json: where its descriptors 0, 1 and 2 lead. */
int process_put_descriptors(struct buf *b, uint32_t pid, struct err *e);

/* Where a path of the container is when symbolic links are followed. */
struct process_finder {
	uint32_t pid;
	struct arena *arena;
};
/* For external_facts.find; context is a struct process_finder. */
const char *process_find(void *context, const char *path);

#endif
