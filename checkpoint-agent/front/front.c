/*
 * front - one loop: clients, the back's answers to them, new certificates, and
 * a sign of life to the process that answers probes.
 */
#include "checkpoint-agent/front/front.h"

#include "checkpoint-agent/front/clients.h"
#include "checkpoint-agent/front/conn_request.h"
#include "checkpoint-agent/front/probes_pulse.h"
#include "checkpoint-agent/ipc/channel.h"
#include "checkpoint-agent/ipc/credentials.h"
#include "checkpoint-agent/ipc/limits.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"
#include "lib/base/unswapped.h"
#include "lib/net/sandbox.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOBODY 65534

/* System calls beyond those every sandbox allows (lib/net/sandbox.h). */
static const struct sandbox_call calls[] = {
	/* only for a front that asks an API server */
	SANDBOX_CALLS_CONNECT,
	/* for every front */
	SANDBOX_CALLS_SOCKET_IO,
	SANDBOX_CALL(accept4),
	SANDBOX_CALL(shutdown),
	{__NR_fcntl, 1, UINT32_MAX, F_GETFL},
	SANDBOX_CALLS_END,
};

struct front {
	struct conn_shared shared;
	struct loop loop;
	struct clients clients;
	struct loop_fd jobs; /* answers from the back */
	struct loop_fd credentials;
	struct probes_pulse pulse;
	struct job_channel job_channel;
	struct metrics metrics;
	struct reviewer reviewer;
};

/* --- jobs ---------------------------------------------------------- */

static void deliver(struct front *f, const struct job_answer *a, int fd)
{
	struct conn *c = clients_find(&f->clients, job_channel_slot(a->id));

	metrics_note_job(&f->metrics, a);
	if (c != NULL && a->id != 0 && c->job_id == a->id)
		conn_finish_job(c, a, fd);
	else
		fd_close(&fd);
}

static void on_answer(void *context, uint32_t events)
{
	struct front *f = context;
	struct job_answer a = {0};
	struct err e;
	int fd;
	ssize_t n = channel_receive(f->jobs.fd, &a, sizeof(a), &fd, &e);

	(void)events;
	if (n == (ssize_t)sizeof(a)) {
		a.made.name[sizeof(a.made.name) - 1] = '\0';
		a.cause[sizeof(a.cause) - 1] = '\0';
		deliver(f, &a, fd);
		return;
	}
	if (n < 0 && e.kind == ERR_BUSY)
		return;
	fd_close(&fd);
	loop_stop(&f->loop); /* the back is gone */
}

/* --- the end ------------------------------------------------------- */

static void on_last_client(void *context)
{
	struct front *f = context;

	loop_stop(&f->loop);
}

/* Accept no more clients, close idle connections. */
static void begin_drain(struct front *f)
{
	f->shared.is_draining = true;
	loop_fd_remove(&f->loop, &f->credentials);
	probes_pulse_say_ending(&f->pulse);
	clients_drain(&f->clients);
}

/* --- certificates -------------------------------------------------- */

static void report_skipped(const struct tls_skipped *skipped)
{
	char count[24];
	struct buf b = buf_fixed(count, sizeof(count));

	if (skipped->n == 0)
		return;
	buf_fmt(&b, "%zu", skipped->n);
	log_event(LOG_WARN, "client CA skipped, others count", "first",
		skipped->first.text, "skipped", buf_cstr(&b), NULL);
}

static int make_tls(const struct front *f, const struct credentials *m,
	struct tls_config **out, struct err *e)
{
	struct tls_skipped skipped;
	const struct tls_server_options o = {
		.certificate_pem = m->part[CREDENTIALS_CERTIFICATE],
		.key_pem = m->part[CREDENTIALS_KEY],
		.client_ca_pem = m->part[CREDENTIALS_CLIENT_CA],
		.is_tls13_only = f->shared.config->is_tls13_only,
		.suites = &f->shared.config->tls_suites,
		.skipped = &skipped};

	skipped.n = 0;
	if (tls_mbed_server(&o, out, e) < 0)
		return -1;
	report_skipped(&skipped);
	return 0;
}

/* If the new credentials are bad, the old ones stay in use. */
static int take_credentials(struct front *f, struct str packet, struct err *e)
{
	struct credentials m;
	struct tls_config *fresh;

	if (credentials_parse(packet, &m, e) < 0)
		return -1;
	if (make_tls(f, &m, &fresh, e) < 0)
		return -1;
	if (reviewer_configure(&f->reviewer, &m, e) < 0) {
		tls_config_free(fresh);
		return -1;
	}
	tls_config_free(f->shared.tls);
	f->shared.tls = fresh;
	return 0;
}

/* 1: taken; 0: the channel has ended; -1: nothing usable came. */
static int receive_credentials(struct front *f, struct err *e)
{
	static char packet[LIMITS_CREDENTIALS_BYTES];
	int fd, result;
	ssize_t n = channel_receive(
		f->credentials.fd, packet, sizeof(packet), &fd, e);

	fd_close(&fd);
	if (n <= 0)
		return (int)n;
	result = take_credentials(f, (struct str){packet, (size_t)n}, e);
	explicit_bzero(packet, (size_t)n);
	return result < 0 ? -1 : 1;
}

static void on_credentials(void *context, uint32_t events)
{
	struct front *f = context;
	struct err e = {0};
	int result = receive_credentials(f, &e);

	(void)events;
	if (result > 0)
		log_event(LOG_INFO, "new certificates in use", NULL);
	else if (result == 0)
		begin_drain(f);
	else if (e.kind != ERR_BUSY)
		log_event(LOG_ERROR, "certificates refused, the old ones stay",
			"reason", e.text, NULL);
}

/* --- start --------------------------------------------------------- */

static int give_up_power(
	struct front *f, const struct front_fds *fds, struct err *e)
{
	int keep[] = {f->loop.epoll_fd, fds->listener, fds->jobs,
		fds->credentials, fds->pulse};
	struct sandbox s = {
		.keep_fds = keep,
		.keep_count = sizeof(keep) / sizeof(keep[0]),
		.drops_identity = true,
		.uid = NOBODY,
		.gid = NOBODY,
		.denies_files = true,
		.calls = config_needs_api(f->shared.config)
				 ? calls
				 : calls + SANDBOX_CONNECT_ROWS,
	};

	return sandbox_enter(&s, e);
}

/* The back sent the first certificates before this process began. */
static int watch_all(
	struct front *f, const struct front_fds *fds, struct err *e)
{
	int result = receive_credentials(f, e);

	if (result == 0)
		return err_set(e, "the back sent no certificates");
	if (result < 0)
		return -1;
	if (loop_fd_add(&f->loop, &f->jobs, e) < 0 ||
		loop_fd_add(&f->loop, &f->credentials, e) < 0 ||
		probes_pulse_start(&f->pulse, &f->loop, fds->pulse, e) < 0)
		return -1;
	clients_open(&f->clients, fds->listener);
	return 0;
}

static void init_front(
	struct front *f, const struct config *c, const struct front_fds *fds)
{
	f->jobs = (struct loop_fd){fds->jobs, EPOLLIN, on_answer, f};
	f->credentials =
		(struct loop_fd){fds->credentials, EPOLLIN, on_credentials, f};
	f->clients.shared = &f->shared;
	f->clients.ended = on_last_client;
	f->clients.context = f;
	f->pulse.watch.fd = -1;
	f->job_channel.fd = fds->jobs;
	f->shared = (struct conn_shared){.config = c,
		.loop = &f->loop,
		.reviewer = &f->reviewer,
		.metrics = &f->metrics,
		.jobs = &f->job_channel};
	reviewer_open(&f->reviewer, c, &f->loop);
}

static void close_front(struct front *f)
{
	clients_close(&f->clients);
	reviewer_close(&f->reviewer);
	probes_pulse_stop(&f->pulse);
	tls_config_free(f->shared.tls);
	loop_close(&f->loop);
}

int front_run(
	const struct config *c, const struct front_fds *fds, struct err *e)
{
	static struct front f; /* large; one in a process */
	int result = -1;

	unswapped_begin(false); /* the serving key, tokens */
	init_front(&f, c, fds);
	if (loop_open(&f.loop, e) == 0 && give_up_power(&f, fds, e) == 0 &&
		watch_all(&f, fds, e) == 0)
		result = loop_run(&f.loop, e);
	close_front(&f);
	return result;
}
