/*
 * driver - drives the ruleset from lines of text, for tests in network
 * namespaces and for measuring: no API server is needed.
 *
 * Words of a line are separated by blanks; lists by commas.
 *   env KEY=VALUE...            node= zone= pods= services= nodeports= nodeip=
 *                               masquerade-all=1 bridge= prefix=
 *   service NS/NAME KEY=VALUE...
 *       type= ip= port=NAME:PROTO:PORT[:NODEPORT],... affinity=SECONDS
 *       external= lb= lb-proxy= ranges= etp=local itp=local headless=1
 *   slice NS/NAME KEY=VALUE...  service= family=4|6 port=NAME:PROTO:PORT,...
 *       ep=ADDRESS[/FLAGS[/NODE[/ZONE+ZONE[/NODE+NODE]]]],...
 *       FLAGS of r (ready) s (serving) t (terminating), empty for rs
 *   delete-service NS/NAME    delete-slice NS/NAME
 *   load SERVICES ENDPOINTS     Services ns-I/svc-I at 10.96.1.0 and up
 *   change I                    replace an endpoint of the I-th of these
 *   grow I N                    give the I-th of these N endpoints
 *   churn SERVICES ENDPOINTS SECONDS  100 changes a second to these
 *   sync    repeat N            (repeat: time N changes)
 *   run COMMAND                 by the shell, its output to ours
 *   show [NS/NAME]   plan       what is in the kernel, what would be
 *   stats   wait SECONDS   listen   cleanup   quit
 */
#include "kube-proxy-mini/apply.h"
#include "kube-proxy-mini/cleanup.h"
#include "kube-proxy-mini/show.h"
#include "kube-proxy-mini/test/numbered.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define LIST_MAX    1100
#define RATE        100 /* changes a second of churn */
#define MODEL_BYTES ((size_t)512 << 20)

struct driver {
	struct model *model;
	struct apply *apply;
	struct env env;
	bool is_env_new;
};

/* Room for one object; a line makes one at a time. */
static struct model_ip ips[4][LIST_MAX];
static struct model_ingress ingress[LIST_MAX];
static struct model_net nets[LIST_MAX];
static struct model_port ports[LIST_MAX];
static struct model_slice_port slice_ports[LIST_MAX];
static struct model_endpoint endpoints[LIST_MAX];
static struct str hints[LIST_MAX][2][4];

static void fail(const char *what, struct str s)
{
	fprintf(stderr, "driver: %s: %.*s\n", what, STR_ARG(s));
	exit(1);
}

static struct model_ip ip_of(struct str s)
{
	struct model_ip ip = {0};
	char text[64];

	if (str_copy(s, text, sizeof(text)) < 0)
		fail("address", s);
	if (inet_pton(AF_INET, text, ip.b) == 1)
		return ip;
	ip.family = MODEL_V6;
	if (inet_pton(AF_INET6, text, ip.b) != 1)
		fail("address", s);
	return ip;
}

static uint64_t number(struct str s, uint64_t max)
{
	uint64_t v;

	if (str_u64(s, 0, max, &v) < 0)
		fail("number", s);
	return v;
}

static struct model_net net_of(struct str s)
{
	struct str ip;

	str_cut(&s, '/', &ip);
	return (struct model_net){ip_of(ip), (uint8_t)number(s, 128)};
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
	fail("protocol", s);
	return 0;
}

static void split_name(struct str s, struct str *ns, struct str *name)
{
	str_cut(&s, '/', ns);
	*name = s;
}

/* env */

static void env_word(struct driver *d, struct str key, struct str value)
{
	struct env *env = &d->env;

	if (str_is(key, "node")) {
		str_copy(value, env->node_name, sizeof(env->node_name));
		model_set_node(d->model, value);
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
	} else if (str_is(key, "masquerade-all")) {
		env->masquerade_all = str_is(value, "1");
	} else {
		fail("env", key);
	}
	d->is_env_new = true;
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
		p->port = (uint16_t)number(word, 65535);
		if (one.n)
			p->node_port = (uint16_t)number(one, 65535);
	}
	return n;
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
		s->affinity_s = (uint32_t)number(value, 86400);
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
		s->is_headless = true;
	else
		fail("service", key);
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
		fail("slice", key);
}

/* Commands. */

static void sync_now(struct driver *d)
{
	struct err e = {0};

	if (!d->apply)
		d->apply = apply_open(&d->env, &e);
	else if (d->is_env_new)
		apply_set_env(d->apply, &d->env);
	d->is_env_new = false;
	if (!d->apply || apply_sync(d->apply, d->model, &e) < 0)
		fail("sync", str_of(e.text));
}

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Of this process, and the kernel's for it. */
static double cpu_us(void)
{
	struct rusage r;

	getrusage(RUSAGE_SELF, &r);
	return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1e6 +
	       (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec);
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void repeat(struct driver *d, uint32_t n, uint32_t services,
	uint32_t endpoints_each, bool is_growth)
{
	double *took = calloc(n, sizeof(*took)), start;

	for (uint32_t i = 0; took && i < n; i++) {
		uint32_t s = (uint32_t)(i * 2654435761u) % services;

		start = now_us();
		numbered_slice(d->model, s, endpoints_each + is_growth,
			is_growth ? 0 : 1000);
		sync_now(d);
		took[i] = now_us() - start;
		numbered_slice(d->model, s, endpoints_each, 0);
		sync_now(d);
		usleep(500);
	}
	if (took) {
		qsort(took, n, sizeof(*took), compare_doubles);
		printf("%s p50_us=%.1f p99_us=%.1f max_us=%.1f\n",
			is_growth ? "grow" : "change", took[n / 2],
			took[n * 99 / 100], took[n - 1]);
	}
	free(took);
}

/* The first of the Services is left alone. */
static void churn(
	struct driver *d, uint32_t services, uint32_t n, uint32_t seconds)
{
	size_t changes = (size_t)seconds * RATE;
	double *took = calloc(changes + 1, sizeof(*took));
	double start = now_us(), cpu = cpu_us(), wait;

	for (size_t i = 0; took && i < changes; i++) {
		wait = start + (double)i * 1e6 / RATE - now_us();
		if (wait > 0)
			usleep((useconds_t)wait);
		took[i] = now_us();
		numbered_slice(d->model, 1 + (uint32_t)i % (services - 1), n,
			(uint32_t)i % 7 + 1);
		sync_now(d);
		took[i] = now_us() - took[i];
	}
	cpu = 100 * (cpu_us() - cpu) / (now_us() - start);
	if (took && changes) {
		qsort(took, changes, sizeof(*took), compare_doubles);
		printf("churn_p50_us=%.1f churn_p99_us=%.1f "
		       "churn_cpu_percent=%.2f\n",
			took[changes / 2], took[changes * 99 / 100], cpu);
	}
	free(took);
}

static long rss_kib(void)
{
	char line[128];
	long kib = -1;
	FILE *f = fopen("/proc/self/status", "r");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "VmRSS: %ld kB", &kib) == 1)
			break;
	if (f)
		fclose(f);
	return kib;
}

static void print_stats(const struct driver *d)
{
	struct apply_stats s = apply_stats(d->apply);
	struct model_counts c = model_count(d->model);
	struct rusage r;

	getrusage(RUSAGE_SELF, &r);
	printf("operations=%llu bytes=%llu plan_ms=%.1f send_ms=%.1f "
	       "rules=%llu chains=%llu repairs=%llu full=%llu model_kib=%zu "
	       "rss_kib=%ld peak_kib=%ld user_ms=%ld system_ms=%ld\n",
		(unsigned long long)s.operations, (unsigned long long)s.bytes,
		(double)s.plan_ns / 1e6, (double)s.send_ns / 1e6,
		(unsigned long long)s.rules, (unsigned long long)s.chains,
		(unsigned long long)s.repairs, (unsigned long long)s.full_syncs,
		c.bytes / 1024, rss_kib(), r.ru_maxrss,
		r.ru_utime.tv_sec * 1000 + r.ru_utime.tv_usec / 1000,
		r.ru_stime.tv_sec * 1000 + r.ru_stime.tv_usec / 1000);
	fflush(stdout);
}

static uint32_t next_number(struct str *rest)
{
	struct str word;

	if (!str_cut(rest, ' ', &word))
		return 0;
	return (uint32_t)number(word, UINT32_MAX);
}

static void listen_now(struct driver *d)
{
	struct pollfd p = {apply_fd(d->apply), POLLIN, 0};
	struct err e = {0};

	poll(&p, 1, 1000);
	if (apply_listen(d->apply, &e) > 0)
		sync_now(d);
}

static void put_service_line(struct driver *d, struct str rest)
{
	struct model_service s = {.cluster_ips = ips[1],
		.external_ips = ips[2],
		.ingress = ingress,
		.source_ranges = nets,
		.ports = ports};
	struct str word, key;
	struct err e = {0};

	str_cut(&rest, ' ', &word);
	split_name(word, &s.ns, &s.name);
	while (str_cut(&rest, ' ', &word)) {
		str_cut(&word, '=', &key);
		service_word(&s, key, word);
	}
	if (model_put_service(d->model, &s, &e) < 0)
		fail("service", str_of(e.text));
}

static void put_slice_line(struct driver *d, struct str rest)
{
	struct model_slice s = {.ports = slice_ports, .endpoints = endpoints};
	struct str word, key;
	struct err e = {0};

	str_cut(&rest, ' ', &word);
	split_name(word, &s.ns, &s.name);
	while (str_cut(&rest, ' ', &word)) {
		str_cut(&word, '=', &key);
		slice_word(&s, key, word);
	}
	if (model_put_slice(d->model, &s, &e) < 0)
		fail("slice", str_of(e.text));
}

static void env_line(struct driver *d, struct str rest)
{
	struct str word, key;

	while (str_cut(&rest, ' ', &word)) {
		str_cut(&word, '=', &key);
		env_word(d, key, word);
	}
}

static void object_line(struct driver *d, struct str verb, struct str rest)
{
	struct str ns, name;

	split_name(rest, &ns, &name);
	if (str_is(verb, "service"))
		put_service_line(d, rest);
	else if (str_is(verb, "slice"))
		put_slice_line(d, rest);
	else if (str_is(verb, "delete-service"))
		model_delete_service(d->model, ns, name);
	else if (str_is(verb, "delete-slice"))
		model_delete_slice(d->model, ns, name);
	else
		fail("what is", verb);
}

static void print_show(struct driver *d, struct str verb, struct str which)
{
	struct buf text = buf_growing((size_t)64 << 20);
	struct err e = {0};
	int r = str_is(verb, "show") ? show_service(which, &text, &e)
				     : show_plan(d->model, &d->env, &text, &e);

	if (r < 0)
		buf_fmt(&text, "error: %s\n", e.text);
	fputs(buf_cstr(&text), stdout);
	buf_free(&text);
}

/* The rest of a line that a NUL ends. */
static void run_command(struct str rest)
{
	fflush(stdout);
	if (system(rest.p) != 0)
		puts("(failed)");
}

static void do_line(struct driver *d, struct str line)
{
	struct str verb, rest = line;
	struct err e = {0};
	uint32_t a, b, c;

	str_cut(&rest, ' ', &verb);
	if (!verb.n || verb.p[0] == '#')
		return;
	if (str_is(verb, "sync")) {
		sync_now(d);
	} else if (str_is(verb, "env")) {
		env_line(d, rest);
	} else if (str_is(verb, "stats")) {
		print_stats(d);
	} else if (str_is(verb, "load")) {
		a = next_number(&rest);
		numbered_load(d->model, a, next_number(&rest));
	} else if (str_is(verb, "change")) {
		numbered_slice(d->model, next_number(&rest), 1, 1000);
	} else if (str_is(verb, "grow")) {
		a = next_number(&rest);
		numbered_slice(d->model, a, next_number(&rest), 0);
	} else if (str_is(verb, "repeat")) {
		a = next_number(&rest);
		b = next_number(&rest);
		c = next_number(&rest);
		repeat(d, a, b, c, false);
		repeat(d, a, b, c, true);
	} else if (str_is(verb, "show") || str_is(verb, "plan")) {
		print_show(d, verb, rest);
	} else if (str_is(verb, "run")) {
		run_command(rest);
	} else if (str_is(verb, "churn")) {
		a = next_number(&rest);
		b = next_number(&rest);
		churn(d, a, b, next_number(&rest));
	} else if (str_is(verb, "wait")) {
		sleep(next_number(&rest));
	} else if (str_is(verb, "listen")) {
		listen_now(d);
	} else if (str_is(verb, "cleanup")) {
		if (cleanup_ours(&e) < 0)
			fail("cleanup", str_of(e.text));
	} else {
		object_line(d, verb, rest);
	}
	fflush(stdout);
}

int main(void)
{
	static struct driver d;
	static char line[65536];

	d.model = model_make(MODEL_BYTES);
	d.env = env_default();
	while (d.model && fgets(line, sizeof(line), stdin)) {
		if (strncmp(line, "quit", 4) == 0)
			break;
		line[strcspn(line, "\n")] = 0;
		do_line(&d, str_of(line));
	}
	apply_close(d.apply);
	model_free(d.model);
	return 0;
}
