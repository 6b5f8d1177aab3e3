/*
 * dump_in - what the parts of a dump share: dump.c (the course of events),
 * dump_ready.c (before it), dump_close.c (behind it).
 */
#ifndef CHECKPOINT_AGENT_DUMP_IN_H
#define CHECKPOINT_AGENT_DUMP_IN_H

#include "checkpoint-agent/archive.h"
#include "checkpoint-agent/capture.h"
#include "checkpoint-agent/criu.h"
#include "checkpoint-agent/diffjob.h"
#include "checkpoint-agent/dump.h"
#include "checkpoint-agent/survey.h"
#include "checkpoint-agent/work.h"

#define DUMP_SMALL_MAX (1u << 20) /* a JSON member we make, stats-dump */
#define DUMP_LOG_MAX   (64u << 20)

struct dump {
	const struct dump_order *o;
	struct loop loop; /* one for each run of CRIU */
	struct work work;
	struct survey survey;
	struct output output;
	struct archive archive;
	struct manifest manifest;
	struct capture capture;
	struct criu criu;
	struct diffjob diff;
	struct buf descriptors;
	struct loop_fd abort;
	struct loop_timer patience;
	int64_t time_s;
	int parent; /* directory of the pre-dump's page maps; -1: none */
	uint64_t predump_frozen_us;
	bool is_predump; /* of the two runs of CRIU this is the first */
	bool is_held;    /* CRIU waits at post-dump for our word */
	bool is_dumped;  /* CRIU has said that all went well */
	bool has_failed;
	struct err why;
};

/* Survey, working directory, output, and the members that come first. */
int dump_make_ready(struct dump *d, struct err *e);

/*
 * The directory of this run's images in the archive, and what captures them.
 * The capture's own callback is to be set before.
 */
int dump_open_images(struct dump *d, struct err *e);

/* The callbacks of d->criu are to be set before. */
int dump_start_criu(struct dump *d, struct err *e);
int dump_order_criu(struct dump *d, struct err *e);

/* Behind a pre-dump: its figures and log go into the archive. */
int dump_close_predump(struct dump *d, struct err *e);

/* The last members, the end of the archive, its name. */
int dump_close(struct dump *d, struct dump_result *r, struct err *e);

#endif
