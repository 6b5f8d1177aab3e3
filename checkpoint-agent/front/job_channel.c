/*
 * job_channel - ids are SERIAL * LIMITS_CONNECTIONS_MAX + SLOT, so they are
 * unique, never 0, and lead back to the connection.
 */
#include "checkpoint-agent/front/job_channel.h"

#include "checkpoint-agent/ipc/channel.h"
#include "checkpoint-agent/ipc/limits.h"
#include "lib/base/log.h"

int job_channel_send(struct job_channel *ch, size_t slot, struct job *j)
{
	const struct channel_packet packet = {j, sizeof(*j), -1};
	struct err e;

	j->id = ++ch->serial * LIMITS_CONNECTIONS_MAX + slot;
	if (channel_send(ch->fd, &packet, &e) == 0)
		return 0;
	log_event(LOG_WARN, "job not sent", "reason", e.text, NULL);
	return -1;
}

void job_channel_abort(struct job_channel *ch, uint64_t id)
{
	const struct job j = {.id = id, .verb = JOB_ABORT};
	const struct channel_packet packet = {&j, sizeof(j), -1};
	struct err e;

	/* If this gets lost, the job runs to its end without a listener. */
	if (channel_send(ch->fd, &packet, &e) < 0)
		log_event(LOG_WARN, "abort not sent", "reason", e.text, NULL);
}

size_t job_channel_slot(uint64_t id)
{
	return id % LIMITS_CONNECTIONS_MAX;
}
