/*
 * settle - decides what every changed Service shall be, before anything is
 * sent.
 *
 * settle_plan() takes all dirty entries, gives each its next record, and goes
 * on until no dispute about an address is open; `planned` then lists the
 * entries with what is applied and what comes next.  settle_keep() makes the
 * next records the applied ones; settle_drop() discards them and leaves the
 * entries dirty.  What would be too much for one transaction comes in several
 * (stage.h): the entry then stays dirty until its last step is applied.
 */
#ifndef KEELSON_PROXY_SETTLE_H
#define KEELSON_PROXY_SETTLE_H

#include "kube-proxy-mini/plan/claims.h"
#include "kube-proxy-mini/plan/large.h"
#include "kube-proxy-mini/plan/numbers.h"
#include "kube-proxy-mini/plan/stage.h"
#include "kube-proxy-mini/plan/waits.h"
#include "lib/base/arena.h"
#include "lib/base/err.h"

struct env;
struct model;

struct settle {
	struct model_entry *planned, **planned_end; /* by next_planned */
	struct claims claims;
	struct waits waits;
	uint64_t left_out; /* how often a Service was, since the start */
	struct numbers numbers;
	struct arena arena; /* for planning one Service */
	struct members scratch;
	/* LARGE_FROM and STAGE_OPERATIONS; tests set others */
	uint32_t large_from, stage_operations;
};

void settle_make(struct settle *s);
void settle_free(struct settle *s);

/*
 * Plan all dirty entries; a Service that is too large is left out.  -1: e
 * names the Service; the entries planned so far stay planned.
 */
int settle_plan(struct settle *s, struct model *m, const struct env *env,
	struct err *e);

/* Give this Service no rules until it changes; why is logged. */
void settle_leave_out(struct settle *s, struct model_entry *n, const char *why);

/* Called for each entry as its next record becomes the applied one. */
typedef void settle_kept(
	void *context, const struct record *was, const struct record *now);
void settle_keep(
	struct settle *s, struct model *m, settle_kept *kept, void *context);
void settle_drop(struct settle *s, struct model *m);

/* Nothing is applied any more: every entry is dirty, every number free. */
void settle_forget(struct settle *s, struct model *m);

#endif
