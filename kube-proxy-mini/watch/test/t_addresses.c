/* t_addresses - which addresses of a node accept NodePorts. */
#include "kube-proxy-mini/model/address.h"
#include "kube-proxy-mini/watch/addresses.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct config *config_of(struct args_list nets)
{
	static struct config_flags f;
	static struct config c;

	f = config_defaults();

	f.nodeport_addresses = nets;
	assert_int_equal(config_make(&f, &c, NULL), 0);
	return &c;
}

static struct model_ip ip_of(const char *text)
{
	struct model_ip ip;

	assert_int_equal(address_parse(str_of(text), &ip), 0);
	return ip;
}

static struct env env;
static bool is_overdue;

static bool wants(const struct config *c, const char *address)
{
	struct model_ip ip = ip_of(address);

	addresses_scope(c, is_overdue, &env);
	return addresses_is_wanted(c, &env, &ip);
}

static int forget(void **state)
{
	(void)state;
	env = env_default();
	is_overdue = false;
	return 0;
}

static void one_family_leaves_the_other_at_all(void **state)
{
	const struct config *c =
		config_of((struct args_list){{"192.0.2.0/24"}, 1});

	(void)state;
	assert_true(wants(c, "192.0.2.9"));
	assert_false(wants(c, "198.51.100.1"));
	assert_true(wants(c, "2001:db8::1"));
	assert_false(wants(c, "fe80::1"));
	assert_false(wants(c, "::1"));
}

static void primary_adds_no_others(void **state)
{
	const struct config *c =
		config_of((struct args_list){{"primary", "192.0.2.0/24"}, 2});

	(void)state;
	assert_true(wants(c, "192.0.2.9"));
	assert_false(wants(c, "2001:db8::1"));
	c = config_of((struct args_list){{NULL}, 0});
	assert_false(wants(c, "192.0.2.9"));
}

static void loopback_serves_nothing(void **state)
{
	const struct config *c =
		config_of((struct args_list){{"localhost"}, 1});

	(void)state;
	assert_false(wants(c, "127.0.0.1"));
	assert_false(wants(c, "192.0.2.9"));
	assert_false(wants(c, "2001:db8::1"));
}

/* The node's own addresses are never the ones that do not fit. */
static void own_addresses_come_first(void **state)
{
	const struct config *c = config_of((struct args_list){{"all"}, 1});
	struct model_ip own = ip_of("203.0.113.7");

	(void)state;
	env.node_ips[MODEL_V4] = own;
	addresses_scope(c, false, &env);
	assert_int_equal(addresses_fill(c, &env, NULL), 0);
	assert_memory_equal(&env.nodeport_ips[0], &own, sizeof(own));
}

/* kube-proxy: a family without an address to keep to is served at all. */
static void a_node_without_addresses_is_served_at_all_when_overdue(void **state)
{
	const struct config *c = config_of((struct args_list){{"primary"}, 1});

	(void)state;
	assert_false(wants(c, "192.0.2.9"));
	is_overdue = true;
	assert_true(wants(c, "192.0.2.9"));
	assert_true(wants(c, "2001:db8::1"));
	assert_false(wants(c, "127.0.0.1"));
	is_overdue = false;
	env.node_ips[MODEL_V4] = ip_of("192.0.2.1");
	assert_false(wants(c, "192.0.2.9"));
	assert_true(wants(c, "2001:db8::1"));
}

static void expect_health(const struct config *c, const char *wanted)
{
	static struct model_ip list[ADDRESSES_HEALTH_MAX];
	char room[256], text[ADDRESS_TEXT_BYTES];
	struct buf b = buf_fixed(room, sizeof(room));
	size_t n;

	addresses_scope(c, is_overdue, &env);
	n = addresses_health(c, &env, list);
	for (size_t i = 0; i < n; i++)
		buf_fmt(&b, "%s%s", i > 0 ? " " : "",
			address_text(&list[i], text));
	assert_string_equal(buf_cstr(&b), wanted);
}

static void health_ports_are_served_where_node_ports_are(void **state)
{
	(void)state;
	expect_health(config_of((struct args_list){{"primary"}, 1}), "");
	is_overdue = true;
	expect_health(
		config_of((struct args_list){{"primary"}, 1}), "0.0.0.0 ::");
	expect_health(config_of((struct args_list){{"localhost"}, 1}),
		"127.0.0.1 ::1");
	expect_health(config_of((struct args_list){{"all"}, 1}), "0.0.0.0 ::");
	env.nodeport_ips[0] = ip_of("192.0.2.1");
	env.n_nodeport_ips = 1;
	env.node_ips[MODEL_V4] = ip_of("192.0.2.1");
	expect_health(
		config_of((struct args_list){{"primary"}, 1}), "192.0.2.1 ::");
	expect_health(config_of((struct args_list){{"192.0.2.0/24"}, 1}),
		"192.0.2.1 ::");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			one_family_leaves_the_other_at_all, forget),
		cmocka_unit_test_setup(primary_adds_no_others, forget),
		cmocka_unit_test_setup(loopback_serves_nothing, forget),
		cmocka_unit_test_setup(own_addresses_come_first, forget),
		cmocka_unit_test_setup(
			a_node_without_addresses_is_served_at_all_when_overdue,
			forget),
		cmocka_unit_test_setup(
			health_ports_are_served_where_node_ports_are, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
