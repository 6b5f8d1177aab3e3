/*
 * record - what a Service is in the kernel: its groups of endpoints with
 * their slots, and its elements in all other sets.
 *
 * record_make() turns a plan into the next record.  It keeps what it can of
 * the former one: group numbers, each remaining endpoint's slot and id; an
 * endpoint that goes leaves its slot to a new one, or to the last.  So the
 * difference of two records (diff.h) is as small as the change.
 */
#ifndef KEELSON_PROXY_RECORD_H
#define KEELSON_PROXY_RECORD_H

#include "kube-proxy-mini/claims.h"
#include "kube-proxy-mini/plan.h"

struct record_group {
	struct str port_name; /* with the record */
	uint8_t proto, family, view;
	uint32_t affinity_s; /* 0: none */
	uint32_t id;
	uint32_t class_inside;       /* classes by which addresses lead here */
	struct plan_endpoint *slots; /* with the record */
	uint32_t n;
};

struct record {
	struct record_group *groups;
	struct elem *elems; /* sorted; endpoint and sticky maps are not here */
	uint32_t n_groups, n_elems;
	uint32_t local_endpoints; /* for the healthCheckNodePort */
	uint32_t endpoints_over;  /* left out, there are too many */
	uint16_t health_port;     /* 0: none */
	bool lacks_local_external, lacks_local_internal;
	size_t bytes; /* of this block, which holds all of the above */
};

/*
 * Numbers that records take from.  Groups count up; those with affinity, and
 * the ids of their endpoints, are hashes of what they stand for, so that a
 * table made anew, also by another process, gives the same clients the same
 * endpoints.  Whose hash is taken takes the next number.
 */
#define RECORD_STICKY 0x80000000u /* groups with affinity have this bit */

struct record_numbers {
	struct claims *taken;                    /* hashes in use */
	uint32_t group;                          /* the last one given */
	uint32_t timeouts[RULESET_TIMEOUTS_MAX]; /* seconds; [0] is unused */
	uint32_t n_timeouts;
};

/* An element to claim a number by. */
struct elem record_number(
	enum ruleset_set set, uint8_t family, uint32_t number);

/* Is this id, or this group, part of the record? */
bool record_has_id(const struct record *r, uint8_t family, uint32_t id);
bool record_has_group(const struct record *r, uint8_t family, uint32_t group);

/*
 * The record for plan, one block of malloc; *out is NULL when the plan has
 * nothing.  `was` is the former record or NULL and is not changed.
 */
int record_make(const struct plan *plan, struct model_entry *entry,
	const struct record *was, struct record_numbers *numbers,
	struct arena *a, struct record **out, struct err *e);

#endif
