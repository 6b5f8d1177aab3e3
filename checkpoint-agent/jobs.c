/*
 * jobs - jobs wait for their turn in the order they came, run in children,
 * and are put an end to.
 *
 * States of a slot: waiting -> running -> free, or when the child died
 * without a word running -> recovering -> free.  Abort, timeout and end of the
 * program are one thing: our end of the pair is shut, and a child that does
 * not heed it in LIMITS_ABORT_MS is killed.
 */
#include "checkpoint-agent/jobs.h"

#include "checkpoint-agent/census.h"
#include "checkpoint-agent/channel.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void start_waiting(struct jobs *j);

/* --- answers ------------------------------------------------------- */

static struct job_answer answer_of(
	uint64_t id, enum job_status status, const char *cause)
{
	struct job_answer a = {.id = id, .status = status};

	str_copy(str_of(cause), a.cause, sizeof(a.cause));
	return a;
}

static void refuse(struct jobs *j, const struct job *job,
	enum job_status status, const char *cause)
{
	struct job_answer a = answer_of(job->id, status, cause);

	a.verb = job->verb;
	j->answered(j->context, &a, -1);
}

static void log_end(const struct jobs_slot *t, const struct job_answer *a)
{
	bool is_good = a->status == JOB_DONE;
	char ms[24], bytes[24], frozen[24], predump[24];

	if (t->job.verb != JOB_CHECKPOINT)
		return;
	snprintf(ms, sizeof(ms), "%llu",
		(unsigned long long)(loop_now_ms() - t->begun_ms));
	snprintf(bytes, sizeof(bytes), "%llu", (unsigned long long)a->bytes);
	snprintf(frozen, sizeof(frozen), "%llu",
		(unsigned long long)a->frozen_us);
	snprintf(predump, sizeof(predump), "%llu",
		(unsigned long long)a->predump_frozen_us);
	log_event(is_good ? LOG_INFO : LOG_WARN,
		is_good ? "checkpoint made" : "checkpoint failed", "namespace",
		t->job.namespace, "pod", t->job.pod, "container",
		t->job.container, is_good ? "file" : "reason",
		is_good ? a->path : a->cause, "ms", ms, "bytes", bytes,
		"frozen_us", frozen, "predump_frozen_us", predump, NULL);
}

/* What the child says was an abort was a timeout when we caused it. */
static void finish(struct jobs_slot *t, struct job_answer *a, int fd)
{
	struct jobs *j = t->owner;

	a->id = t->job.id;
	a->verb = t->job.verb;
	if (a->status == JOB_ABORTED && t->has_timed_out) {
		a->status = JOB_TIMED_OUT;
		snprintf(a->cause, sizeof(a->cause), "timed out after %llu s",
			(unsigned long long)job_timeout_ms(j->config, &t->job) /
				1000);
	}
	log_end(t, a);
	t->is_answered = true;
	j->answered(j->context, a, fd);
}

static void finish_with(
	struct jobs_slot *t, enum job_status status, const char *cause)
{
	struct job_answer a = answer_of(t->job.id, status, cause);

	if (!t->is_answered)
		finish(t, &a, -1);
}

/* --- slots --------------------------------------------------------- */

static void close_socket(struct jobs_slot *t)
{
	if (t->socket.fd < 0)
		return;
	loop_fd_remove(t->owner->loop, &t->socket);
	fd_close(&t->socket.fd);
}

/* Only checkpoints are limited; what reads the disk is over soon. */
static bool is_heavy(const struct jobs_slot *t)
{
	return t->job.verb == JOB_CHECKPOINT;
}

static void release(struct jobs_slot *t)
{
	struct jobs *j = t->owner;

	close_socket(t);
	loop_timer_clear(j->loop, &t->timer);
	if (t->state != JOBS_WAITING)
		j->running -= is_heavy(t);
	t->state = JOBS_FREE;
}

static void free_slot(struct jobs_slot *t)
{
	struct jobs *j = t->owner;

	release(t);
	start_waiting(j);
	if (jobs_are_empty(j))
		j->emptied(j->context);
}

/*
 * Abort: our end says so by being shut; the answer can still come.  What does
 * not end then is killed.
 */
static void abort_slot(struct jobs_slot *t)
{
	if (t->state == JOBS_WAITING) {
		finish_with(t, JOB_ABORTED, "aborted");
		free_slot(t);
	} else if (t->state == JOBS_RUNNING && !t->is_aborted) {
		t->is_aborted = true;
		if (t->socket.fd >= 0)
			shutdown(t->socket.fd, SHUT_WR);
		loop_timer_set(t->owner->loop, &t->timer, LIMITS_ABORT_MS);
	}
}

static void on_timer(void *context)
{
	struct jobs_slot *t = context;

	if (!t->is_aborted) {
		t->has_timed_out = !t->is_answered;
		abort_slot(t);
		return;
	}
	log_event(LOG_ERROR, "job does not end, killing it", "pod", t->job.pod,
		"container", t->job.container, NULL);
	kill(t->child.pid, SIGKILL);
}

/* --- children ------------------------------------------------------ */

/* In a forked child: nothing of the other jobs, signals as new. */
static void become_child(struct jobs *j, int keep)
{
	setpgid(0, 0); /* a terminal's Ctrl-C is for our parent alone */
	for (size_t i = 0; i < LIMITS_JOBS_MAX; i++)
		if (j->slot[i].state != JOBS_FREE &&
			j->slot[i].socket.fd != keep)
			fd_close(&j->slot[i].socket.fd);
	j->forked(j->context);
	loop_signals_restore(j->loop);
	loop_close(j->loop);
}

static void on_recovered(void *context, int status)
{
	struct jobs_slot *t = context;

	if (status != 0)
		log_event(LOG_ERROR, "a job's remains could not be put right",
			"pod", t->job.pod, "container", t->job.container, NULL);
	finish_with(t, t->is_aborted ? JOB_ABORTED : JOB_FAILED,
		"its process died");
	free_slot(t);
}

static void recover_main(struct jobs *j, uint64_t id)
{
	struct err e = {0};

	become_child(j, -1);
	if (job_recover(j->config, id, &e) == 0)
		_exit(0);
	log_event(LOG_ERROR, e.text, NULL);
	_exit(1);
}

static void recover(struct jobs_slot *t)
{
	struct jobs *j = t->owner;
	pid_t pid;

	close_socket(t);
	loop_timer_clear(j->loop, &t->timer);
	t->state = JOBS_RECOVERING;
	t->child.exited = on_recovered;
	pid = fork();
	if (pid == 0)
		recover_main(j, t->job.id);
	if (pid < 0 || loop_child_add(j->loop, &t->child, pid, NULL) < 0)
		on_recovered(t, 1);
}

static void on_child_exit(void *context, int status)
{
	struct jobs_slot *t = context;

	/* An answer may have arrived together with the end. */
	if (!t->is_answered && t->socket.fd >= 0)
		t->socket.ready(t, EPOLLIN);
	if (t->is_answered && WIFEXITED(status))
		free_slot(t);
	else
		recover(t);
}

static void on_child_answer(void *context, uint32_t events)
{
	struct jobs_slot *t = context;
	struct job_answer a;
	struct err e = {0};
	int fd;
	ssize_t n = channel_receive(t->socket.fd, &a, sizeof(a), &fd, &e);

	(void)events;
	if (n == (ssize_t)sizeof(a) && !t->is_answered)
		finish(t, &a, fd);
	else if (n < 0 && e.kind == ERR_BUSY)
		return;
	else
		close_socket(t); /* its end tells the rest */
	fd_close(&fd);
}

/* Jobs that change what is on the disk say how much there is now. */
static void add_census(
	const struct jobs *j, const struct job *job, struct job_answer *a)
{
	struct census now;

	if (job->verb != JOB_CHECKPOINT && job->verb != JOB_DELETE &&
		job->verb != JOB_SWEEP)
		return;
	if (census_take(j->config->dir, &now, NULL) < 0)
		return;
	a->has_census = 1;
	a->archives = now.archives;
	a->archive_bytes = now.bytes;
}

static void child_main(struct jobs *j, const struct job *job, int end)
{
	static struct job_answer a = {.status = JOB_FAILED}; /* large */
	int fd = -1;

	become_child(j, end);
	job_run(j->config, job, end, &a, &fd);
	add_census(j, job, &a);
	_exit(channel_send(end, &a, sizeof(a), fd, NULL) < 0);
}

static int watch_child(struct jobs_slot *t, pid_t pid, struct err *e)
{
	struct jobs *j = t->owner;

	if (pid < 0)
		return err_sys(e, "start a process");
	if (loop_child_add(j->loop, &t->child, pid, e) == 0 &&
		loop_fd_add(j->loop, &t->socket, e) == 0)
		return 0;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	loop_child_remove(j->loop, &t->child);
	return -1;
}

static int start_child(struct jobs_slot *t, struct err *e)
{
	int ends[2];
	pid_t pid;

	if (channel_make(ends, e) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		child_main(t->owner, &t->job, ends[1]);
	}
	close(ends[1]);
	t->socket = (struct loop_fd){ends[0], EPOLLIN, on_child_answer, t};
	t->child.exited = on_child_exit;
	t->child.context = t;
	if (watch_child(t, pid, e) == 0)
		return 0;
	fd_close(&t->socket.fd);
	return -1;
}

/* --- turns --------------------------------------------------------- */

static void start(struct jobs_slot *t)
{
	struct err e;

	t->state = JOBS_RUNNING;
	t->owner->running += is_heavy(t);
	if (start_child(t, &e) == 0)
		return;
	finish_with(t, JOB_FAILED, e.text);
	release(t);
}

/* The one that has waited longest and may run; NULL for none. */
static struct jobs_slot *next_waiting(struct jobs *j)
{
	struct jobs_slot *next = NULL;

	for (size_t i = 0; i < LIMITS_JOBS_MAX; i++) {
		struct jobs_slot *t = &j->slot[i];

		if (t->state != JOBS_WAITING ||
			(is_heavy(t) && j->running == LIMITS_JOBS_RUNNING))
			continue;
		if (next == NULL || t->job.id < next->job.id)
			next = t;
	}
	return next;
}

static void start_waiting(struct jobs *j)
{
	struct jobs_slot *next = next_waiting(j);

	while (next != NULL) {
		start(next);
		next = next_waiting(j);
	}
}

/* --- taking and aborting ------------------------------------------- */

static bool is_same_container(const struct job *a, const struct job *b)
{
	return strcmp(a->namespace, b->namespace) == 0 &&
	       strcmp(a->pod, b->pod) == 0 &&
	       (a->is_pod || b->is_pod ||
		       strcmp(a->container, b->container) == 0);
}

static bool is_busy(const struct jobs *j, const struct job *job)
{
	if (job->verb != JOB_CHECKPOINT || job->pod[0] == '\0')
		return false;
	for (size_t i = 0; i < LIMITS_JOBS_MAX; i++) {
		const struct jobs_slot *t = &j->slot[i];

		if (t->state != JOBS_FREE && !t->is_answered && is_heavy(t) &&
			is_same_container(&t->job, job))
			return true;
	}
	return false;
}

static struct jobs_slot *free_place(struct jobs *j)
{
	for (size_t i = 0; i < LIMITS_JOBS_MAX; i++)
		if (j->slot[i].state == JOBS_FREE)
			return &j->slot[i];
	return NULL;
}

void jobs_take(struct jobs *j, const struct job *job)
{
	struct jobs_slot *t = free_place(j);

	if (is_busy(j, job)) {
		refuse(j, job, JOB_BUSY, "");
		return;
	}
	if (t == NULL) {
		refuse(j, job, JOB_FAILED, "too many checkpoints at once");
		return;
	}
	*t = (struct jobs_slot){.owner = j,
		.state = JOBS_WAITING,
		.job = *job,
		.socket.fd = -1,
		.child.watch.fd = -1,
		.timer = {.expired = on_timer, .context = t},
		.begun_ms = loop_now_ms()};
	loop_timer_set(j->loop, &t->timer, job_timeout_ms(j->config, job));
	start_waiting(j);
}

void jobs_abort(struct jobs *j, uint64_t id)
{
	for (size_t i = 0; i < LIMITS_JOBS_MAX; i++)
		if (j->slot[i].state != JOBS_FREE && j->slot[i].job.id == id)
			abort_slot(&j->slot[i]);
}

void jobs_abort_all(struct jobs *j)
{
	for (size_t i = 0; i < LIMITS_JOBS_MAX; i++)
		if (j->slot[i].state != JOBS_FREE)
			abort_slot(&j->slot[i]);
}

bool jobs_are_empty(const struct jobs *j)
{
	for (size_t i = 0; i < LIMITS_JOBS_MAX; i++)
		if (j->slot[i].state != JOBS_FREE)
			return false;
	return true;
}

bool jobs_have_child(const struct jobs *j, pid_t pid)
{
	for (size_t i = 0; i < LIMITS_JOBS_MAX; i++)
		if (j->slot[i].state != JOBS_FREE &&
			j->slot[i].child.pid == pid)
			return true;
	return false;
}
