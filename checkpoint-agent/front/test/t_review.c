/*
 * What the API server is asked, how its answers are read, and how long they are
 * cached.
 */
#include "checkpoint-agent/front/review.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct authz_user user;

static void questions_are_kubernetes_objects(void **state)
{
	char memory[1024];
	struct buf b = buf_fixed(memory, sizeof(memory));
	struct review_access a = {.user = &user,
		.verb = "create",
		.subresource = "checkpoint",
		.node = "n1"};

	(void)state;
	review_put_token(&b, STR("a\"b"));
	assert_string_equal(buf_cstr(&b),
		"{\"kind\":\"TokenReview\","
		"\"apiVersion\":\"authentication.k8s.io/v1\",\"metadata\":{},"
		"\"spec\":{\"token\":\"a\\\"b\"}}");
	buf_reset(&b);
	user = (struct authz_user){.name = "x", .uid = "7"};
	authz_add_group(&user, STR("g1"));
	authz_add_group(&user, STR("g2"));
	review_put_access(&b, &a);
	assert_string_equal(buf_cstr(&b),
		"{\"kind\":\"SubjectAccessReview\","
		"\"apiVersion\":\"authorization.k8s.io/v1\",\"metadata\":{},"
		"\"spec\":{\"resourceAttributes\":{\"verb\":\"create\","
		"\"version\":\"v1\",\"resource\":\"nodes\","
		"\"subresource\":\"checkpoint\",\"name\":\"n1\"},"
		"\"user\":\"x\",\"groups\":[\"g1\",\"g2\"],\"uid\":\"7\"}}");
}

static int parse_token(const char *json)
{
	AUTO_ARENA struct arena a = arena_make(1 << 20);

	return review_parse_token(str_of(json), &a, &user, NULL);
}

static int parse_access(const char *json)
{
	AUTO_ARENA struct arena a = arena_make(1 << 20);

	return review_parse_access(str_of(json), &a, NULL);
}

static void only_a_clear_yes_counts(void **state)
{
	(void)state;
	assert_int_equal(parse_token("{\"status\":{\"authenticated\":true,"
				     "\"user\":{\"username\":\"u\",\"uid\":"
				     "\"1\",\"groups\":[\"a\",\"b\"]}}}"),
		1);
	assert_string_equal(user.name, "u");
	assert_string_equal(user.uid, "1");
	assert_int_equal(user.group_count, 2);
	assert_string_equal(user.group[1], "b");
	assert_int_equal(parse_token("{\"status\":{}}"), 0);
	assert_int_equal(
		parse_token("{\"status\":{\"authenticated\":\"true\"}}"), 0);
	assert_int_equal(
		parse_token("{\"status\":{\"authenticated\":true}}"), -1);
	assert_int_equal(parse_token("{\"status\":{\"authenticated\":true,"
				     "\"user\":{\"username\":\"\"}}}"),
		-1);
	assert_int_equal(parse_token("{}"), -1);
	assert_int_equal(parse_token("no"), -1);

	assert_int_equal(parse_access("{\"status\":{\"allowed\":true}}"), 1);
	assert_int_equal(parse_access("{\"status\":{\"allowed\":false}}"), 0);
	assert_int_equal(parse_access("{\"status\":{\"allowed\":true,"
				      "\"denied\":true}}"),
		0);
	assert_int_equal(parse_access("{\"status\":{\"allowed\":1}}"), 0);
	assert_int_equal(parse_access("{\"kind\":\"Status\"}"), -1);
}

static void a_user_is_kept_complete_or_not_at_all(void **state)
{
	char memory[4096];
	struct buf b = buf_fixed(memory, sizeof(memory));

	(void)state;
	buf_text(&b, "{\"status\":{\"authenticated\":true,\"user\":{"
		     "\"username\":\"u\",\"groups\":[\"g\"");
	for (int i = 0; i < AUTHZ_GROUPS_MAX; i++)
		buf_text(&b, ",\"g\"");
	buf_text(&b, "]}}}");
	assert_int_equal(parse_token(buf_cstr(&b)), -1);
}

static void answers_are_cached_for_a_while(void **state)
{
	static struct review_cache m;
	unsigned char key[REVIEW_KEY_BYTES], other[REVIEW_KEY_BYTES];
	static struct authz_user got;

	(void)state;
	review_key(STR("a"), key);
	review_key(STR("b"), other);
	user = (struct authz_user){.name = "u"};
	assert_int_equal(review_cache_get(&m, key, 0, &got), -1);
	review_cache_put(&m, key, 100, true, &user);
	review_cache_put(&m, other, 100, false, NULL);
	assert_int_equal(review_cache_get(&m, key, 99, &got), 1);
	assert_string_equal(got.name, "u");
	assert_int_equal(review_cache_get(&m, other, 99, NULL), 0);
	assert_int_equal(review_cache_get(&m, key, 100, &got), -1);
	review_cache_put(&m, key, 200, false, NULL);
	assert_int_equal(review_cache_get(&m, key, 150, &got), 0);
	/* the one that expires first makes room */
	for (unsigned char i = 0; i < REVIEW_CACHE_MAX - 1; i++) {
		review_key((struct str){(const char *)&i, 1}, other);
		review_cache_put(&m, other, 300u + i, true, &user);
	}
	assert_int_equal(review_cache_get(&m, key, 150, &got), 0);
	review_key(STR("one more"), other);
	review_cache_put(&m, other, 400, true, &user);
	assert_int_equal(review_cache_get(&m, key, 150, &got), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions_are_kubernetes_objects),
		cmocka_unit_test(only_a_clear_yes_counts),
		cmocka_unit_test(a_user_is_kept_complete_or_not_at_all),
		cmocka_unit_test(answers_are_cached_for_a_while),
	};

	return cmocka_run_group_tests_name("review", tests, NULL, NULL);
}
