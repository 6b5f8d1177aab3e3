/*
 * address_watch - changes arrive on a socket (rtnetlink(7), groups
 * RTMGRP_*_IFADDR); the messages are thrown away, since one is only the reason
 * to look again.
 */
#include "kube-proxy-mini/watch/address_watch.h"

#include "lib/base/fd.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define SETTLE_MS 100 /* interfaces come up in several steps */

static void on_change(void *context, uint32_t events)
{
	struct address_watch *w = context;
	char room[4096];

	(void)events;
	while (recv(w->watch.fd, room, sizeof(room), MSG_DONTWAIT) > 0)
		continue;
	/* not set anew: interfaces that never settle must not hold it up */
	if (!w->timer.is_set)
		loop_timer_set(w->loop, &w->timer, SETTLE_MS);
}

static void on_settled(void *context)
{
	struct address_watch *w = context;

	w->changed(w->context);
}

static int open_changes(int *out, struct err *e)
{
	struct sockaddr_nl name = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR,
	};
	AUTO_FD int fd = socket(AF_NETLINK,
		SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

	if (fd < 0 ||
		bind(fd, (const struct sockaddr *)&name, sizeof(name)) < 0)
		return err_sys(e, "rtnetlink socket for address changes");
	*out = fd_take(&fd);
	return 0;
}

int address_watch_open(struct address_watch *w, struct err *e)
{
	int fd = -1;

	w->timer = (struct loop_timer){.expired = on_settled, .context = w};
	w->watch = (struct loop_fd){.fd = -1};
	if (open_changes(&fd, e) < 0)
		return -1;
	w->watch = (struct loop_fd){
		.fd = fd, .events = EPOLLIN, .ready = on_change, .context = w};
	return loop_fd_add(w->loop, &w->watch, e);
}

void address_watch_close(struct address_watch *w)
{
	if (w->loop == NULL)
		return;
	loop_timer_clear(w->loop, &w->timer);
	if (w->watch.fd >= 0)
		loop_fd_remove(w->loop, &w->watch);
	fd_close(&w->watch.fd);
}
