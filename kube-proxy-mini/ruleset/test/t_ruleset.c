/*
 * t_ruleset - the bytes of the whole table and of elements against golden
 * files, and the arithmetic of classes.
 *
 * A golden file has a line of hex for each netlink message.  GOLDEN=write in
 * the environment rewrites them; review the difference then.
 */
#include "kube-proxy-mini/ruleset/batch.h"
#include "kube-proxy-mini/ruleset/elem_decode.h"
#include "kube-proxy-mini/ruleset/elem_print.h"
#include "kube-proxy-mini/ruleset/nftmsg.h"
#include "kube-proxy-mini/ruleset/ruleset.h"
#include "lib/base/fd.h"

#include <linux/netlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define GOLDEN   "kube-proxy-mini/ruleset/test/golden/"
#define TEXT_MAX ((size_t)1 << 20)

static void hex_lines(struct str bytes, struct buf *out)
{
	struct nlmsghdr h;

	while (bytes.n >= sizeof(h)) {
		memcpy(&h, bytes.p, sizeof(h));
		for (size_t i = 0; i < h.nlmsg_len; i++)
			buf_fmt(out, "%02x", (unsigned char)bytes.p[i]);
		buf_byte(out, '\n');
		bytes = str_sub(bytes, h.nlmsg_len, bytes.n);
	}
}

static void compare_golden(const char *name, struct str bytes)
{
	struct buf text = buf_growing(TEXT_MAX), want = buf_growing(TEXT_MAX);
	const char *mode = getenv("GOLDEN");
	struct err e = {0};

	hex_lines(bytes, &text);
	if (mode && strcmp(mode, "write") == 0 &&
		file_write(name, buf_view(&text), 0644, &e) < 0)
		fail_msg("%s", e.text);
	if (file_read(name, &want, &e) < 0)
		fail_msg("%s", e.text);
	assert_true(str_eq(buf_view(&text), buf_view(&want)));
	buf_free(&text);
	buf_free(&want);
}

static void set_up_env(struct env *env)
{
	memset(env, 0, sizeof(*env));
	env->detect = ENV_DETECT_NETS;
	env->masquerade_random = true;
	env->pod_nets[0] = (struct model_net){{MODEL_V4, {10, 128}}, 9};
	env->pod_nets[1] =
		(struct model_net){{MODEL_V6, {0xfd, 0, 0, 0x10}}, 32};
	env->n_pod_nets = 2;
	env->service_nets[0] = (struct model_net){{MODEL_V4, {10, 96}}, 12};
	env->service_nets[1] =
		(struct model_net){{MODEL_V6, {0xfd, 0, 0, 0x96}}, 108};
	env->n_service_nets = 2;
}

static void write_table(enum model_family family, const char *name)
{
	static struct env env;
	struct buf b = buf_growing(TEXT_MAX);
	struct ruleset r = {.env = &env, .family = family};
	struct nft w = ruleset_writer(&b, family, "kube-proxy-mini", 1);

	set_up_env(&env);
	for (int s = 0; s < RULESET_SETS; s++)
		r.sizes[s] = 1024;
	nftmsg_batch_begin(&b, 0);
	ruleset_remove(&w);
	ruleset_write(&w, &r);
	ruleset_add_class(&w, &r, class_make(3, 0, false), 0);
	ruleset_add_class(&w, &r, class_make(18, 0, true), 0);
	ruleset_add_class(&w, &r, class_make(2, 1, false), 10800);
	nftmsg_batch_end(&b, w.seq);
	assert_false(b.full);
	compare_golden(name, buf_view(&b));
	buf_free(&b);
}

static void test_table_bytes(void **state)
{
	(void)state;
	write_table(MODEL_V4, GOLDEN "table-4.hex");
	write_table(MODEL_V6, GOLDEN "table-6.hex");
}

static const struct elem examples[] = {
	{.set = RULESET_SERVICES,
		.proto = MODEL_TCP,
		.port = 80,
		.ip = {10, 96, 0, 10},
		.of = {.masquerade = 2, .class = 3, .group = 7}},
	{.set = RULESET_SERVICES,
		.family = MODEL_V6,
		.proto = MODEL_UDP,
		.port = 53,
		.ip = {0xfd, [15] = 1},
		.of = {.masquerade = 1, .class = 2, .group = 9}},
	{.set = RULESET_OUTSIDE,
		.proto = MODEL_SCTP,
		.port = 132,
		.ip = {203, 0, 113, 1},
		.of = {.class = 0x80000001u, .group = 8}},
	{.set = RULESET_ENDPOINTS,
		.port = 8080,
		.ip = {10, 0, 0, 1},
		.of = {.group = 7, .slot = 2}},
	{.set = RULESET_STICKY, .of = {.group = 7, .slot = 2, .id = 99}},
	{.set = RULESET_STICKY_ENDPOINTS,
		.family = MODEL_V6,
		.port = 8080,
		.ip = {0xfd, [15] = 2},
		.of = {.id = 99}},
	{.set = RULESET_CLUSTER_IPS, .ip = {10, 96, 0, 10}},
	{.set = RULESET_HAIRPIN, .family = MODEL_V6, .ip = {0xfd, [15] = 3}},
	{.set = RULESET_RANGES_ON,
		.proto = MODEL_TCP,
		.port = 443,
		.ip = {203, 0, 113, 1},
		.of = {.id = 7}},
	{.set = RULESET_RANGES,
		.ip = {7}, /* the list */
		.client = {192, 0, 2, 64},
		.bits = 26},
};

#define EXAMPLES (sizeof(examples) / sizeof(examples[0]))

static void test_element_bytes(void **state)
{
	static struct batch b;
	struct batch_parts parts;
	struct buf all = buf_growing(TEXT_MAX);

	(void)state;
	batch_make(&b, "kube-proxy-mini");
	for (size_t i = 0; i < EXAMPLES; i++) {
		batch_put(&b, NFT_OP_DELETE, &examples[i], STR(""));
		batch_put(&b, NFT_OP_ADD, &examples[i],
			i < 2 ? STR("ns/web:http") : STR(""));
	}
	assert_int_equal(batch_finish(&b, &parts, NULL), 0);
	for (size_t i = 0; i < parts.n; i++)
		buf_str(&all, parts.part[i]);
	compare_golden(GOLDEN "elements.hex", buf_view(&all));
	buf_free(&all);
	batch_free(&b);
}

static struct str view(const uint8_t *p, size_t n)
{
	return (struct str){(const char *)p, n};
}

static struct elem_view view_of(const struct elem_bytes *b)
{
	return (struct elem_view){
		.key = view(b->key, b->key_len),
		.key_end = view(b->key_end, b->is_interval ? b->key_len : 0),
		.data = view(b->data, b->data_len),
	};
}

static void test_elements_read_back(void **state)
{
	struct elem_view short_key = {.key = STR("123")};
	struct elem_bytes bytes;
	struct elem got;

	(void)state;
	for (size_t i = 0; i < EXAMPLES; i++) {
		elem_encode(&examples[i], &bytes);
		assert_int_equal(
			elem_decode((enum model_family)examples[i].family,
				(enum ruleset_set)examples[i].set,
				view_of(&bytes), &got),
			0);
		assert_memory_equal(&got, &examples[i], sizeof(got));
		assert_int_equal(elem_compare(&got, &examples[i]), 0);
	}
	assert_int_equal(
		elem_decode(MODEL_V4, RULESET_CLUSTER_IPS, short_key, &got),
		-1);
}

static void test_refused_element_is_found(void **state)
{
	static struct batch b;
	struct batch_parts parts;
	struct elem got;
	enum nft_op op;

	(void)state;
	batch_make(&b, "t");
	batch_put(&b, NFT_OP_ADD, &examples[0], STR("a/b"));
	batch_put(&b, NFT_OP_ADD, &examples[3], STR(""));
	assert_int_equal(batch_finish(&b, &parts, NULL), 0);
	assert_int_equal(batch_find(&b, parts.last_seq, 0, &op, &got), 1);
	assert_int_equal(op, NFT_OP_ADD);
	assert_int_equal(got.set, RULESET_ENDPOINTS);
	assert_int_equal(got.of.slot, 2);
	assert_int_equal(batch_find(&b, 3, 0, &op, &got), 0);
	batch_free(&b);
}

static void test_classes_hold_their_counts(void **state)
{
	uint32_t former = 0;

	(void)state;
	for (uint32_t n = 1; n < 5000; n++) {
		uint32_t slots = class_slots_for(n);
		uint32_t class = class_make(slots, 0, false);

		assert_true(slots >= n && slots >= former);
		assert_true(
			n <= CLASS_EXACT ? slots == n : slots * 8 <= n * 9 + 8);
		assert_true(class_slots_for(slots) == slots);
		if (slots != former && former)
			assert_int_equal(class_neighbour(class, false), former);
		former = slots;
	}
}

static void test_printing(void **state)
{
	char room[200];
	struct buf b = buf_fixed(room, sizeof(room));

	(void)state;
	elem_print(&examples[0], &b);
	assert_string_equal(buf_cstr(&b),
		"10.96.0.10 . tcp . 80 : "
		"0x00000002 . 0x00000003 . 0x00000007");
	buf_reset(&b);
	elem_print(&examples[9], &b);
	assert_string_equal(buf_cstr(&b), "0x00000007 . 192.0.2.64/26");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table_bytes),
		cmocka_unit_test(test_element_bytes),
		cmocka_unit_test(test_elements_read_back),
		cmocka_unit_test(test_refused_element_is_found),
		cmocka_unit_test(test_classes_hold_their_counts),
		cmocka_unit_test(test_printing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
