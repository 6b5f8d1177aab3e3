/*
 * img_task - processes in CRIU's images: who they are, and which descriptors
 * they have.
 *
 * Each function takes one message as img_next() gives it.  Pure.
 */
#ifndef CHECKPOINT_AGENT_CRIU_IMG_TASK_H
#define CHECKPOINT_AGENT_CRIU_IMG_TASK_H

#include "lib/base/str.h"

#include <stdint.h>

/* A message of pstree.img. */
struct img_process {
	uint32_t pid, ppid; /* in the container's PID namespace */
	uint32_t threads;
};
struct img_process img_process(struct str message);

/* The command name (comm) in core-PID.img. */
struct str img_command(struct str message);

/*
 * The permitted capabilities in core-PID.img, a bit for each of the kernel's
 * numbers (linux/capability.h).  All bits where they are written in a way
 * that CRIU does not write but would read.
 */
uint64_t img_capabilities(struct str message);

/* The number N of the fdinfo-N.img that is named by ids-PID.img. */
uint32_t img_files_id(struct str message);

/* The id of the root directory in fs-PID.img; files.img says what it is. */
uint32_t img_fs_root(struct str message);

/* A message of fdinfo-N.img. */
struct img_fd {
	uint32_t id; /* of the entry in files.img */
	uint32_t fd; /* descriptor number */
};
struct img_fd img_fd(struct str message);

#endif
