/*
 * credentials_api - resolves the API server's name and reads the files that
 * its kubeconfig names, as the front can do neither.
 *
 * All is read again each time, so that rotated tokens and certificates are
 * used.  Names are looked up by a child without power (lib/net/resolve.h), as
 * what answers DNS is not to be trusted with a privileged process.  A name that
 * has no address yet stops nothing: the next time may be better.
 */
#include "checkpoint-agent/back/credentials_api.h"

#include "checkpoint-agent/ipc/credentials.h"
#include "checkpoint-agent/ipc/limits.h"
#include "lib/base/log.h"
#include "lib/net/kubeconfig_pod.h"
#include "lib/net/resolve.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define ARENA_BYTES_MAX (8u << 20)

static int put_source(struct buf *packet, enum credentials_part part,
	const struct kubeconfig_source *s, struct err *e)
{
	if (s->path == NULL) {
		credentials_put(packet, part, s->bytes);
		return 0;
	}
	if (credentials_put_file(packet, part, s->path, e) < 0)
		return err_at(e, "API server credentials");
	return 0;
}

struct lookup {
	struct loop loop;
	struct resolve resolver;
	struct resolve_asker asker;
	struct loop_timer deadline;
	struct resolve_answer found;
};

static void on_found(void *context, const struct resolve_answer *a)
{
	struct lookup *l = context;

	l->found = *a;
	loop_stop(&l->loop);
}

/* Or the child has gone. */
static void on_deadline(void *context)
{
	struct lookup *l = context;

	loop_stop(&l->loop);
}

/* A process without power asks the name servers. */
static int look_up(const char *host, struct lookup *l, struct err *e)
{
	int result = -1;
	pid_t pid;

	*l = (struct lookup){.resolver = {.lost = on_deadline, .context = l},
		.asker = {.answered = on_found, .context = l},
		.deadline = {.expired = on_deadline, .context = l},
		.found = {.reason = "no answer in time"}};
	if (resolve_open(&l->resolver, host, e) < 0)
		return -1;
	if (loop_open(&l->loop, e) == 0 &&
		resolve_start(&l->resolver, &l->loop, e) == 0) {
		resolve_ask(&l->resolver, &l->asker);
		loop_timer_set(&l->loop, &l->deadline, LIMITS_LOOKUP_MS);
		result = loop_run(&l->loop, e);
	}
	pid = l->resolver.pid;
	resolve_close(&l->resolver);
	loop_close(&l->loop);
	kill(pid, SIGKILL); /* it may still wait for a name server */
	waitpid(pid, NULL, 0);
	return result;
}

/* Put the first address of the URL's host into the URL. */
static int resolve_host(struct url *u, struct err *e)
{
	struct lookup l;

	if (look_up(u->host, &l, e) < 0)
		return -1;
	if (l.found.n == 0)
		return err_set(e, "look up API server %s: %s", u->host,
			l.found.reason);
	u->address_bytes = l.found.address[0].n;
	memcpy(u->address, l.found.address[0].bytes, u->address_bytes);
	return 0;
}

static int load_kubeconfig(const struct config *c, struct arena *a,
	struct kubeconfig *k, struct err *e)
{
	const struct kubeconfig_pod pod = {getenv("KUBERNETES_SERVICE_HOST"),
		getenv("KUBERNETES_SERVICE_PORT"), KUBECONFIG_POD_DIR};

	if (c->kubeconfig[0] != '\0')
		return kubeconfig_load(c->kubeconfig, a, k, e);
	if (pod.host == NULL || pod.port == NULL)
		return err_kind(e, ERR_USAGE,
			"no API server: give --kubeconfig, or run in a pod "
			"with a service account");
	return kubeconfig_in_cluster(&pod, a, k, e);
}

static int put_server(struct kubeconfig *k, struct buf *packet)
{
	const char *name = k->tls_server_name;
	struct err why = {0};

	if (k->server.address_bytes == 0) {
		if (resolve_host(&k->server, &why) < 0) {
			log_event(LOG_WARN, why.text, NULL);
			return 0; /* without one, the front keeps what it has */
		}
		name = name != NULL ? name : k->server.host;
	}
	credentials_put(packet, CREDENTIALS_API_SERVER,
		(struct str){(const char *)&k->server, sizeof(k->server)});
	credentials_put(packet, CREDENTIALS_API_NAME, str_of(name));
	return 0;
}

int credentials_api_put(
	const struct config *c, struct buf *packet, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(ARENA_BYTES_MAX);
	struct kubeconfig k;

	if (load_kubeconfig(c, &a, &k, e) < 0 || put_server(&k, packet) < 0)
		return -1;
	if (put_source(packet, CREDENTIALS_API_CA, &k.ca, e) < 0 ||
		put_source(packet, CREDENTIALS_API_CERTIFICATE, &k.certificate,
			e) < 0 ||
		put_source(packet, CREDENTIALS_API_KEY, &k.key, e) < 0 ||
		put_source(packet, CREDENTIALS_API_TOKEN, &k.token, e) < 0)
		return -1;
	return 0;
}
