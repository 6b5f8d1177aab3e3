/*
 * members - the candidates of one port by address and port: a hash table that
 * counts, for each place, the endpoints of slices that name it.
 *
 * A place is touched when a candidate comes or goes; the owner of the table
 * then decides what that means and releases places without candidates.
 */
#ifndef KEELSON_PROXY_MEMBERS_H
#define KEELSON_PROXY_MEMBERS_H

#include "kube-proxy-mini/plan/views.h"

#define MEMBERS_MAX (1u << 20) /* candidates; further slices are left out */

struct member {
	uint8_t ip[16];
	uint16_t port;
	uint8_t flags;   /* as counted: of the best candidate */
	bool is_counted; /* had candidates when it was counted */
	bool is_touched;
	bool is_serving;           /* as counted: some candidate is */
	uint32_t slot[PLAN_VIEWS]; /* in the view's group, from 1; 0: none */
	/* inside */
	uint32_t candidate; /* the first, from 1; 0: none */
	uint32_t next;      /* of the same bucket, or of the free ones */
};

struct members {
	struct member *list; /* numbered from 1: list[0] is unused */
	uint32_t n, room;    /* places of the list in use, and allocated */
	uint32_t *touched;   /* numbers, with room for all */
	uint32_t n_touched;
	uint32_t n_live; /* candidates */
	uint32_t n_over; /* left out, as there are too many */
	/* inside */
	struct candidate *candidates;
	uint32_t n_candidates, candidates_room;
	uint32_t free_member, free_candidate;
	uint32_t *buckets;
	size_t n_buckets; /* a power of two, or 0 */
};

void members_free(struct members *m);

/* Forget all, but keep the memory for others. */
void members_reset(struct members *m);

/* Add the endpoints of a slice at that port; -1: no memory. */
int members_add(
	struct members *m, const struct model_read_slice *s, uint16_t port);

/* Take them away again.  Always 0. */
int members_remove(
	struct members *m, const struct model_read_slice *s, uint16_t port);

/* NULL when no candidate has that place. */
struct member *members_find(
	const struct members *m, const uint8_t ip[16], uint16_t port);

/* The flags of the best candidate; false when there is none. */
bool members_best(
	const struct members *m, const struct member *p, uint8_t *flags);

/* Does some candidate of the place answer? */
bool members_are_serving(const struct members *m, const struct member *p);

/* Free a place without candidates. */
void members_release(struct members *m, uint32_t number);

#endif
