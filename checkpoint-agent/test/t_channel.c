/* Packets arrive whole, with a descriptor or without, or not at all. */
#include "checkpoint-agent/channel.h"

#include "checkpoint-agent/material.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

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
	assert_int_equal(channel_send(ends[0], "abc", 3, pipes[1], &e), 0);
	assert_int_equal(
		channel_send(ends[0], "0123456789", 10, pipes[1], &e), 0);
	assert_int_equal(channel_send(ends[0], "de", 2, -1, &e), 0);
	assert_int_equal(channel_receive(ends[1], got, 8, &fd, &e), 3);
	assert_memory_equal(got, "abc", 3);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "x", 1), 1);
	assert_int_equal(read(pipes[0], &byte, 1), 1);
	close(fd);
	/* too long: refused, and its descriptor does not stay open */
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
	assert_int_equal(channel_send(ends[1], "x", 1, -1, &e), -1);
	close(ends[1]);
}

static void a_full_channel_says_so(void **state)
{
	static char packet[4096];
	int ends[2], fd;
	struct err e;

	(void)state;
	assert_int_equal(channel_make(ends, &e), 0);
	while (channel_send(ends[0], packet, sizeof(packet), -1, &e) == 0)
		continue;
	assert_int_equal(e.kind, ERR_BUSY);
	assert_int_equal(
		channel_send_within(ends[0], packet, sizeof(packet), -1, 1, &e),
		-1);
	while (channel_receive(ends[1], packet, sizeof(packet), &fd, &e) > 0)
		continue;
	assert_int_equal(
		channel_send_within(ends[0], packet, sizeof(packet), -1, 1, &e),
		0);
	close(ends[0]);
	close(ends[1]);
}

static void material_is_taken_apart_exactly(void **state)
{
	struct material_head head = {{3, 2, 0}};
	char packet[sizeof(head) + 5];
	struct material m;
	struct err e;

	(void)state;
	memcpy(packet, &head, sizeof(head));
	memcpy(packet + sizeof(head), "abcde", 5);
	assert_int_equal(
		material_parse((struct str){packet, sizeof(packet)}, &m, &e),
		0);
	assert_true(str_is(m.part[MATERIAL_CERTIFICATE], "abc"));
	assert_true(str_is(m.part[MATERIAL_KEY], "de"));
	assert_int_equal(m.part[MATERIAL_API_TOKEN].n, 0);
	for (size_t n = 0; n < sizeof(packet); n++)
		assert_int_equal(
			material_parse((struct str){packet, n}, &m, &e), -1);
	head.bytes[0] = 2;
	memcpy(packet, &head, sizeof(head));
	assert_int_equal(
		material_parse((struct str){packet, sizeof(packet)}, &m, &e),
		-1);
	head.bytes[0] = UINT32_MAX;
	memcpy(packet, &head, sizeof(head));
	assert_int_equal(
		material_parse((struct str){packet, sizeof(packet)}, &m, &e),
		-1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_and_descriptors_pass),
		cmocka_unit_test(a_full_channel_says_so),
		cmocka_unit_test(material_is_taken_apart_exactly),
	};

	return cmocka_run_group_tests_name("channel", tests, NULL, NULL);
}
