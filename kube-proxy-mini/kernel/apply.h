/*
 * apply - keeps the kernel's rules equal to the model.
 *
 * Called once after each burst of events, apply_sync() plans the dirty
 * Services, compares them with what was applied, and sends the difference as
 * one netlink transaction, which the kernel takes whole or not at all.  The
 * first call, and the one after a failure or a foreign change, replaces both
 * tables (write.h).
 *
 * apply_close() leaves the rules in place, as kube-proxy does: traffic goes
 * on while the program restarts.  cleanup.h removes them.
 */
#ifndef KEELSON_PROXY_APPLY_H
#define KEELSON_PROXY_APPLY_H

#include "kube-proxy-mini/kernel/stats.h"
#include "kube-proxy-mini/model/env.h"
#include "lib/base/err.h"

struct apply;
struct model;

/* Open the sockets and check that the kernel answers. NULL on failure. */
struct apply *apply_open(const struct env *env, struct err *e);

/* Close; the rules stay. */
void apply_close(struct apply *a);

/* The node or the configuration changed: the next sync replaces the tables. */
void apply_set_env(struct apply *a, const struct env *env);

/*
 * Make the kernel's rules equal to the model.  0: they are, and the model is
 * clean, unless a change was too large for one transaction: then the model is
 * dirty still, and the next call makes the next step.  -1: e names the
 * operation that was refused and the Service it was for; nothing was changed,
 * and the next call replaces the tables.
 */
int apply_sync(struct apply *a, struct model *m, struct err *e);

/*
 * Watch for others' changes to our tables: poll apply_fd(), a timer, for
 * reading and then call apply_listen(), which returns 1 when somebody else has
 * changed the tables (call apply_sync), 0 when not, -1 on error.
 */
int apply_fd(const struct apply *a);
int apply_listen(struct apply *a, const struct model *m, struct err *e);

/*
 * Forget stale UDP flows.  If that must wait because the flows were gone
 * through a moment ago, the result says for when (CLOCK_MONOTONIC); UINT64_MAX:
 * nothing waits.
 */
uint64_t apply_clean_flows(struct apply *a);

/* Did the tables of an earlier process stand when this one opened? */
bool apply_found_tables(const struct apply *a);

/* True when apply_sync() has something to do although the model is clean. */
bool apply_is_due(const struct apply *a);

const struct stats *apply_stats(const struct apply *a);

#endif
