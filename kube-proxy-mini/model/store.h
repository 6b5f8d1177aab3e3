/*
 * store - what a model consists of.  For the files of this room only: others
 * see `struct model` as an opaque type.
 */
#ifndef KEELSON_PROXY_STORE_H
#define KEELSON_PROXY_STORE_H

#include "kube-proxy-mini/model/budget.h"
#include "kube-proxy-mini/model/entry.h"
#include "lib/base/buf.h"

struct model {
	struct index entries;      /* struct model_entry by "ns/service" */
	struct index slices;       /* struct model_packed_slice by "ns/slice" */
	struct model_entry *dirty; /* oldest first, by next_dirty */
	struct model_entry **dirty_end;
	void (*free_plan)(struct model_entry *n); /* the planner's, or NULL */
	size_t n_services, n_endpoints;
	struct budget budget;
	struct buf scratch;         /* the object that is being packed */
	uint32_t list[MODEL_KINDS]; /* number of the list being read */
	char node_name[MODEL_NAME_MAX + 1];
};

#endif
