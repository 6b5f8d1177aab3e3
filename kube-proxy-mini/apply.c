/*
 * apply - plan, compare, send.
 *
 * A sync has three passes.  First every dirty Service gets its next record,
 * until nobody disputes an address any more; then each record is compared
 * with the applied one and the operations are written; then the transaction
 * is sent, and only when the kernel took it do next records become applied
 * ones.  A refusal forgets all that was applied, so the next transaction
 * replaces the table.
 */
#include "kube-proxy-mini/apply.h"

#include "kube-proxy-mini/batch.h"
#include "kube-proxy-mini/claims.h"
#include "kube-proxy-mini/classes.h"
#include "kube-proxy-mini/diff.h"
#include "kube-proxy-mini/guard.h"
#include "kube-proxy-mini/netlink.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"

#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define ARENA_MAX      ((size_t)256 << 20) /* for planning one Service */
#define SIZE_LEAST     1024u /* elements that a set has room for at least */
#define SIZE_REBUILD   4     /* so many times its first size: replace */
#define GUARD_PERIOD_S 1     /* how often the guard looks */
#define COMMENT_BYTES  (2 * MODEL_NAME_MAX + MODEL_NAME_MAX + 3)

struct apply {
	int fd, timer_fd;
	struct guard guard;
	struct env env;
	bool is_full_due; /* nothing is known of the kernel's table */
	struct model_entry *planned, **planned_end; /* of this sync */
	const struct model_entry *now; /* whose operations are written */
	struct claims claims;
	struct record_numbers numbers;
	struct classes classes[MODEL_FAMILIES];
	uint32_t counts[MODEL_FAMILIES][RULESET_SETS];
	uint32_t sizes[MODEL_FAMILIES][RULESET_SETS];
	uint32_t first_sizes[MODEL_FAMILIES][RULESET_SETS];
	struct arena arena;
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
	a->planned_end = &a->planned;
	a->arena = arena_make(ARENA_MAX);
	batch_make(&a->batch, APPLY_TABLE);
	apply_set_env(a, env);
	if (open_descriptors(a, e) < 0) {
		apply_close(a);
		return NULL;
	}
	return a;
}

void apply_close(struct apply *a)
{
	if (!a)
		return;
	fd_close(&a->fd);
	fd_close(&a->timer_fd);
	claims_free(&a->claims);
	arena_free(&a->arena);
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

int apply_listen(struct apply *a, struct err *e)
{
	uint64_t ticks;
	int r = 0;

	if (read(a->timer_fd, &ticks, sizeof(ticks)) < 0 || a->is_full_due)
		return a->is_full_due;
	r = guard_check(&a->guard, a->fd, a->counts, e);
	if (r > 0) {
		a->is_full_due = true;
		a->stats.repairs++;
	}
	return r;
}

/* Pass one: next records. */

static void touch_lost(struct model *m)
{
	size_t at = 0;
	struct model_entry *n = NULL;

	while ((n = model_each(m, &at, n)))
		if (n->has_lost)
			model_touch(m, n);
}

static bool is_exclusive(const struct elem *el)
{
	return el->set == RULESET_SERVICES || el->set == RULESET_CLUSTER_IPS;
}

/* Elements that stand or fall with the Service's address. */
static bool has_same_address(const struct elem *a, const struct elem *b)
{
	return a->family == b->family && a->port == b->port &&
	       a->proto == b->proto && b->set != RULESET_HAIRPIN &&
	       memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

/* Take the elements of a lost address out of a record. */
static void drop_address(struct record *r, const struct elem *lost)
{
	struct elem gone = *lost;
	uint32_t n = 0;

	for (uint32_t i = 0; i < r->n_elems; i++)
		if (!has_same_address(&gone, &r->elems[i]))
			r->elems[n++] = r->elems[i];
	r->n_elems = n;
}

static int claim_record(struct apply *a, struct model *m, struct model_entry *n,
	struct record *r, struct err *e)
{
	struct model_entry *loser;
	uint32_t i = 0;

	while (r && i < r->n_elems) {
		if (!is_exclusive(&r->elems[i])) {
			i++;
			continue;
		}
		switch (claims_ask(&a->claims, &r->elems[i], n, &loser)) {
		case CLAIMS_TAKEN:
			model_touch(m, loser);
			i++;
			break;
		case CLAIMS_OURS:
			i++;
			break;
		case CLAIMS_LOST:
			n->has_lost = true;
			drop_address(r, &r->elems[i]);
			i = 0;
			break;
		case CLAIMS_FULL:
			return err_kind(e, ERR_LIMIT, "out of memory");
		}
	}
	return 0;
}

/* Give up what `was` had and `now` has not; true when something was. */
static bool release(struct apply *a, const struct model_entry *n,
	const struct record *was, const struct record *now)
{
	uint32_t i = 0, j = 0;
	bool is_released = false;

	while (was && i < was->n_elems) {
		int c = !now || j == now->n_elems
				? -1
				: elem_compare(&was->elems[i], &now->elems[j]);

		if (c < 0 && is_exclusive(&was->elems[i]))
			is_released |=
				claims_give(&a->claims, &was->elems[i], n);
		i += c <= 0;
		j += c >= 0;
	}
	return is_released;
}

static void enlist(struct apply *a, struct model_entry *n)
{
	if (n->is_planned)
		return;
	n->is_planned = true;
	n->next_planned = NULL;
	*a->planned_end = n;
	a->planned_end = &n->next_planned;
}

static int plan_entry(struct apply *a, struct model *m, struct model_entry *n,
	bool *is_released, struct err *e)
{
	const struct record *was = n->is_planned ? n->next : n->applied;
	struct record *next = NULL;
	struct plan plan;

	arena_reset(&a->arena);
	n->has_lost = false;
	if (plan_make(n, &a->env, &a->arena, &plan) < 0)
		return err_kind(e, ERR_LIMIT, "too large to plan");
	if (record_make(&plan, n->applied, &a->numbers, &a->arena, &next, e) <
		0)
		return -1;
	if (claim_record(a, m, n, next, e) < 0) {
		free(next);
		return -1;
	}
	*is_released |= release(a, n, was, next);
	if (n->is_planned)
		free(n->next);
	n->next = next;
	enlist(a, n);
	return 0;
}

static int plan_all(struct apply *a, struct model *m, struct err *e)
{
	struct model_entry *n;
	bool is_released;

	do {
		is_released = false;
		while ((n = model_take_dirty(m)))
			if (plan_entry(a, m, n, &is_released, e) < 0) {
				model_touch(m, n);
				return err_at(e, "Service %s", n->name);
			}
		if (is_released)
			touch_lost(m);
	} while (model_is_dirty(m));
	return 0;
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
		count = claims_count(&a->claims, el, op == NFT_OP_ADD ? 1 : -1);
		if (count != (op == NFT_OP_ADD ? 1 : 0))
			return;
	}
	if (op == NFT_OP_ADD)
		a->counts[el->family][el->set]++;
	else
		a->counts[el->family][el->set]--;
	if (op == NFT_OP_ADD &&
		(el->set == RULESET_SERVICES || el->set == RULESET_OUTSIDE))
		classes_need(&a->classes[el->family], el->of.class);
	batch_put(&a->batch, op, el, comment_of(&text, a, el, port_name));
}

static void diff_all(struct apply *a)
{
	for (a->now = a->planned; a->now; a->now = a->now->next_planned)
		diff_records(a->now->applied, a->now->next, take_operation, a);
}

static uint32_t room_for(uint32_t n)
{
	n += n / 4;
	return n > SIZE_LEAST ? n : SIZE_LEAST;
}

/* A limit would not help these: intervals, and what packets write. */
static bool is_sized(int set)
{
	return set != RULESET_RANGES && set != RULESET_AFFINITY &&
	       set != RULESET_CLASSES;
}

static struct ruleset ruleset_of(const struct apply *a, int family)
{
	struct ruleset r = {
		.env = &a->env, .family = (enum model_family)family};

	memcpy(r.sizes, a->sizes[family], sizeof(r.sizes));
	return r;
}

static void write_tables(struct apply *a)
{
	struct ruleset r;

	for (int f = 0; f < MODEL_FAMILIES; f++) {
		for (int s = 0; s < RULESET_SETS; s++)
			a->sizes[f][s] = a->first_sizes[f][s] =
				is_sized(s) ? room_for(a->counts[f][s]) : 0;
		r = ruleset_of(a, f);
		ruleset_remove(&a->batch.heads[f]);
		if (a->env.has_family[f])
			ruleset_write(&a->batch.heads[f], &r);
	}
}

/* Raise limits in place; far beyond the first size, replace next time. */
static bool grow_sets(struct apply *a)
{
	bool is_grown = false;

	for (int f = 0; f < MODEL_FAMILIES; f++)
		for (int s = 0; s < RULESET_SETS; s++) {
			uint32_t n = a->counts[f][s];

			if (!is_sized(s) || n <= a->sizes[f][s])
				continue;
			is_grown = true;
			a->sizes[f][s] = room_for(n);
			nft_set_add(&a->batch.heads[f],
				ruleset_set((enum model_family)f,
					(enum ruleset_set)s),
				a->sizes[f][s]);
			if (n / SIZE_REBUILD > a->first_sizes[f][s])
				a->is_full_due = true;
		}
	return is_grown;
}

static bool write_classes(struct apply *a)
{
	struct ruleset r;
	bool is_new = false;

	for (int f = 0; f < MODEL_FAMILIES; f++) {
		if (!a->env.has_family[f])
			continue;
		r = ruleset_of(a, f);
		is_new |= classes_write(&a->classes[f], &a->batch.heads[f], &r,
			a->numbers.timeouts);
	}
	return is_new;
}

/* Pass three: the kernel. */

static const char *owner_of(const struct apply *a, const struct elem *el)
{
	for (const struct model_entry *n = a->planned; n; n = n->next_planned)
		for (int i = 0; i < 2; i++) {
			const struct record *r = i ? n->applied : n->next;

			for (uint32_t k = 0; r && k < r->n_groups; k++)
				if (el->of.group == r->groups[k].id)
					return n->name;
			for (uint32_t k = 0; r && k < r->n_elems; k++)
				if (elem_compare(el, &r->elems[k]) == 0)
					return n->name;
		}
	return "(none)";
}

static int say_refusal(const struct apply *a,
	const struct netlink_refusal *refusal, struct err *e)
{
	char room[256];
	struct buf text = buf_fixed(room, sizeof(room));
	enum nft_op op;
	struct elem el;

	if (!refusal->is_set)
		return err_at(e, "nftables transaction");
	if (!batch_find(&a->batch, refusal->seq, refusal->offset, &op, &el))
		return err_at(e, "nftables: tables, chains and rules");
	elem_print(&el, &text);
	return err_at(e, "nftables: %s %s { %s } for Service %s",
		op == NFT_OP_ADD ? "add to" : "delete from",
		ruleset_set(
			(enum model_family)el.family, (enum ruleset_set)el.set)
			->name,
		buf_cstr(&text), owner_of(a, &el));
}

static int send_batch(struct apply *a, struct err *e)
{
	struct str parts[BATCH_PARTS_MAX];
	struct netlink_refusal refusal = {0};
	uint32_t last_seq;
	size_t n;

	if (batch_finish(&a->batch, parts, &n, &last_seq, e) < 0)
		return -1;
	a->stats.bytes = 0;
	for (size_t i = 0; i < n; i++)
		a->stats.bytes += parts[i].n;
	if (netlink_transact(a->fd, parts, n, last_seq, &refusal, e) < 0)
		return say_refusal(a, &refusal, e);
	guard_expect_commit(&a->guard);
	return 0;
}

/* Ending a sync, either way. */

static struct model_entry *take_planned(struct apply *a)
{
	struct model_entry *n = a->planned;

	if (!n)
		return NULL;
	a->planned = n->next_planned;
	if (!a->planned)
		a->planned_end = &a->planned;
	n->is_planned = false;
	return n;
}

static void count_policies(struct apply *a, const struct record *r, int by)
{
	struct apply_stats *s = &a->stats;

	if (r && r->lacks_local_external)
		s->no_local_external += (uint64_t)by;
	if (r && r->lacks_local_internal)
		s->no_local_internal += (uint64_t)by;
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

static void keep_next(struct apply *a, struct model *m)
{
	struct model_entry *n;

	while ((n = take_planned(a))) {
		count_policies(a, n->applied, -1);
		count_policies(a, n->next, 1);
		if (!same_health(n->applied, n->next))
			a->stats.health_changes++;
		free(n->applied);
		n->applied = n->next;
		n->next = NULL;
		model_drop_if_empty(m, n);
	}
}

static void drop_next(struct apply *a, struct model *m)
{
	struct model_entry *n;

	while ((n = take_planned(a))) {
		free(n->next);
		n->next = NULL;
		model_touch(m, n);
	}
	a->is_full_due = true;
}

/* Nothing is applied: everything is planned anew, for a new table. */
static void forget(struct apply *a, struct model *m)
{
	struct model_entry *n = NULL;
	size_t at = 0;

	while ((n = model_each(m, &at, n))) {
		free(n->applied);
		n->applied = NULL;
		model_touch(m, n);
	}
	claims_free(&a->claims);
	a->stats.no_local_external = a->stats.no_local_internal = 0;
	a->numbers.n_timeouts = 0;
	memset(a->counts, 0, sizeof(a->counts));
	for (int f = 0; f < MODEL_FAMILIES; f++)
		classes_reset(&a->classes[f]);
}

static void count_rules(struct apply *a)
{
	struct ruleset_counts c = {0, 0}, one;
	struct ruleset r;

	for (int f = 0; f < MODEL_FAMILIES; f++) {
		if (!a->env.has_family[f])
			continue;
		r = ruleset_of(a, f);
		one = ruleset_count(&r);
		c.chains += one.chains;
		c.rules += one.rules;
		one = classes_count(&a->classes[f]);
		c.chains += one.chains;
		c.rules += one.rules;
	}
	a->stats.chains = c.chains;
	a->stats.rules = c.rules;
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

static int sync_once(
	struct apply *a, struct model *m, bool is_full, struct err *e)
{
	uint64_t start = now_ns();
	bool is_new_shape = is_full;

	if (is_full)
		forget(a, m);
	a->is_full_due = false;
	if (plan_all(a, m, e) < 0)
		return -1;
	diff_all(a);
	if (is_full)
		write_tables(a);
	else
		is_new_shape = grow_sets(a);
	is_new_shape |= write_classes(a);
	a->stats.plan_ns = now_ns() - start;
	return send_all(a, is_new_shape, e);
}

static int sync_whole(
	struct apply *a, struct model *m, bool is_full, struct err *e)
{
	int r = sync_once(a, m, is_full, e);

	if (r == 0)
		keep_next(a, m);
	else
		drop_next(a, m);
	batch_reset(&a->batch);
	a->stats.syncs += r == 0;
	a->stats.full_syncs += r == 0 && is_full;
	a->stats.failures += r < 0;
	if (r == 0)
		count_rules(a);
	return r;
}

int apply_sync(struct apply *a, struct model *m, struct err *e)
{
	bool is_full = a->is_full_due;
	struct err first = {0};

	if (!is_full && !model_is_dirty(m))
		return 0;
	if (is_full)
		return sync_whole(a, m, true, e);
	if (sync_whole(a, m, false, &first) == 0)
		return 0;
	log_event(LOG_WARN, "change refused, replacing the table", "error",
		first.text, NULL);
	return sync_whole(a, m, true, e);
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

/* Cleaning up. */

static int remove_tables(const char *table, struct err *e)
{
	AUTO_FD int fd = -1;
	struct netlink_refusal refusal;
	struct str parts[BATCH_PARTS_MAX];
	struct batch b;
	uint32_t port, last_seq;
	size_t n;
	int r = -1;

	if (netlink_open(&fd, &port, e) < 0)
		return -1;
	batch_make(&b, table);
	for (int f = 0; f < MODEL_FAMILIES; f++)
		ruleset_remove(&b.heads[f]);
	if (batch_finish(&b, parts, &n, &last_seq, e) == 0)
		r = netlink_transact(fd, parts, n, last_seq, &refusal, e);
	batch_free(&b);
	return r < 0 ? err_at(e, "remove the tables %s", table) : 0;
}

int apply_cleanup(struct err *e)
{
	return remove_tables(APPLY_TABLE, e);
}

int apply_cleanup_peer(struct err *e)
{
	return remove_tables("kube-proxy", e);
}
