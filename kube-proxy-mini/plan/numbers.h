/*
 * numbers - the numbers that stand for groups, sticky endpoints and timeouts
 * in the maps of the kernel.
 *
 * Groups count up.  A group with affinity, and the id of an endpoint in it, is
 * a hash of what it stands for, so that a new table, also of another process,
 * sends the same clients to the same endpoints.  When the hash is taken, the
 * next free number is used.
 */
#ifndef KEELSON_PROXY_NUMBERS_H
#define KEELSON_PROXY_NUMBERS_H

#include "kube-proxy-mini/plan/claims.h"
#include "kube-proxy-mini/plan/record.h"

/*
 * Affinity timeouts: the first ones that are asked for, and usual ones.  Each
 * makes chains and rules, so there are few.
 */
#define NUMBERS_FIRST_COME 8
#define NUMBERS_USUAL      8

struct numbers {
	struct claims *taken;                  /* hashes in use */
	uint32_t group;                        /* the last one given */
	uint32_t list;                         /* the last one given */
	uint32_t timeouts[CLASS_TIMEOUTS_MAX]; /* seconds; [0] is 0 */
	uint32_t n_timeouts;                   /* of the first ones */
};

/* No timeout has been asked for yet. */
void numbers_reset_timeouts(struct numbers *n);

/* On whose behalf numbers are asked for. */
struct numbers_for {
	struct numbers *numbers;
	struct model_entry *entry;
	const struct record *was;  /* in the kernel, or NULL */
	const struct record *next; /* what is drafted so far */
};

/*
 * The index of that timeout, 0 for 0.  When there is no room for another, that
 * of the next longer usual one.
 */
uint32_t numbers_timeout(struct numbers *n, uint32_t seconds);

/* A number for a new group, by its affinity. */
uint32_t numbers_group(
	const struct numbers_for *f, const struct record_group *g);

/* A number for a new list of source ranges, never 0. */
uint32_t numbers_list(struct numbers *n);

/* An id for a new endpoint p of the sticky group g, unlike those in v. */
uint32_t numbers_id(const struct numbers_for *f, const struct plan_endpoints *v,
	const struct record_group *g, const struct plan_endpoint *p);

/* The key of a number among the claims. */
struct elem numbers_key(enum ruleset_set set, uint8_t family, uint32_t number);

#endif
