/*
 * flows - deletes connection-tracking entries of UDP flows that lead nowhere.
 *
 * The kernel keeps the translation of a UDP flow for as long as datagrams
 * come, even when its endpoint is gone; a flow that began before its Service
 * had endpoints is not translated at all, and stays so.  Once the entry is
 * deleted, the next datagram is looked up again.  TCP needs no help: its
 * connection breaks and the client opens another.
 */
#ifndef KEELSON_PROXY_FLOWS_H
#define KEELSON_PROXY_FLOWS_H

#include "kube-proxy-mini/plan/settle.h"

#define FLOWS_PAUSE    4 /* less than a fifth of a processor */
#define FLOWS_PAUSE_NS UINT64_C(50000000)

struct flows {
	bool is_due[MODEL_FAMILIES]; /* a UDP Service of it has changed */
	bool has_failed;             /* and the log says so */
	uint64_t ready_at_ns;        /* not before (CLOCK_MONOTONIC) */
};

/* When they can be gone through; UINT64_MAX: there is no reason to. */
uint64_t flows_due_ns(const struct flows *f);

/* A Service's record `was` was replaced by `now`; either may be NULL. */
void flows_note_record(
	struct flows *f, const struct record *was, const struct record *now);

/*
 * If it is due, delete the stale flows of the families in which a UDP Service
 * has changed.  The flow table may be large: going through it is followed by a
 * pause, of FLOWS_PAUSE_NS or FLOWS_PAUSE times the processor time that it
 * took, whichever is longer.  So a stale flow is gone within 0.1 s as long as
 * going through the table takes 20 ms, with 100,000 flows.
 * @fd      a socket of netlink_open()
 * @s       says which endpoints serve now
 * Returns how many were deleted.  Failures are logged, the first as a
 * warning: without ctnetlink in the kernel it will always fail.
 */
size_t flows_clean(struct flows *f, int fd, struct settle *s);

#endif
