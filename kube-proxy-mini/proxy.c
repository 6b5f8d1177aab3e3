/*
 * proxy: see proxy.h.  Order of things at the start: read the kubeconfig,
 * open what needs power (netlink), give the power away, then begin to listen
 * to the API server.
 */
#include "kube-proxy-mini/proxy.h"
#include "kube-proxy-mini/apply.h"
#include "kube-proxy-mini/confine.h"
#include "kube-proxy-mini/nodeaddr.h"
#include "kube-proxy-mini/source.h"
#include "lib/base/log.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>

#define RETRY_FIRST_MS 100
#define RETRY_LAST_MS  30000

struct proxy {
	const struct config *config;
	struct env env;
	struct arena memory; /* of the kubeconfig */
	struct kubeconfig kube;
	struct loop loop;
	struct model *model;
	struct apply *apply;
	struct loop_fd apply_watch;
	struct source source;
	struct loop_timer sync_timer;
	struct backoff retry;
	uint64_t last_sync_ms;
	bool has_synced;
};

/* ----------------------------------------------------------------- syncing */

static void log_synced(struct proxy *p)
{
	struct apply_stats s = apply_stats(p->apply);
	struct model_counts n = model_count(p->model);
	char services[24], operations[24], ms[24];

	snprintf(services, sizeof(services), "%zu", n.services);
	snprintf(operations, sizeof(operations), "%llu",
		(unsigned long long)s.operations);
	snprintf(ms, sizeof(ms), "%.1f", (double)(s.plan_ns + s.send_ns) / 1e6);
	log_event(p->has_synced ? LOG_DEBUG : LOG_INFO, "rules written",
		"services", services, "operations", operations, "ms", ms, NULL);
}

static void schedule_sync(struct proxy *p)
{
	uint64_t now = loop_now_ms(), due = 0;

	if (p->sync_timer.is_set || !source_is_synced(&p->source))
		return;
	if (p->has_synced)
		due = p->last_sync_ms + p->config->min_sync_ms;
	loop_timer_set(&p->loop, &p->sync_timer, due > now ? due - now : 0);
}

static void sync_now(void *context)
{
	struct proxy *p = context;
	struct err e = {0};

	p->last_sync_ms = loop_now_ms();
	if (apply_sync(p->apply, p->model, &e) < 0) {
		log_event(LOG_ERROR, "rules not written", "why", e.text, NULL);
		loop_timer_set(
			&p->loop, &p->sync_timer, backoff_next(&p->retry, 0));
		return;
	}
	backoff_reset(&p->retry);
	log_synced(p);
	p->has_synced = true;
}

static void on_change(void *context)
{
	schedule_sync(context);
}

/* Somebody changed nftables: was it our table? */
static void on_foreign(void *context, uint32_t events)
{
	struct proxy *p = context;
	struct err e = {0};
	int got = apply_listen(p->apply, &e);

	(void)events;
	if (got < 0)
		log_event(LOG_WARN, "cannot hear of changes to nftables", "why",
			e.text, NULL);
	if (got > 0) {
		log_event(LOG_WARN,
			"our table was changed by somebody else, "
			"repairing",
			NULL);
		schedule_sync(p);
	}
}

/* ---------------------------------------------------------- start and stop */

static void on_signal(void *context, int number)
{
	struct proxy *p = context;

	log_event(LOG_INFO,
		"stopping; the rules stay in the kernel "
		"(--cleanup removes them)",
		"signal", number == SIGTERM ? "TERM" : "INT", NULL);
	loop_stop(&p->loop);
}

static int read_kubeconfig(struct proxy *p, struct err *e)
{
	const struct config *c = p->config;

	p->memory = arena_make(KUBECONFIG_BYTES_MAX * 16ull);
	if (c->kubeconfig != NULL && c->kubeconfig[0] != '\0') {
		if (kubeconfig_load(c->kubeconfig, &p->memory, &p->kube, e) < 0)
			return -1;
	} else if (kubeconfig_in_cluster(getenv("KUBERNETES_SERVICE_HOST"),
			   getenv("KUBERNETES_SERVICE_PORT"),
			   KUBECONFIG_POD_DIR, &p->memory, &p->kube, e) < 0) {
		return -1;
	}
	if (c->master != NULL && c->master[0] != '\0' &&
		kubeconfig_set_server(&p->kube, c->master, e) < 0)
		return err_at(e, "--master");
	return 0;
}

static int open_kernel(struct proxy *p, struct err *e)
{
	if (nodeaddr_fill(p->config, &p->env, e) < 0)
		return -1;
	p->model = model_make(PROXY_MODEL_BYTES_MAX);
	if (p->model == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for the model");
	model_set_node(p->model, str_of(p->env.node_name));
	p->apply = apply_open(&p->env, e);
	return p->apply != NULL ? 0 : -1;
}

static int open_loop(struct proxy *p, struct err *e)
{
	if (loop_open(&p->loop, e) < 0)
		return -1;
	signal(SIGPIPE, SIG_IGN);
	if (loop_signal_add(&p->loop, SIGTERM, on_signal, p, e) < 0 ||
		loop_signal_add(&p->loop, SIGINT, on_signal, p, e) < 0)
		return -1;
	p->apply_watch = (struct loop_fd){
		.fd = apply_fd(p->apply),
		.events = EPOLLIN,
		.ready = on_foreign,
		.context = p,
	};
	p->sync_timer = (struct loop_timer){.expired = sync_now, .context = p};
	return loop_fd_add(&p->loop, &p->apply_watch, e);
}

static void start_source(struct proxy *p, const char *version)
{
	char server[URL_AUTHORITY_BYTES];

	p->source.loop = &p->loop;
	p->source.kube = &p->kube;
	p->source.version = version;
	p->source.model = p->model;
	p->source.changed = on_change;
	p->source.context = p;
	source_start(&p->source);
	log_event(LOG_INFO, "watching", "server",
		url_authority(&p->kube.server, server, sizeof(server)), "node",
		p->env.node_name, NULL);
}

static int run(struct proxy *p, const char *version, struct err *e)
{
	int done;

	if (read_kubeconfig(p, e) < 0 || open_kernel(p, e) < 0 ||
		open_loop(p, e) < 0 || confine_self(e) < 0)
		return -1;
	start_source(p, version);
	done = loop_run(&p->loop, e);
	source_stop(&p->source);
	return done;
}

int proxy_run(const struct config *c, const char *version, struct err *e)
{
	struct proxy *p = calloc(1, sizeof(*p));
	int done;

	if (p == NULL)
		return err_kind(e, ERR_LIMIT, "no memory");
	p->config = c;
	p->env = c->env;
	p->retry = (struct backoff){
		.first_ms = RETRY_FIRST_MS, .last_ms = RETRY_LAST_MS};
	p->loop.epoll_fd = -1;
	p->loop.signal_fd = -1;
	done = run(p, version, e);
	loop_close(&p->loop);
	if (p->apply != NULL)
		apply_close(p->apply);
	model_free(p->model);
	arena_free(&p->memory);
	free(p);
	return done;
}
