/* Unit tests of images/ship/login, and of what is made of JSON beside it. */
#include "images/ship/login.h"

#include "images/ship/to_registry.h"
#include "images/ship/token.h"
#include "lib/base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static int open_arena(void **state)
{
	(void)state;
	arena = arena_make((size_t)1 << 20);
	return 0;
}

static int close_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static const struct node *parsed(const char *text)
{
	const struct node *n;

	assert_int_equal(json_parse(str_of(text), &arena, &n, NULL), 0);
	return n;
}

static struct reference named(const char *text)
{
	struct reference r;

	assert_int_equal(reference_parse(str_of(text), &r, NULL), 0);
	return r;
}

static void expect_user(
	const struct node *config, const char *reference, const char *user)
{
	struct reference r = named(reference);
	struct login l;

	login_open(&l);
	assert_int_equal(login_stored(config, &r, &l, NULL), 0);
	assert_string_equal(l.user.n ? buf_cstr(&l.user) : "", user);
	login_close(&l);
}

/* "bTpw" is "m:p", "bjpwOnE=" is "n:p:q" */
static void the_entry_that_fits_best_counts(void **state)
{
	const struct node *config =
		parsed("{\"auths\":{\"x.example\":{\"auth\":\"bTpw\"},"
		       "\"x.example/team\":{\"auth\":\"bjpwOnE=\"},"
		       "\"https://y.example/v2/\":{\"username\":\"u\","
		       "\"password\":\"p\"},"
		       "\"https://index.docker.io/v1/\":{\"auth\":\"bTpw\"}}}");

	(void)state;
	expect_user(config, "x.example/a", "m");
	expect_user(config, "x.example/team/a", "n");
	expect_user(config, "x.example/team", "n");
	expect_user(config, "x.example/teams", "m");
	expect_user(config, "y.example/a", "u");
	expect_user(config, "docker.io/a", "m");
	expect_user(config, "z.example/a", "");
	expect_user(config, "x.example:5000/a", "");
}

static void a_password_may_have_colons(void **state)
{
	const struct node *config =
		parsed("{\"auths\":{\"x.y\":{\"auth\":\"bjpwOnE=\","
		       "\"identitytoken\":\"t\"}}}");
	struct reference r = named("x.y/a");
	struct login l;

	(void)state;
	login_open(&l);
	assert_int_equal(login_stored(config, &r, &l, NULL), 0);
	assert_string_equal(buf_cstr(&l.password), "p:q");
	assert_string_equal(buf_cstr(&l.token), "t");
	login_close(&l);
}

static void a_broken_secret_is_not_shown(void **state)
{
	const struct node *config =
		parsed("{\"auths\":{\"x.y\":{\"auth\":\"c2VjcmV0\"}}}");
	struct reference r = named("x.y/a");
	struct err e = {0};
	struct login l;

	(void)state;
	login_open(&l);
	assert_int_equal(login_stored(config, &r, &l, &e), -1);
	assert_non_null(strstr(e.text, "x.y"));
	assert_null(strstr(e.text, "secret"));
	assert_null(strstr(e.text, "c2Vj"));
	login_close(&l);
}

static void a_helper_is_a_name_and_no_path(void **state)
{
	struct reference r = named("x.y/a"), other = named("z.y/a");
	const struct node *config =
		parsed("{\"credsStore\":\"pass\","
		       "\"credHelpers\":{\"x.y\":\"ecr-login\"}}");
	char name[LOGIN_HELPER_BYTES];

	(void)state;
	assert_int_equal(login_helper(config, &r, name, NULL), 1);
	assert_string_equal(name, "ecr-login");
	assert_int_equal(login_helper(config, &other, name, NULL), 1);
	assert_string_equal(name, "pass");
	assert_int_equal(login_helper(parsed("{}"), &r, name, NULL), 0);
	assert_int_equal(login_helper(parsed("{\"credsStore\":\"/../evil\"}"),
				 &r, name, NULL),
		-1);
}

static void a_helper_may_answer_with_a_token(void **state)
{
	struct login l;

	(void)state;
	login_open(&l);
	assert_int_equal(login_told(parsed("{\"Username\":\"<token>\","
					   "\"Secret\":\"s\"}"),
				 &l, NULL),
		0);
	assert_string_equal(buf_cstr(&l.token), "s");
	assert_int_equal(l.user.n, 0);
	assert_int_equal(
		login_told(parsed("{\"Username\":\"u\"}"), &l, NULL), -1);
	login_close(&l);
}

static void a_service_names_its_token_in_two_ways(void **state)
{
	(void)state;
	assert_true(str_is(token_of(parsed("{\"token\":\"a\"}")), "a"));
	assert_true(str_is(token_of(parsed("{\"access_token\":\"b\"}")), "b"));
	assert_int_equal(token_of(parsed("{\"token\":7}")).n, 0);
}

static void a_list_keeps_what_it_has(void **state)
{
	const struct node *index =
		parsed("{\"schemaVersion\":2,\"manifests\":[{\"digest\":\"a\","
		       "\"annotations\":{\"k\":\"v\"}}]}");
	AUTO_BUF struct buf out = buf_growing(4096);

	(void)state;
	assert_false(to_registry_list(index, "a", STR("{}"), &out));
	assert_int_equal(out.n, 0);
	assert_true(
		to_registry_list(index, "b", STR("{\"digest\":\"b\"}"), &out));
	assert_string_equal(buf_cstr(&out),
		"{\"schemaVersion\":2,\"mediaType\":\"" OCI_INDEX
		"\",\"manifests\":[{\"digest\":\"a\",\"annotations\":"
		"{\"k\":\"v\"}},{\"digest\":\"b\"}]}");
	buf_reset(&out);
	assert_true(to_registry_list(NULL, "b", STR("{}"), &out));
	assert_string_equal(buf_cstr(&out),
		"{\"schemaVersion\":2,\"mediaType\":\"" OCI_INDEX
		"\",\"manifests\":[{}]}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_entry_that_fits_best_counts),
		cmocka_unit_test(a_password_may_have_colons),
		cmocka_unit_test(a_broken_secret_is_not_shown),
		cmocka_unit_test(a_helper_is_a_name_and_no_path),
		cmocka_unit_test(a_helper_may_answer_with_a_token),
		cmocka_unit_test(a_service_names_its_token_in_two_ways),
		cmocka_unit_test(a_list_keeps_what_it_has),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
