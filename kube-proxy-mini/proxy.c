/*
 * proxy: see proxy.h.  Wires the parts together, in this order: read the
 * kubeconfig, open what needs power (netlink, ports), give the power away,
 * then begin to listen to the API server.
 *
 *   source, nodewatch -> model, environment -> syncer -> kernel
 */
#include "kube-proxy-mini/proxy.h"
#include "kube-proxy-mini/cidrwatch.h"
#include "kube-proxy-mini/confine.h"
#include "kube-proxy-mini/events.h"
#include "kube-proxy-mini/healthports.h"
#include "kube-proxy-mini/nodeaddr.h"
#include "kube-proxy-mini/nodewatch.h"
#include "kube-proxy-mini/process.h"
#include "kube-proxy-mini/serve.h"
#include "kube-proxy-mini/show.h"
#include "kube-proxy-mini/source.h"
#include "kube-proxy-mini/syncer.h"
#include "kube-proxy-mini/sysctl.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct proxy {
	const struct config *config;
	const char *version;
	struct env env;
	struct arena memory; /* of the kubeconfig */
	struct kubeconfig kube;
	char user_agent[64];
	struct resolve names; /* open when the server is known by name */
	struct feed_server server;
	struct loop loop;
	struct model *model;
	struct apply *apply;
	struct metrics metrics;
	struct health health;
	struct source source;
	struct nodewatch node;
	struct cidrwatch cidrs;
	struct nodeaddr_watch addresses;
	struct syncer syncer;
	struct serve serve;
	struct healthports healthports;
	struct events events;
	bool is_dry;      /* --dry-run: the kernel is not touched */
	struct err fatal; /* why it ended by itself */
};

/* ------------------------------------------------------------------ events */

/* Everything has come that the first rules depend on. */
static bool is_complete(const struct proxy *p)
{
	return source_is_synced(&p->source) && nodewatch_is_settled(&p->node);
}

/* --dry-run: everything is here, say what would be written. */
static void print_plan(struct proxy *p)
{
	AUTO_BUF struct buf out = buf_growing(PROXY_MODEL_BYTES_MAX);

	if (show_plan(p->model, &p->env, &out, &p->fatal) == 0)
		fd_write(STDOUT_FILENO, out.p, out.n, &p->fatal);
	loop_stop(&p->loop);
}

static void on_model(void *context)
{
	struct proxy *p = context;

	if (p->is_dry) {
		if (is_complete(p) && !p->loop.is_stopping)
			print_plan(p);
		return;
	}
	if (is_complete(p))
		syncer_arm(&p->syncer);
	syncer_request(&p->syncer);
}

/* Our Node or the ServiceCIDRs have changed: what the rules depend on. */
static void on_surroundings(void *context)
{
	struct proxy *p = context;
	const struct nodefacts *facts = &p->node.facts;
	struct env env = p->config->env;
	struct err e = {0};

	p->health.is_node_eligible = facts->is_eligible;
	nodefacts_apply(facts, p->config->uses_pod_nets, &env);
	cidrwatch_apply(&p->cidrs, &env);
	if (nodeaddr_fill(p->config, &env, &e) < 0)
		log_event(LOG_WARN, "NodePorts may lack addresses", "why",
			e.text, NULL);
	if (memcmp(&env, &p->env, sizeof(env)) != 0) {
		p->env = env;
		if (!p->is_dry)
			apply_set_env(p->apply, &p->env);
	}
	on_model(p);
}

static void on_synced(void *context)
{
	struct proxy *p = context;

	healthports_update(&p->healthports, p->apply, p->model);
}

static void on_metrics(void *context, struct buf *out)
{
	struct proxy *p = context;
	char host[URL_AUTHORITY_BYTES];
	struct metrics_now now = {
		.apply = apply_stats(p->apply),
		.model = model_count(p->model),
		.version = p->version,
		.healthz = p->serve.healthz,
		.livez = p->serve.livez,
		.host = url_authority(&p->kube.server, host, sizeof(host)),
	};

	metrics_write(&p->metrics, &now, out);
}

static void on_signal(void *context, int number)
{
	struct proxy *p = context;

	log_event(LOG_INFO,
		"stopping; the rules stay in the kernel "
		"(--cleanup removes them)",
		"signal", number == SIGTERM ? "TERM" : "INT", NULL);
	loop_stop(&p->loop);
}

/* It can't be made again without power: whoever runs us starts us anew. */
static void on_names_lost(void *context)
{
	struct proxy *p = context;

	err_set(&p->fatal, "the process that looks up names has ended");
	loop_stop(&p->loop);
}

/* ------------------------------------------------------------------- start */

static int read_kubeconfig(struct proxy *p, struct err *e)
{
	const struct config *c = p->config;
	int done;

	p->memory = arena_make(KUBECONFIG_BYTES_MAX * 16ull);
	if (c->kubeconfig != NULL && c->kubeconfig[0] != '\0')
		done = kubeconfig_load(c->kubeconfig, &p->memory, &p->kube, e);
	else
		done = kubeconfig_in_cluster(getenv("KUBERNETES_SERVICE_HOST"),
			getenv("KUBERNETES_SERVICE_PORT"), KUBECONFIG_POD_DIR,
			&p->memory, &p->kube, e);
	if (done < 0)
		return -1;
	if (c->master != NULL && c->master[0] != '\0' &&
		kubeconfig_set_server(&p->kube, c->master, e) < 0)
		return err_at(e, "--master");
	return 0;
}

/* Look-ups of the API server's name are made by a process of their own. */
static int open_names(struct proxy *p, struct err *e)
{
	if (p->kube.server.address_bytes > 0)
		return 0;
	p->names.lost = on_names_lost;
	p->names.context = p;
	p->server.names = &p->names;
	return resolve_open(&p->names, p->kube.server.host, e);
}

static int open_kernel(struct proxy *p, struct err *e)
{
	p->env = p->config->env;
	if (nodeaddr_fill(p->config, &p->env, e) < 0)
		return -1;
	p->model = model_make(PROXY_MODEL_BYTES_MAX);
	if (p->model == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for the model");
	model_set_node(p->model, str_of(p->env.node_name));
	if (p->is_dry)
		return 0;
	sysctl_apply(&p->config->conntrack);
	p->apply = apply_open(&p->env, e);
	return p->apply != NULL ? 0 : -1;
}

static void set_server(struct proxy *p)
{
	snprintf(p->user_agent, sizeof(p->user_agent), "kube-proxy-mini/%s",
		p->version);
	p->server.loop = &p->loop;
	p->server.kube = &p->kube;
	p->server.user_agent = p->user_agent;
	p->server.metrics = &p->metrics;
}

static int open_loop(struct proxy *p, struct err *e)
{
	if (loop_open(&p->loop, e) < 0)
		return -1;
	if (p->server.names != NULL &&
		resolve_start(&p->names, &p->loop, e) < 0)
		return -1;
	signal(SIGPIPE, SIG_IGN);
	if (loop_signal_add(&p->loop, SIGTERM, on_signal, p, e) < 0 ||
		loop_signal_add(&p->loop, SIGINT, on_signal, p, e) < 0)
		return -1;
	if (p->is_dry)
		return 0;
	p->syncer.loop = &p->loop;
	p->syncer.apply = p->apply;
	p->syncer.model = p->model;
	p->syncer.metrics = &p->metrics;
	p->syncer.health = &p->health;
	p->syncer.min_sync_ms = p->config->min_sync_ms;
	p->syncer.synced = on_synced;
	p->syncer.context = p;
	return syncer_open(&p->syncer, e);
}

/* A port of ours, or of a Service, is taken: people shall see it. */
static void warn_of_port(
	struct proxy *p, struct events_one *one, uint16_t port, const char *why)
{
	one->wall_ns = serve_wall_ns();
	snprintf(one->note, sizeof(one->note),
		"node %s failed to serve health checks on port %u: %.700s",
		p->env.node_name, (unsigned int)port, why);
	events_warn(&p->events, one);
}

static void on_own_port(void *context, uint16_t port, const char *why)
{
	struct proxy *p = context;
	struct events_one one = {
		.kind = "Node", .reason = "FailedToStartProxierHealthcheck"};

	snprintf(one.name, sizeof(one.name), "%s", p->env.node_name);
	warn_of_port(p, &one, port, why);
}

static void on_service_port(
	void *context, const char *service, uint16_t port, const char *why)
{
	struct events_one one = {
		.kind = "Service", .reason = "FailedToStartServiceHealthcheck"};
	struct str name = str_of(service), ns;

	str_cut(&name, '/', &ns);
	str_copy(ns, one.ns, sizeof(one.ns));
	str_copy(name, one.name, sizeof(one.name));
	warn_of_port(context, &one, port, why);
}

static void open_ports(struct proxy *p)
{
	if (p->is_dry)
		return;
	p->healthports.loop = &p->loop;
	p->healthports.health = &p->health;
	p->healthports.failed = on_service_port;
	p->healthports.context = p;
	p->serve.loop = &p->loop;
	p->serve.config = p->config;
	p->serve.health = &p->health;
	p->serve.put_metrics = on_metrics;
	p->serve.failed = on_own_port;
	p->serve.context = p;
	serve_open(&p->serve);
}

/* NodePorts on addresses by prefix follow what interfaces have. */
static int open_addresses(struct proxy *p, struct err *e)
{
	if (p->config->nodeport_primary || p->is_dry)
		return 0;
	p->addresses.loop = &p->loop;
	p->addresses.changed = on_surroundings;
	p->addresses.context = p;
	return nodeaddr_watch_open(&p->addresses, e);
}

static int open_events(struct proxy *p, struct err *e)
{
	feed_set_call(&p->server, &p->events.call);
	p->events.node_name = p->config->env.node_name;
	return events_open(&p->events, e);
}

static void start_watching(struct proxy *p)
{
	char server[URL_AUTHORITY_BYTES];

	p->source.server = p->node.server = p->cidrs.server = &p->server;
	p->source.context = p->node.context = p->cidrs.context = p;
	p->source.model = p->model;
	p->source.changed = on_model;
	p->node.node_name = p->config->env.node_name;
	p->node.changed = p->cidrs.changed = on_surroundings;
	nodewatch_start(&p->node);
	cidrwatch_start(&p->cidrs);
	source_start(&p->source);
	log_event(LOG_INFO, "watching", "server",
		url_authority(&p->kube.server, server, sizeof(server)), "node",
		p->config->env.node_name, NULL);
}

static int run(struct proxy *p, struct err *e)
{
	int done;

	process_note_start();
	p->metrics.latency.start_ns = serve_wall_ns();
	if (read_kubeconfig(p, e) < 0 || open_names(p, e) < 0 ||
		open_kernel(p, e) < 0 || open_loop(p, e) < 0 ||
		confine_self(e) < 0)
		return -1;
	set_server(p);
	if (open_addresses(p, e) < 0 || open_events(p, e) < 0)
		return -1;
	open_ports(p);
	start_watching(p);
	done = loop_run(&p->loop, e);
	nodewatch_stop(&p->node);
	cidrwatch_stop(&p->cidrs);
	source_stop(&p->source);
	return done;
}

static void close_all(struct proxy *p)
{
	events_close(&p->events);
	nodeaddr_watch_close(&p->addresses);
	healthports_close(&p->healthports);
	serve_close(&p->serve);
	syncer_close(&p->syncer);
	resolve_close(&p->names);
	loop_close(&p->loop);
	if (p->apply != NULL)
		apply_close(p->apply);
	model_free(p->model);
	arena_free(&p->memory);
	free(p);
}

static int run_as(
	const struct config *c, const char *version, bool is_dry, struct err *e)
{
	struct proxy *p = calloc(1, sizeof(*p));
	int done;

	if (p == NULL)
		return err_kind(e, ERR_LIMIT, "no memory");
	p->config = c;
	p->version = version;
	p->is_dry = is_dry;
	p->loop.epoll_fd = -1;
	p->loop.signal_fd = -1;
	p->health.is_node_eligible = true;
	for (size_t f = 0; f < MODEL_FAMILIES; f++)
		p->health.has_family[f] = c->env.has_family[f];
	done = run(p, e);
	if (done == 0 && p->fatal.kind != ERR_NONE) {
		*e = p->fatal;
		done = -1;
	}
	close_all(p);
	return done;
}

int proxy_run(const struct config *c, const char *version, struct err *e)
{
	return run_as(c, version, false, e);
}

int proxy_dry_run(const struct config *c, const char *version, struct err *e)
{
	return run_as(c, version, true, e);
}
