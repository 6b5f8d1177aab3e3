/* Unit tests of images/ship/challenge. */
#include "images/ship/challenge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void a_bearer_says_where_and_for_what(void **state)
{
	struct challenge c;

	(void)state;
	assert_int_equal(
		challenge_parse(STR("Bearer realm=\"https://a.example/token\", "
				    "service=reg , scope=\"repository:x:pull,"
				    "push\",error=\"invalid_token\""),
			&c, NULL),
		0);
	assert_int_equal(c.kind, CHALLENGE_BEARER);
	assert_string_equal(c.realm, "https://a.example/token");
	assert_string_equal(c.service, "reg");
	assert_string_equal(c.scope, "repository:x:pull,push");
}

static void the_strongest_of_several_counts(void **state)
{
	struct challenge c;

	(void)state;
	assert_int_equal(
		challenge_parse(STR("Digest a=b, BASIC realm=\"x\", Bearer "
				    "realm=\"y\""),
			&c, NULL),
		0);
	assert_int_equal(c.kind, CHALLENGE_BEARER);
	assert_string_equal(c.realm, "y");
	assert_int_equal(
		challenge_parse(STR("Bearer realm=y, Basic realm=x"), &c, NULL),
		0);
	assert_string_equal(c.realm, "y");
	assert_int_equal(challenge_parse(STR("Negotiate,Basic"), &c, NULL), 0);
	assert_int_equal(c.kind, CHALLENGE_BASIC);
	assert_int_equal(challenge_parse(STR(""), &c, NULL), 0);
	assert_int_equal(c.kind, CHALLENGE_NONE);
}

static void quotes_and_backslashes_are_undone(void **state)
{
	struct challenge c;

	(void)state;
	assert_int_equal(
		challenge_parse(
			STR("bearer service=\"a \\\"b\\\", c\\\\\",,realm=r"),
			&c, NULL),
		0);
	assert_string_equal(c.service, "a \"b\", c\\");
	assert_string_equal(c.realm, "r");
}

static void the_broken_and_the_endless_are_refused(void **state)
{
	static const char *const bad[] = {"Bearer realm=\"x", "Bearer =x",
		"Bearer realm=\"x\\", "Basic \"x\"",
		"Bearer realm=\"a\"b=c\x01="};
	char text[4096] = "Bearer realm=\"";
	struct challenge c;
	struct err e = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (challenge_parse(str_of(bad[i]), &c, &e) == 0)
			fail_msg("taken: %s", bad[i]);
	memset(text + 14, 'a', 2000);
	text[2014] = '"';
	assert_int_equal(challenge_parse(str_of(text), &c, &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bearer_says_where_and_for_what),
		cmocka_unit_test(the_strongest_of_several_counts),
		cmocka_unit_test(quotes_and_backslashes_are_undone),
		cmocka_unit_test(the_broken_and_the_endless_are_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
