/*
 * probes_pulse - the front's end of the channel to the process that answers
 * probes: it says regularly that its loop turns.
 */
#ifndef CHECKPOINT_AGENT_FRONT_PROBES_PULSE_H
#define CHECKPOINT_AGENT_FRONT_PROBES_PULSE_H

#include "lib/net/loop.h"

/* What is said: one byte a packet. */
#define PROBES_ALIVE  'a'
#define PROBES_ENDING 'e' /* no more clients are taken */

struct probes_pulse {
	struct loop *loop;
	struct loop_fd watch; /* fd -1: there is no such process */
	struct loop_timer timer;
};

/* fd is taken; -1: there is no such process. 0 or -1. */
int probes_pulse_start(
	struct probes_pulse *p, struct loop *loop, int fd, struct err *e);

void probes_pulse_say_ending(struct probes_pulse *p);

void probes_pulse_stop(struct probes_pulse *p);

#endif
