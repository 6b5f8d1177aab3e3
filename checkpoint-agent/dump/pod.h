/*
 * pod - dump all containers of a pod into one archive, as of one moment.
 *
 * They are frozen together, dumped one after the other, and thawed together;
 * then their archives are joined (pod_join.h).
 */
#ifndef CHECKPOINT_AGENT_DUMP_POD_H
#define CHECKPOINT_AGENT_DUMP_POD_H

#include "checkpoint-agent/ipc/dump_options.h"
#include "checkpoint-agent/ipc/dump_result.h"
#include "checkpoint-agent/resolve/target.h"
#include "lib/base/err.h"

struct pod_order {
	const struct resolve_place *place;
	const char *namespace, *pod;
	int dir;                            /* where the archive goes */
	const struct dump_options *options; /* has_predump is ignored */
	int abort_fd;
	/* asked before the freeze, of the memory of all; NULL: not asked */
	int (*check_room)(void *context, uint64_t memory_bytes, struct err *e);
	void *context;
};

/*
 * 0 and *r, with frozen_us from the first freeze to the last thaw; or -1, and
 * no file is left.  In both cases every container runs that ran before.
 * Errors: ERR_ABSENT no container of the pod runs here.
 */
int pod_run(const struct pod_order *o, struct dump_result *r, struct err *e);

#endif
