/*
 * record - what a Service is in the kernel: its groups of endpoints with
 * their slots, and its elements in all other sets.
 *
 * A record is one block of malloc; only the slots of its large groups are
 * elsewhere, in pieces that it shares with other records (chunk.h).  The draft
 * makes it, and the difference of two records (diff.h) is what is sent.
 */
#ifndef KEELSON_PROXY_RECORD_H
#define KEELSON_PROXY_RECORD_H

#include "kube-proxy-mini/plan/chunk.h"
#include "kube-proxy-mini/plan/family.h"
#include "kube-proxy-mini/ruleset/elem.h"

struct record_group {
	struct str port_name; /* in the record's block */
	uint8_t proto, family, view;
	uint32_t affinity_s; /* 0: none */
	uint32_t id;
	uint32_t class_inside;       /* class of the addresses that lead here */
	struct plan_endpoint *slots; /* in the record's block, or ... */
	struct chunk **chunks;       /* ... the pieces that hold them */
	uint32_t n, n_local;         /* slots; of these on this node */
};

struct record {
	struct record_group *groups; /* sorted by family and id */
	struct elem *elems; /* sorted; endpoint and sticky maps are not here */
	uint32_t n_groups, n_elems;
	struct plan_family families[MODEL_FAMILIES];
	/* number of the list of source ranges; 0: none was needed yet */
	uint32_t range_lists[MODEL_FAMILIES];
	uint32_t endpoints_over;  /* left out, there are too many */
	uint16_t health_port;     /* 0: none */
	bool is_affinity_rounded; /* its timeout is longer than asked for */
};

/* Sort the groups, by which they are found; once, before it is copied. */
void record_sort_groups(struct record *r);

/* The group of that number; NULL when there is none, or no record. */
const struct record_group *record_find_group(
	const struct record *r, uint8_t family, uint32_t id);

const struct plan_endpoint *record_slot(
	const struct record_group *g, uint32_t slot);

/*
 * The first slot from this one on that may differ from that of `other`, a
 * former or later form of the group or NULL; g->n when there is none.
 */
uint32_t record_next_slot(const struct record_group *g,
	const struct record_group *other, uint32_t slot);

/* Is this group, or this id of a sticky endpoint, part of the record? */
bool record_has_group(const struct record *r, uint8_t family, uint32_t id);
bool record_has_id(const struct record *r, uint8_t family, uint32_t id);

/*
 * Call gone() for each slot of a sticky group whose id `other`, a later or
 * former form of the group or NULL, does not have.
 */
void record_each_id_gone(const struct record_group *g,
	const struct record_group *other,
	void (*gone)(void *context, uint32_t slot), void *context);

/*
 * A copy in one block; groups of more than flat_max slots are cut into pieces.
 * It takes over the pieces that `from` holds.  NULL when memory is out.
 */
struct record *record_copy(const struct record *from, uint32_t flat_max);

/* Let go of the pieces that a record holds. */
void record_drop_chunks(const struct record *r);

/* Free a record; NULL is none. */
void record_free(struct record *r);

#endif
