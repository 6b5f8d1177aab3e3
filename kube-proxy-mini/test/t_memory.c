/*
 * t_memory - lets each allocation fail in turn: nothing crashes or leaks, and
 * every failure is reported.
 *
 * It replaces the C library's allocator, so it does nothing under a sanitizer
 * that brings its own.
 */
#include "kube-proxy-mini/model/model.h"
#include "kube-proxy-mini/plan/diff.h"
#include "kube-proxy-mini/plan/settle.h"
#include "kube-proxy-mini/ruleset/batch.h"
#include "kube-proxy-mini/test/world.h"
#include "lib/base/test/sanitizer.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MODEL_BYTES ((size_t)64 << 20)
#define STEPS       60

static long countdown; /* to the allocation that fails; below 0: none */
static long live;      /* blocks held, while counting */

#if !HAS_SANITIZER
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void __libc_free(void *p);
void *malloc(size_t n);
void *calloc(size_t n, size_t size);
void *realloc(void *p, size_t n);
void free(void *p);

static bool must_fail(void)
{
	if (countdown < 0 || countdown-- > 0)
		return false;
	errno = ENOMEM;
	return true;
}

static void *counted(void *p)
{
	live += p != NULL;
	return p;
}

void *malloc(size_t n)
{
	return must_fail() ? NULL : counted(__libc_malloc(n));
}

void *calloc(size_t n, size_t size)
{
	return must_fail() ? NULL : counted(__libc_calloc(n, size));
}

void *realloc(void *p, size_t n)
{
	void *q = must_fail() ? NULL : __libc_realloc(p, n);

	live += !p && q;
	return q;
}

void free(void *p)
{
	live -= p != NULL;
	__libc_free(p);
}
#endif

static void take(void *context, enum nft_op op, const struct elem *el,
	struct str port_name)
{
	batch_put(context, op, el, port_name);
}

static void kept(
	void *context, const struct record *was, const struct record *now)
{
	(void)context;
	(void)was;
	(void)now;
}

/* Plan, write and keep, or drop, as kernel/apply.c does. */
static bool sync_once(struct settle *s, struct model *m, const struct env *env,
	struct batch *b)
{
	struct batch_parts parts;
	struct err e = {0};

	if (settle_plan(s, m, env, &e) < 0) {
		assert_int_not_equal(e.text[0], 0);
		settle_drop(s, m);
		settle_forget(s, m);
		return false;
	}
	for (struct model_entry *p = s->planned; p; p = p->next_planned)
		diff_records(p->applied, p->next, take, b);
	if (batch_finish(b, &parts, &e) < 0) {
		assert_int_not_equal(e.text[0], 0);
		settle_drop(s, m);
		settle_forget(s, m);
		return false;
	}
	settle_keep(s, m, kept, NULL);
	return true;
}

static void put_some(struct model *m, uint64_t i)
{
	const struct model_ip ip = {MODEL_V4, {10, 96, 0, (uint8_t)(i % 7)}};
	const struct model_port port = {STR("p"), MODEL_TCP, 80, 0};
	const struct model_slice_port slice_port = {STR("p"), MODEL_TCP, 80};
	const struct str zone = STR("za");
	struct model_endpoint p[3];
	char name[16];
	struct model_service s = {.ns = STR("ns"),
		.cluster_ips = &ip,
		.n_cluster_ips = 1,
		.ports = &port,
		.n_ports = 1,
		.affinity_s = i % 3 ? 0 : 10};
	struct model_slice l = {.ns = STR("ns"),
		.ports = &slice_port,
		.n_ports = 1,
		.endpoints = p,
		.n_endpoints = 3};

	snprintf(name, sizeof(name), "s%u", (unsigned)(i % 9));
	s.name = l.name = l.service = str_of(name);
	for (size_t k = 0; k < 3; k++)
		p[k] = (struct model_endpoint){
			.ip = {MODEL_V4, {10, 0, (uint8_t)i, (uint8_t)k}},
			.conditions = MODEL_EP_READY,
			.hint_zones = &zone,
			.n_hint_zones = 1};
	model_put_service(m, &s, NULL); /* may fail: then it is not there */
	model_put_slice(m, &l, NULL);
	if (i % 11 == 0)
		model_delete_service(m, STR("ns"), STR("s3"));
}

static void scenario(const struct env *env, struct batch *b)
{
	struct model *m = model_make(MODEL_BYTES);
	struct settle s;

	if (!m)
		return;
	settle_make(&s);
	s.large_from = 2; /* plans by what changed, too */
	for (uint64_t i = 0; i < STEPS; i++) {
		put_some(m, i);
		if (i % 4 == 0)
			sync_once(&s, m, env, b);
		batch_reset(b);
	}
	settle_free(&s);
	model_free(m);
}

static void test_every_allocation_fails_once(void **state)
{
	static struct world world;
	static struct batch b;
	long before, n = 0;

	(void)state;
	if (HAS_SANITIZER)
		skip();
	countdown = -1;
	world_make(&world, 1);
	do {
		before = live;
		batch_make(&b, "t");
		countdown = n++;
		scenario(&world.env, &b);
		batch_free(&b);
		if (live != before)
			fail_msg("allocation %ld: %ld blocks leaked", n,
				live - before);
	} while (countdown < 0); /* it was reached */
	countdown = -1;
	print_message("%ld allocations\n", n);
	assert_true(n > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_allocation_fails_once),
	};

	countdown = -1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
