/*
 * order - what a dump is asked to do.
 */
#ifndef CHECKPOINT_AGENT_DUMP_ORDER_H
#define CHECKPOINT_AGENT_DUMP_ORDER_H

#include "checkpoint-agent/ipc/dump_options.h"
#include "checkpoint-agent/node/freezer.h"
#include "checkpoint-agent/resolve/target.h"

/* Everything is the caller's and outlives the dump. */
struct dump_order {
	const struct target *target;
	const struct resolve_place *place;
	const struct freezer *freezer; /* known already; NULL: look for it */
	int dir;                       /* where the archive goes */
	const char *name; /* its file name; NULL: as the kubelet names it */
	const struct dump_options *options;
	bool is_part;    /* of a pod's archive: no hash beside, no pre-dump */
	bool is_stopped; /* the caller has frozen it, and will thaw it */
	int abort_fd;    /* readable: give up; -1: never */
};

#endif
