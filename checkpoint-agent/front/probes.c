/*
 * probes - a loop with two descriptors.
 *
 * Alive means that the front's loop has turned within LIMITS_PULSE_LOST_MS; as
 * the front ends with the back, that stands for both.  Ready means that the
 * front is not about to end.
 */
#include "checkpoint-agent/front/probes.h"

#include "checkpoint-agent/front/probes_pulse.h"
#include "checkpoint-agent/ipc/channel.h"
#include "checkpoint-agent/ipc/limits.h"
#include "lib/base/fd.h"
#include "lib/net/httpd.h"
#include "lib/net/sandbox.h"

#include <sys/epoll.h>
#include <sys/syscall.h>

#define NOBODY 65534

static const struct sandbox_call calls[] = {
	SANDBOX_CALL(recvfrom),
	SANDBOX_CALL(sendto),
	SANDBOX_CALL(recvmsg),
	SANDBOX_CALL(accept4),
	SANDBOX_CALL(shutdown),
	SANDBOX_CALLS_END,
};

struct probes {
	struct loop loop;
	struct loop_fd pulse;
	struct httpd httpd;
	uint64_t heard_ms; /* when the front last was alive */
	bool is_ending;    /* the front takes no more clients */
};

static bool is_alive(const struct probes *p)
{
	return loop_now_ms() - p->heard_ms < LIMITS_PULSE_LOST_MS;
}

static void answer_probe(
	void *context, const struct http_request *r, struct httpd_answer *a)
{
	const struct probes *p = context;
	bool asks_ready = str_is(r->path, "/readyz");

	if (!asks_ready && !str_is(r->path, "/healthz") &&
		!str_is(r->path, "/livez"))
		return;
	a->content_type = "text/plain; charset=utf-8";
	a->status = 500;
	if (!is_alive(p))
		buf_text(a->body, "no sign of life from the front");
	else if (asks_ready && p->is_ending)
		buf_text(a->body, "ending");
	else
		a->status = 200;
	if (a->status == 200)
		buf_text(a->body, "ok");
}

static void on_pulse(void *context, uint32_t events)
{
	struct probes *p = context;
	struct err e = {0};
	char word;
	int fd;
	ssize_t n = channel_receive(p->pulse.fd, &word, 1, &fd, &e);

	(void)events;
	fd_close(&fd);
	if (n < 0 && e.kind == ERR_BUSY)
		return;
	if (n != 1) {
		loop_stop(&p->loop); /* the front has ended */
		return;
	}
	p->heard_ms = loop_now_ms();
	p->is_ending = p->is_ending || word == PROBES_ENDING;
}

static int give_up_power(struct probes *p, int listener, struct err *e)
{
	int keep[] = {p->loop.epoll_fd, listener, p->pulse.fd};
	struct sandbox s = {
		.keep_fds = keep,
		.keep_count = sizeof(keep) / sizeof(keep[0]),
		.drops_identity = true,
		.uid = NOBODY,
		.gid = NOBODY,
		.denies_files = true,
		.calls = calls,
	};

	return sandbox_enter(&s, e);
}

int probes_run(const struct probes_fds *fds, struct err *e)
{
	static struct probes p; /* one in a process */
	int result = -1;

	p.pulse = (struct loop_fd){fds->pulse, EPOLLIN, on_pulse, &p};
	p.heard_ms = loop_now_ms();
	p.httpd.loop = &p.loop;
	p.httpd.answer = answer_probe;
	p.httpd.context = &p;
	if (loop_open(&p.loop, e) == 0 &&
		give_up_power(&p, fds->listener, e) == 0 &&
		loop_fd_add(&p.loop, &p.pulse, e) == 0 &&
		httpd_start(&p.httpd, fds->listener, e) == 0)
		result = loop_run(&p.loop, e);
	httpd_close(&p.httpd);
	loop_close(&p.loop);
	return result;
}
