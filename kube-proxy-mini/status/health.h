/*
 * health - is this proxy doing its work?  Pure: times are passed in.
 *
 * It is healthy when the rules have been written once and no change has
 * waited longer than HEALTH_PATIENCE_MS to be written (kube-proxy: twice its
 * sync period).  Load balancers also want to know whether the node will stay:
 * one that is about to be removed is not eligible.
 */
#ifndef KEELSON_PROXY_HEALTH_H
#define KEELSON_PROXY_HEALTH_H

#include "kube-proxy-mini/model/model.h"
#include "lib/base/buf.h"

#define HEALTH_PATIENCE_MS 60000

struct health {
	bool has_family[MODEL_FAMILIES];
	bool is_node_eligible;
	int64_t updated_ns;  /* wall clock of the last write; 0: none yet */
	uint64_t pending_ms; /* loop time of the oldest change; 0: none */
};

/* A change waits to be written; later ones do not count until it is. */
void health_note_pending(struct health *h, uint64_t now_ms);

/* Everything was written. */
void health_note_updated(struct health *h, int64_t wall_ns);

bool health_is_good(const struct health *h, uint64_t now_ms);

/*
 * kube-proxy's JSON for /healthz (with_node) or /livez.  Returns the status
 * of the answer: 200 or 503.
 */
unsigned int health_write(const struct health *h, bool with_node,
	uint64_t now_ms, int64_t wall_ns, struct buf *out);

#endif
