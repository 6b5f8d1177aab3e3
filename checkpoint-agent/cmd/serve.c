/*
 * serve - `checkpoint-agent serve`: prepare, start the front, become the back.
 *
 * Prepared in this order, so that a wrong configuration is reported before
 * anything has begun: configuration, certificates, what a killed predecessor
 * left behind, the listening sockets, the channels.  Then the front
 * (front/front.c) and the process that answers probes (front/probes.c) are
 * started (halves.c), and this process becomes the back (back/supervise.c),
 * which keeps only the capabilities that CRIU needs.
 */
#include "checkpoint-agent/cmd/commands.h"

#include "checkpoint-agent/back/run.h"
#include "checkpoint-agent/back/supervise.h"
#include "checkpoint-agent/cmd/halves.h"
#include "checkpoint-agent/config/config.h"
#include "checkpoint-agent/ipc/channel.h"
#include "checkpoint-agent/ipc/limits.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"
#include "lib/base/unswapped.h"
#include "lib/net/listen.h"
#include "lib/net/sandbox.h"

#include <linux/capability.h>
#include <stdio.h>
#include <sys/prctl.h>

#define BACKLOG 256

#define BIT(cap) (1ull << (cap))
/* What CRIU needs, also for containers of other users than root. */
#define BACK_CAPABILITIES                                                      \
	(BIT(CAP_SYS_ADMIN) | BIT(CAP_SYS_PTRACE) | BIT(CAP_NET_ADMIN) |       \
		BIT(CAP_SYS_CHROOT) | BIT(CAP_SYS_RESOURCE) |                  \
		BIT(CAP_CHECKPOINT_RESTORE) | BIT(CAP_DAC_OVERRIDE) |          \
		BIT(CAP_DAC_READ_SEARCH) | BIT(CAP_CHOWN) | BIT(CAP_FOWNER) |  \
		BIT(CAP_FSETID) | BIT(CAP_KILL) | BIT(CAP_SETUID) |            \
		BIT(CAP_SETGID) | BIT(CAP_SETPCAP) | BIT(CAP_MKNOD) |          \
		BIT(CAP_NET_RAW) | BIT(CAP_IPC_OWNER))

/* --- listening sockets --------------------------------------------- */

static int open_listener(const char *text, uint64_t port, const char *option,
	int *out, struct err *e)
{
	unsigned char address[LISTEN_ADDRESS_BYTES];
	const struct listen_options o = {.address = address,
		.address_bytes = listen_parse(text, address),
		.port = (uint16_t)port,
		.backlog = BACKLOG,
		.patience_ms = LIMITS_PORT_WAIT_MS};

	if (o.address_bytes == 0)
		return err_kind(
			e, ERR_USAGE, "%s %s: not an address", option, text);
	if (listen_open(&o, out, e) < 0)
		return err_at(e, "%s", text);
	return 0;
}

/* --- processes ----------------------------------------------------- */

/* What they have in common: [0] is the back's or front's, [1] the other's. */
struct ends {
	int listener, probes; /* -1: no probes are answered */
	int jobs[2], credentials[2], pulse[2];
	struct credentials_files files;
	struct buf packet;
};

static int open_probes(const struct config *c, struct ends *h, struct err *e)
{
	h->probes = h->pulse[0] = h->pulse[1] = -1;
	if (c->healthz_port == 0)
		return 0;
	if (open_listener(c->healthz_address, c->healthz_port,
		    "--healthz-bind-address", &h->probes, e) < 0)
		return -1;
	return channel_make(h->pulse, e);
}

/* What an earlier run left must not keep this one from starting. */
static void clean_up(const struct config *c)
{
	struct err e = {0};

	if (run_recovery(&c->jobs, &e) < 0)
		log_event(LOG_ERROR,
			"not everything that an earlier run left could be "
			"cleaned up",
			"reason", e.text, NULL);
}

static int prepare_ends(const struct config *c, struct ends *h, struct err *e)
{
	struct channel_packet packet;

	h->packet = buf_growing(LIMITS_CREDENTIALS_BYTES);
	if (credentials_files_prepare(c, &h->files, e) < 0 ||
		credentials_files_read(c, &h->files, &h->packet, e) < 0)
		return -1;
	clean_up(c);
	if (open_listener(c->address, c->port, "--address", &h->listener, e) <
			0 ||
		open_probes(c, h, e) < 0 || channel_make(h->jobs, e) < 0 ||
		channel_make(h->credentials, e) < 0)
		return -1;
	packet = (struct channel_packet){h->packet.p, h->packet.n, -1};
	return channel_send(h->credentials[0], &packet, e);
}

static int start_processes(
	const struct config *c, struct ends *h, pid_t *front, struct err *e)
{
	const struct halves_start probes = {
		"probes", {h->probes, h->pulse[1], -1, -1}};
	const struct halves_start all = {"front",
		{h->listener, h->jobs[1], h->credentials[1], h->pulse[0]}};
	pid_t pid;

	if (h->probes >= 0 && halves_start(&probes, c, &pid, e) < 0)
		return -1;
	if (halves_start(&all, c, front, e) < 0)
		return -1;
	fd_close(&h->listener);
	fd_close(&h->probes);
	fd_close(&h->jobs[1]);
	fd_close(&h->credentials[1]);
	fd_close(&h->pulse[0]);
	fd_close(&h->pulse[1]);
	return 0;
}

static int run_back(
	const struct config *c, struct ends *h, pid_t front, struct err *e)
{
	const struct supervise_front ends = {
		front, h->jobs[0], h->credentials[0]};
	const struct sandbox s = {.capabilities = BACK_CAPABILITIES};

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
		"directory", c->jobs.dir, NULL);
	if (c->client_ca_file[0] == '\0')
		log_event(LOG_WARN,
			"no --client-ca-file: client certificates are not "
			"trusted",
			NULL);
}

static int serve(struct err *e)
{
	static struct ends h;
	const struct config *c = config_get();
	pid_t pid;

	if (config_finish(e) < 0 || prepare_ends(c, &h, e) < 0)
		return -1;
	log_start(c);
	if (start_processes(c, &h, &pid, e) < 0)
		return -1;
	return run_back(c, &h, pid, e);
}

static int serve_run(size_t n, const char *const *operands)
{
	struct err e = {0};

	(void)n;
	(void)operands;
	unswapped_begin(false); /* and the limit, for the other processes */
	if (serve(&e) == 0)
		return 0;
	if (e.kind != ERR_NONE)
		log_event(LOG_ERROR, e.text, NULL);
	return err_exit(&e);
}

const struct args_command command_serve = {
	.name = "serve",
	.summary = "serve the kubelet's checkpoint endpoint",
	.text = "Listens for POST /checkpoint/NAMESPACE/POD/CONTAINER over "
		"HTTPS and writes an\narchive for each. Options are named as "
		"the kubelet's where the meaning is the same;\n--config "
		"reads them from a KubeletConfiguration-style file.",
	.options = config_options,
	.run = serve_run,
};
