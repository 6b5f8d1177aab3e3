/* Which descriptors, devices and sockets CRIU can dump. */
#include "checkpoint-agent/preflight/preflight_fd.h"
#include "checkpoint-agent/preflight/preflight_sock.h"
#include "checkpoint-agent/preflight/unixdiag.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/unix_diag.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

static void objects_are_known_by_their_link(void **state)
{
	(void)state;
	assert_null(preflight_fd_object(STR("anon_inode:[eventfd]")));
	assert_null(preflight_fd_object(STR("anon_inode:inotify")));
	assert_null(preflight_fd_object(STR("/tmp/anon_inode:[io_uring]")));
	/* how a workload that people have is started instead */
	assert_non_null(strstr(
		preflight_fd_object(STR("anon_inode:[io_uring]")),
		"an io_uring (Node.js does without one when it is started "
		"with UV_USE_IO_URING=0)"));
	/* what a later kernel brings is not known either */
	assert_non_null(preflight_fd_object(STR("anon_inode:[new]")));
	assert_non_null(preflight_fd_object(STR("anon_inode:")));
}

static void devices_are_known_by_number(void **state)
{
	(void)state;
	assert_true(preflight_fd_knows_device(1, 3));     /* null */
	assert_true(preflight_fd_knows_device(136, 0));   /* a terminal */
	assert_true(preflight_fd_knows_device(10, 200));  /* tun */
	assert_false(preflight_fd_knows_device(10, 229)); /* fuse */
	assert_false(preflight_fd_knows_device(195, 0));  /* a graphics card */
}

static void sockets_are_known_by_kind(void **state)
{
	(void)state;
	assert_null(preflight_sock_kind(AF_INET, SOCK_STREAM, 6));
	assert_null(preflight_sock_kind(AF_INET6, SOCK_RAW, 255));
	assert_null(preflight_sock_kind(AF_UNIX, SOCK_SEQPACKET, 0));
	assert_non_null(preflight_sock_kind(AF_INET, SOCK_STREAM, 262));
	assert_non_null(preflight_sock_kind(AF_VSOCK, SOCK_STREAM, 0));
	assert_non_null(preflight_sock_kind(99, SOCK_STREAM, 0));
}

/* ---- sock_diag ---------------------------------------------------------- */

static struct unixdiag seen[4];
static size_t seen_count;

static void note(void *context, const struct unixdiag *u)
{
	(void)context;
	assert_true(seen_count < 4);
	seen[seen_count++] = *u;
}

/* An answer with one socket, its peer and a waiting client, then the end. */
static size_t make_reply(char *to)
{
	struct nlmsghdr head = {.nlmsg_type = 20};
	struct unix_diag_msg body = {.udiag_family = AF_UNIX, .udiag_ino = 77};
	struct rtattr a = {.rta_len = sizeof(a) + 4};
	const uint32_t value[] = {78, 79};
	const uint16_t type[] = {UNIX_DIAG_PEER, UNIX_DIAG_ICONS};
	size_t n = NLMSG_HDRLEN;

	memcpy(to + n, &body, sizeof(body));
	n += sizeof(body);
	for (int i = 0; i < 2; i++) {
		a.rta_type = type[i];
		memcpy(to + n, &a, sizeof(a));
		memcpy(to + n + sizeof(a), &value[i], 4);
		n += sizeof(a) + 4;
	}
	head.nlmsg_len = (uint32_t)n;
	memcpy(to, &head, sizeof(head));
	head = (struct nlmsghdr){
		.nlmsg_type = NLMSG_DONE, .nlmsg_len = NLMSG_HDRLEN};
	memcpy(to + n, &head, sizeof(head));
	return n + NLMSG_HDRLEN;
}

static void peers_are_read_from_sock_diag(void **state)
{
	char reply[256] __attribute__((aligned(8))) = {0};
	size_t n = make_reply(reply);
	uint32_t waiting;

	(void)state;
	seen_count = 0;
	assert_int_equal(
		unixdiag_parse((struct str){reply, n}, note, NULL, NULL), 0);
	assert_int_equal(seen_count, 1);
	assert_int_equal(seen[0].inode, 77);
	assert_int_equal(seen[0].peer, 78);
	assert_int_equal(seen[0].waiting.n, sizeof(waiting));
	memcpy(&waiting, seen[0].waiting.p, sizeof(waiting));
	assert_int_equal(waiting, 79);
	/* without the end there is more to come */
	seen_count = 0;
	assert_int_equal(unixdiag_parse((struct str){reply, n - NLMSG_HDRLEN},
				 note, NULL, NULL),
		1);
}

static void torn_replies_are_refused(void **state)
{
	char reply[256] __attribute__((aligned(8))) = {0};
	size_t n = make_reply(reply) - NLMSG_HDRLEN;

	(void)state;
	for (size_t cut = NLMSG_HDRLEN; cut < n; cut++) {
		seen_count = 0;
		assert_int_equal(unixdiag_parse((struct str){reply, cut}, note,
					 NULL, NULL),
			-1);
		assert_int_equal(seen_count, 0);
	}
	reply[NLMSG_HDRLEN + sizeof(struct unix_diag_msg)] = 1;
	assert_int_equal(
		unixdiag_parse((struct str){reply, n}, note, NULL, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_are_known_by_their_link),
		cmocka_unit_test(devices_are_known_by_number),
		cmocka_unit_test(sockets_are_known_by_kind),
		cmocka_unit_test(peers_are_read_from_sock_diag),
		cmocka_unit_test(torn_replies_are_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
