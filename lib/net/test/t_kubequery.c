/* Unit tests of lib/net/kubequery. */
#include "lib/net/kubequery.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct kubequery plain = {.path = "/api/v1/services"};
static const struct kubequery chosen = {
	.path = "/api/v1/nodes",
	.label_selector = "!a/b,c=d",
	.field_selector = "metadata.name=n1",
};

static char room[512];

static struct buf *fresh(struct buf *b)
{
	*b = buf_fixed(room, sizeof(room));
	return b;
}

static void lists(void **state)
{
	struct buf b;

	(void)state;
	kubequery_list(fresh(&b), &plain, 500, "", "0");
	assert_string_equal(
		buf_cstr(&b), "/api/v1/services?limit=500&resourceVersion=0");
	kubequery_list(fresh(&b), &plain, 0, "", "");
	assert_string_equal(buf_cstr(&b), "/api/v1/services?limit=0");
}

/* A page says by its token which version it is of. */
static void pages_go_on_at_their_token(void **state)
{
	struct buf b;

	(void)state;
	kubequery_list(fresh(&b), &plain, 500, "a+b/c=", "7");
	assert_string_equal(buf_cstr(&b),
		"/api/v1/services?limit=500&continue=a%2Bb%2Fc%3D");
}

static void selectors_are_escaped(void **state)
{
	struct buf b;

	(void)state;
	kubequery_watch(fresh(&b), &chosen, "42", 300);
	assert_string_equal(buf_cstr(&b),
		"/api/v1/nodes?watch=1&allowWatchBookmarks=true"
		"&labelSelector=%21a%2Fb%2Cc%3Dd"
		"&fieldSelector=metadata.name%3Dn1"
		"&timeoutSeconds=300&resourceVersion=42");
}

static void watches_with_the_objects_in_front(void **state)
{
	struct buf b;

	(void)state;
	kubequery_watch_list(fresh(&b), &plain, "", 300);
	assert_string_equal(buf_cstr(&b),
		"/api/v1/services?watch=1&allowWatchBookmarks=true"
		"&timeoutSeconds=300&sendInitialEvents=true"
		"&resourceVersionMatch=NotOlderThan");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),
		cmocka_unit_test(pages_go_on_at_their_token),
		cmocka_unit_test(selectors_are_escaped),
		cmocka_unit_test(watches_with_the_objects_in_front),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
