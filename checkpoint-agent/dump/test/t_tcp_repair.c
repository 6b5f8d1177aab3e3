/* A connection in repair mode sends nothing; once repaired it sends again. */
#include "checkpoint-agent/dump/tcp_repair.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static int repair(int fd, int on)
{
	return setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on));
}

static int is_in_repair(int fd)
{
	int value = -1;
	socklen_t n = sizeof(value);

	getsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &value, &n);
	return value;
}

static void connections_speak_again(void **state)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	int client = socket(AF_INET, SOCK_STREAM, 0), server;
	size_t mended = 0;
	struct err e;

	(void)state;
	assert_int_equal(bind(listener, (struct sockaddr *)&at, n), 0);
	assert_int_equal(listen(listener, 1), 0);
	getsockname(listener, (struct sockaddr *)&at, &n);
	assert_int_equal(connect(client, (struct sockaddr *)&at, n), 0);
	server = accept(listener, NULL, NULL);
	assert_true(server >= 0);
	if (repair(client, 1) < 0)
		skip(); /* CAP_NET_ADMIN is needed */
	assert_int_equal(is_in_repair(client), 1);
	assert_int_equal(tcp_repair_process(getpid(), &mended, &e), 0);
	assert_int_equal(mended, 1);
	assert_int_equal(is_in_repair(client), 0);
	assert_int_equal(write(client, "x", 1), 1);
	assert_int_equal(read(server, &(char){0}, 1), 1);
	assert_int_equal(tcp_repair_process(getpid(), &mended, &e), 0);
	assert_int_equal(mended, 1);
	close(client);
	close(server);
	close(listener);
}

static void what_is_gone_needs_nothing(void **state)
{
	size_t mended;
	struct err e;

	(void)state;
	assert_int_equal(tcp_repair_cgroup("/nonexistent", &mended, &e), 0);
	assert_int_equal(mended, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connections_speak_again),
		cmocka_unit_test(what_is_gone_needs_nothing),
	};

	return cmocka_run_group_tests_name("unrepair", tests, NULL, NULL);
}
