/*
 * checkpoint - finds what the job names, checks that the archive will fit, has
 * it dumped, and removes archives beyond the limits.
 *
 * The space needed is estimated from the memory of the container's processes,
 * so a container that does not fit is refused while it still runs.
 */
#include "checkpoint-agent/back/checkpoint.h"

#include "checkpoint-agent/back/archives.h"
#include "checkpoint-agent/dump/dump.h"
#include "checkpoint-agent/dump/pod.h"
#include "checkpoint-agent/preflight/estimate.h"
#include "checkpoint-agent/resolve/resolve.h"
#include "checkpoint-agent/store/room.h"

/* Members besides memory: metadata, CRIU's log and small CRIU images. */
#define SMALL_BYTES (2u << 20)

static int need_room(struct task *t, uint64_t bytes, struct err *e)
{
	const struct retain_limits limits = archives_limits(t->config);

	if (room_check(t->dir, &limits, bytes + SMALL_BYTES, e) == 0)
		return 0;
	return e->kind == ERR_LIMIT ? task_fail(t, JOB_NO_ROOM) : -1;
}

/* A pre-dump may hold all of memory once more. */
static int check_room(struct task *t, const struct target *target,
	bool has_predump, struct err *e)
{
	const uint64_t copies = has_predump ? 2 : 1;
	struct estimate x;

	if (estimate_processes(target->pid, &x, e) < 0)
		return -1;
	return need_room(t, copies * x.memory_bytes, e);
}

/* The archives of a pod's containers are copied into the pod's. */
static int check_pod_room(void *context, uint64_t memory_bytes, struct err *e)
{
	return need_room(context, 2 * memory_bytes, e);
}

static int dump_target(
	struct task *t, const struct target *target, struct err *e)
{
	struct dump_options options = t->config->dump;
	const struct dump_order order = {.target = target,
		.place = &t->place,
		.dir = t->dir,
		.options = &options,
		.abort_fd = t->abort_fd};

	options.has_predump = job_has_predump(t->job, options.has_predump);
	if (check_room(t, target, options.has_predump, e) < 0)
		return -1;
	return dump_container(&order, &t->answer->made, e);
}

static int checkpoint_container(struct task *t, struct err *e)
{
	struct target target;
	int rc;

	if (task_find_container(t, &target, e) < 0)
		return -1;
	rc = dump_target(t, &target, e);
	target_release(&target);
	return rc;
}

/* Like the kubelet, report a missing pod before a bad timeout. */
static int check_pod(struct task *t, struct err *e)
{
	struct search_pod *found = arena_alloc(&t->arena, sizeof(*found));

	if (!found)
		return err_kind(e, ERR_LIMIT, "out of memory");
	if (resolve_pod(&t->place, t->job->namespace, t->job->pod, found, e) <
		0)
		return -1;
	if (found->is_known)
		return task_check_timeout(t, e);
	err_kind(e, ERR_ABSENT, "pod %s not found", t->job->pod);
	return task_fail(t, JOB_NO_POD);
}

static int checkpoint_pod(struct task *t, struct err *e)
{
	const struct pod_order order = {.place = &t->place,
		.namespace = t->job->namespace,
		.pod = t->job->pod,
		.dir = t->dir,
		.options = &t->config->dump,
		.abort_fd = t->abort_fd,
		.check_room = check_pod_room,
		.context = t};

	if (check_pod(t, e) < 0)
		return -1;
	if (job_has_predump(t->job, t->config->dump.has_predump))
		return err_set(e, "a pre-dump can be made of one container, "
				  "not of a pod");
	return pod_run(&order, &t->answer->made, e);
}

int checkpoint_make(struct task *t, struct err *e)
{
	int rc = t->job->is_pod ? checkpoint_pod(t, e)
				: checkpoint_container(t, e);

	if (rc == 0)
		archives_retain(t, t->answer->made.name);
	return rc;
}
