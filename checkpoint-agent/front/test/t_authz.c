/* Clients are authenticated by certificate and authorized by group. */
#include "checkpoint-agent/front/authz.h"

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
	static char memory[256];
	struct buf b = buf_fixed(memory, sizeof(memory));
	struct http_request r = {.head.minor = 1};

	if (field != NULL)
		buf_fmt(&b, "Authorization: %s\r\n", field);
	buf_text(&b, "\r\n");
	r.head.fields = buf_view(&b);
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
	assert_int_equal(identify(&none, "bearer a.b.c ", false), AUTHZ_ASK);
	assert_true(str_is(token, "a.b.c"));
	assert_int_equal(identify(&none, "Bearer a.b.c d", false), AUTHZ_ASK);
	assert_true(str_is(token, "a.b.c"));
	assert_int_equal(identify(&none, "Bearer  a.b.c", false), AUTHZ_NO);
	assert_int_equal(identify(&none, "Bearer  a.b.c", true), AUTHZ_NO);
	assert_int_equal(identify(&none, "Bearer", true), AUTHZ_NO);
	assert_int_equal(identify(&none, "Bearer ", true), AUTHZ_NO);
	assert_int_equal(identify(&none, "Basic YTpi", true), AUTHZ_NO);
}

static void each_mode_permits_its_users(void **state)
{
	const struct args_list allowed = {.item = {"a", "ops"}, .n = 2};
	static struct authz_user u = {.name = "x"};

	(void)state;
	assert_true(authz_add_group(&u, STR("op")));
	assert_int_equal(authz_decide(CONFIG_GROUPS, &allowed, &u), AUTHZ_NO);
	assert_true(authz_add_group(&u, STR("ops")));
	assert_int_equal(authz_decide(CONFIG_GROUPS, &allowed, &u), AUTHZ_YES);
	u.group_count = 0;
	assert_int_equal(
		authz_decide(CONFIG_ALWAYS_ALLOW, &allowed, &u), AUTHZ_YES);
	assert_int_equal(authz_decide(CONFIG_WEBHOOK, &allowed, &u), AUTHZ_ASK);
	while (authz_add_group(&u, STR("g")))
		continue;
	assert_int_equal(u.group_count, AUTHZ_GROUPS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(credentials_are_tried_in_order),
		cmocka_unit_test(each_mode_permits_its_users),
	};

	return cmocka_run_group_tests_name("authz", tests, NULL, NULL);
}
