/*
 * t_netlink - what the kernel answers is read as it means it: errors at the end
 * of a dump, dumps that were torn, and answers to other requests.
 *
 * sendmsg() and recv() are replaced: the first notes the sequence number, the
 * second gives out the datagrams that a test has laid ready for it.
 */
#include "kube-proxy-mini/kernel/netlink.h"

#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

/* One message of an answer, which has the request's number or another. */
struct reply {
	uint16_t type, flags;
	int32_t error; /* of NLMSG_ERROR and NLMSG_DONE */
	bool is_others;
};

static const struct reply *replies;
static size_t n_replies, given;
static uint32_t asked_seq;
static bool is_asked;
static unsigned int n_seen;

ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
	struct nlmsghdr h;

	(void)fd;
	(void)flags;
	memcpy(&h, m->msg_iov[0].iov_base, sizeof(h));
	asked_seq = h.nlmsg_seq;
	is_asked = true;
	return 1;
}

ssize_t recv(int fd, void *room, size_t size, int flags)
{
	struct {
		struct nlmsghdr h;
		int32_t error;
		struct nlmsghdr of; /* NLMSG_ERROR repeats the request's head */
	} message = {{0}, 0, {0}};
	const struct reply *r;

	(void)fd;
	(void)flags;
	if (!is_asked || given == n_replies) {
		errno = EAGAIN;
		return -1;
	}
	r = &replies[given++];
	message.h = (struct nlmsghdr){.nlmsg_len = sizeof(message),
		.nlmsg_type = r->type,
		.nlmsg_flags = r->flags,
		.nlmsg_seq = asked_seq + r->is_others};
	message.error = r->error;
	assert_true(size >= sizeof(message));
	memcpy(room, &message, sizeof(message));
	return sizeof(message);
}

static int note(void *context, uint16_t type, struct str attrs, struct err *e)
{
	(void)context;
	(void)type;
	(void)attrs;
	(void)e;
	n_seen++;
	return 0;
}

#define DATA (NFNL_SUBSYS_NFTABLES << 8 | 1)

static int dump(const struct reply *list, size_t n, struct err *e)
{
	static const struct nlmsghdr request = {.nlmsg_len = sizeof(request)};

	replies = list;
	n_replies = n;
	given = n_seen = 0;
	is_asked = false;
	err_clear(e);
	return netlink_dump(0,
		(struct str){(const char *)&request, sizeof(request)}, note,
		NULL, e);
}

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static void a_whole_dump_is_read(void **state)
{
	static const struct reply list[] = {
		{DATA, NLM_F_MULTI, 0, false},
		{DATA, NLM_F_MULTI, 0, true},
		{NLMSG_ERROR, 0, -EPERM, true},
		{DATA, NLM_F_MULTI, 0, false},
		{NLMSG_DONE, NLM_F_MULTI, 0, false},
	};
	struct err e = {0};

	(void)state;
	assert_int_equal(dump(list, COUNT(list), &e), 0);
	assert_int_equal(n_seen, 2); /* the others are not ours */
}

static void the_end_of_a_dump_may_be_an_error(void **state)
{
	static const struct reply list[] = {
		{DATA, NLM_F_MULTI, 0, false},
		{NLMSG_DONE, NLM_F_MULTI, -ENOMEM, false},
	};
	struct err e = {0};

	(void)state;
	assert_int_equal(dump(list, COUNT(list), &e), -1);
	assert_int_equal(e.sys, ENOMEM);
}

/* All is read, and the caller learns that it may be wrong. */
static void a_torn_dump_is_said_to_be(void **state)
{
	static const struct reply list[] = {
		{DATA, NLM_F_MULTI | NLM_F_DUMP_INTR, 0, false},
		{DATA, NLM_F_MULTI, 0, false},
		{NLMSG_DONE, NLM_F_MULTI, 0, false},
	};
	struct err e = {0};

	(void)state;
	assert_int_equal(dump(list, COUNT(list), &e), -1);
	assert_int_equal(e.kind, ERR_BUSY);
	assert_int_equal(n_seen, 2);
}

static void a_dump_without_an_end_is_no_dump(void **state)
{
	static const struct reply list[] = {{DATA, NLM_F_MULTI, 0, false}};
	struct err e = {0};

	(void)state;
	assert_int_equal(dump(list, COUNT(list), &e), -1);
	assert_non_null(strstr(e.text, "incomplete"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_dump_is_read),
		cmocka_unit_test(the_end_of_a_dump_may_be_an_error),
		cmocka_unit_test(a_torn_dump_is_said_to_be),
		cmocka_unit_test(a_dump_without_an_end_is_no_dump),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
