/*
 * syncer - decides when the model is written to the kernel.
 *
 * The first change after a quiet time is written at once, later ones at most
 * once in min_sync_ms.  A write that fails is tried again with back-off.
 * Others' changes to our tables are noticed and undone.  Nothing is written
 * before syncer_arm(): half a model would take Services away.
 */
#ifndef KEELSON_PROXY_SYNCER_H
#define KEELSON_PROXY_SYNCER_H

#include "kube-proxy-mini/kernel/apply.h"
#include "lib/net/backoff.h"
#include "lib/net/loop.h"

/* A write that the kernel took, or that was not needed after all. */
struct syncer_done {
	const struct stats *stats;
	bool was_full; /* the tables were replaced */
	bool is_empty; /* nothing had to be written */
	bool is_first; /* since the start */
	/* since the oldest change in it was received; 0: there was none */
	uint64_t age_ns;
};

struct syncer {
	/* the owner's, set before syncer_open() */
	struct loop *loop;
	struct apply *apply;
	struct model *model;
	uint64_t min_sync_ms;
	/* there is something to write, from now on or still */
	void (*pending)(void *context);
	/* everything is written */
	void (*synced)(void *context, const struct syncer_done *done);
	void *context;

	/* inside */
	struct loop_fd watch;
	struct loop_timer timer;
	struct loop_timer flows; /* stale ones are to be forgotten */
	struct backoff retry;
	uint64_t last_ms;    /* when a write was last begun */
	uint64_t pending_ns; /* when the oldest change came; 0: none */
	bool is_armed;
	bool has_synced;
};

int syncer_open(struct syncer *s, struct err *e);
void syncer_close(struct syncer *s);

/* The model is complete: from now on it may be written. */
void syncer_arm(struct syncer *s);

/* There may be something to write. */
void syncer_request(struct syncer *s);

#endif
