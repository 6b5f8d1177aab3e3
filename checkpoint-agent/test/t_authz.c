/* Who is taken for whom, and whom the modes let through. */
#include "checkpoint-agent/authz.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct authz_user user;
static struct str token;

static enum authz_verdict identify(
	const struct tls_peer *p, const char *field, bool takes_anonymous)
{
	static struct http_request r;

	r.head.field_count = field != NULL;
	r.head.field[0].name = STR("Authorization");
	r.head.field[0].value = str_of(field);
	token = STR("");
	return authz_identify(p, &r, takes_anonymous, &user, &token);
}

static void credentials_are_tried_in_order(void **state)
{
	static const struct tls_peer none;
	static struct tls_peer peer = {.has_certificate = true,
		.is_trusted = true,
		.user = "admin",
		.group_count = 1,
		.group = {"system:masters"}};

	(void)state;
	assert_int_equal(identify(&peer, "Bearer x", false), AUTHZ_YES);
	assert_string_equal(user.name, "admin");
	assert_string_equal(user.group[0], "system:masters");
	assert_string_equal(user.group[1], "system:authenticated");
	peer.user[0] = '\0';
	assert_int_equal(identify(&peer, NULL, true), AUTHZ_NO);
	peer.is_trusted = false;
	assert_int_equal(identify(&peer, NULL, true), AUTHZ_NO);
	assert_int_equal(identify(&peer, "Bearer x", true), AUTHZ_ASK);

	assert_int_equal(identify(&none, NULL, false), AUTHZ_NO);
	assert_int_equal(identify(&none, NULL, true), AUTHZ_YES);
	assert_string_equal(user.name, "system:anonymous");
	assert_string_equal(user.group[0], "system:unauthenticated");
	assert_int_equal(identify(&none, "bearer  a.b.c ", false), AUTHZ_ASK);
	assert_true(str_is(token, "a.b.c"));
	assert_int_equal(identify(&none, "Bearer", true), AUTHZ_NO);
	assert_int_equal(identify(&none, "Bearer ", true), AUTHZ_NO);
	assert_int_equal(identify(&none, "Basic YTpi", true), AUTHZ_NO);
}

static void modes_let_through_whom_they_say(void **state)
{
	const struct args_list allowed = {.item = {"a", "ops"}, .n = 2};
	static struct authz_user u = {.name = "x"};
	enum authz_mode mode;

	(void)state;
	assert_true(authz_add_group(&u, STR("op")));
	assert_int_equal(authz_decide(AUTHZ_GROUPS, &allowed, &u), AUTHZ_NO);
	assert_true(authz_add_group(&u, STR("ops")));
	assert_int_equal(authz_decide(AUTHZ_GROUPS, &allowed, &u), AUTHZ_YES);
	u.group_count = 0;
	assert_int_equal(
		authz_decide(AUTHZ_ALWAYS_ALLOW, &allowed, &u), AUTHZ_YES);
	assert_int_equal(authz_decide(AUTHZ_WEBHOOK, &allowed, &u), AUTHZ_ASK);
	assert_int_equal(authz_mode_of("AlwaysAllow", &mode), 0);
	assert_int_equal(mode, AUTHZ_ALWAYS_ALLOW);
	assert_int_equal(authz_mode_of("alwaysallow", &mode), -1);
	while (authz_add_group(&u, STR("g")))
		continue;
	assert_int_equal(u.group_count, AUTHZ_GROUPS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(credentials_are_tried_in_order),
		cmocka_unit_test(modes_let_through_whom_they_say),
	};

	return cmocka_run_group_tests_name("authz", tests, NULL, NULL);
}
