/*
 * crowd - one process whose threads each keep an open object of another kind,
 * so that a checkpoint has to carry all of them over.
 *
 * usage: crowd STATUS TMPFS BIND
 *   STATUS  file for the counts, rewritten every 50 ms
 *   TMPFS   directory on a tmpfs
 *   BIND    directory on a bind mount
 *
 * Each thread sends a number through its object in every round and must read
 * the same number back.  The objects are an established TCP connection, a UDP
 * socket, a named unix socket, a pipe, an unlinked file on the tmpfs and a
 * shared mapping of a file on the bind mount.  STATUS holds one line,
 *   tcp=N udp=N unix=N pipe=N tmpfs=N bind=N errors=N
 * with ten digits for each N, because a restore requires files to have the size
 * they had.  If all counts keep rising and errors stays 0, everything came
 * back.  A broken object counts one error a round; the program goes on.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { STEP_MS = 50, STATUS_MS = 50, TCP_PORT = 7001, UDP_PORT = 7002 };

/* The two ends of an object: what is written to `out` is read from `in`. */
struct link {
	const char *name;
	int out;
	int in;
	bool is_file;     /* read and written at offset 0 */
	uint64_t *shared; /* a mapping to read instead of `in`, or NULL */
	atomic_ullong rounds;
};

enum { TCP, UDP, UNIX, PIPE, TMPFS, BIND, LINKS };

static struct link links[LINKS] = {
	[TCP] = {.name = "tcp"},
	[UDP] = {.name = "udp"},
	[UNIX] = {.name = "unix"},
	[PIPE] = {.name = "pipe"},
	[TMPFS] = {.name = "tmpfs", .is_file = true},
	[BIND] = {.name = "bind", .is_file = true},
};
static atomic_ullong errors;

static int must(int result, const char *what)
{
	if (result < 0) {
		perror(what);
		exit(1);
	}
	return result;
}

static void sleep_ms(long ms)
{
	const struct timespec t = {.tv_nsec = ms * 1000000L};

	nanosleep(&t, NULL);
}

/* ---- opening the ends ---------------------------------------------------- */

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static void open_tcp(struct link *l)
{
	struct sockaddr_in a = loopback(TCP_PORT);
	int yes = 1;
	int server = must(socket(AF_INET, SOCK_STREAM, 0), "socket tcp");

	must(setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)),
		"reuse");
	must(bind(server, (struct sockaddr *)&a, sizeof(a)), "bind tcp");
	must(listen(server, 8), "listen");
	l->out = must(socket(AF_INET, SOCK_STREAM, 0), "socket tcp");
	must(connect(l->out, (struct sockaddr *)&a, sizeof(a)), "connect tcp");
	l->in = must(accept(server, NULL, NULL), "accept");
	/* The listening socket stays open, to be checkpointed as well. */
}

static void open_udp(struct link *l)
{
	struct sockaddr_in a = loopback(UDP_PORT);

	l->in = must(socket(AF_INET, SOCK_DGRAM, 0), "socket udp");
	must(bind(l->in, (struct sockaddr *)&a, sizeof(a)), "bind udp");
	l->out = must(socket(AF_INET, SOCK_DGRAM, 0), "socket udp");
	must(connect(l->out, (struct sockaddr *)&a, sizeof(a)), "connect udp");
}

static void open_unix(struct link *l, const char *folder)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int server = must(socket(AF_UNIX, SOCK_STREAM, 0), "socket unix");

	snprintf(a.sun_path, sizeof(a.sun_path), "%.80s/socket", folder);
	unlink(a.sun_path);
	must(bind(server, (struct sockaddr *)&a, sizeof(a)), "bind unix");
	must(listen(server, 8), "listen unix");
	l->out = must(socket(AF_UNIX, SOCK_STREAM, 0), "socket unix");
	must(connect(l->out, (struct sockaddr *)&a, sizeof(a)), "connect unix");
	l->in = must(accept(server, NULL, NULL), "accept unix");
}

static void open_pipe(struct link *l)
{
	int ends[2];

	must(pipe(ends), "pipe");
	l->in = ends[0];
	l->out = ends[1];
}

static int open_file(const char *folder, const char *name, bool is_unlinked)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = must(open(path, O_RDWR | O_CREAT | O_TRUNC, 0600), path);
	must(ftruncate(fd, 4096), "ftruncate");
	if (is_unlinked)
		must(unlink(path), "unlink");
	return fd;
}

static void open_tmpfs(struct link *l, const char *folder)
{
	l->out = l->in = open_file(folder, "unlinked", true);
}

static void open_bind(struct link *l, const char *folder)
{
	l->out = open_file(folder, "mapped", false);
	l->shared =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, l->out, 0);
	if (l->shared == MAP_FAILED)
		must(-1, "mmap");
}

/* ---- going round -------------------------------------------------------- */

static bool send_number(const struct link *l, uint64_t n)
{
	if (l->is_file)
		return pwrite(l->out, &n, sizeof(n), 0) == sizeof(n);
	return write(l->out, &n, sizeof(n)) == sizeof(n);
}

static bool receive_number(const struct link *l, uint64_t *n)
{
	if (l->shared) {
		*n = *(volatile uint64_t *)l->shared;
		return true;
	}
	if (l->is_file)
		return pread(l->in, n, sizeof(*n), 0) == sizeof(*n);
	return read(l->in, n, sizeof(*n)) == sizeof(*n);
}

static void *go_round(void *arg)
{
	struct link *l = arg;

	for (uint64_t n = 1;; n++) {
		uint64_t back = 0;

		if (send_number(l, n) && receive_number(l, &back) && back == n)
			atomic_fetch_add(&l->rounds, 1);
		else
			atomic_fetch_add(&errors, 1);
		sleep_ms(STEP_MS);
	}
	return NULL;
}

static void write_status(int fd)
{
	char text[512];
	size_t n = 0;

	for (int i = 0; i < LINKS; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s=%010llu ",
			links[i].name, atomic_load(&links[i].rounds));
	n += (size_t)snprintf(text + n, sizeof(text) - n, "errors=%010llu\n",
		atomic_load(&errors));
	must((int)pwrite(fd, text, n, 0), "status");
}

int main(int argc, char **argv)
{
	int status;

	if (argc != 4) {
		fprintf(stderr, "usage: crowd STATUS TMPFS BIND\n");
		return 2;
	}
	status = must(open(argv[1], O_RDWR | O_CREAT, 0644), argv[1]);
	open_tcp(&links[TCP]);
	open_udp(&links[UDP]);
	open_unix(&links[UNIX], argv[2]);
	open_pipe(&links[PIPE]);
	open_tmpfs(&links[TMPFS], argv[2]);
	open_bind(&links[BIND], argv[3]);
	for (int i = 0; i < LINKS; i++) {
		pthread_t thread;

		errno = pthread_create(&thread, NULL, go_round, &links[i]);
		must(errno ? -1 : 0, "pthread_create");
	}
	for (;;) {
		write_status(status);
		sleep_ms(STATUS_MS);
	}
}
