/*
 * t_oracle - after every event the kernel does what the oracle (oracle.h) says,
 * even when the proxy restarts in between or others change its tables.
 *
 * Needs root: it makes a network namespace of its own.  SEED and STEPS in the
 * environment repeat a run or make it longer; SOAK_S=600 goes on with other
 * seeds for that many seconds, and prints each seed.
 */
#include "kube-proxy-mini/kernel/apply.h"
#include "kube-proxy-mini/kernel/cleanup.h"
#include "kube-proxy-mini/kernel/lookup.h"
#include "kube-proxy-mini/kernel/netlink.h"
#include "kube-proxy-mini/model/entries.h"
#include "kube-proxy-mini/model/model.h"
#include "kube-proxy-mini/ruleset/batch.h"
#include "kube-proxy-mini/ruleset/nft_rule.h"
#include "kube-proxy-mini/ruleset/nftmsg.h"
#include "kube-proxy-mini/test/oracle.h"
#include "kube-proxy-mini/test/readback.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define TEXT_MAX    ((size_t)16 << 20)
#define MODEL_BYTES ((size_t)64 << 20)

#define MEDDLE_EVERY 150 /* steps; each waits a second for the guard */

struct run {
	struct world world;
	struct model *model;
	struct apply *apply;
	int fd; /* for reading back */
	struct buf want, got;
};

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);
	uint64_t v;

	return text && str_u64(str_of(text), 1, UINT64_MAX, &v) == 0
		       ? v
		       : otherwise;
}

/* The first line in which they differ. */
static void show_difference(struct run *r)
{
	const char *a = buf_cstr(&r->want), *b = buf_cstr(&r->got);

	while (*a && *a == *b) {
		a++;
		b++;
	}
	while (a > r->want.p && a[-1] != '\n') {
		a--;
		b--;
	}
	print_message("oracle: %.*s\nkernel: %.*s\n", (int)strcspn(a, "\n"), a,
		(int)strcspn(b, "\n"), b);
}

static void check(struct run *r, uint64_t step)
{
	struct err e = {0};

	buf_reset(&r->want);
	buf_reset(&r->got);
	oracle_text(&r->world, &r->want);
	if (readback_text(r->fd, RULESET_TABLE, &r->got, &e) < 0)
		fail_msg("step %llu: %s", (unsigned long long)step, e.text);
	if (str_eq(buf_view(&r->want), buf_view(&r->got)))
		return;
	show_difference(r);
	fail_msg("step %llu differs", (unsigned long long)step);
}

static void restart(struct run *r)
{
	struct err e = {0};

	apply_close(r->apply);
	model_free(r->model);
	r->model = model_make(MODEL_BYTES);
	r->apply = apply_open(&r->world.env, &e);
	if (!r->model || !r->apply)
		fail_msg("%s", e.text);
	world_list(&r->world, r->model);
}

static void take_env(struct run *r, const struct env *before)
{
	if (memcmp(before, &r->world.env, sizeof(*before)) != 0)
		apply_set_env(r->apply, &r->world.env);
}

static void sync_now(struct run *r, uint64_t step)
{
	struct err e = {0};

	if (apply_sync(r->apply, r->model, &e) < 0)
		fail_msg("step %llu: %s", (unsigned long long)step, e.text);
	assert_false(model_is_dirty(r->model));
	/* a refused change would silently have replaced the table */
	assert_int_equal(apply_stats(r->apply)->failures, 0);
}

/* List everything again without changes: nothing may be sent. */
static void check_quiet(struct run *r, uint64_t step)
{
	uint32_t before = 0, after = 1;
	struct err e = {0};

	if (netlink_generation(r->fd, &before, &e) < 0)
		fail_msg("%s", e.text);
	world_list(&r->world, r->model);
	assert_false(model_is_dirty(r->model));
	sync_now(r, step);
	if (netlink_generation(r->fd, &after, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(before, after);
}

/* Others' changes. */

static void commit(struct run *r, struct batch *b)
{
	struct netlink_refusal refusal;
	struct err e = {0};

	if (netlink_send_batch(r->fd, b, &refusal, &e) < 0)
		fail_msg("foreign change: %s", e.text);
	batch_free(b);
}

/* Deletes the table of a random family, or both. */
static void delete_table(struct run *r)
{
	uint32_t which = world_random(&r->world, 3);
	struct batch b;

	batch_make(&b, RULESET_TABLE);
	for (uint32_t f = 0; f < MODEL_FAMILIES; f++)
		if (which != f)
			nft_table_delete(&b.heads[f]);
	commit(r, &b);
}

static const char *any_chain(struct run *r)
{
	static const char *const chains[] = {
		"services", "prerouting", "output", "postrouting"};

	return chains[world_random(&r->world, 4)];
}

static void flush_chain(struct run *r)
{
	struct batch b;
	struct nft *w;
	size_t at;

	batch_make(&b, RULESET_TABLE);
	w = &b.heads[world_random(&r->world, MODEL_FAMILIES)];
	at = nftmsg_begin(
		w->out, (struct nftmsg){NFT_MSG_DELRULE, 0, w->family, w->seq});
	w->msg = at;
	nftmsg_text(w->out, NFTA_RULE_TABLE, RULESET_TABLE);
	nftmsg_text(w->out, NFTA_RULE_CHAIN, any_chain(r));
	nftmsg_end(w->out, at);
	commit(r, &b);
}

static void add_rule(struct run *r)
{
	struct batch b;
	struct nft *w;

	batch_make(&b, RULESET_TABLE);
	w = &b.heads[world_random(&r->world, MODEL_FAMILIES)];
	nft_rule_begin(w, any_chain(r));
	nft_verdict(w, NF_ACCEPT, NULL);
	nft_rule_end(w, "somebody was here");
	commit(r, &b);
}

struct pick {
	struct elem el;
	uint32_t at;
	bool is_found;
};

static int pick_element(
	void *context, const struct elem *el, struct str comment, struct err *e)
{
	struct pick *p = context;

	(void)comment;
	(void)e;
	if (p->at-- != 0)
		return 0;
	p->el = *el;
	p->is_found = true;
	return 0;
}

/* Deletes one element, or puts another in its place. */
static void change_element(struct run *r, bool is_replaced)
{
	static const enum ruleset_set sets[] = {RULESET_SERVICES,
		RULESET_ENDPOINTS, RULESET_CLUSTER_IPS, RULESET_OUTSIDE};
	enum model_family f =
		(enum model_family)world_random(&r->world, MODEL_FAMILIES);
	enum ruleset_set set = sets[world_random(&r->world, 4)];
	struct lookup_set from = {r->fd, RULESET_TABLE, f, set};
	struct pick p = {.at = world_random(&r->world, 8)};
	struct str none = {"", 0};
	struct err e = {0};
	struct batch b;

	if (lookup_all(&from, pick_element, &p, &e) < 0)
		fail_msg("%s", e.text);
	if (!p.is_found)
		return;
	batch_make(&b, RULESET_TABLE);
	batch_put(&b, NFT_OP_DELETE, &p.el, none);
	if (is_replaced) {
		if (set == RULESET_CLUSTER_IPS)
			p.el.ip[2] ^= 0x80;
		else if (set == RULESET_ENDPOINTS)
			p.el.port ^= 1;
		else
			p.el.of.group ^= 0x40000000;
		batch_put(&b, NFT_OP_ADD, &p.el, none);
	}
	commit(r, &b);
}

static void meddle(struct run *r)
{
	switch (world_random(&r->world, 5)) {
	case 0:
		delete_table(r);
		break;
	case 1:
		flush_chain(r);
		break;
	case 2:
		add_rule(r);
		break;
	case 3:
		change_element(r, false);
		break;
	default:
		change_element(r, true);
		break;
	}
}

/* As the program does: wait for the timer, look, repair. */
static void repair(struct run *r, uint64_t step)
{
	struct err e = {0};
	int found = 0;

	for (int tries = 0; !found && tries < 3; tries++) {
		struct pollfd p = {apply_fd(r->apply), POLLIN, 0};

		poll(&p, 1, 5000);
		found = apply_listen(r->apply, r->model, &e);
		if (found < 0)
			fail_msg("step %llu: %s", (unsigned long long)step,
				e.text);
	}
	sync_now(r, step);
}

static void run_steps(struct run *r, uint64_t steps)
{
	static struct env before;

	for (uint64_t i = 0; i < steps; i++) {
		uint32_t burst = 1 + world_random(&r->world, 3);

		before = r->world.env;
		while (burst--)
			world_step(&r->world, r->model);
		take_env(r, &before);
		if (world_random(&r->world, 300) == 0)
			restart(r);
		sync_now(r, i);
		check(r, i);
		if (i % 50 == 0)
			check_quiet(r, i);
		if (world_random(&r->world, MEDDLE_EVERY) == 0) {
			meddle(r);
			repair(r, i);
			check(r, i);
		}
	}
}

static int open_run(struct run *r, uint64_t seed)
{
	struct err e = {0};

	world_make(&r->world, seed);
	r->want = buf_growing(TEXT_MAX);
	r->got = buf_growing(TEXT_MAX);
	if (netlink_open(&r->fd, &e) < 0) {
		print_message("%s\n", e.text);
		return -1;
	}
	restart(r);
	return 0;
}

static void close_run(struct run *r)
{
	apply_close(r->apply);
	model_free(r->model);
	buf_free(&r->want);
	buf_free(&r->got);
	close(r->fd);
}

static void test_random_events(void **state)
{
	uint64_t seed = from_environment("SEED", 20251123);
	uint64_t steps = from_environment("STEPS", 1200);
	time_t end = time(NULL) + (time_t)from_environment("SOAK_S", 1);
	static struct run r;

	(void)state;
	if (unshare(CLONE_NEWNET) < 0) {
		print_message("no network namespace: %s\n", strerror(errno));
		skip();
	}
	do {
		assert_int_equal(open_run(&r, seed), 0);
		print_message("SEED=%llu STEPS=%llu\n",
			(unsigned long long)seed, (unsigned long long)steps);
		run_steps(&r, steps);
		close_run(&r);
		seed = seed * 6364136223846793005u + 1442695040888963407u;
	} while (time(NULL) < end);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
