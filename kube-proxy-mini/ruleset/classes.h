/*
 * classes - the classes that one table has, and those that it is about to
 * need.
 */
#ifndef KEELSON_PROXY_CLASSES_H
#define KEELSON_PROXY_CLASSES_H

#include "kube-proxy-mini/ruleset/balance.h"

#define CLASSES_MAX 4096

struct classes {
	uint32_t have[CLASSES_MAX]; /* sorted */
	bool is_new[CLASSES_MAX];   /* not yet in the kernel */
	bool has_warned;            /* that there are too many */
	size_t n;
	struct ruleset_counts counts;
};

void classes_reset(struct classes *c);

/* An element with this class is about to be added. */
void classes_need(struct classes *c, uint32_t class);

/*
 * Write the new ones, each with its neighbours: their chains cost little now
 * and much when the maps are full.  True when there were any.
 */
bool classes_write(struct classes *c, struct nft *w, const struct ruleset *r,
	const uint32_t *timeouts);

struct ruleset_counts classes_count(const struct classes *c);

#endif
