/*
 * lines - reads objects and the environment from words of text, for driver.c.
 * A word that makes no sense is a mistake in a test, and ends the program.
 */
#include "kube-proxy-mini/test/lines.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_MAX 1100

/* Room for one object; a line makes one at a time. */
static struct model_ip ips[4][LIST_MAX];
static struct model_ingress ingress[LIST_MAX];
static struct model_net nets[LIST_MAX];
static struct model_port ports[LIST_MAX];
static struct model_slice_port slice_ports[LIST_MAX];
static struct model_endpoint endpoints[LIST_MAX];
static struct str hints[LIST_MAX][2][4];

void lines_fail(const char *what, struct str s)
{
	fprintf(stderr, "driver: %s: %.*s\n", what, STR_ARG(s));
	exit(1);
}

static struct model_ip ip_of(struct str s)
{
	struct model_ip ip = {0};
	char text[64];

	if (str_copy(s, text, sizeof(text)) < 0)
		lines_fail("address", s);
	if (inet_pton(AF_INET, text, ip.b) == 1)
		return ip;
	ip.family = MODEL_V6;
	if (inet_pton(AF_INET6, text, ip.b) != 1)
		lines_fail("address", s);
	return ip;
}

uint64_t lines_number(struct str s, uint64_t max)
{
	uint64_t v;

	if (str_u64(s, 0, max, &v) < 0)
		lines_fail("number", s);
	return v;
}

static struct model_net net_of(struct str s)
{
	struct str ip;

	str_cut(&s, '/', &ip);
	return (struct model_net){ip_of(ip), (uint8_t)lines_number(s, 128)};
}

static size_t ip_list(struct str s, struct model_ip *to)
{
	struct str one;
	size_t n = 0;

	while (n < LIST_MAX && str_cut(&s, ',', &one))
		if (one.n)
			to[n++] = ip_of(one);
	return n;
}

static size_t net_list(struct str s, struct model_net *to, size_t max)
{
	struct str one;
	size_t n = 0;

	while (n < max && str_cut(&s, ',', &one))
		if (one.n)
			to[n++] = net_of(one);
	return n;
}

static uint8_t proto_of(struct str s)
{
	if (str_is(s, "tcp"))
		return MODEL_TCP;
	if (str_is(s, "udp"))
		return MODEL_UDP;
	if (str_is(s, "sctp"))
		return MODEL_SCTP;
	lines_fail("protocol", s);
}

void lines_split(struct str s, struct str *ns, struct str *name)
{
	str_cut(&s, '/', ns);
	*name = s;
}

/* env */

static void env_word(
	struct env *env, struct model *m, struct str key, struct str value)
{
	if (str_is(key, "node")) {
		str_copy(value, env->node_name, sizeof(env->node_name));
		model_set_node(m, value);
	} else if (str_is(key, "zone")) {
		str_copy(value, env->zone, sizeof(env->zone));
	} else if (str_is(key, "pods")) {
		env->detect = ENV_DETECT_NETS;
		env->n_pod_nets = net_list(value, env->pod_nets, ENV_NETS_MAX);
	} else if (str_is(key, "services")) {
		env->n_service_nets =
			net_list(value, env->service_nets, ENV_NETS_MAX);
	} else if (str_is(key, "nodeports")) {
		env->n_nodeport_ips = ip_list(value, ips[0]);
		memcpy(env->nodeport_ips, ips[0],
			env->n_nodeport_ips * sizeof(ips[0][0]));
	} else if (str_is(key, "nodeip")) {
		for (size_t i = 0, n = ip_list(value, ips[0]); i < n; i++)
			env->node_ips[ips[0][i].family] = ips[0][i];
	} else if (str_is(key, "bridge") || str_is(key, "prefix")) {
		env->detect = str_is(key, "bridge") ? ENV_DETECT_BRIDGE
						    : ENV_DETECT_PREFIX;
		str_copy(value, env->iface, sizeof(env->iface));
	} else if (str_is(key, "elements-max")) {
		env->elements_max = (uint32_t)lines_number(value, UINT32_MAX);
	} else if (str_is(key, "masquerade-all")) {
		env->masquerade_all = str_is(value, "1");
	} else if (str_is(key, "masquerade-random")) {
		env->masquerade_random = str_is(value, "1");
	} else {
		lines_fail("env", key);
	}
}

/* service */

static size_t port_list(struct str s)
{
	struct str one, word;
	size_t n = 0;

	while (n < LIST_MAX && str_cut(&s, ',', &one)) {
		struct model_port *p = &ports[n++];

		*p = (struct model_port){0};
		str_cut(&one, ':', &p->name);
		str_cut(&one, ':', &word);
		p->proto = proto_of(word);
		str_cut(&one, ':', &word);
		p->port = (uint16_t)lines_number(word, 65535);
		if (one.n)
			p->node_port = (uint16_t)lines_number(one, 65535);
	}
	return n;
}

static enum model_type type_of(struct str s)
{
	if (str_is(s, "cluster"))
		return MODEL_CLUSTER_IP;
	if (str_is(s, "balancer"))
		return MODEL_LOAD_BALANCER;
	if (str_is(s, "name"))
		return MODEL_EXTERNAL_NAME;
	lines_fail("type", s);
}

static void add_ingress(struct model_service *s, struct str list, bool proxy)
{
	size_t n = ip_list(list, ips[3]);

	for (size_t i = 0; i < n; i++)
		ingress[s->n_ingress++] =
			(struct model_ingress){ips[3][i], proxy};
	s->type = MODEL_LOAD_BALANCER;
}

static void service_word(
	struct model_service *s, struct str key, struct str value)
{
	if (str_is(key, "ip"))
		s->n_cluster_ips = ip_list(value, ips[1]);
	else if (str_is(key, "port"))
		s->n_ports = port_list(value);
	else if (str_is(key, "affinity"))
		s->affinity_s = (uint32_t)lines_number(value, 86400);
	else if (str_is(key, "external"))
		s->n_external_ips = ip_list(value, ips[2]);
	else if (str_is(key, "lb") || str_is(key, "lb-proxy"))
		add_ingress(s, value, str_is(key, "lb-proxy"));
	else if (str_is(key, "ranges"))
		s->n_source_ranges = net_list(value, nets, LIST_MAX);
	else if (str_is(key, "etp"))
		s->external_local = str_is(value, "local");
	else if (str_is(key, "itp"))
		s->internal_local = str_is(value, "local");
	else if (str_is(key, "headless"))
		s->is_headless = str_is(value, "1");
	else if (str_is(key, "foreign"))
		s->is_foreign = str_is(value, "1");
	else if (str_is(key, "type"))
		s->type = type_of(value);
	else
		lines_fail("service", key);
}

/* slice */

static size_t slice_port_list(struct str s)
{
	size_t n = port_list(s);

	for (size_t i = 0; i < n; i++)
		slice_ports[i] = (struct model_slice_port){
			ports[i].name, ports[i].proto, ports[i].port};
	return n;
}

static size_t hint_list(struct str s, struct str to[4])
{
	struct str one;
	size_t n = 0;

	while (n < 4 && str_cut(&s, '+', &one))
		if (one.n)
			to[n++] = one;
	return n;
}

static uint8_t conditions(struct str flags)
{
	uint8_t c = flags.n ? 0 : MODEL_EP_READY | MODEL_EP_SERVING;

	for (size_t i = 0; i < flags.n; i++)
		c |= flags.p[i] == 'r'   ? MODEL_EP_READY
		     : flags.p[i] == 's' ? MODEL_EP_SERVING
		     : flags.p[i] == 't' ? MODEL_EP_TERMINATING
					 : 0;
	return c;
}

static size_t endpoint_list(struct str s)
{
	struct str one, word = {0};
	size_t n = 0;

	while (n < LIST_MAX && str_cut(&s, ',', &one)) {
		struct model_endpoint *p = &endpoints[n];

		if (!one.n)
			continue;
		*p = (struct model_endpoint){0};
		str_cut(&one, '/', &word);
		p->ip = ip_of(word);
		p->conditions =
			conditions(str_cut(&one, '/', &word) ? word : STR(""));
		if (str_cut(&one, '/', &word))
			p->node = word;
		if (str_cut(&one, '/', &word))
			p->n_hint_zones = hint_list(word, hints[n][0]);
		if (str_cut(&one, '/', &word))
			p->n_hint_nodes = hint_list(word, hints[n][1]);
		p->hint_zones = hints[n][0];
		p->hint_nodes = hints[n][1];
		n++;
	}
	return n;
}

static void slice_word(struct model_slice *s, struct str key, struct str value)
{
	if (str_is(key, "service"))
		s->service = value;
	else if (str_is(key, "family"))
		s->family = str_is(value, "6") ? MODEL_V6 : MODEL_V4;
	else if (str_is(key, "port"))
		s->n_ports = slice_port_list(value);
	else if (str_is(key, "ep"))
		s->n_endpoints = endpoint_list(value);
	else
		lines_fail("slice", key);
}

/* Objects. */

void lines_put_service(struct model *m, struct str rest)
{
	struct model_service s = {.cluster_ips = ips[1],
		.external_ips = ips[2],
		.ingress = ingress,
		.source_ranges = nets,
		.ports = ports};
	struct str word, key;
	struct err e = {0};

	str_cut(&rest, ' ', &word);
	lines_split(word, &s.ns, &s.name);
	while (str_cut(&rest, ' ', &word)) {
		str_cut(&word, '=', &key);
		service_word(&s, key, word);
	}
	if (model_put_service(m, &s, &e) < 0)
		lines_fail("service", str_of(e.text));
}

void lines_put_slice(struct model *m, struct str rest)
{
	struct model_slice s = {.ports = slice_ports, .endpoints = endpoints};
	struct str word, key;
	struct err e = {0};

	str_cut(&rest, ' ', &word);
	lines_split(word, &s.ns, &s.name);
	while (str_cut(&rest, ' ', &word)) {
		str_cut(&word, '=', &key);
		slice_word(&s, key, word);
	}
	if (model_put_slice(m, &s, &e) < 0)
		lines_fail("slice", str_of(e.text));
}

void lines_env(struct env *env, struct model *m, struct str rest)
{
	struct str word, key;

	while (str_cut(&rest, ' ', &word)) {
		str_cut(&word, '=', &key);
		env_word(env, m, key, word);
	}
}
