/* Who has to leave when a server has more guests than places. */
#include "lib/net/guests.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct sockaddr_storage at(const char *text)
{
	struct sockaddr_storage s = {.ss_family = AF_INET};
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
		memcpy(&s, &v4, sizeof(v4));
		return s;
	}
	assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
	memcpy(&s, &v6, sizeof(v6));
	return s;
}

/* Let one come; who left for it. */
static struct guest *come(struct guests *all, struct guest *g, const char *from)
{
	const struct sockaddr_storage address = at(from);
	struct guest *leaver = guests_leaver(all, &address);

	if (leaver != NULL)
		guests_remove(all, leaver);
	assert_in_range(all->n, 0, all->max - 1);
	guests_add(all, g, &address);
	return leaver;
}

static void the_oldest_unknown_guest_leaves_first(void **state)
{
	struct guests all = {.max = 3, .share = 3};
	struct guest g[5];

	(void)state;
	assert_null(come(&all, &g[0], "10.0.0.1"));
	assert_null(come(&all, &g[1], "10.0.0.2"));
	assert_null(come(&all, &g[2], "10.0.0.3"));
	g[0].rank = GUEST_IDLE; /* has shown a certificate */
	assert_ptr_equal(come(&all, &g[3], "10.0.0.4"), &g[1]);
	assert_ptr_equal(come(&all, &g[4], "10.0.0.5"), &g[2]);
}

static void known_guests_leave_only_when_idle(void **state)
{
	struct guests all = {.max = 2, .share = 2};
	const struct sockaddr_storage late = at("10.0.0.9");
	struct guest g[3];

	(void)state;
	come(&all, &g[0], "10.0.0.1");
	come(&all, &g[1], "10.0.0.2");
	g[0].rank = GUEST_BUSY;
	g[1].rank = GUEST_IDLE;
	assert_true(guests_have_room(&all));
	assert_ptr_equal(come(&all, &g[2], "10.0.0.3"), &g[1]);
	g[2].rank = GUEST_BUSY;
	assert_null(guests_leaver(&all, &late));
	assert_false(guests_have_room(&all));
}

static void a_source_has_a_share_of_the_places(void **state)
{
	struct guests all = {.max = 10, .share = 2};
	struct guest g[6];

	(void)state;
	come(&all, &g[0], "10.0.0.1");
	come(&all, &g[1], "10.0.0.1");
	assert_null(come(&all, &g[2], "10.0.0.2"));
	assert_ptr_equal(come(&all, &g[3], "10.0.0.1"), &g[0]);
	/* who is known does not count */
	g[1].rank = g[3].rank = GUEST_BUSY;
	assert_null(come(&all, &g[4], "10.0.0.1"));
	assert_null(come(&all, &g[5], "10.0.0.1"));
}

static void a_source_is_an_address_or_a_subnet(void **state)
{
	struct guests all = {.max = 10, .share = 1};
	struct guest g[6];

	(void)state;
	come(&all, &g[0], "2001:db8:1:2::1");
	assert_ptr_equal(come(&all, &g[1], "2001:db8:1:2:ff::7"), &g[0]);
	assert_null(come(&all, &g[2], "2001:db8:1:3::1"));
	come(&all, &g[3], "10.0.0.1");
	assert_null(come(&all, &g[4], "10.0.0.2"));
	/* as an IPv6 socket reports it */
	assert_ptr_equal(come(&all, &g[5], "::ffff:10.0.0.1"), &g[3]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_oldest_unknown_guest_leaves_first),
		cmocka_unit_test(known_guests_leave_only_when_idle),
		cmocka_unit_test(a_source_has_a_share_of_the_places),
		cmocka_unit_test(a_source_is_an_address_or_a_subnet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
