/*
 * kube_connect - a non-blocking connect(2), watched by the loop, and then a TLS
 * client over the same descriptor.
 *
 * Credentials are read anew for each connection, so that rotated ones are used.
 */
#include "lib/net/kube_connect.h"

#include "lib/base/fd.h"
#include "lib/net/dial.h"
#include "lib/net/kubecred.h"

#include <sys/epoll.h>

void kube_disconnect(struct kube_call *c)
{
	if (c->watch.fd >= 0)
		loop_fd_remove(c->loop, &c->watch);
	tls_free(c->tls);
	c->tls = NULL;
	fd_close(&c->watch.fd);
	if (c->names != NULL)
		resolve_forget(c->names, &c->asker);
	c->state = KUBE_CLOSED;
}

bool kube_is_overdue(const struct kube_call *c)
{
	return c->whole_ms > 0 && loop_now_ms() - c->begun_ms >= c->whole_ms;
}

void kube_set_timer(struct kube_call *c, uint64_t in_ms)
{
	uint64_t end_ms = c->begun_ms + c->whole_ms, now_ms = loop_now_ms();

	if (c->whole_ms > 0 && now_ms + in_ms > end_ms)
		in_ms = end_ms > now_ms ? end_ms - now_ms : 0;
	loop_timer_set(c->loop, &c->timer, in_ms);
}

static int connect_to(
	struct kube_call *c, const unsigned char *address, size_t address_bytes)
{
	const struct url *server = &c->config->server;
	int fd;

	if (dial_start(address, address_bytes, server->port, &fd, &c->error) <
		0)
		return err_at(&c->error, "%s port %u", server->host,
			(unsigned int)server->port);
	c->watch.fd = fd;
	c->watch.events = EPOLLOUT;
	if (loop_fd_add(c->loop, &c->watch, &c->error) < 0) {
		fd_close(&c->watch.fd);
		return -1;
	}
	c->state = KUBE_CONNECTING;
	return 0;
}

int kube_connect_found(struct kube_call *c, const struct resolve_answer *found)
{
	const struct resolve_address *a;

	if (found->n == 0)
		return err_set(&c->error, "resolve %s: %s",
			c->config->server.host, found->reason);
	c->tried = c->attempt++;
	a = &found->address[c->tried % found->n];
	return connect_to(c, a->bytes, a->n);
}

int kube_connect_start(struct kube_call *c)
{
	const struct url *server = &c->config->server;
	struct resolve_answer found;

	c->is_reused = false;
	kube_set_timer(c, KUBE_CONNECT_MS);
	if (server->address_bytes > 0)
		return connect_to(c, server->address, server->address_bytes);
	if (c->names != NULL) {
		c->state = KUBE_RESOLVING;
		resolve_ask(c->names, &c->asker);
		return 0;
	}
	resolve_now(server->host, &found);
	return kube_connect_found(c, &found);
}

int kube_connect_tls(struct kube_call *c)
{
	struct tls_config *tls;
	int done;

	if (dial_check(c->watch.fd, &c->error) < 0 ||
		kubecred_tls(c->config, &tls, &c->error) < 0)
		return -1;
	done = tls_open(tls, c->watch.fd, &c->tls, &c->error);
	tls_config_free(tls);
	return done;
}
