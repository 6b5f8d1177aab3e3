/* t_health - when the proxy is healthy, and the JSON that says so. */
#include "kube-proxy-mini/status/health.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define NOON_NS 1795435200000000000 /* 2026-11-23T12:00:00Z */

static char room[1024];

static const char *told(
	const struct health *h, bool with_node, uint64_t now_ms, int64_t wall)
{
	struct buf b = buf_fixed(room, sizeof(room));

	health_write(h, with_node, now_ms, wall, &b);
	return buf_cstr(&b);
}

static unsigned int status_of(
	const struct health *h, bool with_node, uint64_t now_ms)
{
	struct buf b = buf_fixed(room, sizeof(room));

	return health_write(h, with_node, now_ms, NOON_NS, &b);
}

static void not_healthy_before_the_first_write(void **state)
{
	struct health h = {.is_node_eligible = true};

	(void)state;
	assert_int_equal(status_of(&h, false, 1), 503);
	health_note_updated(&h, NOON_NS);
	assert_int_equal(status_of(&h, false, 1), 200);
}

static void a_change_that_waits_too_long(void **state)
{
	struct health h = {.is_node_eligible = true, .updated_ns = NOON_NS};

	(void)state;
	health_note_pending(&h, 1000);
	health_note_pending(&h, 30000);
	assert_int_equal(status_of(&h, false, 1000 + 59999), 200);
	assert_int_equal(status_of(&h, false, 1000 + 60000), 503);
	health_note_updated(&h, NOON_NS);
	assert_int_equal(status_of(&h, false, 1000 + 60000), 200);
}

static void a_node_that_leaves_is_live_but_not_eligible(void **state)
{
	struct health h = {.has_family = {true, true}, .updated_ns = NOON_NS};

	(void)state;
	assert_int_equal(status_of(&h, true, 1), 503);
	assert_int_equal(status_of(&h, false, 1), 200);
	assert_string_equal(told(&h, true, 1, NOON_NS + 4500000000),
		"{\"lastUpdated\":\"2026-11-23T12:00:00Z\","
		"\"currentTime\":\"2026-11-23T12:00:04.5Z\","
		"\"nodeEligible\":false,\"healthy\":true,\"status\":{"
		"\"IPv4\":{\"lastUpdated\":\"2026-11-23T12:00:00Z\","
		"\"healthy\":true},"
		"\"IPv6\":{\"lastUpdated\":\"2026-11-23T12:00:00Z\","
		"\"healthy\":true}}}");
}

static void while_all_is_well_updated_means_now(void **state)
{
	struct health h = {.has_family = {true, false},
		.is_node_eligible = true,
		.updated_ns = NOON_NS};

	(void)state;
	assert_string_equal(told(&h, false, 1, NOON_NS + 1),
		"{\"lastUpdated\":\"2026-11-23T12:00:00.000000001Z\","
		"\"currentTime\":\"2026-11-23T12:00:00.000000001Z\","
		"\"healthy\":true,\"status\":{"
		"\"IPv4\":{\"lastUpdated\":\"2026-11-23T12:00:00Z\","
		"\"healthy\":true}}}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(not_healthy_before_the_first_write),
		cmocka_unit_test(a_change_that_waits_too_long),
		cmocka_unit_test(a_node_that_leaves_is_live_but_not_eligible),
		cmocka_unit_test(while_all_is_well_updated_means_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
