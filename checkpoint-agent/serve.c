/*
 * serve - set up, fork, and let each half do its part.
 *
 * In this order, so that a wrong configuration is told before anything has
 * begun: configuration, certificates, what killed predecessors left behind,
 * the listening socket, the two channels.  Then the child becomes the front
 * (front.c) and this process the back (supervise.c), which keeps the
 * capabilities that CRIU needs and gives away the others.
 */
#include "checkpoint-agent/serve.h"

#include "checkpoint-agent/channel.h"
#include "checkpoint-agent/config.h"
#include "checkpoint-agent/front.h"
#include "checkpoint-agent/material.h"
#include "checkpoint-agent/supervise.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"
#include "lib/net/listen.h"
#include "lib/net/sandbox.h"

#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define BACKLOG 256

#define BIT(cap) (1ull << (cap))
/* What CRIU needs, also for targets that are not root's. */
#define BACK_CAPABILITIES                                                      \
	(BIT(CAP_SYS_ADMIN) | BIT(CAP_SYS_PTRACE) | BIT(CAP_NET_ADMIN) |       \
		BIT(CAP_SYS_CHROOT) | BIT(CAP_SYS_RESOURCE) |                  \
		BIT(CAP_CHECKPOINT_RESTORE) | BIT(CAP_DAC_OVERRIDE) |          \
		BIT(CAP_DAC_READ_SEARCH) | BIT(CAP_CHOWN) | BIT(CAP_FOWNER) |  \
		BIT(CAP_FSETID) | BIT(CAP_KILL) | BIT(CAP_SETUID) |            \
		BIT(CAP_SETGID) | BIT(CAP_SETPCAP) | BIT(CAP_MKNOD) |          \
		BIT(CAP_NET_RAW))

/* --- the listening socket ------------------------------------------ */

/* "::" listens for both families, as the kernel does by itself. */
static int open_listener(const struct config *c, int *out, struct err *e)
{
	unsigned char address[LISTEN_ADDRESS_BYTES];
	const struct listen_options o = {.address = address,
		.address_bytes = listen_parse(c->address, address),
		.port = (uint16_t)c->port,
		.backlog = BACKLOG,
		.patience_ms = LIMITS_PORT_WAIT_MS};

	if (o.address_bytes == 0)
		return err_kind(e, ERR_USAGE, "--address %s: not an address",
			c->address);
	if (listen_open(&o, out, e) < 0)
		return err_at(e, "%s", c->address);
	return 0;
}

/* --- two processes ------------------------------------------------- */

struct halves {
	int listener;
	int jobs[2], material[2]; /* [0] the back's, [1] the front's */
	struct material_files files;
	struct buf packet;
};

static int prepare(const struct config *c, struct halves *h, struct err *e)
{
	h->packet = buf_growing(LIMITS_MATERIAL_BYTES);
	if (material_prepare(c, &h->files, e) < 0 ||
		material_load(c, &h->files, &h->packet, e) < 0)
		return -1;
	if (job_recover(&c->job, 0, e) < 0)
		return err_at(e, "left by an earlier run");
	if (open_listener(c, &h->listener, e) < 0 ||
		channel_make(h->jobs, e) < 0 ||
		channel_make(h->material, e) < 0)
		return -1;
	return channel_send(h->material[0], h->packet.p, h->packet.n, -1, e);
}

static int run_front(const struct config *c, struct halves *h)
{
	struct err e = {0};

	buf_wipe(&h->packet);
	close(h->jobs[0]);
	close(h->material[0]);
	prctl(PR_SET_NAME, "agent-front", 0, 0, 0);
	/* It ends when the back says so; the signals are for the back. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	if (front_run(c, h->listener, h->jobs[1], h->material[1], &e) == 0)
		return 0;
	log_event(LOG_ERROR, "front failed", "reason", e.text, NULL);
	return 1;
}

static int run_back(
	const struct config *c, struct halves *h, pid_t front, struct err *e)
{
	const struct supervise_front ends = {front, h->jobs[0], h->material[0]};
	const struct sandbox s = {.capabilities = BACK_CAPABILITIES};

	close(h->listener);
	close(h->jobs[1]);
	close(h->material[1]);
	if (sandbox_capabilities(&s, e) < 0)
		return err_at(e, "sandbox: capabilities");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_sys(e, "no_new_privs");
	return supervise_run(c, &ends, &h->files, &h->packet, e);
}

static void log_start(const struct config *c)
{
	char port[8];

	snprintf(port, sizeof(port), "%u", (unsigned)c->port);
	log_event(LOG_INFO, "serving", "address", c->address, "port", port,
		"directory", c->job.dir, NULL);
	if (c->client_ca_file[0] == '\0')
		log_event(LOG_WARN,
			"no --client-ca-file: certificates prove "
			"nothing",
			NULL);
}

static int serve(struct err *e)
{
	static struct halves h;
	const struct config *c = config_get();
	pid_t pid;

	if (config_finish(e) < 0 || prepare(c, &h, e) < 0)
		return -1;
	log_start(c);
	pid = fork();
	if (pid < 0)
		return err_sys(e, "start the front");
	if (pid == 0)
		_exit(run_front(c, &h));
	return run_back(c, &h, pid, e);
}

static int run(size_t n, const char *const *operands)
{
	struct err e = {0};

	(void)n;
	(void)operands;
	if (serve(&e) == 0)
		return 0;
	if (e.kind != ERR_NONE)
		log_event(LOG_ERROR, e.text, NULL);
	return err_exit(&e);
}

const struct args_command serve_command = {
	.name = "serve",
	.summary = "answer checkpoint requests as the kubelet does",
	.text = "Listens for POST /checkpoint/NAMESPACE/POD/CONTAINER "
		"over HTTPS and writes an archive for each.  Option "
		"names are the kubelet's where the meaning is the "
		"same; --config reads them from a "
		"KubeletConfiguration-style file.",
	.options = config_options,
	.run = run,
};
