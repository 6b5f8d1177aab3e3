/*
 * table - the size and shape of our tables: how many elements each set holds
 * and has room for, which classes there are.
 *
 * Sets are made with a quarter more room than they need: the kernel then
 * takes its fastest hash.  A full set cannot grow in the transaction that
 * needs it, so the whole table is made anew; that is seldom, and loses no
 * packet.
 */
#ifndef KEELSON_PROXY_TABLE_H
#define KEELSON_PROXY_TABLE_H

#include "kube-proxy-mini/batch.h"
#include "kube-proxy-mini/classes.h"

struct table {
	struct classes classes[MODEL_FAMILIES];
	uint32_t counts[MODEL_FAMILIES][RULESET_SETS];
	uint32_t sizes[MODEL_FAMILIES][RULESET_SETS];
};

/* Empty, without classes. */
void table_reset(struct table *t);

/* An element is about to be added or deleted. */
void table_note(struct table *t, enum nft_op op, const struct elem *el);

/*
 * Write both tables with room for what was noted; classes come apart.  Of a
 * family that is off, a table that stands is removed.
 */
void table_write(struct table *t, const struct env *env,
	const bool stands[MODEL_FAMILIES], struct batch *b);

/* More was noted than the sets have room for. */
bool table_is_full(const struct table *t);

/* Write new classes; true when there are any. */
bool table_write_classes(struct table *t, const struct env *env,
	const uint32_t *timeouts, struct batch *b);

struct ruleset_counts table_count(const struct table *t, const struct env *env);

#endif
