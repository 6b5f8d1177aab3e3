/*
 * session - a dump under way, shared by begin.c (before CRIU runs), events.c
 * (while it runs) and finish.c (after it).
 */
#ifndef CHECKPOINT_AGENT_DUMP_SESSION_H
#define CHECKPOINT_AGENT_DUMP_SESSION_H

#include "checkpoint-agent/archive/output.h"
#include "checkpoint-agent/archive/tarball.h"
#include "checkpoint-agent/criu/criu.h"
#include "checkpoint-agent/dump/capture.h"
#include "checkpoint-agent/dump/changes.h"
#include "checkpoint-agent/dump/container_log.h"
#include "checkpoint-agent/dump/order.h"
#include "checkpoint-agent/dump/work.h"
#include "checkpoint-agent/preflight/survey.h"

#define DUMP_SMALL_MAX (1u << 20)  /* a JSON member */
#define DUMP_CRI_MAX   (64u << 20) /* status.dump: CRI tells up to 16 MiB */

struct dump {
	const struct dump_order *o;
	struct loop loop; /* opened for each run of CRIU */
	struct work work;
	struct survey survey;
	struct output output;
	struct tarball archive;
	struct manifest manifest;
	struct capture capture;
	struct criu criu;
	struct changes diff;
	struct buf descriptors;
	struct container_log output_log;
	struct loop_fd abort;
	struct loop_timer patience;
	int64_t time_s;
	int parent; /* directory of the pre-dump's page maps; -1: none */
	uint64_t predump_frozen_us;
	bool is_predump; /* this run of CRIU is the pre-dump */
	bool is_reading; /* the streams of the changed files are open */
	bool is_held;    /* CRIU waits at post-dump for our answer */
	bool is_dumped;  /* CRIU has reported success */
	bool has_failed;
	bool is_stuck; /* what was stopped could not be let go */
	struct err why;
};

#endif
