/*
 * children - a fixed table of slots, one for each job.
 *
 * Jobs get their turn in the order of their ids, as slots become free and as
 * the limit of checkpoints at once allows.
 */
#include "checkpoint-agent/back/children.h"

#include <string.h>

static void refuse_job(struct children *j, const struct job *job,
	enum job_status status, const char *cause)
{
	const struct job_answer a = job_refuse(job, status, cause);

	j->answered(j->context, &a, -1);
}

/* --- turns --------------------------------------------------------- */

static bool is_full(const struct children *j)
{
	size_t running = 0;

	for (size_t i = 0; i < LIMITS_JOBS_MAX; i++) {
		const struct slot *t = &j->slot[i];

		running += slot_is_heavy(t) && t->state != SLOT_FREE &&
			   t->state != SLOT_WAITING;
	}
	return running >= LIMITS_JOBS_RUNNING;
}

/* The one that has waited longest and may run; NULL: none. */
static struct slot *next_waiting(struct children *j)
{
	bool has_no_room = is_full(j);
	struct slot *next = NULL;

	for (size_t i = 0; i < LIMITS_JOBS_MAX; i++) {
		struct slot *t = &j->slot[i];

		if (t->state != SLOT_WAITING ||
			(slot_is_heavy(t) && has_no_room))
			continue;
		if (next == NULL || t->job.id < next->job.id)
			next = t;
	}
	return next;
}

static void start_waiting(struct children *j)
{
	struct slot *next = next_waiting(j);

	while (next != NULL) {
		slot_start(next);
		next = next_waiting(j);
	}
}

/* --- what slots tell ----------------------------------------------- */

static void pass_answer(void *context, const struct job_answer *a, int fd)
{
	struct children *j = context;

	j->answered(j->context, a, fd);
}

static void close_copies(void *context)
{
	struct children *j = context;

	for (size_t i = 0; i < LIMITS_JOBS_MAX; i++)
		if (j->slot[i].state != SLOT_FREE)
			child_close_copy(&j->slot[i].child);
	j->forked(j->context);
}

static void on_freed(void *context)
{
	struct children *j = context;

	start_waiting(j);
	if (children_are_empty(j))
		j->emptied(j->context);
}

/* --- taking jobs --------------------------------------------------- */

static bool is_same_container(const struct job *a, const struct job *b)
{
	return strcmp(a->namespace, b->namespace) == 0 &&
	       strcmp(a->pod, b->pod) == 0 &&
	       (a->is_pod || b->is_pod ||
		       strcmp(a->container, b->container) == 0);
}

static bool is_busy(const struct children *j, const struct job *job)
{
	if (job->verb != JOB_CHECKPOINT || job->pod[0] == '\0')
		return false;
	for (size_t i = 0; i < LIMITS_JOBS_MAX; i++) {
		const struct slot *t = &j->slot[i];

		if (t->state != SLOT_FREE && !t->is_answered &&
			slot_is_heavy(t) && is_same_container(&t->job, job))
			return true;
	}
	return false;
}

static struct slot *find_free_slot(struct children *j)
{
	for (size_t i = 0; i < LIMITS_JOBS_MAX; i++)
		if (j->slot[i].state == SLOT_FREE)
			return &j->slot[i];
	return NULL;
}

void children_open(struct children *j)
{
	j->owner = (struct slot_owner){.config = j->config,
		.loop = j->loop,
		.answered = pass_answer,
		.forked = close_copies,
		.freed = on_freed,
		.context = j};
}

void children_take(struct children *j, const struct job *job)
{
	struct slot *t = find_free_slot(j);

	if (is_busy(j, job)) {
		refuse_job(j, job, JOB_BUSY, "");
		return;
	}
	if (t == NULL) {
		refuse_job(j, job, JOB_FAILED, "too many checkpoints at once");
		return;
	}
	slot_take(t, &j->owner, job);
	start_waiting(j);
}

/* --- all of them --------------------------------------------------- */

void children_abort(struct children *j, uint64_t id)
{
	for (size_t i = 0; i < LIMITS_JOBS_MAX; i++)
		if (j->slot[i].state != SLOT_FREE && j->slot[i].job.id == id)
			slot_abort(&j->slot[i]);
}

void children_abort_all(struct children *j)
{
	for (size_t i = 0; i < LIMITS_JOBS_MAX; i++)
		if (j->slot[i].state != SLOT_FREE)
			slot_abort(&j->slot[i]);
}

bool children_are_empty(const struct children *j)
{
	for (size_t i = 0; i < LIMITS_JOBS_MAX; i++)
		if (j->slot[i].state != SLOT_FREE)
			return false;
	return true;
}

bool children_have_process(const struct children *j, pid_t pid)
{
	for (size_t i = 0; i < LIMITS_JOBS_MAX; i++)
		if (j->slot[i].state != SLOT_FREE &&
			j->slot[i].child.process.pid == pid)
			return true;
	return false;
}
