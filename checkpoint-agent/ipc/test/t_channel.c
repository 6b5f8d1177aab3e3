/* Packets arrive whole, with or without a descriptor, or not at all. */
#include "checkpoint-agent/ipc/channel.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

static int failing_sends;

/* In place of the library's: fails as the kernel does without memory. */
ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
	if (failing_sends == 0)
		return syscall(SYS_sendmsg, fd, m, flags);
	failing_sends--;
	errno = ENOBUFS;
	return -1;
}

static int send_text(int channel, const char *text, int fd)
{
	const struct channel_packet p = {text, strlen(text), fd};
	struct err e;

	return channel_send(channel, &p, &e);
}

static void packets_and_descriptors_pass(void **state)
{
	int ends[2], pipes[2], fd;
	char got[8], byte;
	struct err e;

	(void)state;
	assert_int_equal(channel_make(ends, &e), 0);
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(channel_receive(ends[1], got, 8, &fd, &e), -1);
	assert_int_equal(e.kind, ERR_BUSY);
	assert_int_equal(send_text(ends[0], "abc", pipes[1]), 0);
	assert_int_equal(send_text(ends[0], "0123456789", pipes[1]), 0);
	assert_int_equal(send_text(ends[0], "de", -1), 0);
	assert_int_equal(channel_receive(ends[1], got, 8, &fd, &e), 3);
	assert_memory_equal(got, "abc", 3);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "x", 1), 1);
	assert_int_equal(read(pipes[0], &byte, 1), 1);
	close(fd);
	/* too long: refused, and its descriptor is closed */
	assert_int_equal(channel_receive(ends[1], got, 8, &fd, &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	assert_int_equal(fd, -1);
	assert_int_equal(channel_receive(ends[1], got, 8, &fd, &e), 2);
	assert_int_equal(fd, -1);
	close(pipes[1]);
	assert_int_equal(read(pipes[0], &byte, 1), 0);
	close(pipes[0]);
	close(ends[0]);
	assert_int_equal(channel_receive(ends[1], got, 8, &fd, &e), 0);
	assert_int_equal(send_text(ends[1], "x", -1), -1);
	close(ends[1]);
}

static void a_full_channel_says_so(void **state)
{
	static char packet[4096];
	const struct channel_packet p = {packet, sizeof(packet), -1};
	int ends[2], fd;
	struct err e;

	(void)state;
	assert_int_equal(channel_make(ends, &e), 0);
	while (channel_send(ends[0], &p, &e) == 0)
		continue;
	assert_int_equal(e.kind, ERR_BUSY);
	assert_int_equal(channel_send_within(ends[0], &p, 1, &e), -1);
	while (channel_receive(ends[1], packet, sizeof(packet), &fd, &e) > 0)
		continue;
	assert_int_equal(channel_send_within(ends[0], &p, 1, &e), 0);
	close(ends[0]);
	close(ends[1]);
}

/* A client waits for the answer that is sent so. */
static void a_send_that_fails_once_is_tried_again(void **state)
{
	const struct channel_packet p = {"abc", 3, -1};
	int ends[2], fd;
	struct err e;
	char got[8];

	(void)state;
	assert_int_equal(channel_make(ends, &e), 0);
	failing_sends = 1;
	assert_int_equal(channel_send_within(ends[0], &p, 1000, &e), 0);
	assert_int_equal(channel_receive(ends[1], got, 8, &fd, &e), 3);
	failing_sends = 2;
	assert_int_equal(channel_send_within(ends[0], &p, 1000, &e), -1);
	assert_non_null(strstr(e.text, "No buffer space"));
	close(ends[1]);
	assert_int_equal(channel_send_within(ends[0], &p, 1000, &e), -1);
	close(ends[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_and_descriptors_pass),
		cmocka_unit_test(a_full_channel_says_so),
		cmocka_unit_test(a_send_that_fails_once_is_tried_again),
	};

	return cmocka_run_group_tests_name("channel", tests, NULL, NULL);
}
