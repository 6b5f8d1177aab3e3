/*
 * zone_lists - the lists of hinted zones in one slice.
 *
 * The same lists repeat among endpoints, so each distinct one is stored once
 * and an endpoint has its number, from 1; 0 stands for no hints.  A list is
 * its count, then the length and bytes of each name.
 */
#ifndef KEELSON_PROXY_ZONE_LISTS_H
#define KEELSON_PROXY_ZONE_LISTS_H

#include "kube-proxy-mini/model/object.h"
#include "lib/base/buf.h"

struct zone_lists {
	struct buf bytes; /* full: memory is out */
	size_t n;
};

struct zone_lists zone_lists_make(void);
void zone_lists_free(struct zone_lists *z);

/* The number of this endpoint's list, added when it is new. */
uint16_t zone_lists_add(struct zone_lists *z, const struct model_endpoint *p);

/*
 * The flags MODEL_EP_ZONE_* of endpoints with each number from 0 to n, for our
 * zone (empty when it is unknown).  lists: the bytes of a zone_lists.
 */
void zone_lists_flags(
	const uint8_t *lists, size_t n, struct str zone, uint8_t *flags);

#endif
