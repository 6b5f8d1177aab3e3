/*
 * Any bytes as what a client sends through TLS, in pieces of any size, while
 * the back answers its jobs: each answer is a whole one, a stranger gets no
 * job, and the connection ends.
 *
 * Byte 0 says who the client is and how jobs end, byte 1 how large the pieces
 * are; the rest is sent.  TLS is replaced by a table of functions.
 */
#include "checkpoint-agent/front/conn.h"
#include "checkpoint-agent/front/conn_request.h"
#include "checkpoint-agent/front/test/fed_tls.h"
#include "checkpoint-agent/ipc/channel.h"

#include "lib/base/fd.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define STEPS_MAX 20000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* --- a client ------------------------------------------------------ */

static bool is_trusted;

static enum tls_result fake_handshake(struct tls *t, struct err *e)
{
	(void)e;
	t->peer.has_certificate = t->peer.is_trusted = is_trusted;
	if (is_trusted)
		strcpy(t->peer.user, "admin");
	strcpy(t->peer.group[0], "system:masters");
	t->peer.group_count = is_trusted;
	return TLS_OK;
}

/* --- the back ------------------------------------------------------ */

static int memory_of(size_t bytes)
{
	int fd = memfd_create("archive", MFD_CLOEXEC);

	require(fd >= 0 && ftruncate(fd, (off_t)bytes) == 0);
	return fd;
}

/* Answer what has been asked for; byte: how. */
static void answer_jobs(struct conn *c, int channel, uint8_t byte)
{
	static struct job_answer a;
	struct job j;
	int fd;

	while (channel_receive(channel, &j, sizeof(j), &fd, NULL) ==
		(ssize_t)sizeof(j)) {
		if (j.verb == JOB_ABORT)
			continue;
		require(is_trusted);
		require(job_check(&j, NULL) == 0);
		if (c == NULL || c->job_id != j.id)
			continue;
		a = job_refuse(&j, (enum job_status)(byte % JOB_STATUSES), "x");
		a.fd_bytes = byte;
		a.has_fd = a.status == JOB_DONE && j.verb != JOB_CHECKPOINT &&
			   j.verb != JOB_DELETE;
		conn_finish_job(c, &a, a.has_fd ? memory_of(byte) : -1);
	}
}

/* --- one connection ------------------------------------------------ */

static struct conn *conn;

static void on_closed(void *clients, struct conn *c)
{
	(void)clients;
	require(c == conn);
	conn = NULL;
}

static void run(struct conn_shared *shared, int channel, uint8_t byte)
{
	for (int i = 0; i < STEPS_MAX && conn != NULL; i++) {
		require(loop_step(shared->loop, 0, NULL) == 0);
		answer_jobs(conn, channel, byte);
		/* all that is left are timers */
		if (conn != NULL && conn->state == CONN_LINGER)
			conn_free(conn);
	}
	if (conn != NULL)
		conn_free(conn);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config config = {
		.features = {true, true, true}, .jobs = {.dir = "/d"}};
	static struct metrics metrics;
	static struct reviewer reviewer;
	struct tls_ops ops = fed_tls_ops;
	struct tls_config tls = {.ops = &ops, .users = 1000};
	struct job_channel jobs = {.serial = 0};
	struct loop loop;
	struct conn_shared shared = {.config = &config,
		.loop = &loop,
		.tls = &tls,
		.reviewer = &reviewer,
		.metrics = &metrics,
		.jobs = &jobs,
		.closed = on_closed};
	int client[2], channel[2];

	if (size < 2)
		return 0;
	config.groups = (struct args_list){.item = {"system:masters"}, .n = 1};
	config.jobs.default_timeout_ms = 1000;
	is_trusted = data[0] & 1;
	ops.handshake = fake_handshake;
	fed_tls_feed((struct str){(const char *)data + 2, size - 2},
		1u + data[1] * 64u);
	require(loop_open(&loop, NULL) == 0);
	require(channel_make(channel, NULL) == 0);
	require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, client) ==
		0);
	require(write(client[1], "\x16", 1) == 1); /* as TLS begins */
	jobs.fd = channel[0];
	conn = conn_open(&shared, 0, client[0], "fuzz");
	if (conn != NULL)
		run(&shared, channel[1], data[0] >> 1);
	require(shared.large_heads == 0 && metrics.inflight == 0);
	close(client[1]);
	close(channel[0]);
	close(channel[1]);
	loop_close(&loop);
	return 0;
}
