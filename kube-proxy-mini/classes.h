/*
 * classes - which classes of endpoint counts the table has, and which it is
 * about to need.
 */
#ifndef KEELSON_PROXY_CLASSES_H
#define KEELSON_PROXY_CLASSES_H

#include "kube-proxy-mini/ruleset.h"

#define CLASSES_MAX 4096

struct classes {
	uint32_t have[CLASSES_MAX]; /* sorted; some not yet in the kernel */
	bool is_new[CLASSES_MAX];
	bool is_said; /* that there are too many */
	size_t n;
	struct ruleset_counts counts;
};

void classes_reset(struct classes *c);

/* An element with this class is about to be added. */
void classes_need(struct classes *c, uint32_t class);

/*
 * Write those that are new (true when there were any), and with each its
 * neighbours: their chains are cheap now and dear when the maps are full.
 */
bool classes_write(struct classes *c, struct nft *w, const struct ruleset *r,
	const uint32_t *timeouts);

struct ruleset_counts classes_count(const struct classes *c);

#endif
