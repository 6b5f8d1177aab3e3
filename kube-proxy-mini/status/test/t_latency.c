/* t_latency - times of causes are parsed, and observed once. */
#include "kube-proxy-mini/status/latency.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define NOON_NS 1795435200000000000 /* 2026-11-23T12:00:00Z */

static void times_are_read(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} good[] = {
		{"2026-11-23T12:00:00Z", NOON_NS},
		{"2026-11-23T12:00:00.5Z", NOON_NS + 500000000},
		{"2026-11-23T12:00:00.000000001Z", NOON_NS + 1},
		{"2026-11-23T12:00:00.0000000019Z", NOON_NS + 1},
		{"2026-11-23T13:00:00+01:00", NOON_NS},
		{"2026-11-23T07:30:00-04:30", NOON_NS},
		{"1970-01-01T00:00:00Z", 0},
	};
	static const char *const bad[] = {"", "2026-11-23", "now",
		"2026-11-23T12:00:00", "2026-11-23T12:00:00.Z",
		"2026-11-23T12:00:00Z ", "2026-11-23 12:00:00Z",
		"9999-11-23T12:00:00Z", "2026-11-23T12:00:00+1:00",
		"+026-11-23T12:00:00Z"};
	int64_t ns;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_int_equal(
			latency_parse_time(str_of(good[i].text), &ns), 0);
		assert_true(ns == good[i].ns);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(latency_parse_time(str_of(bad[i]), &ns), -1);
}

static void changes_are_observed_when_written(void **state)
{
	struct latency l = {.start_ns = NOON_NS};
	static char room[65536];
	struct buf b = buf_fixed(room, sizeof(room));

	(void)state;
	latency_note_change(&l, STR("2026-11-23T11:59:59Z")); /* before us */
	latency_note_change(&l, STR("2026-11-23T12:00:01Z"));
	latency_note_change(&l, STR("2026-11-23T12:00:01.9Z"));
	latency_note_change(&l, STR(""));
	assert_int_equal(l.seen.count, 0);
	latency_note_sync(&l, NOON_NS + 2000000000);
	latency_note_sync(&l, NOON_NS + 9000000000);
	assert_int_equal(l.seen.count, 2);
	latency_write(&l, &b);
	assert_non_null(strstr(
		buf_cstr(&b), "_bucket{ip_family=\"IPv4\",le=\"0.25\"} 1\n"));
	assert_non_null(strstr(
		buf_cstr(&b), "_bucket{ip_family=\"IPv4\",le=\"1\"} 2\n"));
	assert_non_null(strstr(
		buf_cstr(&b), "_bucket{ip_family=\"IPv4\",le=\"300\"} 2\n"));
	assert_non_null(strstr(buf_cstr(&b), "_sum{ip_family=\"IPv6\"} 1.1\n"));
}

static void more_than_there_is_room_for(void **state)
{
	struct latency l = {0};

	(void)state;
	for (int i = 0; i < 2 * LATENCY_PENDING_MAX; i++)
		latency_note_change(&l, STR("2026-11-23T12:00:00Z"));
	latency_note_sync(&l, NOON_NS);
	assert_int_equal(l.seen.count, LATENCY_PENDING_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_read),
		cmocka_unit_test(changes_are_observed_when_written),
		cmocka_unit_test(more_than_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
