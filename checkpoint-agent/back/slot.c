/*
 * slot - a small state machine around a child.
 *
 * A slot goes waiting -> running -> free, or, when its process dies without an
 * answer, running -> recovering -> free.  Abort, timeout and shutdown are one
 * mechanism: the child is told to abort, and killed when it has not ended
 * after LIMITS_ABORT_MS.
 */
#include "checkpoint-agent/back/slot.h"

#include "lib/base/log.h"

#include <stdio.h>
#include <sys/wait.h>

/* --- answers ------------------------------------------------------- */

static void put_number(char text[24], uint64_t number)
{
	snprintf(text, 24, "%llu", (unsigned long long)number);
}

static void log_checkpoint(const struct slot *t, const struct job_answer *a)
{
	bool is_good = a->status == JOB_DONE;
	char path[PATH_MAX], ms[24], bytes[24], frozen[24], predump[24];

	snprintf(path, sizeof(path), "%s/%s", t->owner->config->dir,
		a->made.name);
	put_number(ms, loop_now_ms() - t->begun_ms);
	put_number(bytes, a->made.bytes);
	put_number(frozen, a->made.frozen_us);
	put_number(predump, a->made.predump_frozen_us);
	log_event(is_good ? LOG_INFO : LOG_WARN,
		is_good ? "checkpoint made" : "checkpoint failed", "namespace",
		t->job.namespace, "pod", t->job.pod, "container",
		t->job.container, is_good ? "file" : "reason",
		is_good ? path : a->cause, "ms", ms, "bytes", bytes,
		"frozen_us", frozen, "predump_frozen_us", predump, NULL);
}

static uint64_t timeout_ms(const struct slot *t)
{
	return job_timeout_ms(&t->job, t->owner->config->default_timeout_ms);
}

/* To the child a timeout is an abort; only the slot knows the difference. */
static void finish_job(struct slot *t, struct job_answer *a, int fd)
{
	a->id = t->job.id;
	a->verb = t->job.verb;
	if (a->status == JOB_ABORTED && t->has_timed_out) {
		a->status = JOB_TIMED_OUT;
		snprintf(a->cause, sizeof(a->cause), "timed out after %llu s",
			(unsigned long long)timeout_ms(t) / 1000);
	}
	if (t->job.verb == JOB_CHECKPOINT)
		log_checkpoint(t, a);
	t->is_answered = true;
	t->owner->answered(t->owner->context, a, fd);
}

static void finish_without(
	struct slot *t, enum job_status status, const char *cause)
{
	struct job_answer a = job_refuse(&t->job, status, cause);

	if (!t->is_answered)
		finish_job(t, &a, -1);
}

/* --- the end ------------------------------------------------------- */

static void release_slot(struct slot *t)
{
	child_close(&t->child);
	loop_timer_clear(t->owner->loop, &t->timer);
	t->state = SLOT_FREE;
}

static void free_slot(struct slot *t)
{
	release_slot(t);
	t->owner->freed(t->owner->context);
}

/* A running job can still answer after it was told to abort. */
void slot_abort(struct slot *t)
{
	if (t->state == SLOT_WAITING) {
		finish_without(t, JOB_ABORTED, "aborted");
		free_slot(t);
	} else if (t->state == SLOT_RUNNING && !t->is_aborted) {
		t->is_aborted = true;
		child_abort(&t->child);
		loop_timer_set(t->owner->loop, &t->timer, LIMITS_ABORT_MS);
	}
}

static void on_timer(void *context)
{
	struct slot *t = context;

	if (!t->is_aborted) {
		t->has_timed_out = !t->is_answered;
		slot_abort(t);
		return;
	}
	log_event(LOG_ERROR, "job does not end, killing it", "pod", t->job.pod,
		"container", t->job.container, NULL);
	child_kill(&t->child);
}

/* --- its child ----------------------------------------------------- */

static void on_child_forked(void *context)
{
	struct slot *t = context;

	t->owner->forked(t->owner->context);
}

static void on_child_answer(void *context, struct job_answer *a, int fd)
{
	finish_job(context, a, fd);
}

static void end_recovery(struct slot *t, int status)
{
	if (status != 0)
		log_event(LOG_ERROR, "cleaning up after a job failed", "pod",
			t->job.pod, "container", t->job.container, NULL);
	finish_without(t, t->is_aborted ? JOB_ABORTED : JOB_FAILED,
		"its process died");
	free_slot(t);
}

static void recover_slot(struct slot *t)
{
	struct err e = {0};

	loop_timer_clear(t->owner->loop, &t->timer);
	t->state = SLOT_RECOVERING;
	if (child_start_recovery(&t->child, &e) < 0)
		end_recovery(t, 1);
}

static void on_child_ended(void *context, int status)
{
	struct slot *t = context;

	if (t->state == SLOT_RECOVERING)
		end_recovery(t, status);
	else if (t->is_answered && WIFEXITED(status))
		free_slot(t);
	else
		recover_slot(t);
}

/* --- its beginning ------------------------------------------------- */

bool slot_is_heavy(const struct slot *t)
{
	return t->job.verb == JOB_CHECKPOINT;
}

void slot_take(
	struct slot *t, const struct slot_owner *owner, const struct job *job)
{
	*t = (struct slot){.owner = owner,
		.state = SLOT_WAITING,
		.job = *job,
		.child = {.config = owner->config,
			.loop = owner->loop,
			.forked = on_child_forked,
			.answered = on_child_answer,
			.ended = on_child_ended,
			.context = t},
		.timer = {.expired = on_timer, .context = t},
		.begun_ms = loop_now_ms()};
	child_init(&t->child);
	loop_timer_set(owner->loop, &t->timer, timeout_ms(t));
}

void slot_start(struct slot *t)
{
	struct err e;

	t->state = SLOT_RUNNING;
	if (child_start(&t->child, &t->job, &e) == 0)
		return;
	finish_without(t, JOB_FAILED, e.text);
	release_slot(t);
}
