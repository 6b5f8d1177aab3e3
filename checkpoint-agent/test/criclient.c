/*
 * criclient - the calls that a kubelet makes to a container runtime, for tests.
 *
 * usage: criclient SOCKET sandbox NAMESPACE POD CGROUP [HANDLER]
 *        criclient SOCKET create SANDBOX POD NAME ATTEMPT IMAGE FROM:TO ARG...
 *        criclient SOCKET start|stop|remove CONTAINER
 *        criclient SOCKET end SANDBOX
 *        criclient SOCKET checkpoint CONTAINER ARCHIVE
 *        criclient SOCKET pull IMAGE
 *
 * Makes a pod's sandbox below a cgroup, and containers in it with the labels,
 * annotations, masked paths and log file that a kubelet gives them and one
 * bind mount; starts, stops and removes them.  Prints the id of what it made.
 * "tty:NAME" gets a terminal.  Debian has no crictl; this speaks CRI version 1
 * (k8s.io/cri-api pkg/apis/runtime/v1/api.proto) with the agent's own gRPC
 * client.
 */
#include "lib/base/pb.h"
#include "lib/net/grpc.h"

#include <stdio.h>
#include <string.h>

#define RUNTIME       "/runtime.v1.RuntimeService/"
#define IMAGES        "/runtime.v1.ImageService/"
#define MESSAGE_BYTES 65536
#define TIMEOUT_MS    60000
#define STOP_S        1
#define LOGS          "/var/log/pods/"
#define HASH          "1a2b3c4d"

struct message {
	char room[MESSAGE_BYTES];
	struct buf b;
};

static struct buf *message_begin(struct message *m)
{
	m->b = buf_fixed(m->room, sizeof(m->room));
	return &m->b;
}

static void put_message(struct buf *b, uint32_t number, struct message *m)
{
	b->full |= m->b.full;
	pb_bytes(b, number, buf_view(&m->b));
}

static void put_pair(
	struct buf *b, uint32_t number, const char *key, const char *value)
{
	static struct message m;
	struct buf *pair = message_begin(&m);

	pb_text(pair, 1, key);
	pb_text(pair, 2, value);
	put_message(b, number, &m);
}

/* Call, and print the first text of the reply, which is an id. */
static int call(const char *socket, const char *method, struct message *m)
{
	AUTO_BUF struct buf reply = buf_growing(MESSAGE_BYTES);
	struct err e = {0};
	struct pb_field id;
	struct grpc_call c = {.method = method,
		.request = buf_view(&m->b),
		.timeout_ms = TIMEOUT_MS,
		.reply = &reply};
	struct grpc *g;
	int rc;

	rc = grpc_open(socket, &g, &e);
	if (rc == 0) {
		rc = grpc_call(g, &c, &e);
		grpc_close(g);
	}
	if (rc < 0 || m->b.full) {
		fprintf(stderr, "criclient: %s\n", e.text);
		return 1;
	}
	if (pb_find(buf_view(&reply), 1, &id) && id.type == PB_BYTES)
		printf("%.*s\n", STR_ARG(id.bytes));
	return 0;
}

/* The same PodSandboxConfig as when the sandbox was made. */
static void put_pod(struct message *pod, const char *namespace,
	const char *name, const char *cgroup)
{
	static struct message metadata, linux_part;
	struct buf *b = message_begin(pod), *m = message_begin(&metadata);

	pb_text(m, 1, name);
	pb_text(m, 2, name);
	pb_text(m, 3, namespace);
	put_message(b, 1, &metadata);
	pb_text(b, 2, name);
	pb_text(b, 3, LOGS);
	put_pair(b, 6, "io.kubernetes.pod.namespace", namespace);
	put_pair(b, 6, "io.kubernetes.pod.name", name);
	m = message_begin(&linux_part);
	pb_text(m, 1, cgroup);
	put_message(b, 8, &linux_part);
}

static int sandbox(const char *socket, size_t n, char **arg)
{
	static struct message request, pod;
	struct buf *b = message_begin(&request);

	if (n < 3)
		return 2;
	put_pod(&pod, arg[0], arg[1], arg[2]);
	put_message(b, 1, &pod);
	if (n > 3)
		pb_text(b, 2, arg[3]);
	return call(socket, RUNTIME "RunPodSandbox", &request);
}

static void put_mount(struct buf *b, char *pair)
{
	static struct message m;
	struct buf *mount = message_begin(&m);
	char *colon = strchr(pair, ':');

	if (!colon)
		return;
	*colon = '\0';
	pb_text(mount, 1, colon + 1);
	pb_text(mount, 2, pair);
	put_message(b, 7, &m);
}

/* What a kubelet hides of /proc and /sys (1.36, pkg/securitycontext/util.go).
 */
static const char *const masked[] = {"/proc/asound", "/proc/acpi",
	"/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
	"/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
	"/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap"};
static const char *const read_only[] = {"/proc/bus", "/proc/fs", "/proc/irq",
	"/proc/sys", "/proc/sysrq-trigger"};

/* LinuxContainerConfig with a LinuxContainerSecurityContext. */
static void put_linux(struct buf *b)
{
	static struct message linux_part, security;
	struct buf *m = message_begin(&security);

	for (size_t i = 0; i < sizeof(masked) / sizeof(*masked); i++)
		pb_text(m, 13, masked[i]);
	for (size_t i = 0; i < sizeof(read_only) / sizeof(*read_only); i++)
		pb_text(m, 14, read_only[i]);
	put_message(message_begin(&linux_part), 2, &security);
	put_message(b, 15, &linux_part);
}

/* ContainerConfig from POD NAME ATTEMPT IMAGE FROM:TO ARG... */
static void put_container(struct message *c, size_t n, char **arg)
{
	static struct message part;
	const char *name = strrchr(arg[1], ':');
	struct buf *b = message_begin(c), *m = message_begin(&part);
	char log[256];

	name = name ? name + 1 : arg[1];
	pb_text(m, 1, name);
	pb_whole(m, 2, (uint64_t)(arg[2][0] - '0'));
	put_message(b, 1, &part);
	m = message_begin(&part);
	pb_text(m, 1, arg[3]);
	put_message(b, 2, &part);
	for (size_t i = 5; i < n; i++)
		pb_text(b, 3, arg[i]);
	put_mount(b, arg[4]);
	put_pair(b, 9, "io.kubernetes.pod.namespace", "default");
	put_pair(b, 9, "io.kubernetes.pod.name", arg[0]);
	put_pair(b, 9, "io.kubernetes.container.name", name);
	put_pair(b, 10, "io.kubernetes.container.hash", HASH);
	put_pair(b, 10, "io.kubernetes.container.restartCount", arg[2]);
	snprintf(log, sizeof(log), "%s-%s-%s.log", arg[0], name, arg[2]);
	pb_text(b, 11, log);
	if (strncmp(arg[1], "tty:", 4) == 0)
		pb_whole(b, 14, 1);
	put_linux(b);
}

static int create(const char *socket, size_t n, char **arg)
{
	static struct message request, container, pod;
	struct buf *b = message_begin(&request);

	if (n < 7)
		return 2;
	pb_text(b, 1, arg[0]);
	put_container(&container, n - 1, arg + 1);
	put_message(b, 2, &container);
	put_pod(&pod, "default", arg[1], "/keelson-lab");
	put_message(b, 3, &pod);
	return call(socket, RUNTIME "CreateContainer", &request);
}

static int by_id(const char *socket, const char *method, const char *id,
	uint64_t timeout_s)
{
	static struct message request;
	struct buf *b = message_begin(&request);

	pb_text(b, 1, id);
	if (timeout_s)
		pb_whole(b, 2, timeout_s);
	return call(socket, method, &request);
}

static int start(const char *socket, size_t n, char **arg)
{
	return n == 1 ? by_id(socket, RUNTIME "StartContainer", arg[0], 0) : 2;
}

static int stop(const char *socket, size_t n, char **arg)
{
	return n == 1 ? by_id(socket, RUNTIME "StopContainer", arg[0], STOP_S)
		      : 2;
}

static int remove_one(const char *socket, size_t n, char **arg)
{
	return n == 1 ? by_id(socket, RUNTIME "RemoveContainer", arg[0], 0) : 2;
}

static int end(const char *socket, size_t n, char **arg)
{
	if (n != 1)
		return 2;
	if (by_id(socket, RUNTIME "StopPodSandbox", arg[0], 0) != 0)
		return 1;
	return by_id(socket, RUNTIME "RemovePodSandbox", arg[0], 0);
}

static int checkpoint(const char *socket, size_t n, char **arg)
{
	static struct message request;
	struct buf *b = message_begin(&request);

	if (n != 2)
		return 2;
	pb_text(b, 1, arg[0]);
	pb_text(b, 2, arg[1]);
	return call(socket, RUNTIME "CheckpointContainer", &request);
}

static int pull(const char *socket, size_t n, char **arg)
{
	static struct message request, image;

	if (n != 1)
		return 2;
	pb_text(message_begin(&image), 1, arg[0]);
	put_message(message_begin(&request), 1, &image);
	return call(socket, IMAGES "PullImage", &request);
}

static const struct {
	const char *name;
	int (*run)(const char *socket, size_t n, char **arg);
} verbs[] = {
	{"sandbox", sandbox},
	{"create", create},
	{"start", start},
	{"stop", stop},
	{"remove", remove_one},
	{"end", end},
	{"checkpoint", checkpoint},
	{"pull", pull},
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 3 && i < sizeof(verbs) / sizeof(*verbs); i++)
		if (strcmp(argv[2], verbs[i].name) == 0)
			return verbs[i].run(
				argv[1], (size_t)argc - 3, argv + 3);
	fputs("usage: criclient SOCKET VERB ARG...\n", stderr);
	return 2;
}
