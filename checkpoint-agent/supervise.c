/*
 * supervise - the back's loop: jobs from the front, certificates for it, and
 * how both come to an end.
 *
 * Ending: on SIGTERM the front is told to take nobody more, and running jobs
 * may finish; those that do not in time are aborted; at last the front is cut
 * off from its clients, however slow they are.  A second signal skips the
 * first wait.
 */
#include "checkpoint-agent/supervise.h"

#include "checkpoint-agent/channel.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"

#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>

/* --- jobs ---------------------------------------------------------- */

static void on_answered(void *context, const struct job_answer *a, int fd)
{
	struct supervisor *s = context;
	struct err e;

	if (s->channel.fd < 0)
		return;
	/* The front never waits for us, so it can be waited for. */
	if (channel_send_within(s->channel.fd, a, sizeof(*a), fd,
		    LIMITS_ANSWER_WAIT_MS, &e) < 0)
		log_event(LOG_ERROR, "answer not sent", "reason", e.text, NULL);
}

static void end_when_idle(void *context)
{
	struct supervisor *s = context;

	if (s->is_draining && s->front_has_ended && jobs_are_empty(&s->jobs))
		loop_stop(&s->loop);
}

static void on_forked(void *context)
{
	struct supervisor *s = context;

	fd_close(&s->channel.fd);
	fd_close(&s->material_fd);
}

static void take_job(struct supervisor *s, const struct job *j)
{
	struct job_answer a = {
		.id = j->id, .verb = j->verb, .status = JOB_ABORTED};

	if (!s->is_draining) {
		jobs_take(&s->jobs, j);
		return;
	}
	str_copy(STR("shutting down"), a.cause, sizeof(a.cause));
	on_answered(s, &a, -1);
}

static void cut_off(struct supervisor *s)
{
	if (s->channel.fd < 0)
		return;
	loop_fd_remove(&s->loop, &s->channel);
	fd_close(&s->channel.fd);
}

static void on_job(void *context, uint32_t events)
{
	struct supervisor *s = context;
	struct job j;
	struct err e = {0};
	int fd;
	ssize_t n = channel_receive(s->channel.fd, &j, sizeof(j), &fd, &e);

	(void)events;
	fd_close(&fd);
	if (n < 0 && e.kind == ERR_BUSY)
		return;
	if (n != (ssize_t)sizeof(j))
		cut_off(s); /* the front has ended; its status says how */
	else if (job_check(&j, &e) < 0)
		log_event(LOG_ERROR, e.text, NULL);
	else if (j.verb == JOB_ABORT)
		jobs_abort(&s->jobs, j.id);
	else
		take_job(s, &j);
}

/* --- the end ------------------------------------------------------- */

static void begin_end(struct supervisor *s, uint64_t wait_ms)
{
	s->is_draining = true;
	fd_close(&s->material_fd);
	loop_timer_clear(&s->loop, &s->reload);
	loop_timer_set(&s->loop, &s->ending, wait_ms);
	end_when_idle(s);
}

static void on_ending(void *context)
{
	struct supervisor *s = context;

	if (s->has_aborted) {
		cut_off(s);
		return;
	}
	s->has_aborted = true;
	jobs_abort_all(&s->jobs);
	loop_timer_set(&s->loop, &s->ending, LIMITS_ABORT_MS);
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
		info.si_pid == 0 || info.si_pid == s->front.pid ||
		jobs_have_child(&s->jobs, info.si_pid))
		return;
	waitpid(info.si_pid, NULL, WNOHANG);
}

/* --- certificates -------------------------------------------------- */

/* Send it if it is new; of the keys in it only their hash is kept here. */
static void send_material(struct supervisor *s, const struct buf *fresh)
{
	unsigned char hash[SHA256_BYTES];
	struct err e;

	sha256_of(buf_view(fresh), hash);
	if (memcmp(hash, s->material_hash, sizeof(hash)) == 0)
		return;
	if (channel_send(s->material_fd, fresh->p, fresh->n, -1, &e) < 0)
		return; /* tried again soon */
	memcpy(s->material_hash, hash, sizeof(hash));
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
		material_load(s->config, &s->files, &fresh, &e) < 0)
		log_event(LOG_WARN, "certificates not read", "reason", e.text,
			NULL);
	else
		send_material(s, &fresh);
	buf_wipe(&fresh);
}

static void on_hangup(void *context, int number)
{
	(void)number;
	on_reload(context);
}

/* --- archives that have become too old ------------------------------ */

/* As a job of its own: its directory may be large, and slow. */
static void on_sweep(void *context)
{
	const struct job sweep = {.verb = JOB_SWEEP};
	struct supervisor *s = context;

	if (s->is_draining || s->config->job.max_age_ms == 0)
		return;
	loop_timer_set(&s->loop, &s->sweep, LIMITS_SWEEP_MS);
	jobs_take(&s->jobs, &sweep);
}

/* --- beginning ----------------------------------------------------- */

static int watch_all(struct supervisor *s, pid_t front, struct err *e)
{
	if (loop_signal_add(&s->loop, SIGTERM, on_signal, s, e) < 0 ||
		loop_signal_add(&s->loop, SIGINT, on_signal, s, e) < 0 ||
		loop_signal_add(&s->loop, SIGHUP, on_hangup, s, e) < 0 ||
		loop_signal_add(&s->loop, SIGCHLD, on_orphan, s, e) < 0)
		return -1;
	if (loop_fd_add(&s->loop, &s->channel, e) < 0)
		return -1;
	s->front.exited = on_front_exit;
	s->front.context = s;
	loop_timer_set(&s->loop, &s->reload, LIMITS_RELOAD_MS);
	return loop_child_add(&s->loop, &s->front, front, e);
}

static void set_up(struct supervisor *s, const struct config *c,
	const struct supervise_front *front)
{
	s->config = c;
	s->channel = (struct loop_fd){front->jobs, EPOLLIN, on_job, s};
	s->material_fd = front->material;
	s->jobs.config = &c->job;
	s->jobs.loop = &s->loop;
	s->jobs.answered = on_answered;
	s->jobs.emptied = end_when_idle;
	s->jobs.forked = on_forked;
	s->jobs.context = s;
	s->reload = (struct loop_timer){.expired = on_reload, .context = s};
	s->sweep = (struct loop_timer){.expired = on_sweep, .context = s};
	s->ending = (struct loop_timer){.expired = on_ending, .context = s};
}

int supervise_run(const struct config *c, const struct supervise_front *front,
	const struct material_files *files, struct buf *packet, struct err *e)
{
	static struct supervisor s;
	int result;

	set_up(&s, c, front);
	s.files = *files;
	sha256_of(buf_view(packet), s.material_hash);
	buf_wipe(packet);
	if (loop_open(&s.loop, e) < 0)
		return -1;
	result = watch_all(&s, front->pid, e);
	if (result == 0)
		on_sweep(&s);
	if (result == 0)
		result = loop_run(&s.loop, e);
	fd_close(&s.channel.fd);
	fd_close(&s.material_fd);
	loop_close(&s.loop);
	return s.has_failed ? -1 : result; /* a failure was told already */
}
