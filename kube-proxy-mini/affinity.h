/*
 * affinity - carries what the kernel remembers of clients over to a table
 * made anew.
 *
 * Packets write the affinity map; replacing the table would forget it.  The
 * numbers in it stay the same (record.h), so its elements are copied into the
 * transaction with the time they have left.  A mapping to an endpoint that is
 * gone does no harm: the rules choose another.
 */
#ifndef KEELSON_PROXY_AFFINITY_H
#define KEELSON_PROXY_AFFINITY_H

#include "kube-proxy-mini/batch.h"

/*
 * Copy what packets wrote to the table `from` into b.  Nothing happens when
 * there is no such table, or it is of another form.
 */
void affinity_carry(
	int fd, const char *from, enum model_family family, struct batch *b);

#endif
