/*
 * job_query - the query parameters of a checkpoint request, parsed as the
 * kubelet (Go's net/url and strconv) parses them.  Pure.
 *
 * timeout is the kubelet's; dryRun and preDump are ours.
 */
#ifndef CHECKPOINT_AGENT_FRONT_JOB_QUERY_H
#define CHECKPOINT_AGENT_FRONT_JOB_QUERY_H

#include "checkpoint-agent/ipc/job.h"
#include "lib/base/str.h"

/* Fill timeout and pre-dump of the job. */
void job_query_read(struct str query, struct job *j);

/* Is a parameter of this name "true", or "All" as kube-apiserver says it? */
bool job_query_is_set(struct str query, const char *name);

/*
 * Is dryRun given with anything but "false"?  Then no dump may be made,
 * whether the value makes sense or not.
 */
bool job_query_forbids_dump(struct str query);

#endif
