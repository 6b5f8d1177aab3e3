/*
 * clients - accepts in batches, so that a client behind many strangers in the
 * kernel's queue does not wait for as many turns of the loop.
 */
#include "checkpoint-agent/front/clients.h"

#include "checkpoint-agent/front/conn.h"
#include "lib/base/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define ACCEPT_BATCH    32  /* then connections have their turn */
#define ACCEPT_PAUSE_MS 100 /* until there may be room again */

/* Where the kernel has no memory for it, it is tried again after a pause. */
static void set_accepting(struct clients *all, bool wanted)
{
	struct loop *l = all->shared->loop;
	struct err e;

	if (all->is_accepting == wanted)
		return;
	if (!wanted) {
		loop_fd_remove(l, &all->listener);
	} else if (loop_fd_add(l, &all->listener, &e) < 0) {
		log_event(LOG_ERROR, e.text, NULL);
		loop_timer_set(l, &all->pause, ACCEPT_PAUSE_MS);
		return;
	}
	all->is_accepting = wanted;
}

static void on_closed(void *context, struct conn *c)
{
	struct clients *all = context;

	all->conn[c->slot] = NULL;
	guests_remove(&all->guests, &c->guest);
	if (!all->shared->is_draining)
		set_accepting(all, true);
	else if (all->guests.n == 0)
		all->ended(all->context);
}

static void put_remote(
	const struct sockaddr_storage *from, char *out, size_t size)
{
	const void *p = from; /* of the family's own type */
	const struct sockaddr_in *v4 = p;
	const struct sockaddr_in6 *v6 = p;
	char text[INET6_ADDRSTRLEN] = "?";

	if (from->ss_family != AF_INET6) {
		inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text));
		snprintf(out, size, "%s:%u", text, ntohs(v4->sin_port));
	} else if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
		inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], text,
			sizeof(text));
		snprintf(out, size, "%s:%u", text, ntohs(v6->sin6_port));
	} else {
		inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof(text));
		snprintf(out, size, "[%s]:%u", text, ntohs(v6->sin6_port));
	}
}

static void add_client(
	struct clients *all, int fd, const struct sockaddr_storage *from)
{
	char remote[64];
	size_t slot = 0;
	int on = 1;

	while (all->conn[slot] != NULL)
		slot++;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	put_remote(from, remote, sizeof(remote));
	all->conn[slot] = conn_open(all->shared, slot, fd, remote);
	if (all->conn[slot] != NULL)
		guests_add(&all->guests, &all->conn[slot]->guest, from);
}

/* There is room, or somebody leaves for it. */
static void take_client(
	struct clients *all, int fd, const struct sockaddr_storage *from)
{
	struct guest *leaver = guests_leaver(&all->guests, from);

	if (leaver != NULL) {
		struct conn *c = leaver->owner;

		log_event(LOG_DEBUG, "too many clients, ending the oldest",
			"client", c->remote, NULL);
		conn_free(c);
	}
	add_client(all, fd, from);
}

static void pause_accepting(struct clients *all)
{
	set_accepting(all, false);
	loop_timer_set(all->shared->loop, &all->pause, ACCEPT_PAUSE_MS);
}

static void on_accept_error(struct clients *all)
{
	if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
		errno == ENOMEM)
		pause_accepting(all);
}

static void on_client(void *context, uint32_t events)
{
	struct clients *all = context;

	(void)events;
	for (int i = 0; i < ACCEPT_BATCH; i++) {
		struct sockaddr_storage from = {.ss_family = AF_UNSPEC};
		socklen_t n = sizeof(from);
		int fd;

		if (!guests_have_room(&all->guests)) {
			pause_accepting(all);
			return;
		}
		fd = accept4(all->listener.fd, (struct sockaddr *)&from, &n,
			SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0) {
			on_accept_error(all);
			return;
		}
		take_client(all, fd, &from);
	}
}

static void on_pause_end(void *context)
{
	struct clients *all = context;

	if (!all->shared->is_draining)
		set_accepting(all, true);
}

void clients_open(struct clients *all, int listener)
{
	all->listener = (struct loop_fd){listener, EPOLLIN, on_client, all};
	all->pause =
		(struct loop_timer){.expired = on_pause_end, .context = all};
	all->guests = (struct guests){.max = LIMITS_CONNECTIONS_MAX,
		.share = LIMITS_CONNECTIONS_SHARE};
	all->shared->closed = on_closed;
	all->shared->clients = all;
	set_accepting(all, true);
}

struct conn *clients_find(const struct clients *all, size_t slot)
{
	return slot < LIMITS_CONNECTIONS_MAX ? all->conn[slot] : NULL;
}

void clients_drain(struct clients *all)
{
	set_accepting(all, false);
	for (size_t i = 0; i < LIMITS_CONNECTIONS_MAX; i++)
		if (all->conn[i] != NULL)
			conn_drain(all->conn[i]);
	if (all->guests.n == 0)
		all->ended(all->context);
}

void clients_close(struct clients *all)
{
	for (size_t i = 0; i < LIMITS_CONNECTIONS_MAX; i++)
		if (all->conn[i] != NULL)
			conn_free(all->conn[i]);
}
