/*
 * kube_connect - the connection of a call: from the server's name or address
 * to TLS, its end, and how long is waited for it.
 *
 * Internal to kube.c.
 */
#ifndef KEELSON_NET_KUBE_CONNECT_H
#define KEELSON_NET_KUBE_CONNECT_H

#include "lib/net/kube_call.h"

/*
 * Begin: to the address of the server, or resolve its name first.  The state
 * is KUBE_CONNECTING or KUBE_RESOLVING then.  0, or -1 with c->error.
 */
int kube_connect_start(struct kube_call *c);

/*
 * Begin to connect to one of the addresses that the resolver found.  Each call
 * takes the next one.  0, or -1 with c->error.
 */
int kube_connect_found(struct kube_call *c, const struct resolve_answer *found);

/* The descriptor is connected, or has failed: begin TLS. 0 or -1. */
int kube_connect_tls(struct kube_call *c);

/*
 * Wait so long for what comes next, and no longer than the whole request may
 * take.
 */
void kube_set_timer(struct kube_call *c, uint64_t in_ms);

/* Has the request taken longer than it may? */
bool kube_is_overdue(const struct kube_call *c);

/* Close it, in any state; the state is KUBE_CLOSED then. */
void kube_disconnect(struct kube_call *c);

#endif
