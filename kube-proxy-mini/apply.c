/*
 * apply - plan, compare, send.
 *
 * A sync has three passes.  First every dirty Service gets its next record
 * (settle.h); then each record is compared with the applied one (diff.h) and
 * the operations are written (batch.h); then the transaction is sent, and
 * only when the kernel took it do next records become applied ones.  A
 * refusal forgets all that was applied, so the next transaction replaces the
 * table.
 */
#include "kube-proxy-mini/apply.h"

#include "kube-proxy-mini/affinity.h"
#include "kube-proxy-mini/audit.h"
#include "kube-proxy-mini/batch.h"
#include "kube-proxy-mini/cleanup.h"
#include "kube-proxy-mini/conntrack.h"
#include "kube-proxy-mini/diff.h"
#include "kube-proxy-mini/guard.h"
#include "kube-proxy-mini/lookup.h"
#include "kube-proxy-mini/netlink.h"
#include "kube-proxy-mini/refusal.h"
#include "kube-proxy-mini/settle.h"
#include "kube-proxy-mini/stand_in.h"
#include "kube-proxy-mini/table.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define FLOWS_PERIOD_NS UINT64_C(1000000000) /* between two cleanings */
#define GUARD_PERIOD_S  1                    /* how often the guard looks */
#define AUDIT_PAUSE     200 /* of the time that the last audit took */
#define LEAVE_OUT_MAX   8   /* Services that one sync leaves out */
#define STAND_IN_MS     20  /* longer than a packet takes through a table */
#define COMMENT_BYTES   (2 * MODEL_NAME_MAX + MODEL_NAME_MAX + 3)

struct apply {
	int fd, timer_fd;
	struct guard guard;
	struct env env;
	uint64_t audit_at_ns;    /* not before */
	bool is_full_due;        /* nothing is known of the kernel's table */
	bool has_stand_in;       /* to be removed when no packet is within */
	uint64_t replaced_at_ns; /* behind it */
	struct settle settle;
	struct table table;
	const struct model_entry *now; /* whose operations are written */
	struct model_entry *refused;   /* whose element the kernel refused */
	bool are_flows_due;            /* a UDP Service changed */
	uint64_t flows_at_ns;          /* when flows were last cleaned */
	bool have_flows_failed;        /* and it was said */
	struct batch batch;
	struct apply_stats stats;
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Opening and closing. */

static int open_descriptors(struct apply *a, struct err *e)
{
	struct itimerspec period = {{GUARD_PERIOD_S, 0}, {GUARD_PERIOD_S, 0}};
	uint32_t port;

	if (netlink_open(&a->fd, &port, e) < 0 ||
		netlink_generation(a->fd, &a->guard.generation, e) < 0)
		return -1;
	a->timer_fd =
		timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (a->timer_fd < 0 ||
		timerfd_settime(a->timer_fd, 0, &period, NULL) < 0)
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
	a->fd = a->timer_fd = -1;
	a->guard.table = APPLY_TABLE;
	settle_make(&a->settle);
	batch_make(&a->batch, APPLY_TABLE);
	apply_set_env(a, env);
	if (open_descriptors(a, e) < 0) {
		apply_close(a);
		return NULL;
	}
	return a;
}

/* The table itself decides again: the stand-in's time is over. */
static int remove_stand_in(struct apply *a, struct err *e)
{
	if (!a->has_stand_in)
		return 0;
	a->has_stand_in = false;
	if (cleanup_table(a->fd, STAND_IN_TABLE, e) < 0)
		return -1;
	guard_expect_commit(&a->guard);
	return 0;
}

/* The stand-in would go on answering for what is taken away now. */
static int await_own_table(struct apply *a, struct err *e)
{
	uint64_t age_ms = (now_ns() - a->replaced_at_ns) / 1000000;

	if (a->has_stand_in && age_ms < STAND_IN_MS)
		poll(NULL, 0, (int)(STAND_IN_MS - age_ms));
	return remove_stand_in(a, e);
}

void apply_close(struct apply *a)
{
	struct err e;

	if (!a)
		return;
	remove_stand_in(a, &e);
	fd_close(&a->fd);
	fd_close(&a->timer_fd);
	settle_free(&a->settle);
	batch_free(&a->batch);
	free(a);
}

void apply_set_env(struct apply *a, const struct env *env)
{
	a->env = *env;
	a->is_full_due = true;
}

bool apply_is_due(const struct apply *a)
{
	return a->is_full_due;
}

struct apply_stats apply_stats(const struct apply *a)
{
	return a->stats;
}

int apply_fd(const struct apply *a)
{
	return a->timer_fd;
}

/* Pass two: operations. */

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
	table_note(&a->table, op, el);
	batch_put(&a->batch, op, el, comment_of(&text, a, el, port_name));
}

static void diff_all(struct apply *a)
{
	for (a->now = a->settle.planned; a->now; a->now = a->now->next_planned)
		diff_records(a->now->applied, a->now->next, take_operation, a);
}

/* Pass three: the kernel. */

static int send_batch(struct apply *a, struct err *e)
{
	struct netlink_refusal refusal;

	if (batch_send(&a->batch, a->fd, &refusal, e) < 0) {
		a->refused =
			refusal_explain(&refusal, &a->batch, &a->settle, e);
		return -1;
	}
	a->stats.bytes = a->batch.bytes;
	guard_expect_commit(&a->guard);
	return 0;
}

/* After a change of chains or sets the guard must learn them anew. */
static int send_all(struct apply *a, bool is_new_shape, struct err *e)
{
	uint64_t start = now_ns();

	a->stats.operations = a->batch.operations;
	if (!is_new_shape && !a->batch.operations)
		return 0;
	if (send_batch(a, e) < 0)
		return -1;
	a->stats.send_ns = now_ns() - start;
	memcpy(a->guard.has_family, a->env.has_family,
		sizeof(a->guard.has_family));
	return is_new_shape ? guard_arm(&a->guard, a->fd, e) : 0;
}

/* Nothing is known of the kernel's tables: all is planned and sent anew. */
static void forget(struct apply *a, struct model *m)
{
	settle_forget(&a->settle, m);
	table_reset(&a->table);
	a->stats.no_local_external = a->stats.no_local_internal = 0;
	a->stats.endpoints_left_out = 0;
}

/* Something that serves while the tables that stand are replaced. */
static void put_stand_in(struct apply *a)
{
	struct err e = {0};

	if (stand_in_put(
		    a->fd, &a->settle, &a->table, &a->env, APPLY_TABLE, &e) < 0)
		log_event(LOG_WARN,
			"no stand-in while the table is replaced: single "
			"packets may be lost",
			"error", e.text, NULL);
	else
		a->has_stand_in = true;
}

/* Both tables anew, with what packets had written to them. */
static void write_whole(struct apply *a)
{
	bool stands[MODEL_FAMILIES];

	for (int f = 0; f < MODEL_FAMILIES; f++)
		stands[f] =
			lookup_table(a->fd, APPLY_TABLE, (enum model_family)f);
	if (stands[MODEL_V4] || stands[MODEL_V6])
		put_stand_in(a);
	for (int f = 0; f < MODEL_FAMILIES; f++)
		if (stands[f] && a->env.has_family[f])
			affinity_carry(a->fd,
				a->has_stand_in ? STAND_IN_TABLE : APPLY_TABLE,
				(enum model_family)f, &a->batch);
	table_write(&a->table, &a->env, stands, &a->batch);
}

/* 0; 1: the table must be made anew, nothing was sent; -1. */
static int sync_once(
	struct apply *a, struct model *m, bool is_full, struct err *e)
{
	uint64_t start = now_ns();
	bool is_new_shape = is_full;

	if (is_full)
		forget(a, m);
	a->is_full_due = false;
	if (settle_plan(&a->settle, m, &a->env, e) < 0)
		return -1;
	diff_all(a);
	if (is_full)
		write_whole(a);
	else if (table_is_full(&a->table))
		return 1;
	is_new_shape |= table_write_classes(
		&a->table, &a->env, a->settle.numbers.timeouts, &a->batch);
	a->stats.plan_ns = now_ns() - start;
	return send_all(a, is_new_shape, e);
}

/* Ending a sync, either way. */

static void count_record(struct apply_stats *s, const struct record *r, int by)
{
	if (!r)
		return;
	if (r->lacks_local_external)
		s->no_local_external += (uint64_t)by;
	if (r->lacks_local_internal)
		s->no_local_internal += (uint64_t)by;
	s->endpoints_left_out += (uint64_t)((int64_t)r->endpoints_over * by);
	s->services_without_endpoints =
		s->no_local_external + s->no_local_internal;
}

static bool same_health(const struct record *a, const struct record *b)
{
	uint16_t port = a ? a->health_port : 0;

	if (port != (b ? b->health_port : 0))
		return false;
	return !port || a->local_endpoints == b->local_endpoints;
}

static bool has_udp(const struct record *r)
{
	for (uint32_t i = 0; r && i < r->n_groups; i++)
		if (r->groups[i].proto == MODEL_UDP)
			return true;
	return false;
}

static void note_kept(
	void *context, const struct record *was, const struct record *now)
{
	struct apply *a = context;

	count_record(&a->stats, was, -1);
	count_record(&a->stats, now, 1);
	if (!same_health(was, now))
		a->stats.health_changes++;
	if (has_udp(was) || has_udp(now))
		a->are_flows_due = true;
}

/* Stale flows. */

static bool is_stale(void *context, const struct conntrack_flow *flow)
{
	struct elem address = {
		.set = RULESET_SERVICES,
		.family = flow->asked.family,
		.proto = flow->proto,
		.port = flow->port,
	};

	memcpy(address.ip, flow->asked.b, sizeof(address.ip));
	return !settle_is_served(
		context, &address, &flow->answers, flow->answers_port);
}

/* Without ctnetlink it will always fail: say so once. */
static void note_flows_failed(struct apply *a, const struct err *e)
{
	log_event(a->have_flows_failed ? LOG_DEBUG : LOG_WARN,
		"stale UDP flows may stay", "why", e->text, NULL);
	a->have_flows_failed = true;
}

/* Not more often than once a period: a flow table may be large. */
static void clean_flows(struct apply *a)
{
	struct err e = {0};
	size_t deleted;

	if (!a->are_flows_due ||
		(a->flows_at_ns && now_ns() - a->flows_at_ns < FLOWS_PERIOD_NS))
		return;
	a->are_flows_due = false;
	a->flows_at_ns = now_ns();
	for (int f = 0; f < MODEL_FAMILIES; f++) {
		if (!a->env.has_family[f])
			continue;
		if (conntrack_clean(a->fd, (enum model_family)f, is_stale,
			    &a->settle, &deleted, &e) < 0)
			note_flows_failed(a, &e);
		a->stats.flows_deleted += deleted;
	}
}

static int sync_whole(
	struct apply *a, struct model *m, bool is_full, struct err *e)
{
	int r = sync_once(a, m, is_full, e);
	struct ruleset_counts c;

	batch_reset(&a->batch);
	if (r != 0) {
		settle_drop(&a->settle, m);
		a->is_full_due = true;
		a->stats.failures += r < 0;
		return r;
	}
	if (is_full)
		a->replaced_at_ns = now_ns();
	settle_keep(&a->settle, m, note_kept, a);
	c = table_count(&a->table, &a->env);
	a->stats.services_left_out = a->settle.left_out;
	a->stats.chains = c.chains;
	a->stats.rules = c.rules;
	a->stats.syncs++;
	a->stats.full_syncs += is_full;
	clean_flows(a);
	return 0;
}

/* All anew; a Service that the kernel does not take must not stop the rest. */
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

	if (!a->is_full_due && !model_is_dirty(m))
		return 0;
	if (await_own_table(a, e) < 0)
		return -1;
	if (!a->is_full_due)
		r = sync_whole(a, m, false, &first);
	if (r < 0)
		log_event(LOG_WARN, "change refused, replacing the table",
			"error", first.text, NULL);
	return r == 0 ? 0 : sync_without_refused(a, m, e);
}

/* Every element, when others committed, but not for ever. */
static int audit(struct apply *a, const struct model *m, struct err *e)
{
	uint64_t start = now_ns();
	int r;

	if (!a->guard.is_doubtful || start < a->audit_at_ns)
		return 0;
	r = audit_elements(a->fd, APPLY_TABLE, m, a->guard.has_family, e);
	a->guard.is_doubtful = r < 0;
	a->audit_at_ns = now_ns() + (now_ns() - start) * AUDIT_PAUSE;
	return r;
}

int apply_listen(struct apply *a, const struct model *m, struct err *e)
{
	uint64_t ticks;
	int r = 0;

	clean_flows(a);
	if (read(a->timer_fd, &ticks, sizeof(ticks)) < 0 || a->is_full_due)
		return a->is_full_due;
	if (remove_stand_in(a, e) < 0)
		return -1;
	r = guard_check(&a->guard, a->fd, a->table.counts, e);
	if (r == 0)
		r = audit(a, m, e);
	if (r > 0) {
		a->is_full_due = true;
		a->stats.repairs++;
	}
	return r;
}

size_t apply_list_health(
	const struct model *m, struct apply_health *out, size_t max)
{
	struct model_entry *n = NULL;
	size_t at = 0, count = 0;

	while ((n = model_each(m, &at, n))) {
		const struct record *r = n->applied;

		if (!r || !r->health_port)
			continue;
		if (count < max)
			out[count] = (struct apply_health){
				n->name, r->health_port, r->local_endpoints};
		count++;
	}
	return count;
}
