/*
 * stats - what this room counts and knows of Services, as plain data for
 * others to show.
 */
#ifndef KEELSON_PROXY_STATS_H
#define KEELSON_PROXY_STATS_H

#include "kube-proxy-mini/plan/record.h"

struct model;

struct stats {
	/* since the start */
	uint64_t full_syncs; /* that replaced the tables */
	uint64_t failures;   /* transactions that failed */
	uint64_t repairs;    /* of what others had changed */
	uint64_t flows_deleted;
	uint64_t services_left_out; /* too large, or refused by the kernel */
	uint64_t health_changes;    /* stats_each_health() has changed */

	/* of the last sync */
	uint64_t operations; /* elements added or deleted */
	uint64_t bytes;      /* of its netlink messages */
	uint64_t plan_ns;    /* our part */
	uint64_t send_ns;    /* the kernel's part */

	/* as applied now */
	uint64_t rules, chains; /* in our tables */
	/* Services of policy Local without an endpoint on this node */
	uint64_t no_local_external[MODEL_FAMILIES];
	uint64_t no_local_internal[MODEL_FAMILIES];
	uint64_t endpoints_left_out; /* more than one port can have */
	uint64_t affinity_rounded;   /* Services with a longer timeout */
};

/* A Service's record `was` was replaced by `now`; either may be NULL. */
void stats_note_record(
	struct stats *s, const struct record *was, const struct record *now);

/* What a healthCheckNodePort answers. */
struct stats_health {
	const char *service; /* "namespace/name"; lives until the next sync */
	uint16_t port;
	const struct plan_family *families; /* of both */
};

/*
 * Call each() for every applied Service with a healthCheckNodePort.  This
 * walks all Services: do it when health_changes has grown.
 */
typedef void stats_take_health(void *context, const struct stats_health *one);
void stats_each_health(
	const struct model *m, stats_take_health *each, void *context);

#endif
