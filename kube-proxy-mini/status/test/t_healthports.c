/* t_healthports - what a healthCheckNodePort answers. */
#include "kube-proxy-mini/status/healthports.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

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

/* 1,030 Services want a port, in descending order: six too many. */
static void more_ports_than_the_limit_are_counted(void **state)
{
	static struct healthports_service list[HEALTHPORTS_MAX + 6];
	static char names[HEALTHPORTS_MAX + 6][16];
	static struct healthports h;

	(void)state;
	for (size_t i = 0; i < HEALTHPORTS_MAX + 6; i++) {
		snprintf(names[i], sizeof(names[i]), "d/s%zu", i);
		list[i] = (struct healthports_service){
			.name = names[i], .port = (uint16_t)(32000 - i)};
	}
	healthports_set(&h, list, HEALTHPORTS_MAX + 6);
	assert_int_equal(h.n_over, 6);
	/* the first ones are served: those with the lowest ports */
	assert_int_equal(list[0].port, 32000 - HEALTHPORTS_MAX - 5);
	healthports_set(&h, list, HEALTHPORTS_MAX);
	assert_int_equal(h.n_over, 0);
	healthports_close(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_answer_is_kube_proxys),
		cmocka_unit_test(no_endpoint_or_no_health_is_503),
		cmocka_unit_test(more_ports_than_the_limit_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
