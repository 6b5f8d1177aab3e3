/*
 * entry - what the model holds for one Service name: the Service and its
 * slices, each packed into one block, and what was planned for them.
 *
 * An entry is freed only when it has no objects and nothing of it is in the
 * kernel, so that the rules of a deleted Service can still be taken back.
 *
 * An entry that is followed keeps the slices that were there at its last plan
 * and have gone since, so that the planner sees what changed.
 */
#ifndef KEELSON_PROXY_ENTRY_H
#define KEELSON_PROXY_ENTRY_H

#include "kube-proxy-mini/model/index.h"
#include "kube-proxy-mini/model/object.h"

struct crowd;
struct record;
struct wait;

struct model_packed_service {
	uint32_t n;    /* length of bytes */
	uint32_t list; /* number of the last list that contained it */
	uint8_t bytes[];
};

struct model_packed_slice {
	struct index_node node; /* first: the index gives its address */
	struct model_packed_slice *next; /* of the same Service */
	struct model_entry *owner;
	uint32_t n;
	uint32_t list;
	uint16_t n_endpoints;
	uint16_t n_local; /* of these on this node */
	bool is_new;      /* came after the entry's last plan */
	uint8_t bytes[];  /* n bytes, then the key "ns/name" with a NUL */
};

struct model_entry {
	struct index_node node; /* first: the index gives its address */
	struct model_entry *next_dirty;
	struct model_packed_service *service; /* owned, or NULL */
	struct model_packed_slice *slices;    /* owned, sorted by name */
	struct model_packed_slice *gone;      /* owned; only when followed */
	struct record *applied; /* in the kernel; owned, or NULL */
	struct record *next;   /* during a sync: what shall be; the planner's */
	struct record *target; /* the way there takes several syncs; or NULL */
	struct model_entry *next_planned; /* during a sync */
	struct wait *waits;  /* for addresses of others; the planner's */
	struct crowd *crowd; /* of many endpoints; the planner's, or NULL */
	bool is_planned;
	bool is_dirty;
	bool is_left_out; /* has no rules until it changes */
	bool is_followed; /* the planner wants to know what changes */
	char name[];      /* "namespace/name" with a final NUL */
};

#endif
