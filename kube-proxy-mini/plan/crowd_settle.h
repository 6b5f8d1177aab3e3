/*
 * crowd_settle - what slices did to the views of one port of a crowd.
 */
#ifndef KEELSON_PROXY_CROWD_SETTLE_H
#define KEELSON_PROXY_CROWD_SETTLE_H

#include "kube-proxy-mini/plan/crowd_port.h"
#include "lib/base/arena.h"

/* Count the members that were touched, and choose.  -1: the arena is full. */
int crowd_port_settle(struct crowd_port *p, struct arena *a);

#endif
