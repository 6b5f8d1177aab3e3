/* t_events - the JSON of an Event. */
#include "kube-proxy-mini/status/events.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void an_event_about_a_service(void **state)
{
	struct events_one one = {
		.kind = "Service",
		.ns = "d",
		.name = "s",
		.reason = "Why",
		.note = "port \"1\"",
		.wall_ns = 1795435200000042000,
	};
	char room[1024];
	struct buf b = buf_fixed(room, sizeof(room));

	(void)state;
	events_write(&one, "n1", &b);
	assert_string_equal(buf_cstr(&b),
		"{\"apiVersion\":\"events.k8s.io/v1\",\"kind\":\"Event\","
		"\"metadata\":{\"generateName\":\"kube-proxy-mini-\","
		"\"namespace\":\"d\"},"
		"\"eventTime\":\"2026-11-23T12:00:00.000042Z\","
		"\"reportingController\":\"kube-proxy\","
		"\"reportingInstance\":\"n1\",\"action\":\"Listen\","
		"\"type\":\"Warning\",\"reason\":\"Why\","
		"\"note\":\"port \\\"1\\\"\",\"regarding\":{"
		"\"apiVersion\":\"v1\",\"kind\":\"Service\","
		"\"namespace\":\"d\",\"name\":\"s\"}}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_about_a_service),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
