/*
 * model_read - the model as the planner sees it: one entry for each name that
 * has a Service or slices, and its objects unpacked.
 *
 * An entry stays until it has neither and nothing of it is in the kernel, so
 * that what was applied for a deleted Service can still be taken back.
 */
#ifndef KEELSON_PROXY_MODEL_READ_H
#define KEELSON_PROXY_MODEL_READ_H

#include "kube-proxy-mini/index.h"
#include "kube-proxy-mini/model.h"
#include "lib/base/arena.h"

struct model_packed_service;
struct model_packed_slice;
struct record;

struct model_entry {
	struct index_node node; /* first: the index gives its address */
	struct model_entry *next_dirty;
	struct model_packed_service *service; /* owned, or NULL */
	struct model_packed_slice *slices;    /* owned, sorted by name */
	struct record *applied; /* apply's; NULL: nothing in the kernel */
	struct record *next;    /* apply's, during a sync: what it shall be */
	struct model_entry *next_planned; /* apply's, during a sync */
	bool is_planned;
	bool is_dirty;
	bool has_lost;    /* an address of it is taken by another Service */
	bool is_left_out; /* apply's, until it changes: no rules for it */
	char name[];      /* "namespace/name" with a final NUL */
};

/* An endpoint's flags beyond MODEL_EP_*: what its node and hints say. */
enum {
	MODEL_EP_LOCAL = 8,       /* it is on our node */
	MODEL_EP_NODE_HINTS = 16, /* it has hints for nodes ... */
	MODEL_EP_NODE_OURS = 32,  /* ... and we are among them */
	MODEL_EP_ZONE_HINTS = 64, /* it has hints for zones ... */
	MODEL_EP_ZONE_OURS = 128, /* ... and the zone asked for is one */
};

struct model_read_endpoint {
	const uint8_t *addr; /* MODEL_ADDR_BYTES of the slice's family */
	uint8_t flags;       /* MODEL_EP_* */
};

struct model_read_slice {
	enum model_family family;
	const struct model_slice_port *ports;
	size_t n_ports;
	const struct model_read_endpoint *endpoints;
	size_t n_endpoints;
	const struct model_read_slice *next;
};

/* Take the next entry off the dirty list; NULL when it is empty. */
struct model_entry *model_take_dirty(struct model *m);

/* Put an entry, or all of them, on the dirty list. */
void model_touch(struct model *m, struct model_entry *n);
void model_touch_all(struct model *m);

/* Free the entry when it holds nothing any more. */
void model_drop_if_empty(struct model *m, struct model_entry *n);

struct model_entry *model_find(
	const struct model *m, struct str ns, struct str name);

/* Every entry once, in no stated order: start with at = 0, last = NULL. */
struct model_entry *model_each(
	const struct model *m, size_t *at, struct model_entry *last);

/*
 * Unpack; views point into the entry and lists into the arena.  1 when there
 * is a Service, 0 when there is none, -1 when the arena is full.
 */
int model_read_service(const struct model_entry *n, struct arena *a,
	struct model_service *out);

/* The slices in order of their names; zone is ours, for the hints. */
int model_read_slices(const struct model_entry *n, struct str zone,
	struct arena *a, const struct model_read_slice **out);

#endif
