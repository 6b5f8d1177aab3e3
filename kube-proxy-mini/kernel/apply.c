/*
 * apply - plan, compare, send.
 *
 * A sync has three passes.  First every dirty Service gets its next record
 * (plan/settle.h); then each is compared with the applied record
 * (plan/diff.h), which gives operations; then write.h sends them as one
 * transaction, and only when the kernel took it do next records become
 * applied ones.  A failure forgets all that was applied, so that the next
 * transaction replaces the tables.  A Service whose element the kernel
 * refuses is left out of that, so that it cannot stop the others.
 */
#include "kube-proxy-mini/kernel/apply.h"

#include "kube-proxy-mini/kernel/audit.h"
#include "kube-proxy-mini/kernel/flows.h"
#include "kube-proxy-mini/kernel/refusal.h"
#include "kube-proxy-mini/kernel/write.h"
#include "kube-proxy-mini/model/entries.h"
#include "kube-proxy-mini/plan/diff.h"
#include "lib/base/clock.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"

#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define GUARD_PERIOD_S 1   /* how often the guard looks */
#define AUDIT_PAUSE    200 /* times as long as the last audit took */
#define LEAVE_OUT_MAX  8   /* Services that one sync leaves out */
#define COMMENT_BYTES  (2 * MODEL_NAME_MAX + MODEL_NAME_MAX + 3)

struct apply {
	int timer_fd;
	struct env env;
	struct settle settle;
	struct write write;
	struct flows flows;
	struct stats stats;
	bool is_full_due;              /* nothing is known of the tables */
	uint64_t audit_at_ns;          /* the next audit, not before */
	const struct model_entry *now; /* whose operations are written */
	struct model_entry *refused;   /* whose element the kernel refused */
};

/* Opening and closing. */

static int open_timer(int *out, struct err *e)
{
	struct itimerspec period = {{GUARD_PERIOD_S, 0}, {GUARD_PERIOD_S, 0}};

	*out = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (*out < 0 || timerfd_settime(*out, 0, &period, NULL) < 0)
		return err_sys(e, "timer");
	return 0;
}

struct apply *apply_open(const struct env *env, struct err *e)
{
	struct apply *a = calloc(1, sizeof(*a));

	if (!a) {
		err_kind(e, ERR_LIMIT, "out of memory");
		return NULL;
	}
	a->timer_fd = -1;
	settle_make(&a->settle);
	apply_set_env(a, env);
	if (write_open(&a->write, e) < 0 || open_timer(&a->timer_fd, e) < 0) {
		apply_close(a);
		return NULL;
	}
	return a;
}

void apply_close(struct apply *a)
{
	if (!a)
		return;
	write_close(&a->write);
	fd_close(&a->timer_fd);
	settle_free(&a->settle);
	free(a);
}

void apply_set_env(struct apply *a, const struct env *env)
{
	a->env = *env;
	a->is_full_due = true;
}

bool apply_found_tables(const struct apply *a)
{
	return a->write.found_tables;
}

bool apply_is_due(const struct apply *a)
{
	return a->is_full_due;
}

const struct stats *apply_stats(const struct apply *a)
{
	return &a->stats;
}

int apply_fd(const struct apply *a)
{
	return a->timer_fd;
}

/* From records to operations. */

static struct str comment_of(struct buf *b, const struct apply *a,
	const struct elem *el, struct str port_name)
{
	if (el->set != RULESET_SERVICES && el->set != RULESET_OUTSIDE)
		return (struct str){"", 0};
	buf_text(b, a->now->name);
	if (port_name.n) {
		buf_byte(b, ':');
		buf_str(b, port_name);
	}
	return buf_view(b);
}

/* Services may share a hairpin element: the first adds, the last deletes. */
static void take_operation(void *context, enum nft_op op, const struct elem *el,
	struct str port_name)
{
	struct apply *a = context;
	char room[COMMENT_BYTES];
	struct buf text = buf_fixed(room, sizeof(room));
	int64_t count;

	if (el->set == RULESET_HAIRPIN) {
		count = claims_count(
			&a->settle.claims, el, op == NFT_OP_ADD ? 1 : -1);
		if (count != (op == NFT_OP_ADD ? 1 : 0))
			return;
	}
	write_operation(&a->write, op, el, comment_of(&text, a, el, port_name));
}

static void diff_all(struct apply *a)
{
	for (a->now = a->settle.planned; a->now;
		a->now = a->now->next_planned) {
		diff_records(a->now->applied, a->now->next, take_operation, a);
		if (a->now->target)
			write_expect(&a->write, a->now->target);
	}
}

/* One transaction. */

/* Nothing is known of the kernel's tables: all is planned and sent anew. */
static void forget_all(struct apply *a, struct model *m)
{
	settle_forget(&a->settle, m);
	write_forget(&a->write);
	memset(a->stats.no_local_external, 0,
		sizeof(a->stats.no_local_external));
	memset(a->stats.no_local_internal, 0,
		sizeof(a->stats.no_local_internal));
	a->stats.endpoints_left_out = a->stats.affinity_rounded = 0;
}

static int send_all(struct apply *a, bool is_new_shape, struct err *e)
{
	if (write_send(&a->write, &a->env, is_new_shape, &a->stats, e) == 0)
		return 0;
	a->refused = refusal_explain(
		&a->write.refusal, &a->write.batch, &a->settle, e);
	return -1;
}

/* 0; 1: the tables are full and must be replaced, nothing was sent; -1. */
static int sync_once(
	struct apply *a, struct model *m, bool is_full, struct err *e)
{
	uint64_t start = clock_monotonic_ns();
	bool is_new_shape = is_full;

	if (is_full)
		forget_all(a, m);
	a->is_full_due = false;
	if (settle_plan(&a->settle, m, &a->env, e) < 0)
		return -1;
	diff_all(a);
	if (!is_full && table_is_full(&a->write.table))
		return 1;
	if (is_full && write_whole(&a->write, &a->settle, &a->env, e) < 0)
		return -1;
	is_new_shape |= write_classes(&a->write, &a->settle, &a->env);
	a->stats.plan_ns = clock_monotonic_ns() - start;
	return send_all(a, is_new_shape, e);
}

static void note_kept(
	void *context, const struct record *was, const struct record *now)
{
	struct apply *a = context;

	stats_note_record(&a->stats, was, now);
	flows_note_record(&a->flows, was, now);
}

uint64_t apply_clean_flows(struct apply *a)
{
	a->stats.flows_deleted +=
		flows_clean(&a->flows, a->write.fd, &a->settle);
	return flows_due_ns(&a->flows);
}

static void keep_all(struct apply *a, struct model *m, bool is_full)
{
	struct ruleset_counts c;

	if (is_full)
		write_note_replaced(&a->write);
	settle_keep(&a->settle, m, note_kept, a);
	c = table_count(&a->write.table, &a->env);
	a->stats.services_left_out = a->settle.left_out;
	a->stats.chains = c.chains;
	a->stats.rules = c.rules;
	a->stats.full_syncs += is_full;
	apply_clean_flows(a);
}

static int sync_whole(
	struct apply *a, struct model *m, bool is_full, struct err *e)
{
	int r = sync_once(a, m, is_full, e);

	write_reset(&a->write);
	if (r == 0) {
		keep_all(a, m, is_full);
		return 0;
	}
	settle_drop(&a->settle, m);
	a->is_full_due = true;
	a->stats.failures += r < 0;
	return r;
}

/* Replace the tables, without Services that the kernel refuses. */
static int sync_without_refused(struct apply *a, struct model *m, struct err *e)
{
	int r;

	for (int n = 0; n <= LEAVE_OUT_MAX; n++) {
		a->refused = NULL;
		*e = (struct err){0};
		r = sync_whole(a, m, true, e);
		if (r == 0 || !a->refused)
			break;
		settle_leave_out(&a->settle, a->refused, e->text);
	}
	return r;
}

int apply_sync(struct apply *a, struct model *m, struct err *e)
{
	struct err first = {0};
	int r = 1;

	a->stats.operations = a->stats.bytes = 0;
	a->stats.plan_ns = a->stats.send_ns = 0;
	if (!a->is_full_due && !model_is_dirty(m))
		return 0;
	if (write_await_own_table(&a->write, e) < 0)
		return -1;
	if (!a->is_full_due)
		r = sync_whole(a, m, false, &first);
	if (r < 0)
		log_event(LOG_WARN, "change refused, replacing the table",
			"error", first.text, NULL);
	return r == 0 ? 0 : sync_without_refused(a, m, e);
}

/* Others' changes. */

/* Compare every element when others committed, within a share of the time. */
static int audit_if_doubtful(
	struct apply *a, const struct model *m, struct err *e)
{
	struct guard *g = &a->write.guard;
	uint64_t start = clock_monotonic_ns(), end;
	int r;

	if (!g->is_doubtful || start < a->audit_at_ns)
		return 0;
	r = audit_elements(a->write.fd, m, g->has_family, e);
	g->is_doubtful = r < 0;
	end = clock_monotonic_ns();
	a->audit_at_ns = end + (end - start) * AUDIT_PAUSE;
	return r;
}

int apply_listen(struct apply *a, const struct model *m, struct err *e)
{
	struct write *w = &a->write;
	uint64_t ticks;
	int r;

	apply_clean_flows(a);
	if (read(a->timer_fd, &ticks, sizeof(ticks)) < 0)
		return 0;
	if (write_remove_stand_in(w, e) < 0)
		return -1;
	if (a->is_full_due)
		return 0; /* the next sync replaces them anyway */
	r = guard_check(&w->guard, w->fd, w->table.counts, e);
	if (r == 0)
		r = audit_if_doubtful(a, m, e);
	if (r > 0) {
		a->is_full_due = true;
		a->stats.repairs++;
	}
	return r;
}
