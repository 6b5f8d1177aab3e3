/*
 * supervise - a table of jobs, a child for each, a timer for each.
 *
 * Jobs wait for their turn in the order they came.  Two jobs for one
 * container (or for a pod and one of its containers) are not run together:
 * the second is answered JOB_BUSY at once.
 *
 * Ending: on SIGTERM the front is told to take nobody more and running jobs
 * may finish; those that do not in time are aborted, then killed and put
 * right.  A second signal skips the waiting.
 */
#include "checkpoint-agent/supervise.h"

#include "checkpoint-agent/census.h"
#include "checkpoint-agent/channel.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void start_waiting(struct supervisor *s);

/* --- answers ------------------------------------------------------- */

static void send_answer(struct supervisor *s, struct job_answer *a, int fd)
{
	struct err e;

	if (s->jobs.fd < 0)
		return;
	/* The front never waits for us, so it can be waited for. */
	if (channel_send_within(s->jobs.fd, a, sizeof(*a), fd,
		    LIMITS_ANSWER_WAIT_MS, &e) < 0)
		log_event(LOG_ERROR, "answer not sent", "reason", e.text, NULL);
}

static void answer(struct supervisor *s, uint64_t id, enum job_status status,
	const char *cause)
{
	struct job_answer a = {.id = id, .status = status};

	str_copy(str_of(cause), a.cause, sizeof(a.cause));
	send_answer(s, &a, -1);
}

static void log_end(const struct slot *t, const struct job_answer *a)
{
	bool is_good = a->status == JOB_DONE;
	char ms[24], bytes[24], frozen[24];

	if (t->job.verb != JOB_CHECKPOINT)
		return;
	snprintf(ms, sizeof(ms), "%llu",
		(unsigned long long)(loop_now_ms() - t->begun_ms));
	snprintf(bytes, sizeof(bytes), "%llu", (unsigned long long)a->bytes);
	snprintf(frozen, sizeof(frozen), "%llu",
		(unsigned long long)a->frozen_us);
	log_event(is_good ? LOG_INFO : LOG_WARN,
		is_good ? "checkpoint made" : "checkpoint failed", "namespace",
		t->job.namespace, "pod", t->job.pod, "container",
		t->job.container, is_good ? "file" : "reason",
		is_good ? a->path : a->cause, "ms", ms, "bytes", bytes,
		"frozen_us", frozen, NULL);
}

/* What the child says was an abort was a timeout when we caused it. */
static void finish(struct slot *t, struct job_answer *a, int fd)
{
	const struct job_config *c = &t->owner->config->job;

	a->id = t->job.id;
	if (a->status == JOB_ABORTED && t->has_timed_out) {
		a->status = JOB_TIMED_OUT;
		snprintf(a->cause, sizeof(a->cause), "timed out after %llu s",
			(unsigned long long)job_timeout_ms(c, &t->job) / 1000);
	}
	log_end(t, a);
	t->is_answered = true;
	send_answer(t->owner, a, fd);
}

/* --- slots --------------------------------------------------------- */

static void close_socket(struct slot *t)
{
	if (t->socket.fd < 0)
		return;
	loop_fd_remove(&t->owner->loop, &t->socket);
	fd_close(&t->socket.fd);
}

static bool is_idle(const struct supervisor *s)
{
	for (size_t i = 0; i < LIMITS_JOBS_MAX; i++)
		if (s->slot[i].state != SLOT_FREE)
			return false;
	return true;
}

static void end_when_idle(struct supervisor *s)
{
	if (s->is_draining && s->front_has_ended && is_idle(s))
		loop_stop(&s->loop);
}

/* Only checkpoints are limited; what reads the shelf is over soon. */
static bool is_heavy(const struct slot *t)
{
	return t->job.verb == JOB_CHECKPOINT;
}

static void release(struct slot *t)
{
	struct supervisor *s = t->owner;

	close_socket(t);
	loop_timer_clear(&s->loop, &t->timer);
	if (t->state != SLOT_WAITING)
		s->running -= is_heavy(t);
	t->state = SLOT_FREE;
}

static void free_slot(struct slot *t)
{
	struct supervisor *s = t->owner;

	release(t);
	start_waiting(s);
	end_when_idle(s);
}

/* In a forked child: nothing of the other jobs, signals as new. */
static void become_child(struct supervisor *s, int keep)
{
	for (size_t i = 0; i < LIMITS_JOBS_MAX; i++)
		if (s->slot[i].state != SLOT_FREE &&
			s->slot[i].socket.fd != keep)
			fd_close(&s->slot[i].socket.fd);
	setpgid(0, 0); /* a terminal's Ctrl-C is for us alone */
	fd_close(&s->jobs.fd);
	fd_close(&s->material_fd);
	buf_wipe(&s->material);
	loop_signals_restore(&s->loop);
	loop_close(&s->loop);
}

/*
 * Abort: our end says so by being shut; the answer can still come.  What does
 * not end then is killed.
 */
static void abort_slot(struct slot *t)
{
	if (t->state == SLOT_WAITING) {
		struct job_answer a = {.status = JOB_ABORTED};

		str_copy(STR("aborted"), a.cause, sizeof(a.cause));
		finish(t, &a, -1);
		free_slot(t);
	} else if (t->state == SLOT_RUNNING && !t->is_aborted) {
		t->is_aborted = true;
		shutdown(t->socket.fd, SHUT_WR);
		loop_timer_set(&t->owner->loop, &t->timer, LIMITS_ABORT_MS);
	}
}

static void on_slot_timer(void *context)
{
	struct slot *t = context;

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

static void on_recovered(void *context, int status)
{
	struct slot *t = context;
	struct job_answer a = {.status = JOB_ABORTED};

	if (status != 0)
		log_event(LOG_ERROR, "a job's remains could not be put right",
			"pod", t->job.pod, "container", t->job.container, NULL);
	if (!t->is_aborted)
		a.status = JOB_FAILED;
	str_copy(STR("its process died"), a.cause, sizeof(a.cause));
	if (!t->is_answered)
		finish(t, &a, -1);
	free_slot(t);
}

static void recover(struct slot *t)
{
	struct supervisor *s = t->owner;
	struct err e = {0};
	pid_t pid;

	close_socket(t);
	loop_timer_clear(&s->loop, &t->timer);
	t->state = SLOT_RECOVERING;
	t->child.exited = on_recovered;
	pid = fork();
	if (pid == 0) {
		become_child(s, -1);
		if (job_recover(&s->config->job, t->job.id, &e) < 0)
			log_event(LOG_ERROR, e.text, NULL);
		_exit(e.kind == ERR_NONE ? 0 : 1);
	}
	if (pid < 0 || loop_child_add(&s->loop, &t->child, pid, &e) < 0)
		on_recovered(t, 1);
}

static void on_child_exit(void *context, int status)
{
	struct slot *t = context;

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
	struct slot *t = context;
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
	const struct supervisor *s, const struct job *j, struct job_answer *a)
{
	struct census now;

	if (j->verb != JOB_CHECKPOINT && j->verb != JOB_DELETE)
		return;
	if (census_take(s->config->job.dir, &now, NULL) < 0)
		return;
	a->has_census = 1;
	a->archives = now.archives;
	a->archive_bytes = now.bytes;
}

static void child_main(struct supervisor *s, const struct job *j, int end)
{
	static struct job_answer a = {.status = JOB_FAILED}; /* large */
	struct err e;
	int fd = -1;

	become_child(s, end);
	job_run(&s->config->job, j, end, &a, &fd);
	add_census(s, j, &a);
	if (channel_send(end, &a, sizeof(a), fd, &e) < 0)
		_exit(1);
	_exit(0);
}

static int start_child(struct slot *t, struct err *e)
{
	struct supervisor *s = t->owner;
	int ends[2];
	pid_t pid;

	if (channel_make(ends, e) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		child_main(s, &t->job, ends[1]);
	}
	close(ends[1]);
	t->socket = (struct loop_fd){ends[0], EPOLLIN, on_child_answer, t};
	t->child.exited = on_child_exit;
	t->child.context = t;
	if (pid < 0) {
		fd_close(&t->socket.fd);
		return err_sys(e, "start a process");
	}
	if (loop_child_add(&s->loop, &t->child, pid, e) < 0 ||
		loop_fd_add(&s->loop, &t->socket, e) < 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		loop_child_remove(&s->loop, &t->child);
		fd_close(&t->socket.fd);
		return -1;
	}
	return 0;
}

static void start(struct slot *t)
{
	struct supervisor *s = t->owner;
	struct job_answer a = {.status = JOB_FAILED};
	struct err e;

	t->state = SLOT_RUNNING;
	s->running += is_heavy(t);
	if (start_child(t, &e) == 0)
		return;
	str_copy(str_of(e.text), a.cause, sizeof(a.cause));
	finish(t, &a, -1);
	release(t);
}

/* The one that has waited longest and may run; NULL for none. */
static struct slot *next_waiting(struct supervisor *s)
{
	struct slot *next = NULL;

	for (size_t i = 0; i < LIMITS_JOBS_MAX; i++) {
		struct slot *t = &s->slot[i];

		if (t->state != SLOT_WAITING ||
			(is_heavy(t) && s->running == LIMITS_JOBS_RUNNING))
			continue;
		if (next == NULL || t->job.id < next->job.id)
			next = t;
	}
	return next;
}

static void start_waiting(struct supervisor *s)
{
	struct slot *next = next_waiting(s);

	while (next != NULL) {
		start(next);
		next = next_waiting(s);
	}
}

/* --- jobs ---------------------------------------------------------- */

static bool is_same_container(const struct job *a, const struct job *b)
{
	return strcmp(a->namespace, b->namespace) == 0 &&
	       strcmp(a->pod, b->pod) == 0 &&
	       (a->is_pod || b->is_pod ||
		       strcmp(a->container, b->container) == 0);
}

static bool is_busy(const struct supervisor *s, const struct job *j)
{
	if (j->verb != JOB_CHECKPOINT || j->pod[0] == '\0')
		return false;
	for (size_t i = 0; i < LIMITS_JOBS_MAX; i++) {
		const struct slot *t = &s->slot[i];

		if (t->state != SLOT_FREE && !t->is_answered &&
			t->job.verb == JOB_CHECKPOINT &&
			is_same_container(&t->job, j))
			return true;
	}
	return false;
}

static struct slot *free_place(struct supervisor *s)
{
	for (size_t i = 0; i < LIMITS_JOBS_MAX; i++)
		if (s->slot[i].state == SLOT_FREE)
			return &s->slot[i];
	return NULL;
}

static void take_job(struct supervisor *s, const struct job *j)
{
	struct slot *t = free_place(s);

	if (s->is_draining) {
		answer(s, j->id, JOB_ABORTED, "shutting down");
		return;
	}
	if (is_busy(s, j)) {
		answer(s, j->id, JOB_BUSY, "");
		return;
	}
	if (t == NULL) {
		answer(s, j->id, JOB_FAILED, "too many checkpoints at once");
		return;
	}
	*t = (struct slot){.owner = s,
		.state = SLOT_WAITING,
		.job = *j,
		.socket.fd = -1,
		.child.watch.fd = -1,
		.timer = {.expired = on_slot_timer, .context = t},
		.begun_ms = loop_now_ms()};
	t->child.context = t;
	loop_timer_set(&s->loop, &t->timer, job_timeout_ms(&s->config->job, j));
	start_waiting(s);
}

static void abort_job(struct supervisor *s, uint64_t id)
{
	for (size_t i = 0; i < LIMITS_JOBS_MAX; i++)
		if (s->slot[i].state != SLOT_FREE && s->slot[i].job.id == id)
			abort_slot(&s->slot[i]);
}

static void on_job(void *context, uint32_t events)
{
	struct supervisor *s = context;
	struct job j;
	struct err e = {0};
	int fd;
	ssize_t n = channel_receive(s->jobs.fd, &j, sizeof(j), &fd, &e);

	(void)events;
	fd_close(&fd);
	if (n < 0 && e.kind == ERR_BUSY)
		return;
	if (n != (ssize_t)sizeof(j)) {
		/* The front has ended; its exit status says how. */
		loop_fd_remove(&s->loop, &s->jobs);
		fd_close(&s->jobs.fd);
		return;
	}
	if (job_check(&j, &e) < 0)
		log_event(LOG_ERROR, e.text, NULL);
	else if (j.verb == JOB_ABORT)
		abort_job(s, j.id);
	else
		take_job(s, &j);
}

/* --- beginning and end --------------------------------------------- */

static void abort_all(struct supervisor *s)
{
	for (size_t i = 0; i < LIMITS_JOBS_MAX; i++)
		if (s->slot[i].state != SLOT_FREE)
			abort_slot(&s->slot[i]);
}

static void on_ending(void *context)
{
	struct supervisor *s = context;

	abort_all(s);
}

static void begin_end(struct supervisor *s, uint64_t wait_ms)
{
	s->is_draining = true;
	fd_close(&s->material_fd);
	loop_timer_clear(&s->loop, &s->reload);
	loop_timer_set(&s->loop, &s->ending, wait_ms);
	end_when_idle(s);
}

static void on_signal(void *context, int number)
{
	struct supervisor *s = context;

	log_event(LOG_INFO, "ending", "signal", strsignal(number), NULL);
	begin_end(s, s->is_draining ? 0 : LIMITS_FINISH_MS);
}

/* Without its front the back ends too: nobody could ask it anything. */
static void on_front_exit(void *context, int status)
{
	struct supervisor *s = context;

	s->front_has_ended = true;
	if (!s->is_draining) {
		s->has_failed = true;
		log_event(LOG_ERROR, "the front has ended", "how",
			WIFSIGNALED(status) ? strsignal(WTERMSIG(status))
					    : "exit",
			NULL);
		begin_end(s, 0);
	}
	end_when_idle(s);
}

/* Children of dead jobs may fall to us when we are init. */
static void on_orphan(void *context, int number)
{
	struct supervisor *s = context;
	siginfo_t info = {0};

	(void)number;
	if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
		info.si_pid == 0 || info.si_pid == s->front.pid)
		return;
	for (size_t i = 0; i < LIMITS_JOBS_MAX; i++)
		if (s->slot[i].state != SLOT_FREE &&
			s->slot[i].child.pid == info.si_pid)
			return;
	waitpid(info.si_pid, NULL, WNOHANG);
}

/* Look at the files again; what has changed goes to the front. */
static void on_reload(void *context)
{
	struct supervisor *s = context;
	struct buf fresh = buf_growing(LIMITS_MATERIAL_BYTES);
	struct err e;

	if (s->is_draining)
		return;
	loop_timer_set(&s->loop, &s->reload, LIMITS_RELOAD_MS);
	if (material_prepare(s->config, &s->files, &e) < 0 ||
		material_load(s->config, &s->files, &fresh, &e) < 0) {
		log_event(LOG_WARN, "certificates not read", "reason", e.text,
			NULL);
	} else if (!str_eq(buf_view(&fresh), buf_view(&s->material)) &&
		   channel_send(s->material_fd, fresh.p, fresh.n, -1, &e) ==
			   0) {
		buf_wipe(&s->material);
		s->material = fresh;
		return;
	}
	buf_wipe(&fresh);
}

static void on_hangup(void *context, int number)
{
	(void)number;
	on_reload(context);
}

static int watch_all(struct supervisor *s, pid_t front, struct err *e)
{
	if (loop_signal_add(&s->loop, SIGTERM, on_signal, s, e) < 0 ||
		loop_signal_add(&s->loop, SIGINT, on_signal, s, e) < 0 ||
		loop_signal_add(&s->loop, SIGHUP, on_hangup, s, e) < 0 ||
		loop_signal_add(&s->loop, SIGCHLD, on_orphan, s, e) < 0)
		return -1;
	if (loop_fd_add(&s->loop, &s->jobs, e) < 0)
		return -1;
	s->front.exited = on_front_exit;
	s->front.context = s;
	loop_timer_set(&s->loop, &s->reload, LIMITS_RELOAD_MS);
	return loop_child_add(&s->loop, &s->front, front, e);
}

int supervise_run(const struct config *c, const struct supervise_front *front,
	const struct material_files *files, struct buf *packet, struct err *e)
{
	static struct supervisor s;
	int result;

	s.config = c;
	s.jobs = (struct loop_fd){front->jobs, EPOLLIN, on_job, &s};
	s.material_fd = front->material;
	s.files = *files;
	s.material = *packet;
	s.reload = (struct loop_timer){.expired = on_reload, .context = &s};
	s.ending = (struct loop_timer){.expired = on_ending, .context = &s};
	if (loop_open(&s.loop, e) < 0)
		return -1;
	result = watch_all(&s, front->pid, e);
	if (result == 0)
		result = loop_run(&s.loop, e);
	buf_wipe(&s.material);
	fd_close(&s.jobs.fd);
	fd_close(&s.material_fd);
	loop_close(&s.loop);
	return s.has_failed ? -1 : result; /* a failure was told already */
}
