/*
 * front - accepts clients, passes jobs and answers between them and the back.
 *
 * One thread and one loop.  The table of connections is the only thing that
 * grows, to a fixed end; then the listening socket is left alone until a
 * place is free, and clients wait in the kernel's queue.
 */
#include "checkpoint-agent/front.h"

#include "checkpoint-agent/channel.h"
#include "checkpoint-agent/conn.h"
#include "checkpoint-agent/material.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"
#include "lib/net/sandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOBODY          65534
#define ACCEPT_PAUSE_MS 100 /* when the system is out of descriptors */

static const struct sandbox_call calls[] = {
	SANDBOX_CALL(recvfrom),
	SANDBOX_CALL(sendto),
	SANDBOX_CALL(recvmsg),
	SANDBOX_CALL(sendmsg),
	SANDBOX_CALL(accept4),
	SANDBOX_CALL(shutdown),
	SANDBOX_CALL(setsockopt),
	{__NR_fcntl, 1, UINT32_MAX, F_GETFL},
	SANDBOX_CALLS_END,
};

/* The same for a front that asks an API server; TCP and nothing else. */
static const struct sandbox_call calls_to_ask[] = {
	SANDBOX_CALL(recvfrom),
	SANDBOX_CALL(sendto),
	SANDBOX_CALL(recvmsg),
	SANDBOX_CALL(sendmsg),
	SANDBOX_CALL(accept4),
	SANDBOX_CALL(shutdown),
	SANDBOX_CALL(setsockopt),
	{__NR_fcntl, 1, UINT32_MAX, F_GETFL},
	{__NR_socket, 0, UINT32_MAX, AF_INET},
	{__NR_socket, 0, UINT32_MAX, AF_INET6},
	SANDBOX_CALL(connect),
	SANDBOX_CALL(getsockopt),
	SANDBOX_CALLS_END,
};

static void begin_drain(struct front *f);

/* --- jobs ---------------------------------------------------------- */

int front_send_job(
	struct front *f, const struct conn *c, struct job *j, uint64_t *id)
{
	struct err e;

	f->last_id++;
	j->id = f->last_id * LIMITS_CONNECTIONS_MAX + c->slot;
	*id = 0;
	if (channel_send(f->jobs.fd, j, sizeof(*j), -1, &e) < 0) {
		log_event(LOG_WARN, "job not sent", "reason", e.text, NULL);
		return -1;
	}
	*id = j->id;
	return 0;
}

void front_abort_job(struct front *f, uint64_t id)
{
	struct job j = {.id = id, .verb = JOB_ABORT};
	struct err e;

	/* Should it get lost, the job runs to its end and nobody listens. */
	if (channel_send(f->jobs.fd, &j, sizeof(j), -1, &e) < 0)
		log_event(LOG_WARN, "abort not sent", "reason", e.text, NULL);
}

static void deliver(struct front *f, const struct job_answer *a, int fd)
{
	struct conn *c = f->conn[a->id % LIMITS_CONNECTIONS_MAX];

	metrics_note_job(&f->metrics, a);
	if (c != NULL && a->id != 0 && c->job_id == a->id)
		conn_finish_job(c, a, fd);
	else
		fd_close(&fd);
}

static void on_answer(void *context, uint32_t events)
{
	struct front *f = context;
	struct job_answer a;
	struct err e;
	int fd;
	ssize_t n = channel_receive(f->jobs.fd, &a, sizeof(a), &fd, &e);

	(void)events;
	if (n == (ssize_t)sizeof(a)) {
		a.path[sizeof(a.path) - 1] = '\0';
		a.cause[sizeof(a.cause) - 1] = '\0';
		deliver(f, &a, fd);
		return;
	}
	if (n < 0 && e.kind == ERR_BUSY)
		return;
	fd_close(&fd);
	loop_stop(&f->loop); /* the back is gone */
}

/* --- certificates -------------------------------------------------- */

static int load_tls(const struct front *f, const struct material *m,
	struct tls_config **out, struct err *e)
{
	const struct tls_server_options o = {
		.certificate_pem = m->part[MATERIAL_CERTIFICATE],
		.key_pem = m->part[MATERIAL_KEY],
		.client_ca_pem = m->part[MATERIAL_CLIENT_CA],
		.is_tls13_only = f->config->is_tls13_only,
		.suites = &f->config->tls_suites};

	return tls_mbed_server(&o, out, e);
}

/* A config from a packet; the old one stays when the new one is bad. */
static int take_material(struct front *f, struct str packet, struct err *e)
{
	struct material m;
	struct tls_config *fresh;

	if (material_parse(packet, &m, e) < 0)
		return -1;
	if (load_tls(f, &m, &fresh, e) < 0)
		return -1;
	if (reviewer_configure(&f->reviewer, &m, e) < 0) {
		tls_config_free(fresh);
		return -1;
	}
	tls_config_free(f->tls);
	f->tls = fresh;
	return 0;
}

/* 1: taken, 0: the channel has ended, -1: nothing usable came. */
static int receive_material(struct front *f, struct err *e)
{
	static char packet[LIMITS_MATERIAL_BYTES];
	int fd, result;
	ssize_t n =
		channel_receive(f->material.fd, packet, sizeof(packet), &fd, e);

	fd_close(&fd);
	if (n <= 0)
		return (int)n;
	result = take_material(f, (struct str){packet, (size_t)n}, e);
	explicit_bzero(packet, (size_t)n);
	return result < 0 ? -1 : 1;
}

static void on_material(void *context, uint32_t events)
{
	struct front *f = context;
	struct err e = {0};
	int result = receive_material(f, &e);

	(void)events;
	if (result > 0)
		log_event(LOG_INFO, "certificates taken", NULL);
	else if (result == 0)
		begin_drain(f);
	else if (e.kind != ERR_BUSY)
		log_event(LOG_ERROR, "certificates refused, the old ones stay",
			"reason", e.text, NULL);
}

/* --- clients ------------------------------------------------------- */

static void set_accepting(struct front *f, bool wanted)
{
	struct err e;

	if (f->is_accepting == wanted)
		return;
	f->is_accepting = wanted;
	if (!wanted)
		loop_fd_remove(&f->loop, &f->listener);
	else if (loop_fd_add(&f->loop, &f->listener, &e) < 0)
		log_event(LOG_ERROR, e.text, NULL);
}

void front_forget(struct front *f, struct conn *c)
{
	f->conn[c->slot] = NULL;
	f->conn_count--;
	if (f->is_draining && f->conn_count == 0)
		loop_stop(&f->loop);
	else if (!f->is_draining)
		set_accepting(f, true);
}

static void put_remote(
	const struct sockaddr_storage *from, char *out, size_t size)
{
	const void *p = from; /* of the family's own type */
	const struct sockaddr_in *v4 = p;
	const struct sockaddr_in6 *v6 = p;
	char text[INET6_ADDRSTRLEN] = "?";

	if (from->ss_family == AF_INET6) {
		inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof(text));
		snprintf(out, size, "[%s]:%u", text, ntohs(v6->sin6_port));
	} else {
		inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text));
		snprintf(out, size, "%s:%u", text, ntohs(v4->sin_port));
	}
}

static void welcome(
	struct front *f, int fd, const struct sockaddr_storage *from)
{
	char remote[64];
	size_t slot = 0;
	int on = 1;

	while (f->conn[slot] != NULL)
		slot++;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	put_remote(from, remote, sizeof(remote));
	f->conn[slot] = conn_open(f, slot, fd, remote);
	if (f->conn[slot] == NULL)
		return;
	f->conn_count++;
	if (f->conn_count == LIMITS_CONNECTIONS_MAX)
		set_accepting(f, false);
}

static void on_client(void *context, uint32_t events)
{
	struct front *f = context;
	struct sockaddr_storage from;
	socklen_t n = sizeof(from);
	int fd = accept4(f->listener.fd, (struct sockaddr *)&from, &n,
		SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)events;
	if (fd >= 0) {
		welcome(f, fd, &from);
		return;
	}
	if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
		errno == ENOMEM) {
		set_accepting(f, false);
		loop_timer_set(&f->loop, &f->accept_pause, ACCEPT_PAUSE_MS);
	}
}

static void on_accept_pause(void *context)
{
	struct front *f = context;

	if (!f->is_draining && f->conn_count < LIMITS_CONNECTIONS_MAX)
		set_accepting(f, true);
}

/* Take nobody more, let everybody go who waits for nothing. */
static void begin_drain(struct front *f)
{
	f->is_draining = true;
	set_accepting(f, false);
	loop_fd_remove(&f->loop, &f->material);
	for (size_t i = 0; i < LIMITS_CONNECTIONS_MAX; i++)
		if (f->conn[i] != NULL)
			conn_drain(f->conn[i]);
	if (f->conn_count == 0)
		loop_stop(&f->loop);
}

/* --- beginning ----------------------------------------------------- */

static int listen_for_probes(struct front *f, struct err *e)
{
	const struct config *c = f->config;

	if (c->healthz_port == 0)
		return 0;
	return health_listen(
		&f->health, c->healthz_address, c->healthz_port, e);
}

static int give_up_power(struct front *f, struct err *e)
{
	int keep[] = {f->loop.epoll_fd, f->listener.fd, f->jobs.fd,
		f->material.fd, f->health.httpd.watch.fd};
	struct sandbox s = {
		.keep_fds = keep,
		.keep_count = sizeof(keep) / sizeof(keep[0]),
		.drops_identity = true,
		.uid = NOBODY,
		.gid = NOBODY,
		.denies_files = true,
		.calls = config_needs_api(f->config) ? calls_to_ask : calls,
	};

	return sandbox_enter(&s, e);
}

/* The first certificates must be good; they are there before we are. */
static int watch_all(struct front *f, struct err *e)
{
	int result = receive_material(f, e);

	if (result == 0)
		return err_set(e, "no certificates came");
	if (result < 0)
		return -1;
	if (loop_fd_add(&f->loop, &f->jobs, e) < 0 ||
		loop_fd_add(&f->loop, &f->material, e) < 0)
		return -1;
	set_accepting(f, true);
	return 0;
}

int front_run(const struct config *c, int listener, int jobs, int material,
	struct err *e)
{
	static struct front f;
	int result = 0;

	f.config = c;
	f.listener = (struct loop_fd){listener, EPOLLIN, on_client, &f};
	f.jobs = (struct loop_fd){jobs, EPOLLIN, on_answer, &f};
	f.material = (struct loop_fd){material, EPOLLIN, on_material, &f};
	f.accept_pause =
		(struct loop_timer){.expired = on_accept_pause, .context = &f};
	f.health.is_ending = &f.is_draining;
	f.health.httpd.loop = &f.loop;
	f.health.httpd.watch.fd = -1;
	reviewer_open(&f.reviewer, c, &f.loop);
	if (loop_open(&f.loop, e) < 0 || listen_for_probes(&f, e) < 0 ||
		give_up_power(&f, e) < 0 || watch_all(&f, e) < 0)
		result = -1;
	else
		result = loop_run(&f.loop, e);
	for (size_t i = 0; i < LIMITS_CONNECTIONS_MAX; i++)
		if (f.conn[i] != NULL)
			conn_free(f.conn[i]);
	reviewer_close(&f.reviewer);
	httpd_close(&f.health.httpd);
	tls_config_free(f.tls);
	loop_close(&f.loop);
	return result;
}
