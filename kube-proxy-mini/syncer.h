/*
 * syncer - decides when the model is written to the kernel.
 *
 * The first change after quiet goes out at once, those that follow at most
 * once in min_sync_ms.  A write that fails is tried again with back-off.
 * Others' changes to our table are heard of and undone.  Nothing at all is
 * written before syncer_arm(): half a model would take Services away.
 */
#ifndef KEELSON_PROXY_SYNCER_H
#define KEELSON_PROXY_SYNCER_H

#include "kube-proxy-mini/apply.h"
#include "kube-proxy-mini/health.h"
#include "kube-proxy-mini/metrics.h"
#include "lib/net/backoff.h"
#include "lib/net/loop.h"

struct syncer {
	/* the owner's, set before syncer_open() */
	struct loop *loop;
	struct apply *apply;
	struct model *model;
	struct metrics *metrics;
	struct health *health;
	uint64_t min_sync_ms;
	void (*synced)(void *context); /* the rules are written; may be NULL */
	void *context;

	/* inside */
	struct loop_fd watch;
	struct loop_timer timer;
	struct backoff retry;
	uint64_t last_ms;
	uint64_t pending_ns; /* when the first change came; 0: none */
	bool is_armed;
	bool has_synced;
};

int syncer_open(struct syncer *s, struct err *e);
void syncer_close(struct syncer *s);

/* The model is whole: from now on it may be written. */
void syncer_arm(struct syncer *s);

/* There may be something to write. */
void syncer_request(struct syncer *s);

#endif
