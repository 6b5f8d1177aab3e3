/* t_config - flags into values, and addresses within prefixes. */
#include "kube-proxy-mini/config/config.h"
#include "kube-proxy-mini/model/address.h"
#include "kube-proxy-mini/watch/addresses.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void expect_refusal(const struct config_flags *f, const char *said)
{
	static struct config c;
	struct err e = {0};

	assert_int_equal(config_make(f, &c, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	if (strstr(e.text, said) == NULL)
		fail_msg("expected \"%s\" in \"%s\"", said, e.text);
}

static void defaults(void **state)
{
	struct config_flags f = {.hostname_override = " Node-1 "};
	static struct config c;

	(void)state;
	assert_int_equal(config_make(&f, &c, NULL), 0);
	assert_string_equal(c.env.node_name, "node-1");
	assert_int_equal(c.env.detect, ENV_DETECT_NONE);
	assert_true(c.nodeport_primary);
	assert_int_equal(c.healthz.port, 0);
}

static void prefixes_come_by_commas_and_by_flags(void **state)
{
	struct config_flags f = {
		.cluster_cidr = {{"10.0.0.0/8, fd00::/8", "172.16.0.0/12"}, 2},
		.nodeport_addresses = {{"0.0.0.0/0"}, 1},
	};
	static struct config c;

	(void)state;
	assert_int_equal(config_make(&f, &c, NULL), 0);
	assert_int_equal(c.env.n_pod_nets, 3);
	assert_int_equal(c.env.detect, ENV_DETECT_NETS);
	assert_int_equal(c.n_nodeport_nets, 1);
	assert_false(c.nodeport_primary);
}

static void modes_of_detection(void **state)
{
	struct config_flags f = {
		.detect_local_mode = "BridgeInterface",
		.bridge_interface = "cni0",
	};
	static struct config c;

	(void)state;
	assert_int_equal(config_make(&f, &c, NULL), 0);
	assert_int_equal(c.env.detect, ENV_DETECT_BRIDGE);
	assert_string_equal(c.env.iface, "cni0");
	f.bridge_interface = NULL;
	expect_refusal(&f, "--detect-local-mode: the interface is missing");
	f.detect_local_mode = "Magic";
	expect_refusal(&f, "\"Magic\" is not supported");
}

static void what_is_not_done_is_refused_by_name(void **state)
{
	struct config_flags mode = {.proxy_mode = "iptables"};
	struct config_flags nets = {.cluster_cidr = {{"10.0.0.0"}, 1}};
	struct config_flags bind = {.healthz_bind = "everywhere:1"};

	(void)state;
	expect_refusal(&mode, "--proxy-mode: \"iptables\"");
	expect_refusal(&nets, "--cluster-cidr: \"10.0.0.0\" is not a prefix "
			      "(like 10.0.0.0/8)");
	expect_refusal(&bind, "--healthz-bind-address: \"everywhere:1\"");
}

static void addresses_to_listen_at(void **state)
{
	static const struct {
		const char *text;
		uint16_t port;
		const char *ip;
	} good[] = {
		{"0.0.0.0:10256", 10256, "0.0.0.0"},
		{"10.0.0.1", 7, "10.0.0.1"},
		{"[::]:80", 80, "::"},
		{"[fd00::1]", 7, "fd00::1"},
		{"::1", 7, "::1"},
	};
	static const char *const bad[] = {"a:1", "10.0.0.1:0", "10.0.0.1:x",
		"[::1", "[::1]x", ":80", "10.0.0.1:65536"};
	struct config_bind b;
	char text[ADDRESS_TEXT_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_int_equal(
			config_parse_bind(str_of(good[i].text), 7, &b), 0);
		assert_int_equal(b.port, good[i].port);
		assert_string_equal(address_text(&b.ip, text), good[i].ip);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(config_parse_bind(str_of(bad[i]), 7, &b), -1);
	assert_int_equal(config_parse_bind(STR(""), 7, &b), 0);
	assert_int_equal(b.port, 0);
}

static bool within(const char *ip_text, const char *net_text)
{
	struct model_ip ip;
	struct model_net net;

	assert_int_equal(address_parse(str_of(ip_text), &ip), 0);
	assert_int_equal(address_parse_net(str_of(net_text), &net), 0);
	return addresses_is_within(&ip, &net);
}

static void addresses_within_prefixes(void **state)
{
	(void)state;
	assert_true(within("10.129.3.4", "10.128.0.0/9"));
	assert_false(within("10.127.3.4", "10.128.0.0/9"));
	assert_true(within("10.1.2.3", "10.1.2.3/32"));
	assert_false(within("10.1.2.2", "10.1.2.3/32"));
	assert_true(within("fd00::1", "::/0"));
	assert_false(within("10.0.0.1", "::/0"));
}

static void nodeport_addresses_have_words(void **state)
{
	struct config_flags f = config_defaults();
	static struct config c;

	(void)state;
	f.nodeport_addresses = (struct args_list){{"primary", "localhost"}, 2};
	assert_int_equal(config_make(&f, &c, NULL), 0);
	assert_true(c.nodeport_primary);
	assert_int_equal(c.n_nodeport_nets, 2);
	f.nodeport_addresses = (struct args_list){{"primary,192.0.2.0/24"}, 1};
	assert_int_equal(config_make(&f, &c, NULL), 0);
	assert_true(c.nodeport_primary);
	assert_int_equal(c.n_nodeport_nets, 1);
	f.nodeport_addresses = (struct args_list){{"all"}, 1};
	assert_int_equal(config_make(&f, &c, NULL), 0);
	assert_false(c.nodeport_primary);
	assert_int_equal(c.nodeport_nets[1].bits, 0);
	f.nodeport_addresses = (struct args_list){{"secondary"}, 1};
	assert_int_equal(config_make(&f, &c, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(prefixes_come_by_commas_and_by_flags),
		cmocka_unit_test(modes_of_detection),
		cmocka_unit_test(what_is_not_done_is_refused_by_name),
		cmocka_unit_test(addresses_to_listen_at),
		cmocka_unit_test(nodeport_addresses_have_words),
		cmocka_unit_test(addresses_within_prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
