/*
 * podjob - all containers of a pod in one archive, as of one moment.
 *
 * They are stopped together, dumped one after the other, and let go together.
 * The archive holds pod.options, pod.dump and one archive for each container
 * (NAME.tar, or NAME.tar.age when encrypted), the shape that checkpointctl's
 * metadata names.
 */
#ifndef CHECKPOINT_AGENT_PODJOB_H
#define CHECKPOINT_AGENT_PODJOB_H

#include "checkpoint-agent/output.h"
#include "checkpoint-agent/resolve/resolve.h"
#include "lib/base/err.h"

#include <limits.h>

struct podjob_order {
	const struct resolve_place *place;
	const char *namespace, *pod;
	const char *host_path; /* as dump.h has it */
	int dir;               /* where the archive goes */
	const char *criu;
	struct output_form form; /* of the containers' archives */
	bool closes_tcp;
	int abort_fd;
};

struct podjob_result {
	char name[NAME_MAX + 1];
	uint64_t bytes;
	uint64_t frozen_us; /* from the first stop to the last release */
};

/*
 * ERR_ABSENT: no container of the pod runs here.  Whatever fails, all
 * containers run afterwards that ran before, and no file is left.
 */
int podjob_run(
	const struct podjob_order *o, struct podjob_result *r, struct err *e);

#endif
