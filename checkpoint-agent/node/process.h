/*
 * process - what /proc/PID says (proc(5)): texts, namespaces, start time,
 * descendants.
 */
#ifndef CHECKPOINT_AGENT_NODE_PROCESS_H
#define CHECKPOINT_AGENT_NODE_PROCESS_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

/* Append the text of /proc/PID/NAME. */
int process_read(uint32_t pid, const char *name, struct buf *b, struct err *e);

/* Pure: a value in the text of /proc/PID/status or fdinfo; empty: none. */
struct str process_find_field(struct str text, const char *key);

/* The process for a message, "PID (COMM)"; in a static buffer. */
const char *process_describe(uint32_t pid);

/* The inode number that identifies a namespace of kind "net", "pid", ... */
int process_namespace(
	uint32_t pid, const char *kind, uint64_t *inode, struct err *e);

/*
 * The group id, as seen from here, that is 0 in the user namespace of the
 * process.  Errors: ERR_INPUT no group is mapped to 0.
 */
int process_find_root_group(uint32_t pid, uint32_t *gid, struct err *e);

/* When the process was started, in clock ticks since boot. */
int process_start(uint32_t pid, uint64_t *ticks, struct err *e);

/* Pure: the same from the text of /proc/PID/stat (field 22). */
int process_parse_start(struct str stat, uint64_t *ticks, struct err *e);

/*
 * Kill the rest of a process group.  The kernel does not give the leader's
 * number to another process while the group has members.
 * @start  when the leader was started; 0: it has been waited for
 */
void process_end_group(uint32_t leader, uint64_t start);

/*
 * The process and its descendants, itself first.  *pids is the caller's to
 * free().  Those beyond PROCESS_TREE_MAX are left out.
 */
#define PROCESS_TREE_MAX 65536
int process_tree(uint32_t pid, uint32_t **pids, size_t *n, struct err *e);

/*
 * The real path of `path` in the root directory of the process, with symbolic
 * links followed; NULL: it does not exist.  The result lies in the arena.
 * @context  a struct process_finder (see external_facts.find)
 */
struct process_finder {
	uint32_t pid;
	struct arena *arena;
};
const char *process_find_path(void *context, const char *path);

#endif
