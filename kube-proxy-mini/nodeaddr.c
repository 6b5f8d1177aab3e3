/*
 * nodeaddr: see nodeaddr.h.  Asks the kernel for all interface addresses by
 * getifaddrs(3), which is rtnetlink on Linux; hears of changes on a socket of
 * its own, whose messages are not read but only taken for a reason to ask.
 */
#include "kube-proxy-mini/nodeaddr.h"

#include "lib/base/fd.h"

#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define SETTLE_MS 100 /* interfaces come up in several steps */

bool nodeaddr_is_within(const struct model_ip *ip, const struct model_net *net)
{
	unsigned int whole = net->bits / 8, rest = net->bits % 8;

	if (ip->family != net->ip.family)
		return false;
	if (memcmp(ip->b, net->ip.b, whole) != 0)
		return false;
	return rest == 0 ||
	       (ip->b[whole] ^ net->ip.b[whole]) >> (8 - rest) == 0;
}

static bool is_unset(const struct model_ip *ip)
{
	static const uint8_t zeros[16];

	return memcmp(ip->b, zeros, sizeof(zeros)) == 0;
}

static bool is_loopback(const struct model_ip *ip)
{
	static const uint8_t one[16] = {[15] = 1};

	return ip->family == MODEL_V4 ? ip->b[0] == 127
				      : memcmp(ip->b, one, 16) == 0;
}

static bool is_link_local(const struct model_ip *ip)
{
	return ip->family == MODEL_V6 && ip->b[0] == 0xfe &&
	       (ip->b[1] & 0xc0) == 0x80;
}

static bool read_address(const struct sockaddr *from, struct model_ip *to)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	*to = (struct model_ip){.family = MODEL_V4};
	if (from == NULL)
		return false;
	if (from->sa_family == AF_INET) {
		memcpy(&v4, from, sizeof(v4));
		memcpy(to->b, &v4.sin_addr, 4);
		return true;
	}
	if (from->sa_family != AF_INET6)
		return false;
	memcpy(&v6, from, sizeof(v6));
	memcpy(to->b, &v6.sin6_addr, 16);
	to->family = MODEL_V6;
	return true;
}

static bool is_wanted(const struct config *c, const struct model_ip *ip)
{
	if (is_loopback(ip) || is_link_local(ip))
		return false;
	for (size_t i = 0; i < c->n_nodeport_nets; i++)
		if (nodeaddr_is_within(ip, &c->nodeport_nets[i]))
			return true;
	return false;
}

static void add(struct env *env, const struct model_ip *ip)
{
	for (size_t i = 0; i < env->n_nodeport_ips; i++)
		if (memcmp(&env->nodeport_ips[i], ip, sizeof(*ip)) == 0)
			return;
	if (env->n_nodeport_ips < ENV_ADDRS_MAX)
		env->nodeport_ips[env->n_nodeport_ips++] = *ip;
}

int nodeaddr_fill(const struct config *c, struct env *env, struct err *e)
{
	struct ifaddrs *list;
	struct model_ip ip;

	env->n_nodeport_ips = 0;
	if (c->nodeport_primary) {
		for (size_t f = 0; f < MODEL_FAMILIES; f++)
			if (!is_unset(&env->node_ips[f]))
				add(env, &env->node_ips[f]);
		return 0;
	}
	if (getifaddrs(&list) < 0)
		return err_sys(e, "list the addresses of this node");
	for (const struct ifaddrs *i = list; i != NULL; i = i->ifa_next)
		if (read_address(i->ifa_addr, &ip) && is_wanted(c, &ip))
			add(env, &ip);
	freeifaddrs(list);
	return 0;
}

/* ----------------------------------------------------------------- changes */

static void on_news(void *context, uint32_t events)
{
	struct nodeaddr_watch *w = context;
	char room[4096];

	(void)events;
	while (recv(w->watch.fd, room, sizeof(room), MSG_DONTWAIT) > 0)
		continue;
	loop_timer_set(w->loop, &w->timer, SETTLE_MS);
}

static void on_settled(void *context)
{
	struct nodeaddr_watch *w = context;

	w->changed(w->context);
}

static int open_news(int *out, struct err *e)
{
	struct sockaddr_nl name = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR,
	};
	AUTO_FD int fd = socket(AF_NETLINK,
		SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

	if (fd < 0 ||
		bind(fd, (const struct sockaddr *)&name, sizeof(name)) < 0)
		return err_sys(e, "hear of addresses");
	*out = fd_take(&fd);
	return 0;
}

int nodeaddr_watch_open(struct nodeaddr_watch *w, struct err *e)
{
	int fd = -1;

	w->timer = (struct loop_timer){.expired = on_settled, .context = w};
	w->watch = (struct loop_fd){.fd = -1};
	if (open_news(&fd, e) < 0)
		return -1;
	w->watch = (struct loop_fd){
		.fd = fd, .events = EPOLLIN, .ready = on_news, .context = w};
	return loop_fd_add(w->loop, &w->watch, e);
}

void nodeaddr_watch_close(struct nodeaddr_watch *w)
{
	if (w->loop == NULL)
		return;
	loop_timer_clear(w->loop, &w->timer);
	if (w->watch.fd >= 0)
		loop_fd_remove(w->loop, &w->watch);
	fd_close(&w->watch.fd);
}
