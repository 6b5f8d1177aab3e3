/*
 * measure - times the ruleset's work without an API server.
 *
 *   measure transaction SERVICES ENDPOINTS
 *       first syncs, from nothing, in turn with their floor (the kernel alone:
 *       the same elements in plain sets, without chains and comments) and with
 *       the fixed part (our chains, rules and sets without any Service)
 *   measure change SERVICES ENDPOINTS
 *       200 endpoints replaced and 200 added, from the model to the answer
 *   measure large 1 ENDPOINTS
 *       one Service of many endpoints: 200 endpoints replaced, and affinity
 *       switched on and off: how long the program does nothing else
 *   measure plan SERVICES ENDPOINTS
 *       the same elements as text for nft -f
 * All but the last print NAME=VALUE words on one line.  Needs a network
 * namespace whose rules nobody else uses.
 */
#include "kube-proxy-mini/kernel/apply.h"
#include "kube-proxy-mini/kernel/cleanup.h"
#include "kube-proxy-mini/kernel/netlink.h"
#include "kube-proxy-mini/model/entries.h"
#include "kube-proxy-mini/ruleset/nft_elem.h"
#include "kube-proxy-mini/ruleset/nft_set.h"
#include "kube-proxy-mini/ruleset/nftmsg.h"
#include "kube-proxy-mini/show/show.h"
#include "kube-proxy-mini/test/numbered.h"
#include "lib/base/clock.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUNS        25 /* of each, unless that takes longer than */
#define RUNS_US     6e6
#define CHANGES     200
#define QUIET_US    20000 /* in which the kernel frees what was removed */
#define MODEL_BYTES ((size_t)512 << 20)
#define BATCH_BYTES ((size_t)512 << 20)

struct size {
	uint32_t services, endpoints;
};

static void stop(const struct err *e)
{
	fprintf(stderr, "measure: %s\n", e->text);
	exit(1);
}

static double now_us(void)
{
	return (double)clock_monotonic_ns() / 1e3;
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double at_percent(double *v, size_t n, size_t percent)
{
	qsort(v, n, sizeof(*v), compare_doubles);
	return v[n * percent / 100 < n ? n * percent / 100 : n - 1];
}

/* ---- the floor ----------------------------------------------------------- */

static const struct nft_set floor_sets[] = {
	{"services", "floor", NFT_SET_MAP, false,
		{NFT_TYPE_IPV4, NFT_TYPE_PROTO, NFT_TYPE_PORT},
		{NFT_TYPE_MARK, NFT_TYPE_MARK, NFT_TYPE_MARK}},
	{"cluster-ips", "floor", 0, false, {NFT_TYPE_IPV4}, {0}},
	{"endpoints", "floor", NFT_SET_MAP, false,
		{NFT_TYPE_MARK, NFT_TYPE_MARK}, {NFT_TYPE_IPV4, NFT_TYPE_PORT}},
};

static void put_raw(struct nft *w, const struct nft_set *set, const void *key,
	const void *data)
{
	size_t data_len = nft_types_bytes(set->value);

	nft_elems_put(w, NFT_OP_ADD, set->name,
		&(struct nft_elem){
			.key = key,
			.key_len = nft_types_bytes(set->key),
			.data = data_len ? data : NULL,
			.data_len = data_len,
		});
}

static void put_floor_service(struct nft *w, uint32_t i, uint32_t n)
{
	uint8_t key[12] = {[4] = MODEL_TCP, [9] = 80};
	uint32_t data[3] = {2, n, i};

	memcpy(key, numbered_service_ip(i).b, 4);
	put_raw(w, &floor_sets[0], key, data);
}

static void put_floor_endpoint(struct nft *w, uint32_t i, uint32_t k)
{
	uint32_t key[2] = {i, k};
	uint8_t data[8] = {[4] = 0x1f, [5] = 0x90};

	memcpy(data, numbered_endpoint_ip(i, k).b, 4);
	put_raw(w, &floor_sets[2], key, data);
}

static void floor_elements(struct nft *w, struct size s)
{
	nft_elems_begin(w, NFT_OP_ADD, "services");
	for (uint32_t i = 0; i < s.services; i++)
		put_floor_service(w, i, s.endpoints);
	nft_elems_end(w);
	nft_elems_begin(w, NFT_OP_ADD, "cluster-ips");
	for (uint32_t i = 0; i < s.services; i++)
		put_raw(w, &floor_sets[1], numbered_service_ip(i).b, NULL);
	nft_elems_end(w);
	nft_elems_begin(w, NFT_OP_ADD, "endpoints");
	for (uint32_t i = 0; i < s.services; i++)
		for (uint32_t k = 0; k < s.endpoints; k++)
			put_floor_endpoint(w, i, k);
	nft_elems_end(w);
}

static void ask_answer(struct buf *b, size_t at)
{
	struct nlmsghdr h;

	memcpy(&h, b->p + at, sizeof(h));
	h.nlmsg_flags |= NLM_F_ACK;
	memcpy(b->p + at, &h, sizeof(h));
}

struct floor {
	struct buf bytes;
	uint32_t last_seq;
	int fd;
};

static void make_floor(struct floor *f, struct size s)
{
	struct nft w = {.out = &f->bytes,
		.table = "floor",
		.family = NFPROTO_IPV4,
		.seq = 1};
	struct err e = {0};

	f->bytes = buf_growing(BATCH_BYTES);
	nftmsg_batch_begin(&f->bytes, 0);
	nft_table_add(&w, NULL);
	nft_set_add(&w, &floor_sets[0], s.services * 5 / 4);
	nft_set_add(&w, &floor_sets[1], s.services * 5 / 4);
	nft_set_add(&w, &floor_sets[2], s.services * s.endpoints * 5 / 4);
	floor_elements(&w, s);
	ask_answer(&f->bytes, w.msg);
	nftmsg_batch_end(&f->bytes, w.seq);
	f->last_seq = w.seq - 1;
	if (netlink_open(&f->fd, &e) < 0)
		stop(&e);
}

static void send_floor(const struct floor *f)
{
	struct batch_parts parts = {
		.part = {buf_view(&f->bytes)}, .n = 1, .last_seq = f->last_seq};
	struct netlink_refusal refusal;
	struct err e = {0};

	if (netlink_transact(f->fd, &parts, &refusal, &e) < 0)
		stop(&e);
}

/* ---- our rules ----------------------------------------------------------- */

struct subject {
	struct env env;
	struct model *model;
	struct apply *apply;
};

static void sync_now(struct subject *s)
{
	struct err e = {0};

	if (apply_sync(s->apply, s->model, &e) < 0)
		stop(&e);
}

static void set_up(struct subject *s, struct size size)
{
	struct err e = {0};

	s->env = env_default();
	s->model = model_make(MODEL_BYTES);
	s->apply = apply_open(&s->env, &e);
	if (!s->apply)
		stop(&e);
	numbered_load(s->model, size.services, size.endpoints);
}

static void remove_table(const struct floor *f, const char *name)
{
	struct err e = {0};

	if (cleanup_table(f->fd, name, &e) < 0)
		stop(&e);
	usleep(QUIET_US);
}

/* Milliseconds from the send to the kernel's answer. */
static double time_floor(const struct floor *f)
{
	double start;

	remove_table(f, "floor");
	start = now_us();
	send_floor(f);
	return (now_us() - start) / 1e3;
}

static double time_load(struct subject *s, const struct floor *f)
{
	remove_table(f, RULESET_TABLE);
	apply_set_env(s->apply, &s->env); /* so that it is written whole */
	sync_now(s);
	return (double)apply_stats(s->apply)->send_ns / 1e6;
}

struct transaction {
	struct subject ours, none; /* none: has no Services */
	struct floor floor;
	double floor_ms[RUNS], fixed_ms[RUNS], load_ms[RUNS];
	size_t runs;
};

/* Ratios compare the fastest runs: other work can only slow a run down. */
static void print_transaction(struct transaction *t)
{
	struct stats st = *apply_stats(t->ours.apply);
	double median_floor = at_percent(t->floor_ms, t->runs, 50);
	double median_load = at_percent(t->load_ms, t->runs, 50);
	double fixed = at_percent(t->fixed_ms, t->runs, 0);
	double floor = t->floor_ms[0], load = t->load_ms[0];

	printf("ratio=%.3f ratio_elements=%.3f floor_ms=%.2f fixed_ms=%.2f "
	       "load_ms=%.2f floor_median_ms=%.2f load_median_ms=%.2f ",
		load / (floor + fixed), load / floor, floor, fixed, load,
		median_floor, median_load);
	printf("runs=%zu plan_ms=%.1f bytes=%llu operations=%llu\n", t->runs,
		(double)st.plan_ns / 1e6, (unsigned long long)st.bytes,
		(unsigned long long)st.operations);
}

static void measure_transaction(struct size size)
{
	static struct transaction t;
	double start;

	set_up(&t.ours, size);
	set_up(&t.none, (struct size){0, 0});
	make_floor(&t.floor, size);
	start = now_us();
	while (t.runs < RUNS && now_us() - start < RUNS_US) {
		t.floor_ms[t.runs] = time_floor(&t.floor);
		t.fixed_ms[t.runs] = time_load(&t.none, &t.floor);
		t.load_ms[t.runs] = time_load(&t.ours, &t.floor);
		t.runs++;
	}
	print_transaction(&t);
	buf_free(&t.floor.bytes);
}

/* Change each of some Services and back; only the way there is timed. */
static void time_changes(
	struct subject *s, struct size size, bool is_growth, double *took)
{
	for (uint32_t i = 0; i < CHANGES; i++) {
		uint32_t which = (uint32_t)(i * 2654435761u) % size.services;

		took[i] = now_us();
		numbered_slice(s->model, which, size.endpoints + is_growth,
			is_growth ? 0 : 1000);
		sync_now(s);
		took[i] = now_us() - took[i];
		numbered_slice(s->model, which, size.endpoints, 0);
		sync_now(s);
		usleep(500);
	}
}

static void measure_change(struct size size)
{
	static struct subject s;
	static double took[CHANGES];

	set_up(&s, size);
	sync_now(&s);
	time_changes(&s, size, false, took);
	printf("replace_p50_us=%.1f replace_p99_us=%.1f ",
		at_percent(took, CHANGES, 50), at_percent(took, CHANGES, 99));
	time_changes(&s, size, true, took);
	printf("add_p50_us=%.1f add_p99_us=%.1f\n",
		at_percent(took, CHANGES, 50), at_percent(took, CHANGES, 99));
}

/* Sync until nothing is left to do; the longest that one sync took. */
static double longest_sync(struct subject *s)
{
	double longest = 0, start;

	do {
		start = now_us();
		sync_now(s);
		if (now_us() - start > longest)
			longest = now_us() - start;
	} while (model_is_dirty(s->model) || apply_is_due(s->apply));
	return longest;
}

static void measure_large(struct size size)
{
	static struct subject s;
	static double took[CHANGES];
	uint32_t slices = size.endpoints / NUMBERED_LARGE_SLICE;

	set_up(&s, (struct size){0, 0});
	numbered_large(s.model, size.endpoints, 0);
	sync_now(&s);
	for (uint32_t i = 0; i < CHANGES; i++) {
		took[i] = now_us();
		numbered_large_slice(
			s.model, i % slices, NUMBERED_LARGE_SLICE, 1000000 + i);
		sync_now(&s);
		took[i] = now_us() - took[i];
		usleep(500);
	}
	printf("large_p50_us=%.1f large_p99_us=%.1f ",
		at_percent(took, CHANGES, 50), at_percent(took, CHANGES, 99));
	for (int on = 1; on >= 0; on--) {
		numbered_large(s.model, size.endpoints, on ? 10800 : 0);
		printf("affinity_%s_ms=%.1f%c", on ? "on" : "off",
			longest_sync(&s) / 1e3, on ? ' ' : '\n');
	}
}

static void print_plan(struct size size)
{
	struct buf text = buf_growing(BATCH_BYTES);
	static struct subject s;
	struct err e = {0};

	s.env = env_default();
	s.env.has_family[MODEL_V6] = false;
	s.model = model_make(MODEL_BYTES);
	numbered_load(s.model, size.services, size.endpoints);
	if (show_plan(s.model, &s.env, &text, &e) < 0)
		stop(&e);
	fwrite(text.p, 1, text.n, stdout);
	buf_free(&text);
}

static uint32_t number(const char *text)
{
	uint64_t v;

	if (str_u64(str_of(text), 1, 1000000, &v) < 0) {
		fprintf(stderr, "measure: %s is no number\n", text);
		exit(2);
	}
	return (uint32_t)v;
}

int main(int argc, char **argv)
{
	struct size size;

	if (argc < 4) {
		fputs("see the head of measure.c\n", stderr);
		return 2;
	}
	size = (struct size){number(argv[2]), number(argv[3])};
	if (strcmp(argv[1], "transaction") == 0)
		measure_transaction(size);
	else if (strcmp(argv[1], "change") == 0)
		measure_change(size);
	else if (strcmp(argv[1], "large") == 0)
		measure_large(size);
	else if (strcmp(argv[1], "plan") == 0)
		print_plan(size);
	else
		return 2;
	return 0;
}
