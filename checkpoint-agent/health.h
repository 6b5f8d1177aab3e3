/*
 * health - /healthz, /livez and /readyz over plain HTTP, for probes that have
 * no certificate; nothing else is said there.  The kubelet has the same.
 */
#ifndef CHECKPOINT_AGENT_HEALTH_H
#define CHECKPOINT_AGENT_HEALTH_H

#include "lib/net/httpd.h"

struct health {
	struct httpd httpd;
	const bool *is_ending; /* then it is alive, but not ready */
};

/* Fill is_ending and httpd.loop before. address: in text. 0 or -1. */
int health_listen(
	struct health *h, const char *address, uint64_t port, struct err *e);

#endif
