/*
 * changes - read the changed files of a stopped container in a child process.
 *
 * The child writes into pipes that are captured like CRIU's images, so that
 * files and memory are read at the same time.
 */
#ifndef CHECKPOINT_AGENT_DUMP_CHANGES_H
#define CHECKPOINT_AGENT_DUMP_CHANGES_H

#include "checkpoint-agent/dump/capture.h"
#include "checkpoint-agent/node/overlay.h"
#include "checkpoint-agent/resolve/target.h"
#include "lib/base/err.h"
#include "lib/net/loop_child.h"

struct changes {
	struct loop_child child;
	struct err *told; /* the child's error; in shared memory */
	bool is_running;
	bool has_failed;
	/* set by the caller before changes_start() */
	void *context;
	void (*ended)(void *context); /* the child has ended */
};

/* What is read. */
struct changes_source {
	const struct target *target;
	int host_root;                /* hostfs root */
	const struct overlay *layers; /* of its root; NULL: no changes */
};

/* Start the child. Members without content are left out. */
int changes_start(struct changes *j, struct loop *loop, struct capture *to,
	const struct changes_source *from, struct err *e);

/* Report why it failed. Always -1. */
int changes_why(const struct changes *j, struct err *e);

/* SIGKILL, if it still runs. */
void changes_stop(struct changes *j);

#endif
