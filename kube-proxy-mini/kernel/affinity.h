/*
 * affinity - copies the clients that the kernel remembers into a table that
 * replaces ours.
 *
 * Packets write the affinity map, so it would be lost with the old table.
 * The numbers in it stay valid (plan/record.h), so its elements are copied
 * into the transaction, with the time they have left.  An element for an
 * endpoint that is gone does no harm: the rules choose another.
 */
#ifndef KEELSON_PROXY_AFFINITY_H
#define KEELSON_PROXY_AFFINITY_H

#include "kube-proxy-mini/ruleset/batch.h"

/*
 * Add the elements of the affinity map of table `from` to b.  Without such a
 * table, or with one of another form, nothing is added.
 */
void affinity_carry(
	int fd, const char *from, enum model_family family, struct batch *b);

#endif
