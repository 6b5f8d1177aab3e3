/*
 * probes_pulse - a timer that sends a byte.  If the other process has ended,
 * that is logged: whoever probes will notice, nobody else has to.
 */
#include "checkpoint-agent/front/probes_pulse.h"

#include "checkpoint-agent/ipc/channel.h"
#include "checkpoint-agent/ipc/limits.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"

#include <sys/epoll.h>

/* If the channel is full, many unread ones lie in it. */
static void say(const struct probes_pulse *p, char word)
{
	const struct channel_packet packet = {&word, 1, -1};

	if (p->watch.fd >= 0)
		channel_send(p->watch.fd, &packet, NULL);
}

static void on_beat(void *context)
{
	struct probes_pulse *p = context;

	say(p, PROBES_ALIVE);
	loop_timer_set(p->loop, &p->timer, LIMITS_PULSE_MS);
}

/* Nothing is ever sent to us. */
static void on_end(void *context, uint32_t events)
{
	struct probes_pulse *p = context;

	(void)events;
	log_event(LOG_ERROR, "the process that answers probes has ended", NULL);
	probes_pulse_stop(p);
}

int probes_pulse_start(
	struct probes_pulse *p, struct loop *loop, int fd, struct err *e)
{
	p->loop = loop;
	p->watch = (struct loop_fd){fd, EPOLLIN, on_end, p};
	p->timer = (struct loop_timer){.expired = on_beat, .context = p};
	if (fd < 0)
		return 0;
	if (loop_fd_add(loop, &p->watch, e) < 0)
		return -1;
	on_beat(p);
	return 0;
}

void probes_pulse_say_ending(struct probes_pulse *p)
{
	say(p, PROBES_ENDING);
}

void probes_pulse_stop(struct probes_pulse *p)
{
	if (p->watch.fd < 0)
		return;
	loop_timer_clear(p->loop, &p->timer);
	loop_fd_remove(p->loop, &p->watch);
	fd_close(&p->watch.fd);
}
