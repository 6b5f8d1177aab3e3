/*
 * dump - one container into one archive, the container left running.
 *
 * Everything is made ready before CRIU is asked to stop anything; while the
 * container stands still its memory and its file changes are read at the same
 * time.  Whatever fails, the container runs afterwards and no file is left.
 */
#ifndef CHECKPOINT_AGENT_DUMP_H
#define CHECKPOINT_AGENT_DUMP_H

#include "checkpoint-agent/output.h"
#include "checkpoint-agent/resolve/resolve.h"
#include "lib/base/err.h"

#include <limits.h>

struct dump_order {
	const struct target *target;
	int host_root;         /* hostfs root */
	const char *host_path; /* its path, "" for our own root */
	int dir;               /* where the archive goes */
	const char *name;      /* its file name; NULL: the kubelet's way */
	const char *criu;      /* program, "" for "criu" */
	struct output_form form;
	bool closes_tcp;
	bool has_predump; /* memory is copied once before it is stopped */
	int abort_fd;     /* readable: give up; -1: never */
};

struct dump_result {
	char name[NAME_MAX + 1]; /* of the archive */
	uint64_t bytes;
	uint64_t frozen_us;
	uint64_t predump_frozen_us; /* of the pre-dump; 0: there was none */
	uint64_t total_us;
};

int dump_container(
	const struct dump_order *o, struct dump_result *r, struct err *e);

#endif
