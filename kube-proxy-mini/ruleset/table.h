/*
 * table - the size and shape of our tables: how many elements each set holds
 * and has room for, and which classes there are.
 *
 * Sets are declared with room for a quarter more elements than they have; a
 * set with a declared size gets the kernel's fastest hash.  A full set cannot
 * grow in the transaction that needs it, so the whole table is replaced; that
 * is rare and loses no packet.
 */
#ifndef KEELSON_PROXY_TABLE_H
#define KEELSON_PROXY_TABLE_H

#include "kube-proxy-mini/ruleset/batch.h"
#include "kube-proxy-mini/ruleset/classes.h"
#include "kube-proxy-mini/ruleset/ruleset.h"

struct table {
	struct classes classes[MODEL_FAMILIES];
	uint32_t counts[MODEL_FAMILIES][RULESET_SETS];
	uint32_t sizes[MODEL_FAMILIES][RULESET_SETS];
	uint32_t largest[MODEL_FAMILIES]; /* slots of the largest group */
};

/* No elements and no classes. */
void table_reset(struct table *t);

/*
 * An address with this class will come: its chain is made in time, as long as
 * the maps that it binds are small. The kernel walks through them then.
 */
void table_expect(struct table *t, const struct elem *el);

/* An element is about to be added or deleted. */
void table_note(struct table *t, enum nft_op op, const struct elem *el);

/*
 * Write both tables with room for the elements noted, without classes.  The
 * table of a family that is switched off is removed if it stands.
 */
void table_write(struct table *t, const struct env *env,
	const bool stands[MODEL_FAMILIES], struct batch *b);

/* Were more elements noted than a set has room for? */
bool table_is_full(const struct table *t);

/* Write new classes; true when there were any. */
bool table_write_classes(struct table *t, const struct env *env,
	const uint32_t *timeouts, struct batch *b);

struct ruleset_counts table_count(const struct table *t, const struct env *env);

#endif
