/*
 * job_channel - sends jobs to the back and tells whose an answer is.
 *
 * The id of a job holds the slot of the connection that sent it.
 */
#ifndef CHECKPOINT_AGENT_FRONT_JOB_CHANNEL_H
#define CHECKPOINT_AGENT_FRONT_JOB_CHANNEL_H

#include "checkpoint-agent/ipc/job.h"

struct job_channel {
	int fd;          /* ipc/channel.h; the owner's */
	uint64_t serial; /* of the last job */
};

/* Give the job an id and send it.  0, or -1 (logged) when it was not sent. */
int job_channel_send(struct job_channel *ch, size_t slot, struct job *j);

/* Have the job of this id aborted. */
void job_channel_abort(struct job_channel *ch, uint64_t id);

/* The slot in the id of an answer. */
size_t job_channel_slot(uint64_t id);

#endif
