/* t_healthports - what a healthCheckNodePort answers. */
#include "kube-proxy-mini/status/healthports.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void the_answer_is_kube_proxys(void **state)
{
	char room[256];
	struct buf b = buf_fixed(room, sizeof(room));

	(void)state;
	assert_int_equal(
		healthports_write(STR("demo/etp-local"), 1, true, &b), 200);
	assert_string_equal(buf_cstr(&b),
		"{\n\t\"service\": {\n\t\t\"namespace\": \"demo\",\n"
		"\t\t\"name\": \"etp-local\"\n\t},\n\t\"localEndpoints\": 1,\n"
		"\t\"serviceProxyHealthy\": true\n}");
	assert_int_equal(b.n, 117);
}

static void no_endpoint_or_no_health_is_503(void **state)
{
	char room[256];
	struct buf b = buf_fixed(room, sizeof(room));

	(void)state;
	assert_int_equal(healthports_write(STR("a/b"), 0, true, &b), 503);
	assert_int_equal(healthports_write(STR("a/b"), 2, false, &b), 503);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_answer_is_kube_proxys),
		cmocka_unit_test(no_endpoint_or_no_health_is_503),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
