/*
 * start - connects the rooms and runs the loop.
 *
 * It opens things in this order: read the kubeconfig, open what needs
 * privileges (netlink, the resolver), drop the privileges, open the ports,
 * and only then talk to the API server.  After that everything happens in
 * hooks, of which the first part of this file consists:
 *
 *   objects -> model -> syncer -> kernel
 *   node_watch, cidrs, addresses -> environment -> syncer -> kernel
 */
#include "kube-proxy-mini/start.h"

#include "kube-proxy-mini/api_server.h"
#include "kube-proxy-mini/config/sysctl.h"
#include "kube-proxy-mini/confine.h"
#include "kube-proxy-mini/model/address.h"
#include "kube-proxy-mini/model/model.h"
#include "kube-proxy-mini/report.h"
#include "kube-proxy-mini/show/show.h"
#include "kube-proxy-mini/watch/address_watch.h"
#include "kube-proxy-mini/watch/addresses.h"
#include "kube-proxy-mini/watch/cidrs.h"
#include "kube-proxy-mini/watch/node_watch.h"
#include "kube-proxy-mini/watch/objects.h"
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
	bool is_dry;      /* --dry-run: the kernel is not touched */
	struct err fatal; /* why it ended by itself */

	struct loop loop;
	struct model *model;
	struct env env;

	struct api_server server;
	struct objects objects;
	struct node_watch node;
	struct cidrs cidrs;
	struct address_watch addresses;

	struct apply *apply;
	struct syncer syncer;
	struct report report;
};

/* ------------------------------------------------------------------- hooks */

/*
 * Everything has come that the first rules depend on.  Where no rules stand,
 * ones without the Node are better than none.  Where those of an earlier
 * process do, they know the Node's addresses, networks and zone: they stay
 * until we know them, too, or have been refused for so long that it is no
 * accident.
 */
static bool is_complete(const struct proxy *p)
{
	bool has_rules = p->apply != NULL && apply_found_tables(p->apply);

	if (!objects_is_synced(&p->objects))
		return false;
	if (!has_rules)
		return node_watch_is_settled(&p->node);
	if (node_watch_is_known(&p->node))
		return node_watch_has_address(&p->node) ||
		       node_watch_is_overdue(&p->node);
	return node_watch_is_denied(&p->node);
}

/* For /readyz. */
static const char *waits_for(const void *context)
{
	const struct proxy *p = context;

	if (!p->objects.feeds[MODEL_SERVICES].feed.watch.stream.is_synced)
		return "the list of Services";
	if (!p->objects.feeds[MODEL_SLICES].feed.watch.stream.is_synced)
		return "the list of EndpointSlices";
	if (is_complete(p))
		return "the kernel";
	if (node_watch_is_refused(&p->node))
		return "our Node, which the API server does not let us read";
	if (node_watch_is_known(&p->node))
		return "an address of our Node";
	return "our Node";
}

static void print_plan(struct proxy *p)
{
	AUTO_BUF struct buf out = buf_growing(START_MODEL_BYTES_MAX);

	if (show_plan(p->model, &p->env, &out, &p->fatal) == 0)
		fd_write(STDOUT_FILENO, out.p, out.n, &p->fatal);
	loop_stop(&p->loop);
}

static void request_sync(struct proxy *p)
{
	if (p->is_dry) {
		if (is_complete(p) && !p->loop.is_stopping)
			print_plan(p);
		return;
	}
	if (is_complete(p))
		syncer_arm(&p->syncer);
	syncer_request(&p->syncer);
}

/* A list repeats what is known: for the metrics it is no change. */
static void on_objects(void *context, enum model_kind kind, bool is_list)
{
	struct proxy *p = context;

	if (!is_list)
		report_changed(&p->report, kind);
	request_sync(p);
}

static void on_trigger_time(void *context, struct str time)
{
	struct proxy *p = context;

	report_triggered(&p->report, time);
}

/* The last one that serves tells which ones do not. */
static void log_excess(const struct env *env)
{
	char count[24], last[ADDRESS_TEXT_BYTES];

	if (env->n_nodeport_over == 0)
		return;
	snprintf(count, sizeof(count), "%zu", env->n_nodeport_over);
	log_event(LOG_WARN,
		"addresses of this node that accept no NodePorts: there are "
		"too many",
		"count", count, "after",
		address_text(&env->nodeport_ips[ENV_ADDRS_MAX - 1], last),
		NULL);
}

static void serve_health_ports(struct proxy *p)
{
	static struct model_ip list[ADDRESSES_HEALTH_MAX];

	report_addresses(&p->report, list,
		addresses_health(p->config, &p->env, list),
		p->env.n_nodeport_over);
}

/* Our Node, the ServiceCIDRs or the addresses of interfaces have changed. */
static void on_environment(void *context)
{
	struct proxy *p = context;
	const struct node_facts *facts = &p->node.facts;
	struct env env = p->config->env;
	struct err e = {0};

	report_node(&p->report, facts->is_eligible);
	node_facts_apply(facts, p->config->uses_pod_nets, &env);
	if (p->config->has_own_ip)
		env.node_ips[p->config->own_ip.family] = p->config->own_ip;
	cidrs_apply(&p->cidrs, &env);
	addresses_scope(p->config, node_watch_is_overdue(&p->node), &env);
	if (addresses_fill(p->config, &env, &e) < 0)
		log_event(LOG_WARN, "NodePorts may lack addresses", "why",
			e.text, NULL);
	if (env.n_nodeport_over != p->env.n_nodeport_over)
		log_excess(&env);
	if (memcmp(&env, &p->env, sizeof(env)) != 0) {
		p->env = env;
		if (!p->is_dry)
			apply_set_env(p->apply, &p->env);
		serve_health_ports(p);
	}
	request_sync(p);
}

static void on_answered(void *context, unsigned int status, uint64_t after_ms)
{
	struct proxy *p = context;

	report_answered(&p->report, status, after_ms);
}

static void on_pending(void *context)
{
	struct proxy *p = context;

	report_pending(&p->report);
}

static void on_synced(void *context, const struct syncer_done *done)
{
	struct proxy *p = context;

	report_synced(&p->report, done);
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

/* Without privileges we cannot start it again: the kubelet restarts us. */
static void on_names_lost(void *context)
{
	struct proxy *p = context;

	err_set(&p->fatal, "the process that looks up names has ended");
	loop_stop(&p->loop);
}

/* ----------------------------------------------------------------- opening */

static int open_kernel(struct proxy *p, struct err *e)
{
	p->env = p->config->env;
	if (p->config->has_own_ip)
		p->env.node_ips[p->config->own_ip.family] = p->config->own_ip;
	addresses_scope(p->config, false, &p->env);
	if (addresses_fill(p->config, &p->env, e) < 0)
		return -1;
	log_excess(&p->env);
	p->model = model_make(START_MODEL_BYTES_MAX);
	if (p->model == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for the model");
	model_set_node(p->model, str_of(p->env.node_name));
	if (p->is_dry)
		return 0;
	sysctl_apply(&p->config->conntrack);
	p->apply = apply_open(&p->env, e);
	return p->apply != NULL ? 0 : -1;
}

static int open_loop(struct proxy *p, struct err *e)
{
	if (loop_open(&p->loop, e) < 0)
		return -1;
	if (api_server_start(&p->server, &p->loop, e) < 0)
		return -1;
	signal(SIGPIPE, SIG_IGN);
	if (loop_signal_add(&p->loop, SIGTERM, on_signal, p, e) < 0)
		return -1;
	return loop_signal_add(&p->loop, SIGINT, on_signal, p, e);
}

static int open_syncer(struct proxy *p, struct err *e)
{
	if (p->is_dry)
		return 0;
	p->syncer.loop = &p->loop;
	p->syncer.apply = p->apply;
	p->syncer.model = p->model;
	p->syncer.min_sync_ms = p->config->min_sync_ms;
	p->syncer.pending = on_pending;
	p->syncer.synced = on_synced;
	p->syncer.context = p;
	return syncer_open(&p->syncer, e);
}

static void connect_feeds(struct proxy *p)
{
	p->server.feed.counts = &p->report.counts;
	p->server.feed.said = &p->report.said;
	p->server.feed.answered = on_answered;
	p->server.feed.context = p;
}

static int open_report(struct proxy *p, struct err *e)
{
	if (p->is_dry)
		return 0;
	p->report.loop = &p->loop;
	p->report.version = p->version;
	p->report.server = &p->server.feed;
	p->report.apply = p->apply;
	p->report.model = p->model;
	p->report.waits_for = waits_for;
	p->report.context = p;
	if (report_open(&p->report, e) < 0)
		return -1;
	serve_health_ports(p);
	return 0;
}

/* NodePorts on addresses by prefix, or on all, follow what interfaces have. */
static int open_addresses(struct proxy *p, struct err *e)
{
	if (p->is_dry)
		return 0;
	p->addresses.loop = &p->loop;
	p->addresses.changed = on_environment;
	p->addresses.context = p;
	return address_watch_open(&p->addresses, e);
}

static void start_watching(struct proxy *p)
{
	char server[URL_AUTHORITY_BYTES];

	p->objects.server = p->node.server = p->cidrs.server = &p->server.feed;
	p->objects.context = p->node.context = p->cidrs.context = p;
	p->objects.model = p->model;
	p->objects.changed = on_objects;
	p->objects.triggered = on_trigger_time;
	p->node.node_name = p->config->env.node_name;
	p->node.changed = p->cidrs.changed = on_environment;
	node_watch_start(&p->node);
	cidrs_start(&p->cidrs);
	objects_start(&p->objects);
	log_event(LOG_INFO, "watching", "server",
		url_authority(
			&p->server.feed.kube->server, server, sizeof(server)),
		"node", p->config->env.node_name, NULL);
}

/* ----------------------------------------------------------------- running */

static int run_proxy(struct proxy *p, struct err *e)
{
	int done;

	report_start(&p->report, p->config);
	if (api_server_read(&p->server, p->config, p->version, e) < 0 ||
		api_server_open_names(&p->server, on_names_lost, p, e) < 0 ||
		open_kernel(p, e) < 0 || open_loop(p, e) < 0 ||
		open_syncer(p, e) < 0 || confine_self(e) < 0)
		return -1;
	connect_feeds(p);
	if (open_addresses(p, e) < 0 || open_report(p, e) < 0)
		return -1;
	start_watching(p);
	done = loop_run(&p->loop, e);
	node_watch_stop(&p->node);
	cidrs_stop(&p->cidrs);
	objects_stop(&p->objects);
	return done;
}

static void close_all(struct proxy *p)
{
	report_close(&p->report);
	address_watch_close(&p->addresses);
	syncer_close(&p->syncer);
	api_server_close(&p->server);
	loop_close(&p->loop);
	apply_close(p->apply);
	model_free(p->model);
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
	done = run_proxy(p, e);
	if (done == 0 && p->fatal.kind != ERR_NONE) {
		*e = p->fatal;
		done = -1;
	}
	close_all(p);
	return done;
}

int start_run(const struct config *c, const char *version, struct err *e)
{
	return run_as(c, version, false, e);
}

int start_dry_run(const struct config *c, const char *version, struct err *e)
{
	return run_as(c, version, true, e);
}
