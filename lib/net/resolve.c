/*
 * resolve - a child process calls getaddrinfo(3) on request.
 *
 * Parent and child share a socket pair: a byte requests a look-up, a struct
 * resolve_answer is the reply.  The child ends with its parent or when the
 * socket closes.  It is nobody, where the parent may change users, and has no
 * descriptor but that socket.  Its seccomp filter allows opening files for
 * reading (resolv.conf, hosts) and sockets, little else.
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

#define NOBODY 65534

/* What a look-up needs. */
static const struct sandbox_call calls[] = {
	SANDBOX_CALLS_SOCKET_IO,
	SANDBOX_CALL(socket),
	SANDBOX_CALL(bind),
	SANDBOX_CALL(connect),
	SANDBOX_CALL(getsockname),
	SANDBOX_CALLS_READ_FILES,
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

/* Become nobody, or lose power only where the process may not do that. */
static int lose_power(struct sandbox *s, struct err *e)
{
	if (sandbox_capabilities(s, e) == 0 && sandbox_identity(s, e) == 0)
		return 0;
	if (e->sys != EPERM)
		return -1;
	s->drops_identity = false;
	if (sandbox_capabilities(s, e) < 0)
		return -1;
	return sandbox_identity(s, e);
}

static int confine(int fd, struct err *e)
{
	struct sandbox s = {
		.keep_fds = &fd,
		.keep_count = 1,
		.drops_identity = true,
		.uid = NOBODY,
		.gid = NOBODY,
		.calls = calls,
	};

	if (sandbox_descriptors(&s, e) < 0 || lose_power(&s, e) < 0)
		return -1;
	/* a change of user clears it: prctl(2) */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return err_sys(e, "end with the parent");
	return sandbox_calls(&s, e);
}

/* Never returns.  Nobody looks at the exit status. */
static void serve(int fd, const char *host)
{
	struct resolve_answer answer;
	struct err e = {0};
	char byte;

	if (confine(fd, &e) < 0)
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
