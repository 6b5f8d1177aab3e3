/*
 * child - fork(2), a channel between both sides, and a watch on its end.
 *
 * An answer may arrive together with the end of the process, so the channel is
 * read once more before ended() is called.
 */
#include "checkpoint-agent/back/child.h"

#include "checkpoint-agent/back/run.h"
#include "checkpoint-agent/ipc/channel.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"
#include "lib/base/unswapped.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

void child_init(struct child *c)
{
	c->socket.fd = -1;
	c->process.watch.fd = -1;
	c->is_answered = false;
}

/* --- in the new process -------------------------------------------- */

/* Keep nothing of the parent's: descriptors, signal mask, process group. */
static void leave_parent(struct child *c)
{
	setpgid(0, 0); /* a terminal's Ctrl-C is for our parent alone */
	c->forked(c->context);
	loop_signals_restore(c->loop);
	loop_close(c->loop);
}

static void child_main(struct child *c, const struct job *job, int end)
{
	static struct job_answer a; /* large */
	struct channel_packet packet = {&a, sizeof(a), -1};

	leave_parent(c);
	unswapped_begin(true); /* what is encrypted, and its key */
	run_job(c->config, job, end, &a, &packet.fd);
	_exit(channel_send(end, &packet, NULL) < 0);
}

static void recovery_main(struct child *c)
{
	struct err e = {0};

	leave_parent(c);
	if (run_recovery(c->config, &e) == 0)
		_exit(0);
	log_event(LOG_ERROR, e.text, NULL);
	_exit(1);
}

/* --- in the parent ------------------------------------------------- */

static void on_answer(void *context, uint32_t events)
{
	struct child *c = context;
	struct job_answer a = {0};
	struct err e = {0};
	int fd;
	ssize_t n = channel_receive(c->socket.fd, &a, sizeof(a), &fd, &e);

	(void)events;
	if (n == (ssize_t)sizeof(a) && !c->is_answered) {
		c->is_answered = true;
		c->answered(c->context, &a, fd);
	} else if (n < 0 && e.kind == ERR_BUSY) {
		return;
	} else {
		child_close(c); /* the exit status says the rest */
	}
	fd_close(&fd);
}

static void on_exit_status(void *context, int status)
{
	struct child *c = context;

	if (!c->is_answered && c->socket.fd >= 0)
		on_answer(c, EPOLLIN);
	c->ended(c->context, status);
}

static int watch_process(struct child *c, pid_t pid, struct err *e)
{
	if (pid < 0)
		return err_sys(e, "start a process");
	c->process.exited = on_exit_status;
	c->process.context = c;
	return loop_child_add(c->loop, &c->process, pid, e);
}

/* What cannot be watched must not run. */
static int watch_job(struct child *c, pid_t pid, struct err *e)
{
	if (watch_process(c, pid, e) == 0 &&
		loop_fd_add(c->loop, &c->socket, e) == 0)
		return 0;
	if (pid > 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	loop_child_remove(c->loop, &c->process);
	fd_close(&c->socket.fd);
	return -1;
}

int child_start(struct child *c, const struct job *job, struct err *e)
{
	int ends[2];
	pid_t pid;

	if (channel_make(ends, e) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		child_main(c, job, ends[1]);
	}
	close(ends[1]);
	c->socket = (struct loop_fd){ends[0], EPOLLIN, on_answer, c};
	return watch_job(c, pid, e);
}

int child_start_recovery(struct child *c, struct err *e)
{
	pid_t pid;

	child_close(c);
	pid = fork();
	if (pid == 0)
		recovery_main(c);
	return watch_process(c, pid, e);
}

void child_abort(struct child *c)
{
	if (c->socket.fd >= 0)
		shutdown(c->socket.fd, SHUT_WR);
}

void child_kill(struct child *c)
{
	kill(c->process.pid, SIGKILL);
}

void child_close_copy(struct child *c)
{
	fd_close(&c->socket.fd);
}

void child_close(struct child *c)
{
	if (c->socket.fd < 0)
		return;
	loop_fd_remove(c->loop, &c->socket);
	fd_close(&c->socket.fd);
}
