/*
 * apply - keeps the kernel's rules equal to the model.
 *
 * One call after each burst of events: apply_sync() plans the dirty Services,
 * compares with what was applied, and sends the difference as one netlink
 * transaction; the kernel takes all of it or nothing.  The first call, and the
 * one after any failure or foreign change, replaces the whole table, behind a
 * stand-in (stand_in.h) so that no packet finds a Service without rules.
 *
 * Leaving (apply_close) leaves the rules in place, as kube-proxy does: traffic
 * goes on while the program restarts.  cleanup.h removes them.
 */
#ifndef KEELSON_PROXY_APPLY_H
#define KEELSON_PROXY_APPLY_H

#include "kube-proxy-mini/env.h"
#include "lib/base/buf.h"

/* The name of our table, in the families ip and ip6. */
#define APPLY_TABLE "kube-proxy-mini"

struct apply;

/* Open the sockets and check that the kernel answers. NULL on failure. */
struct apply *apply_open(const struct env *env, struct err *e);

/* Close; the rules stay. */
void apply_close(struct apply *a);

/* The node or the configuration changed: the next sync takes it up. */
void apply_set_env(struct apply *a, const struct env *env);

/*
 * Make the kernel's rules equal to the model.  0: they are, and the model is
 * clean.  -1: e names the operation that was refused and the Service it was
 * for; nothing was changed, and the next call replaces the table.
 */
int apply_sync(struct apply *a, struct model *m, struct err *e);

/*
 * Watching for others' changes to our tables: poll apply_fd() for reading
 * (it is a timer) and then call apply_listen(), which returns 1 when the
 * tables must be repaired (call apply_sync), 0 when not, -1 on error.
 */
int apply_fd(const struct apply *a);
int apply_listen(struct apply *a, const struct model *m, struct err *e);

/* True when apply_sync() has something to do although the model is clean. */
bool apply_is_due(const struct apply *a);

struct apply_stats {
	uint64_t syncs, full_syncs, failures, repairs; /* since the start */
	uint64_t operations; /* elements added or removed by the last sync */
	uint64_t bytes;      /* netlink bytes of the last sync */
	uint64_t plan_ns, send_ns; /* of the last sync: ours, the kernel's */
	uint64_t rules, chains;    /* in our tables now */
	/* Services of policy Local, external or internal, with none here */
	uint64_t no_local_external, no_local_internal;
	uint64_t services_without_endpoints; /* the sum of the two */
	/* Services without rules, times since the start; endpoints, now */
	uint64_t services_left_out, endpoints_left_out;
	uint64_t flows_deleted;  /* stale UDP flows, since the start */
	uint64_t health_changes; /* apply_list_health() says something new */
};
struct apply_stats apply_stats(const struct apply *a);

/* What a healthCheckNodePort answers. */
struct apply_health {
	const char *name; /* "namespace/name"; lives until the next sync */
	uint16_t port;
	uint32_t local_endpoints; /* ready ones on this node */
};

/*
 * Every Service with a healthCheckNodePort, as applied; returns how many
 * there are, of which at most max were written to out.  Call it when
 * stats.health_changes has grown: it walks all Services.
 */
size_t apply_list_health(
	const struct model *m, struct apply_health *out, size_t max);

#endif
