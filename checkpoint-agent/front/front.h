/*
 * front - the half that talks to the network: TLS, HTTP, who may do what.
 *
 * It has no power: it is left with the listening socket and two channels to
 * the back (lib/net/sandbox.h), and opens no file.  Jobs go to the back over
 * one channel, certificates come from it over the other.  When the job channel
 * closes, the back is gone and the front ends; when the credentials channel
 * closes, the front finishes what it has begun and ends.
 */
#ifndef CHECKPOINT_AGENT_FRONT_FRONT_H
#define CHECKPOINT_AGENT_FRONT_FRONT_H

#include "checkpoint-agent/config/config.h"
#include "lib/base/err.h"

/* Its descriptors, taken. */
struct front_fds {
	int listener, jobs, credentials;
	int pulse; /* to the process that answers probes; -1: there is none */
};

/* Run until the end.  0 or -1. */
int front_run(
	const struct config *c, const struct front_fds *fds, struct err *e);

#endif
