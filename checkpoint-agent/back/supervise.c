/*
 * supervise - the back's loop: jobs from the front, certificates for it, and
 * the shutdown of both.
 *
 * Shutdown: on SIGTERM the front stops accepting clients and running jobs may
 * finish; those that have not after LIMITS_FINISH_MS are aborted; when the
 * time to abort is over too, the channel is closed, which ends the front
 * however slow its clients are.  A second signal skips the first wait.
 */
#include "checkpoint-agent/back/supervise.h"

#include "checkpoint-agent/back/children.h"
#include "checkpoint-agent/back/permit.h"
#include "checkpoint-agent/ipc/channel.h"
#include "checkpoint-agent/ipc/limits.h"
#include "lib/arc/sha256.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"
#include "lib/net/loop_child.h"

#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>

struct supervisor {
	const struct config *config;
	struct loop loop;
	struct loop_fd channel; /* to the front, for jobs; fd -1: closed */
	int credentials_fd;     /* to the front; -1: closed */
	struct loop_child front;
	struct loop_timer reload, sweep, ending;
	struct credentials_files files;
	unsigned char sent_hash[SHA256_BYTES]; /* of the last credentials */
	bool is_draining;
	bool has_aborted; /* while draining */
	bool front_has_ended;
	bool has_failed;
	struct children jobs;
};

/* --- jobs ---------------------------------------------------------- */

static void on_answered(void *context, const struct job_answer *a, int fd)
{
	struct supervisor *s = context;
	const struct channel_packet packet = {a, sizeof(*a), fd};
	struct err e;

	if (s->channel.fd < 0)
		return;
	/* The front never waits for us, so this wait cannot deadlock. */
	if (channel_send_within(
		    s->channel.fd, &packet, LIMITS_ANSWER_WAIT_MS, &e) < 0)
		log_event(LOG_ERROR, "answer not sent", "reason", e.text, NULL);
}

static void end_when_idle(void *context)
{
	struct supervisor *s = context;

	if (s->is_draining && s->front_has_ended &&
		children_are_empty(&s->jobs))
		loop_stop(&s->loop);
}

static void on_forked(void *context)
{
	struct supervisor *s = context;

	fd_close(&s->channel.fd);
	fd_close(&s->credentials_fd);
}

static void refuse_job(struct supervisor *s, const struct job *j,
	enum job_status status, const char *cause)
{
	const struct job_answer a = job_refuse(j, status, cause);

	on_answered(s, &a, -1);
}

/* What no front of ours sends. */
static void refuse_hostile(
	struct supervisor *s, const struct job *j, const struct err *e)
{
	log_event(LOG_ERROR, "the front asks for what it may not", "reason",
		e->text, NULL);
	refuse_job(s, j, JOB_FAILED, e->text);
}

static void take_job(struct supervisor *s, const struct job *j)
{
	if (s->is_draining)
		refuse_job(s, j, JOB_ABORTED, "shutting down");
	else
		children_take(&s->jobs, j);
}

static void close_channel(struct supervisor *s)
{
	if (s->channel.fd < 0)
		return;
	loop_fd_remove(&s->loop, &s->channel);
	fd_close(&s->channel.fd);
}

static void on_job(void *context, uint32_t events)
{
	struct supervisor *s = context;
	struct job j = {0};
	struct err e = {0};
	int fd;
	ssize_t n = channel_receive(s->channel.fd, &j, sizeof(j), &fd, &e);

	(void)events;
	fd_close(&fd);
	if (n < 0 && e.kind == ERR_BUSY)
		return;
	if (n != (ssize_t)sizeof(j))
		close_channel(s); /* the front has ended */
	else if (job_check(&j, &e) < 0 ||
		 permit_job(&s->config->features, &j, &e) < 0)
		refuse_hostile(s, &j, &e);
	else if (j.verb == JOB_ABORT)
		children_abort(&s->jobs, j.id);
	else
		take_job(s, &j);
}

/* --- shutdown ------------------------------------------------------ */

static void begin_drain(struct supervisor *s, uint64_t wait_ms)
{
	s->is_draining = true;
	fd_close(&s->credentials_fd);
	loop_timer_clear(&s->loop, &s->reload);
	loop_timer_set(&s->loop, &s->ending, wait_ms);
	end_when_idle(s);
}

static void on_ending(void *context)
{
	struct supervisor *s = context;

	if (s->has_aborted) {
		close_channel(s);
		return;
	}
	s->has_aborted = true;
	children_abort_all(&s->jobs);
	loop_timer_set(&s->loop, &s->ending, LIMITS_ABORT_MS);
}

static void on_signal(void *context, int number)
{
	struct supervisor *s = context;

	log_event(LOG_INFO, "shutting down", "signal", strsignal(number), NULL);
	begin_drain(s, s->is_draining ? 0 : LIMITS_FINISH_MS);
}

/* Without the front there is nothing left to do. */
static void on_front_exit(void *context, int status)
{
	struct supervisor *s = context;

	s->front_has_ended = true;
	if (!s->is_draining) {
		s->has_failed = true;
		log_event(LOG_ERROR, "the front process ended", "how",
			WIFSIGNALED(status) ? strsignal(WTERMSIG(status))
					    : "exit",
			NULL);
		begin_drain(s, 0);
	}
	end_when_idle(s);
}

/* As process 1 of a container we inherit the children of dead jobs. */
static void on_orphan(void *context, int number)
{
	struct supervisor *s = context;
	siginfo_t info = {0};

	(void)number;
	if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
		info.si_pid == 0 || info.si_pid == s->front.pid ||
		children_have_process(&s->jobs, info.si_pid))
		return;
	waitpid(info.si_pid, NULL, WNOHANG);
}

/* --- certificates -------------------------------------------------- */

/* Send the packet if it is new.  Of its keys only a hash is kept here. */
static void send_credentials(struct supervisor *s, const struct buf *fresh)
{
	const struct channel_packet packet = {fresh->p, fresh->n, -1};
	unsigned char hash[SHA256_BYTES];
	struct err e;

	sha256_of(buf_view(fresh), hash);
	if (memcmp(hash, s->sent_hash, sizeof(hash)) == 0)
		return;
	if (channel_send(s->credentials_fd, &packet, &e) < 0)
		return; /* the next reload tries again */
	memcpy(s->sent_hash, hash, sizeof(hash));
}

/* Read the files again and send what has changed. */
static void on_reload(void *context)
{
	struct supervisor *s = context;
	struct buf fresh = buf_growing(LIMITS_CREDENTIALS_BYTES);
	struct err e;

	if (s->is_draining)
		return;
	loop_timer_set(&s->loop, &s->reload, LIMITS_RELOAD_MS);
	if (credentials_files_prepare(s->config, &s->files, &e) < 0 ||
		credentials_files_read(s->config, &s->files, &fresh, &e) < 0)
		log_event(LOG_WARN, "certificates not read", "reason", e.text,
			NULL);
	else
		send_credentials(s, &fresh);
	buf_wipe(&fresh);
}

static void on_hangup(void *context, int number)
{
	(void)number;
	on_reload(context);
}

/* --- archives that are too old ------------------------------------- */

/* In a process of its own, as the directory may be large and slow. */
static void on_sweep(void *context)
{
	const struct job sweep = {.verb = JOB_SWEEP};
	struct supervisor *s = context;

	if (s->is_draining || s->config->jobs.max_age_ms == 0)
		return;
	loop_timer_set(&s->loop, &s->sweep, LIMITS_SWEEP_MS);
	children_take(&s->jobs, &sweep);
}

/* --- start --------------------------------------------------------- */

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

static void init_supervisor(struct supervisor *s, const struct config *c,
	const struct supervise_front *front)
{
	memset(s, 0, sizeof(*s));
	s->config = c;
	s->channel = (struct loop_fd){front->jobs, EPOLLIN, on_job, s};
	s->credentials_fd = front->credentials;
	s->jobs.config = &c->jobs;
	s->jobs.loop = &s->loop;
	s->jobs.answered = on_answered;
	s->jobs.emptied = end_when_idle;
	s->jobs.forked = on_forked;
	s->jobs.context = s;
	children_open(&s->jobs);
	s->reload = (struct loop_timer){.expired = on_reload, .context = s};
	s->sweep = (struct loop_timer){.expired = on_sweep, .context = s};
	s->ending = (struct loop_timer){.expired = on_ending, .context = s};
}

int supervise_run(const struct config *c, const struct supervise_front *front,
	const struct credentials_files *files, struct buf *packet,
	struct err *e)
{
	static struct supervisor s;
	int result;

	init_supervisor(&s, c, front);
	s.files = *files;
	sha256_of(buf_view(packet), s.sent_hash);
	buf_wipe(packet);
	if (loop_open(&s.loop, e) < 0)
		return -1;
	result = watch_all(&s, front->pid, e);
	if (result == 0)
		on_sweep(&s);
	if (result == 0)
		result = loop_run(&s.loop, e);
	fd_close(&s.channel.fd);
	fd_close(&s.credentials_fd);
	loop_close(&s.loop);
	return s.has_failed ? -1 : result; /* has_failed was logged */
}
