/*
 * pod_join - the archives of a pod's containers, joined into one.
 *
 * It holds pod.options, pod.dump and one archive for each container: NAME.tar,
 * or NAME.tar.age when encrypted.
 */
#ifndef CHECKPOINT_AGENT_DUMP_POD_JOIN_H
#define CHECKPOINT_AGENT_DUMP_POD_JOIN_H

#include "checkpoint-agent/ipc/dump_options.h"
#include "checkpoint-agent/ipc/dump_result.h"
#include "checkpoint-agent/resolve/search.h"
#include "checkpoint-agent/resolve/target.h"
#include "lib/base/err.h"

/* A container's archive; neither pointer is owned. */
struct pod_part {
	const struct target *target;
	const char *file; /* below the directory of archives */
};

struct pod_join {
	const char *namespace, *pod;
	int dir;         /* where the archive goes */
	const char *tag; /* of the unfinished file, as output_open() takes it */
	const struct dump_options *options;
	int64_t time_s;
	struct pod_part part[SEARCH_POD_MAX];
	size_t n; /* one at least */
};

/*
 * Write the archive and remove the parts that it took.
 * 0, with the name and bytes of *r; or -1, and no archive is left.
 */
int pod_join_write(
	const struct pod_join *a, struct dump_result *r, struct err *e);

#endif
