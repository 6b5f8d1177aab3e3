/*
 * probes - a process that answers /healthz, /livez and /readyz over plain HTTP,
 * for probes without a certificate, as in the kubelet.  Nothing else is served
 * there.
 *
 * It is apart from the front, so that no handshake and no request can delay an
 * answer: a kubelet that gets none in time kills the agent in mid-dump.  The
 * front reports over a channel that it is alive (probes_pulse.h); the process
 * ends with it.
 */
#ifndef CHECKPOINT_AGENT_FRONT_PROBES_H
#define CHECKPOINT_AGENT_FRONT_PROBES_H

#include "lib/base/err.h"

/* Its descriptors, taken: a socket that listens, the channel to the front. */
struct probes_fds {
	int listener, pulse;
};

/* Give up all power and run until the front has ended.  0 or -1. */
int probes_run(const struct probes_fds *fds, struct err *e);

#endif
