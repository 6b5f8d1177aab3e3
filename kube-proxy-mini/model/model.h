/*
 * model - the Services and EndpointSlices of the cluster, as this node needs
 * them, and which of them changed since the rules were last written.
 *
 * The decoder fills a struct of object.h with views of one API object; the
 * model keeps a packed copy of its own, so the views need to live for the
 * call only.  Putting an object that is already there replaces it.  Putting
 * equal content changes nothing and marks nothing dirty, so a full list after
 * 410 Gone is cheap.
 *
 * Objects may come in any order: slices before their Service, deletions of
 * objects that never came.  Puts fail when the model would exceed its ceiling
 * of bytes, when memory is out, and on counts beyond the limits of object.h.
 *
 * services.h and slices.h put and delete objects; entries.h and unpack.h are
 * for the planner, which reads them.
 */
#ifndef KEELSON_PROXY_MODEL_H
#define KEELSON_PROXY_MODEL_H

#include "kube-proxy-mini/model/services.h"
#include "kube-proxy-mini/model/slices.h"

/* An empty model that holds at most max_bytes; NULL when memory is out. */
struct model *model_make(size_t max_bytes);
void model_free(struct model *m);

/*
 * Set the name of the node that we run on, before the first put.  The model
 * keeps of an endpoint's node and of its node hints only whether they name
 * this node; of zones it keeps those in hints.
 */
void model_set_node(struct model *m, struct str node_name);

/*
 * A full list: put every listed object between begin and end; end deletes
 * the objects of that kind that were not put.  A list that breaks off is begun
 * again; no object is deleted before an end.
 */
void model_list_begin(struct model *m, enum model_kind kind);
void model_list_end(struct model *m, enum model_kind kind);

struct model_counts {
	size_t services, endpoints; /* held */
	size_t bytes;               /* memory held */
};
struct model_counts model_count(const struct model *m);

#endif
