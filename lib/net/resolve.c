/*
 * resolve: see resolve.h.  Between the two processes is a pair of sockets: a
 * byte asks, a struct resolve_answer answers.  The child ends with its parent
 * and when its socket closes.  It may open files for reading (resolv.conf,
 * hosts), speak over sockets, and nothing else.
 */
#include "lib/net/resolve.h"
#include "lib/base/fd.h"
#include "lib/net/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define OPEN_MASK (O_ACCMODE | O_CREAT | O_TRUNC)

/* What a look-up needs. */
static const struct sandbox_call calls[] = {
	SANDBOX_CALL(socket),
	SANDBOX_CALL(bind),
	SANDBOX_CALL(connect),
	SANDBOX_CALL(sendto),
	SANDBOX_CALL(recvfrom),
	SANDBOX_CALL(sendmsg),
	SANDBOX_CALL(recvmsg),
	SANDBOX_CALL(setsockopt),
	SANDBOX_CALL(getsockname),
	{__NR_openat, 2, OPEN_MASK, O_RDONLY},
#ifdef __NR_open
	{__NR_open, 1, OPEN_MASK, O_RDONLY},
#endif
	SANDBOX_CALL(fcntl),
	SANDBOX_CALLS_END,
};

/* ---------------------------------------------------------------- look-ups */

static void add_address(const struct addrinfo *a, struct resolve_answer *out)
{
	struct resolve_address *one = &out->address[out->n];

	if (a->ai_family == AF_INET) {
		struct sockaddr_in v4;

		memcpy(&v4, a->ai_addr, sizeof(v4));
		memcpy(one->bytes, &v4.sin_addr, 4);
		one->n = 4;
		out->n++;
	} else if (a->ai_family == AF_INET6) {
		struct sockaddr_in6 v6;

		memcpy(&v6, a->ai_addr, sizeof(v6));
		memcpy(one->bytes, &v6.sin6_addr, 16);
		one->n = 16;
		out->n++;
	}
}

void resolve_now(const char *host, struct resolve_answer *out)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL;
	int why = getaddrinfo(host, NULL, &hints, &list);

	*out = (struct resolve_answer){.n = 0};
	for (const struct addrinfo *a = list; why == 0 && a != NULL;
		a = a->ai_next)
		if (out->n < RESOLVE_ADDRESSES_MAX)
			add_address(a, out);
	if (out->n == 0)
		snprintf(out->reason, sizeof(out->reason), "%s",
			why != 0 ? gai_strerror(why) : "it has no address");
	if (list != NULL)
		freeaddrinfo(list);
}

/* --------------------------------------------------------------- the child */

static int confine(int fd, struct err *e)
{
	struct sandbox s = {
		.keep_fds = &fd,
		.keep_count = 1,
		.calls = calls,
	};

	return sandbox_enter(&s, e);
}

/* Never returns. The exit status is looked at by nobody. */
static void serve(int fd, const char *host)
{
	struct resolve_answer answer;
	char byte;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || confine(fd, NULL) < 0)
		_exit(1);
	while (recv(fd, &byte, 1, 0) == 1) {
		resolve_now(host, &answer);
		if (send(fd, &answer, sizeof(answer), 0) < 0)
			break;
	}
	_exit(0);
}

int resolve_open(struct resolve *r, const char *host, struct err *e)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(e, "make a pair of sockets");
	r->pid = fork();
	if (r->pid == 0)
		serve(pair[1], host);
	fd_close(&pair[1]);
	r->watch.fd = pair[0];
	if (r->pid > 0)
		return 0;
	r->pid = 0;
	fd_close(&r->watch.fd);
	return err_sys(e, "make a process for look-ups");
}

/* -------------------------------------------------------------- the parent */

static bool is_sane(const struct resolve_answer *a)
{
	if (a->n > RESOLVE_ADDRESSES_MAX)
		return false;
	for (uint32_t i = 0; i < a->n; i++)
		if (a->address[i].n != 4 && a->address[i].n != 16)
			return false;
	return memchr(a->reason, '\0', sizeof(a->reason)) != NULL;
}

static struct resolve_asker *first_due(const struct resolve *r)
{
	struct resolve_asker *a = r->askers;

	while (a != NULL && !a->is_due)
		a = a->next;
	return a;
}

static void ask_child(struct resolve *r)
{
	r->is_asking = send(r->watch.fd, "", 1, MSG_NOSIGNAL) == 1;
}

/* Tell all who wait now; whoever asks meanwhile waits for the next one. */
static void tell_all(struct resolve *r, const struct resolve_answer *answer)
{
	struct resolve_asker *a;

	r->is_asking = false;
	for (a = r->askers; a != NULL; a = a->next)
		a->is_due = true;
	while ((a = first_due(r)) != NULL) {
		resolve_forget(r, a);
		a->answered(a->context, answer);
	}
}

static void on_ready(void *context, uint32_t events)
{
	struct resolve *r = context;
	struct resolve_answer answer;
	ssize_t n = recv(r->watch.fd, &answer, sizeof(answer), MSG_DONTWAIT);

	(void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n == (ssize_t)sizeof(answer) && is_sane(&answer)) {
		tell_all(r, &answer);
		return;
	}
	loop_fd_remove(r->loop, &r->watch);
	if (r->lost != NULL)
		r->lost(r->context);
}

int resolve_start(struct resolve *r, struct loop *loop, struct err *e)
{
	r->loop = loop;
	r->watch.events = EPOLLIN;
	r->watch.ready = on_ready;
	r->watch.context = r;
	return loop_fd_add(loop, &r->watch, e);
}

void resolve_close(struct resolve *r)
{
	if (r->pid == 0)
		return;
	if (r->loop != NULL)
		loop_fd_remove(r->loop, &r->watch);
	fd_close(&r->watch.fd);
	r->pid = 0;
}

void resolve_ask(struct resolve *r, struct resolve_asker *a)
{
	resolve_forget(r, a);
	a->is_waiting = true;
	a->is_due = false;
	a->next = r->askers;
	r->askers = a;
	if (!r->is_asking)
		ask_child(r);
}

void resolve_forget(struct resolve *r, struct resolve_asker *a)
{
	struct resolve_asker **at = &r->askers;

	if (!a->is_waiting)
		return;
	while (*at != a)
		at = &(*at)->next;
	*at = a->next;
	a->is_waiting = false;
}
