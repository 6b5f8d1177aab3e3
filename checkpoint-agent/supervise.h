/*
 * supervise - the back: takes jobs from the front and sees to it that every
 * one comes to an end, keeps the front in certificates, ends with it.
 */
#ifndef CHECKPOINT_AGENT_SUPERVISE_H
#define CHECKPOINT_AGENT_SUPERVISE_H

#include "checkpoint-agent/config.h"
#include "checkpoint-agent/jobs.h"
#include "checkpoint-agent/limits.h"
#include "checkpoint-agent/material.h"
#include "lib/arc/sha256.h"
#include "lib/base/buf.h"
#include "lib/net/loop.h"

struct supervisor {
	const struct config *config;
	struct loop loop;
	struct loop_fd channel; /* to the front, for jobs; fd -1: closed */
	int material_fd;
	struct loop_child front;
	struct loop_timer reload, sweep, ending;
	struct material_files files;
	unsigned char material_hash[SHA256_BYTES]; /* of what was sent last */
	bool is_draining;
	bool has_aborted; /* while draining */
	bool front_has_ended;
	bool has_failed;
	struct jobs jobs;
};

/* Who the front is, and what it is told over. */
struct supervise_front {
	pid_t pid;
	int jobs, material;
};

/*
 * Run until SIGTERM or SIGINT, or until the front dies.  files and packet as
 * material_load() left them (packet is taken).  0, or -1 when it failed.
 */
int supervise_run(const struct config *c, const struct supervise_front *front,
	const struct material_files *files, struct buf *packet, struct err *e);

#endif
