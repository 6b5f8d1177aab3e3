/*
 * settle - decides what every changed Service shall be, before anything is
 * sent.
 *
 * settle_plan() takes all dirty entries, gives each its next record, and goes
 * on until nobody disputes an address any more; the entries then stand in
 * `planned` with what is applied and what comes next.  settle_keep() makes
 * next records the applied ones, settle_drop() throws them away and leaves
 * the entries dirty.
 */
#ifndef KEELSON_PROXY_SETTLE_H
#define KEELSON_PROXY_SETTLE_H

#include "kube-proxy-mini/claims.h"
#include "kube-proxy-mini/record.h"

struct settle {
	struct model_entry *planned, **planned_end; /* by next_planned */
	struct claims claims;
	size_t n_lost;     /* entries that have lost an address to another */
	uint64_t left_out; /* times that a Service was, since the start */
	struct record_numbers numbers;
	struct arena arena;
};

void settle_make(struct settle *s);
void settle_free(struct settle *s);

/*
 * A Service that is too large is left out.  -1: e names the Service; the
 * entries planned so far stay planned.
 */
int settle_plan(struct settle *s, struct model *m, const struct env *env,
	struct err *e);

/* No rules for this Service until it changes, and why. */
void settle_leave_out(struct settle *s, struct model_entry *n, const char *why);

/* Called for each entry as its next record becomes the applied one. */
typedef void settle_kept(
	void *context, const struct record *was, const struct record *now);
void settle_keep(
	struct settle *s, struct model *m, settle_kept *kept, void *context);
void settle_drop(struct settle *s, struct model *m);

/*
 * Does the owner of that address and port still have a serving endpoint at
 * `answers`?  True as well when nobody owns the address, for the flow is not
 * ours, and when no endpoint serves at all: there is no better one.
 */
bool settle_is_served(struct settle *s, const struct elem *address,
	const struct model_ip *answers, uint16_t answers_port);

/* Nothing is applied any more: every entry is dirty, every number free. */
void settle_forget(struct settle *s, struct model *m);

#endif
