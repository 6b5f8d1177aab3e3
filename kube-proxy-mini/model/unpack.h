/*
 * unpack - reads the objects of an entry.
 */
#ifndef KEELSON_PROXY_UNPACK_H
#define KEELSON_PROXY_UNPACK_H

#include "kube-proxy-mini/model/entry.h"
#include "lib/base/arena.h"

struct model_read_endpoint {
	const uint8_t *addr; /* MODEL_ADDR_BYTES of the slice's family */
	uint8_t flags;       /* MODEL_EP_* */
};

struct model_read_slice {
	const struct model_packed_slice *from;
	enum model_family family;
	const struct model_slice_port *ports; /* by protocol, name, number */
	size_t n_ports;
	const struct model_read_endpoint *endpoints;
	size_t n_endpoints;
	const struct model_read_slice *next;
};

/*
 * The Service; its texts and addresses are views of the entry, its ports are
 * allocated in the arena.  1; 0 when the entry has none; -1 when the arena is
 * full.
 */
int model_read_service(const struct model_entry *n, struct arena *a,
	struct model_service *out);

enum model_which {
	MODEL_ALL_SLICES,
	MODEL_SLICES_ON_NODE, /* those with an endpoint on this node */
	MODEL_NEW_SLICES,     /* those that came after the last plan, */
	MODEL_GONE_SLICES,    /* and those that went, if it is followed */
};

/*
 * Slices, sorted by name (gone ones are not), allocated in the arena; texts
 * and addresses are views of the entry.  zone is our own, for the hints.  0,
 * or -1 when the arena is full.
 */
int model_read_some(const struct model_entry *n, enum model_which which,
	struct str zone, struct arena *a, const struct model_read_slice **out);

/* The same for all slices. */
int model_read_slices(const struct model_entry *n, struct str zone,
	struct arena *a, const struct model_read_slice **out);

#endif
