/* Unit tests of lib/base/duration, and of args_time() upon it. */
#include "lib/base/args_value.h"
#include "lib/base/duration.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void times_are_read_as_go_reads_them(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} good[] = {
		{"0", 0},
		{"+0", 0},
		{"0s", 0},
		{"5s", 5000000000},
		{"+5s", 5000000000},
		{"1.5s", 1500000000},
		{"1.s", 1000000000},
		{".5s", 500000000},
		{"1h15m30.918273645s", 4530918273645},
		{"100ms", 100000000},
		{"10ns", 10},
		{"11us", 11000},
		{"12\xc2\xb5s", 12000},
		{"12\xce\xbcs", 12000},
		{"2m3.5s", 123500000000},
		{"4m4m", 480000000000},
		{"39h9m14.425s", 140954425000000},
		{"0.3333333333333333333h", 1200000000000},
		{"0.9007199254740993s", 900719925},
		{"1.00000000000000000000000001s", 1000000000},
		{"9223372036854775807ns", INT64_MAX},
		{"9223372036s", 9223372036000000000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		uint64_t ns = 1;

		if (duration_parse(str_of(good[i].text), &ns) < 0)
			fail_msg("\"%s\" is refused", good[i].text);
		if (ns != good[i].ns)
			fail_msg("\"%s\" is %llu", good[i].text,
				(unsigned long long)ns);
	}
}

static void what_is_no_time_is_refused(void **state)
{
	static const char *const bad[] = {"", "3", "-", "-0", "-1s", "s", ".",
		"-.", ".s", "+.s", "1d", "1s1", "1 s", " 1s", "1s ", "1.2.3s",
		"++1s", "+-1s", "1h-5m", "0x1s", "1e3s", "1S", "3000000h",
		"9223372036854775808ns", "9223372036854775us1000us",
		"99999999999999999999s", "0.5", "1sm"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		uint64_t ns;

		if (duration_parse(str_of(bad[i]), &ns) == 0)
			fail_msg("\"%s\" is taken", bad[i]);
	}
}

/* What is above nothing stays above nothing: 0 means something else. */
static void options_count_milliseconds(void **state)
{
	uint64_t ms;

	(void)state;
	assert_int_equal(args_time(STR("1.5s"), &ms), 0);
	assert_int_equal(ms, 1500);
	assert_int_equal(args_time(STR("1.0009s"), &ms), 0);
	assert_int_equal(ms, 1001);
	assert_int_equal(args_time(STR("1ns"), &ms), 0);
	assert_int_equal(ms, 1);
	assert_int_equal(args_time(STR("0"), &ms), 0);
	assert_int_equal(ms, 0);
	assert_int_equal(args_time(STR("-1s"), &ms), -1);
}

/* What Go's time.Duration.String says. */
static void durations_are_written_as_go_writes_them(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {
		{0, "0s"},
		{7, "7ns"},
		{1500, "1.5\xc2\xb5s"},
		{250000000, "250ms"},
		{1000000, "1ms"},
		{1500000000, "1.5s"},
		{60000000000, "1m0s"},
		{900000000000, "15m0s"},
		{3600000000000, "1h0m0s"},
		{86400000000000, "24h0m0s"},
		{4530918273645, "1h15m30.918273645s"},
		{INT64_MAX, "2562047h47m16.854775807s"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char room[DURATION_TEXT_BYTES];
		struct buf b = buf_fixed(room, sizeof(room));
		uint64_t back;

		duration_write(cases[i].ns, &b);
		assert_string_equal(buf_cstr(&b), cases[i].text);
		assert_int_equal(duration_parse(buf_view(&b), &back), 0);
		assert_int_equal(back, cases[i].ns);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_read_as_go_reads_them),
		cmocka_unit_test(what_is_no_time_is_refused),
		cmocka_unit_test(options_count_milliseconds),
		cmocka_unit_test(durations_are_written_as_go_writes_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
