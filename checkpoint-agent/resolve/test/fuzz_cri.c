/*
 * Any bytes as what a container runtime sends back on its socket: the call
 * ends, and whatever it brings holds together.
 *
 * Byte 0 says what is asked, byte 1 how large the pieces are that arrive; the
 * rest is HTTP/2 as a server sends it.  A thread stands in for the runtime: it
 * reads nothing of what it is asked, sends the bytes and hangs up.
 */
#include "checkpoint-agent/resolve/cri.h"

#include "lib/base/fd.h"

#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define ARENA_BYTES ((size_t)4 << 20)
#define TIMEOUT_MS  5000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* ---- the runtime -------------------------------------------------------- */

static struct str answer; /* set before each connection */
static size_t piece_bytes;
static sem_t is_over; /* the connection, so that `answer` may change */

static void send_answer(int fd)
{
	struct str rest = answer;

	while (rest.n > 0) {
		size_t n = rest.n < piece_bytes ? rest.n : piece_bytes;
		ssize_t put = send(fd, rest.p, n, MSG_NOSIGNAL);

		if (put <= 0)
			return; /* it has heard enough */
		rest = str_sub(rest, (size_t)put, rest.n);
	}
}

static void *serve(void *context)
{
	int listener = *(int *)context;

	for (;;) {
		char asked[4096];
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		require(fd >= 0);
		send_answer(fd);
		shutdown(fd, SHUT_WR);
		while (recv(fd, asked, sizeof(asked), 0) > 0)
			;
		close(fd);
		sem_post(&is_over);
	}
	return NULL;
}

/* Start it; an O_PATH descriptor of its socket. */
static int start_runtime(void)
{
	static int listener;
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	pthread_t thread;
	int fd;

	snprintf(at.sun_path, sizeof(at.sun_path), "/tmp/fuzz-cri-%d",
		(int)getpid());
	unlink(at.sun_path);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	require(listener >= 0 &&
		bind(listener, (struct sockaddr *)&at, sizeof(at)) == 0);
	require(listen(listener, 8) == 0);
	fd = open(at.sun_path, O_PATH | O_CLOEXEC);
	require(fd >= 0 && unlink(at.sun_path) == 0);
	require(sem_init(&is_over, 0, 0) == 0);
	require(pthread_create(&thread, NULL, serve, &listener) == 0);
	return fd;
}

/* ---- what is asked of it ------------------------------------------------ */

static void ask_list(const struct cri_peer *p, struct arena *a)
{
	static struct cri_list list;
	const struct cri_pod pod = {"default", "busy"};
	const struct cri_container *chosen;
	struct err e = {0};

	if (cri_list_pod(p, &pod, a, &list, &e) < 0) {
		require(e.text[0] != '\0' && e.kind != ERR_TIMEOUT);
		return;
	}
	require(list.n <= CRI_CONTAINERS_MAX);
	for (size_t i = 0; i < list.n; i++)
		require(list.item[i].id != NULL && list.item[i].name != NULL &&
			list.item[i].image != NULL);
	if (cri_choose(&list, "main", &chosen) == RESOLVE_FOUND)
		require(strcmp(chosen->name, "main") == 0 &&
			chosen->is_running);
}

static void ask_status(const struct cri_peer *p, struct arena *a)
{
	struct cri_status status;
	struct err e = {0};

	if (cri_ask_status(p, "id", a, &status, &e) < 0)
		require(e.text[0] != '\0' && e.kind != ERR_TIMEOUT);
	else
		require(status.pid != 0 && status.spec.n > 0);
}

static void ask_told(const struct cri_peer *p, struct arena *a)
{
	struct cri_told told;
	struct err e = {0};

	if (cri_ask_told(p, "id", a, &told, &e) < 0) {
		require(e.text[0] != '\0' && e.kind != ERR_TIMEOUT);
		return;
	}
	require(told.image_ref != NULL && told.log_path != NULL);
	require(told.labels.n <= CRI_PAIRS_MAX);
	require(told.annotations.n <= CRI_PAIRS_MAX);
	cri_told_find(&told.labels, "io.kubernetes.container.name");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const asks[])(const struct cri_peer *, struct arena *) = {
		ask_list, ask_status, ask_told};
	static struct cri_peer peer;
	struct arena a = arena_make(ARENA_BYTES);

	if (peer.timeout_ms == 0)
		peer = (struct cri_peer){.socket_fd = start_runtime(),
			.abort_fd = -1,
			.timeout_ms = TIMEOUT_MS};
	if (size < 2)
		return 0;
	piece_bytes = 1u + data[1] * 64u;
	answer = (struct str){(const char *)data + 2, size - 2};
	asks[data[0] % 3](&peer, &a);
	while (sem_wait(&is_over) < 0)
		;
	arena_free(&a);
	return 0;
}
