/*
 * addresses - asks the kernel for all interface addresses by getifaddrs(3),
 * which is rtnetlink on Linux, and keeps those that the configuration wants.
 */
#include "kube-proxy-mini/watch/addresses.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

bool addresses_is_within(const struct model_ip *ip, const struct model_net *net)
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

static bool has_nets_of(const struct config *c, uint8_t family)
{
	for (size_t i = 0; i < c->n_nodeport_nets; i++)
		if (c->nodeport_nets[i].ip.family == family)
			return true;
	return false;
}

static bool is_within_any(const struct config *c, const struct model_ip *ip)
{
	for (size_t i = 0; i < c->n_nodeport_nets; i++)
		if (addresses_is_within(ip, &c->nodeport_nets[i]))
			return true;
	return false;
}

/* The prefix of length 0 is all there is to say of its family. */
static bool has_all_of(const struct config *c, uint8_t family)
{
	for (size_t i = 0; i < c->n_nodeport_nets; i++)
		if (c->nodeport_nets[i].ip.family == family &&
			c->nodeport_nets[i].bits == 0)
			return true;
	return false;
}

/* "primary": is there an address to keep to, or may one still come? */
static bool is_pinned(const struct config *c, bool is_overdue,
	const struct env *env, size_t family)
{
	bool knows_any = !is_unset(&env->node_ips[MODEL_V4]) ||
			 !is_unset(&env->node_ips[MODEL_V6]);

	return c->nodeport_primary && (!is_unset(&env->node_ips[family]) ||
					      !(knows_any || is_overdue));
}

void addresses_scope(const struct config *c, bool is_overdue, struct env *env)
{
	for (uint8_t f = 0; f < MODEL_FAMILIES; f++)
		env->nodeport_all[f] =
			has_all_of(c, f) ||
			(!has_nets_of(c, f) &&
				!is_pinned(c, is_overdue, env, f));
}

bool addresses_is_wanted(const struct config *c, const struct env *env,
	const struct model_ip *ip)
{
	if (is_loopback(ip) || is_link_local(ip))
		return false;
	return env->nodeport_all[ip->family] || is_within_any(c, ip);
}

size_t addresses_health(const struct config *c, const struct env *env,
	struct model_ip list[ADDRESSES_HEALTH_MAX])
{
	static const struct model_ip loopback[MODEL_FAMILIES] = {
		[MODEL_V4] = {MODEL_V4, {127, 0, 0, 1}},
		[MODEL_V6] = {MODEL_V6, {[15] = 1}},
	};
	size_t n = 0;

	for (size_t i = 0; i < env->n_nodeport_ips; i++)
		if (!env->nodeport_all[env->nodeport_ips[i].family])
			list[n++] = env->nodeport_ips[i];
	for (uint8_t f = 0; f < MODEL_FAMILIES; f++) {
		if (env->nodeport_all[f])
			list[n++] = (struct model_ip){.family = f};
		else if (is_within_any(c, &loopback[f]))
			list[n++] = loopback[f];
	}
	return n;
}

static void add_address(struct env *env, const struct model_ip *ip)
{
	for (size_t i = 0; i < env->n_nodeport_ips; i++)
		if (memcmp(&env->nodeport_ips[i], ip, sizeof(*ip)) == 0)
			return;
	if (env->n_nodeport_ips < ENV_ADDRS_MAX)
		env->nodeport_ips[env->n_nodeport_ips++] = *ip;
	else
		env->n_nodeport_over++;
}

static int compare_addresses(const void *x, const void *y)
{
	return memcmp(x, y, sizeof(struct model_ip));
}

/* In the order of the addresses, so that the same ones are over each time. */
static int add_interfaces(const struct config *c, const struct ifaddrs *list,
	struct env *env, struct err *e)
{
	struct model_ip *found;
	size_t n = 0, most = 0;

	for (const struct ifaddrs *i = list; i != NULL; i = i->ifa_next)
		most++;
	found = calloc(most + 1, sizeof(*found));
	if (found == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for addresses");
	for (const struct ifaddrs *i = list; i != NULL; i = i->ifa_next)
		if (read_address(i->ifa_addr, &found[n]) &&
			addresses_is_wanted(c, env, &found[n]))
			n++;
	qsort(found, n, sizeof(*found), compare_addresses);
	for (size_t i = 0; i < n; i++)
		add_address(env, &found[i]);
	free(found);
	return 0;
}

int addresses_fill(const struct config *c, struct env *env, struct err *e)
{
	struct ifaddrs *list;
	int done;

	env->n_nodeport_ips = env->n_nodeport_over = 0;
	/* the node's own come first: others cannot take their place */
	for (size_t f = 0; f < MODEL_FAMILIES; f++)
		if (!is_unset(&env->node_ips[f]) &&
			(c->nodeport_primary ||
				addresses_is_wanted(c, env, &env->node_ips[f])))
			add_address(env, &env->node_ips[f]);
	if (c->n_nodeport_nets == 0 && !env->nodeport_all[MODEL_V4] &&
		!env->nodeport_all[MODEL_V6])
		return 0;
	if (getifaddrs(&list) < 0)
		return err_sys(e, "list the addresses of this node");
	done = add_interfaces(c, list, env, e);
	freeifaddrs(list);
	return done;
}
