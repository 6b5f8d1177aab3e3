/* Unit tests of lib/net/url. */
#include "lib/net/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void a_name_with_port_and_path(void **state)
{
	char text[URL_AUTHORITY_BYTES];
	struct url u;

	(void)state;
	assert_int_equal(
		url_parse(STR("https://api.example:6443/k8s/c-1/"), &u, NULL),
		0);
	assert_string_equal(u.host, "api.example");
	assert_string_equal(u.path, "/k8s/c-1");
	assert_int_equal(u.port, 6443);
	assert_int_equal(u.address_bytes, 0);
	assert_string_equal(
		url_authority(&u, text, sizeof(text)), "api.example:6443");
}

static void addresses_of_both_families(void **state)
{
	char text[URL_AUTHORITY_BYTES];
	struct url u;

	(void)state;
	assert_int_equal(url_parse(STR("https://10.96.0.1"), &u, NULL), 0);
	assert_int_equal(u.address_bytes, 4);
	assert_memory_equal(u.address, "\x0a\x60\x00\x01", 4);
	assert_int_equal(u.port, 443);
	assert_string_equal(u.path, "");
	assert_int_equal(
		url_parse(STR("https://[fd00::1]:6443/"), &u, NULL), 0);
	assert_int_equal(u.address_bytes, 16);
	assert_string_equal(u.host, "fd00::1");
	assert_string_equal(
		url_authority(&u, text, sizeof(text)), "[fd00::1]:6443");
}

static void what_cannot_be_is_refused(void **state)
{
	static const char *const bad[] = {"", "https://", "http://a", "ftp://a",
		"a:443", "https://:443", "https://a:0", "https://a:65536",
		"https://a:x", "https://u@a", "https://fd00::1",
		"https://[fd00::1", "https://[a]", "https://[::1]x",
		"https://a/b?c", "https://a#b", "https://a b",
		"https://a\r\nX: y", "https://.a", "https://a/\xc3\xa9",
		"https://[10.0.0.1]"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err e = {0};
		struct url u;

		assert_int_equal(url_parse(str_of(bad[i]), &u, &e), -1);
		assert_int_equal(e.kind, ERR_INPUT);
	}
}

static void long_hosts_and_paths_are_refused(void **state)
{
	char text[600] = "https://a/";
	struct url u;

	(void)state;
	memset(text + 10, 'p', 300);
	assert_int_equal(url_parse(str_of(text), &u, NULL), -1);
	memset(text + 8, 'h', 300);
	assert_int_equal(url_parse(str_of(text), &u, NULL), -1);
}

static void web_servers_send_queries(void **state)
{
	struct url_web u, other;

	(void)state;
	assert_int_equal(
		url_parse_web(STR("http://A.example:81/x?y=1#z"), &u, NULL), 0);
	assert_true(u.is_plain);
	assert_int_equal(u.server.port, 81);
	assert_true(str_is(u.target, "/x?y=1"));
	assert_int_equal(
		url_parse_web(STR("http://a.Example:81"), &other, NULL), 0);
	assert_true(str_is(other.target, "/"));
	assert_true(url_same_server(&u, &other));
	assert_int_equal(
		url_parse_web(STR("https://a.example:81/"), &other, NULL), 0);
	assert_false(url_same_server(&u, &other));
	assert_int_equal(url_parse_web(STR("http://a"), &other, NULL), 0);
	assert_int_equal(other.server.port, 80);
	assert_int_equal(url_parse_web(STR("ftp://a/"), &u, NULL), -1);
	assert_int_equal(url_parse_web(STR("http://a?b"), &u, NULL), -1);
	assert_int_equal(url_parse_web(STR("http://u@a/"), &u, NULL), -1);
	assert_int_equal(url_parse_web(STR("/v2/"), &u, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_with_port_and_path),
		cmocka_unit_test(addresses_of_both_families),
		cmocka_unit_test(what_cannot_be_is_refused),
		cmocka_unit_test(long_hosts_and_paths_are_refused),
		cmocka_unit_test(web_servers_send_queries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
