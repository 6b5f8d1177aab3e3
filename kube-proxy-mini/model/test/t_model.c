/*
 * t_model - Services and slices come in any order, change, go, are listed
 * again; what is packed reads back as it was.
 */
#include "kube-proxy-mini/model/entries.h"
#include "kube-proxy-mini/model/model.h"
#include "kube-proxy-mini/model/unpack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ROOM ((size_t)1 << 20)

static const struct model_ip ip4 = {MODEL_V4, {10, 96, 0, 1}};
static const struct model_ip ip6 = {MODEL_V6, {0xfd, 1}};

static struct model_service service(const char *name)
{
	static const struct model_port port = {
		{"http", 4}, MODEL_TCP, 80, 30080};

	return (struct model_service){.ns = STR("ns"),
		.name = str_of(name),
		.cluster_ips = &ip4,
		.n_cluster_ips = 1,
		.ports = &port,
		.n_ports = 1};
}

static struct model_slice slice(const char *name, const char *of)
{
	static const struct model_slice_port port = {
		{"http", 4}, MODEL_TCP, 8080};
	static const struct str zone = {"za", 2};
	static const struct model_endpoint endpoints[2] = {
		{.ip = {MODEL_V4, {10, 0, 0, 1}},
			.conditions = MODEL_EP_READY,
			.node = {"us", 2},
			.hint_zones = &zone,
			.n_hint_zones = 1},
		{.ip = {MODEL_V4, {10, 0, 0, 2}},
			.conditions = MODEL_EP_SERVING,
			.node = {"them", 4}}};

	return (struct model_slice){.ns = STR("ns"),
		.name = str_of(name),
		.service = str_of(of),
		.ports = &port,
		.n_ports = 1,
		.endpoints = endpoints,
		.n_endpoints = 2};
}

static void put_service(struct model *m, const char *name)
{
	struct model_service s = service(name);

	assert_int_equal(model_put_service(m, &s, NULL), 0);
}

static void put_slice(struct model *m, const char *name, const char *of)
{
	struct model_slice s = slice(name, of);

	assert_int_equal(model_put_slice(m, &s, NULL), 0);
}

/* Take all dirty entries as a sync does; how many there were. */
static size_t take_all(struct model *m)
{
	struct model_entry *n;
	size_t count = 0;

	while ((n = model_take_dirty(m))) {
		model_drop_if_empty(m, n);
		count++;
	}
	return count;
}

static void test_order_does_not_matter(void **state)
{
	struct model *m = model_make(ROOM);
	struct model_entry *n;

	(void)state;
	put_slice(m, "web-1", "web");
	put_service(m, "web");
	put_slice(m, "web-0", "web");
	assert_int_equal(take_all(m), 1);
	n = model_find(m, STR("ns"), STR("web"));
	assert_non_null(n);
	assert_string_equal(n->name, "ns/web");
	assert_string_equal(n->slices->node.key, "ns/web-0");
	assert_string_equal(n->slices->next->node.key, "ns/web-1");
	assert_int_equal(model_count(m).endpoints, 4);
	model_free(m);
}

static void test_equal_bytes_change_nothing(void **state)
{
	struct model *m = model_make(ROOM);
	struct model_service s = service("web");

	(void)state;
	put_service(m, "web");
	put_slice(m, "web-1", "web");
	assert_int_equal(take_all(m), 1);
	put_service(m, "web");
	put_slice(m, "web-1", "web");
	assert_false(model_is_dirty(m));
	s.affinity_s = 10;
	assert_int_equal(model_put_service(m, &s, NULL), 0);
	assert_true(model_is_dirty(m));
	model_free(m);
}

static void test_slice_moves_to_another_service(void **state)
{
	struct model *m = model_make(ROOM);

	(void)state;
	put_service(m, "a");
	put_service(m, "b");
	put_slice(m, "x", "a");
	take_all(m);
	put_slice(m, "x", "b");
	assert_int_equal(take_all(m), 2);
	assert_null(model_find(m, STR("ns"), STR("a"))->slices);
	assert_non_null(model_find(m, STR("ns"), STR("b"))->slices);
	model_free(m);
}

static void test_deleting_leaves_nothing(void **state)
{
	struct model *m = model_make(ROOM);

	(void)state;
	model_delete_service(m, STR("ns"), STR("never"));
	model_delete_slice(m, STR("ns"), STR("never"));
	assert_int_equal(take_all(m), 0);
	put_service(m, "web");
	put_slice(m, "x", "web");
	take_all(m);
	model_delete_service(m, STR("ns"), STR("web"));
	assert_int_equal(take_all(m), 1);
	assert_non_null(model_find(m, STR("ns"), STR("web")));
	model_delete_slice(m, STR("ns"), STR("x"));
	assert_int_equal(take_all(m), 1);
	assert_null(model_find(m, STR("ns"), STR("web")));
	assert_int_equal(model_count(m).bytes, 0);
	model_free(m);
}

static void test_list_sweeps_what_it_did_not_name(void **state)
{
	struct model *m = model_make(ROOM);

	(void)state;
	put_service(m, "a");
	put_service(m, "b");
	put_slice(m, "x", "a");
	put_slice(m, "y", "b");
	take_all(m);
	model_list_begin(m, MODEL_SERVICES);
	put_service(m, "b");
	model_list_begin(m, MODEL_SERVICES); /* broke off, begun again */
	put_service(m, "b");
	assert_int_equal(model_count(m).services, 2);
	model_list_end(m, MODEL_SERVICES);
	model_list_begin(m, MODEL_SLICES);
	put_slice(m, "y", "b");
	model_list_end(m, MODEL_SLICES);
	assert_int_equal(model_count(m).services, 1);
	assert_int_equal(model_count(m).endpoints, 2);
	assert_int_equal(take_all(m), 1);
	assert_null(model_find(m, STR("ns"), STR("a")));
	model_free(m);
}

static void test_ceiling_refuses_and_keeps(void **state)
{
	struct model *m = model_make(600);
	struct err e = {0};
	char name[16];
	int i = 0;

	(void)state;
	for (; i < 100; i++) {
		struct model_service s;

		snprintf(name, sizeof(name), "s%d", i);
		s = service(name);
		if (model_put_service(m, &s, &e) < 0)
			break;
	}
	assert_true(i > 0 && i < 100);
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_int_equal(model_count(m).services, i);
	assert_true(model_count(m).bytes <= 600);
	model_free(m);
}

static void test_limits_are_named(void **state)
{
	struct model *m = model_make(ROOM);
	struct model_service s = service("web");
	struct err e = {0};

	(void)state;
	s.n_ports = MODEL_PORTS_MAX + 1;
	assert_int_equal(model_put_service(m, &s, &e), -1);
	assert_non_null(strstr(e.text, "Service ns/web: 20001 ports"));
	s = service("");
	assert_int_equal(model_put_service(m, &s, &e), -1);
	assert_int_equal(model_count(m).bytes, 0);
	model_free(m);
}

static void test_service_reads_back(void **state)
{
	struct model *m = model_make(ROOM);
	struct arena a = arena_make(ROOM);
	const struct model_ingress lb = {ip6, true};
	const struct model_net net = {ip4, 24};
	struct model_service s = service("web"), got;

	(void)state;
	s.ingress = &lb;
	s.n_ingress = 1;
	s.source_ranges = &net;
	s.n_source_ranges = 1;
	s.external_ips = &ip6;
	s.n_external_ips = 1;
	s.external_local = true;
	s.health_port = 32000;
	s.affinity_s = 600;
	assert_int_equal(model_put_service(m, &s, NULL), 0);
	assert_int_equal(model_read_service(model_take_dirty(m), &a, &got), 1);
	assert_true(str_is(got.ns, "ns") && str_is(got.name, "web"));
	assert_true(str_is(got.ports[0].name, "http"));
	assert_int_equal(got.ports[0].node_port, 30080);
	assert_memory_equal(got.ingress, &lb, sizeof(lb));
	assert_memory_equal(got.source_ranges, &net, sizeof(net));
	assert_memory_equal(got.external_ips, &ip6, sizeof(ip6));
	assert_true(got.external_local && !got.internal_local);
	assert_int_equal(got.health_port, 32000);
	assert_int_equal(got.affinity_s, 600);
	arena_free(&a);
	model_free(m);
}

static void test_slice_reads_back(void **state)
{
	struct model *m = model_make(ROOM);
	struct arena a = arena_make(ROOM);
	const struct model_read_slice *got;
	struct model_entry *n;

	(void)state;
	model_set_node(m, STR("us"));
	put_slice(m, "x", "web");
	n = model_take_dirty(m);
	assert_int_equal(model_read_slices(n, STR("za"), &a, &got), 0);
	assert_int_equal(got->n_endpoints, 2);
	assert_int_equal(got->endpoints[0].flags,
		MODEL_EP_READY | MODEL_EP_LOCAL | MODEL_EP_ZONE_HINTS |
			MODEL_EP_ZONE_OURS);
	assert_int_equal(got->endpoints[1].flags, MODEL_EP_SERVING);
	assert_int_equal(got->endpoints[1].addr[3], 2);
	assert_int_equal(model_read_slices(n, STR("zb"), &a, &got), 0);
	assert_int_equal(got->endpoints[0].flags & MODEL_EP_ZONE_OURS, 0);
	assert_null(got->next);
	arena_free(&a);
	model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order_does_not_matter),
		cmocka_unit_test(test_equal_bytes_change_nothing),
		cmocka_unit_test(test_slice_moves_to_another_service),
		cmocka_unit_test(test_deleting_leaves_nothing),
		cmocka_unit_test(test_list_sweeps_what_it_did_not_name),
		cmocka_unit_test(test_ceiling_refuses_and_keeps),
		cmocka_unit_test(test_limits_are_named),
		cmocka_unit_test(test_service_reads_back),
		cmocka_unit_test(test_slice_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
