/*
 * supervise - the back: takes jobs from the front, runs each in a child of
 * its own, and sees to it that every one comes to an end.
 *
 * The child shares one socket pair with us: its answer comes back on it, and
 * closing our end tells it to abort (so does our own death, whatever kills
 * us).  A child that does not end is killed, and job_recover() puts right what
 * it left, in another child.
 */
#ifndef CHECKPOINT_AGENT_SUPERVISE_H
#define CHECKPOINT_AGENT_SUPERVISE_H

#include "checkpoint-agent/config.h"
#include "checkpoint-agent/limits.h"
#include "checkpoint-agent/material.h"
#include "lib/base/buf.h"
#include "lib/net/loop.h"

enum slot_state {
	SLOT_FREE,
	SLOT_WAITING,    /* for its turn */
	SLOT_RUNNING,    /* in a child */
	SLOT_RECOVERING, /* job_recover() in a child */
};

struct supervisor;

struct slot {
	struct supervisor *owner;
	enum slot_state state;
	struct job job;
	struct loop_child child;
	struct loop_fd socket; /* our end of the pair; fd -1: closed */
	struct loop_timer timer;
	bool is_answered;
	bool is_aborted;
	bool has_timed_out;
	uint64_t begun_ms;
};

struct supervisor {
	const struct config *config;
	struct loop loop;
	struct loop_fd jobs; /* the channels to the front */
	int material_fd;
	struct loop_child front;
	struct loop_timer reload, ending;
	struct material_files files;
	struct buf material; /* as sent last; wiped */
	bool is_draining;
	bool front_has_ended;
	bool has_failed;
	struct slot slot[LIMITS_JOBS_MAX];
	size_t running; /* checkpoints */
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
