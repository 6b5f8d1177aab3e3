/*
 * diffjob - reading the file changes of a stopped container, in a child.
 *
 * The child writes into pipes that are captured like CRIU's images, so that
 * file changes and memory are read at the same time.
 */
#ifndef CHECKPOINT_AGENT_DIFFJOB_H
#define CHECKPOINT_AGENT_DIFFJOB_H

#include "checkpoint-agent/capture.h"
#include "checkpoint-agent/resolve/resolve.h"
#include "lib/base/err.h"
#include "lib/net/loop.h"

struct diffjob {
	struct loop_child child;
	struct err *told; /* shared with the child */
	bool is_running;
	bool has_failed;
	/* filled in before */
	void *context;
	void (*ended)(void *context);
};

/* Members it makes; those that do not apply are left out. */
#define DIFFJOB_CHANGES "rootfs-diff.tar"
#define DIFFJOB_DELETED "deleted.files"
#define DIFFJOB_SHM     "devshm-checkpoint.tar"

int diffjob_start(struct diffjob *j, struct loop *loop, struct capture *to,
	const struct target *t, int host_root, struct err *e);

/* Why it failed. Always -1. */
int diffjob_why(const struct diffjob *j, struct err *e);

/* SIGKILL, if it still runs. */
void diffjob_stop(struct diffjob *j);

#endif
