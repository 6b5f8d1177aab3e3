/*
 * traffic - servers and clients that count, for tests of the ruleset.
 *
 *   traffic serve [-p] PORT ADDRESS...
 *       TCP and UDP; answers "ADDRESS CLIENT", with -p "ADDRESS#PORT CLIENT"
 *   traffic ask [-u] [-s SOURCE] ADDRESS PORT COUNT
 *       open COUNT connections; print each distinct answer with its count,
 *       sorted by text; failures are "refused", "timeout" or the error's text
 *   traffic keep ADDRESS PORT SECONDS
 *       send ten datagrams a second from one socket; print as ask does
 *   traffic stream ADDRESS PORT SECONDS [RATE]
 *       connect again and again, at most RATE times a second; print
 *       "N ok M failed S slow": slow means that a packet was lost and sent
 *       again
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SOCKETS_MAX  128
#define ANSWERS_MAX  128
#define ANSWER_BYTES 160
#define ANSWER_MS                                                              \
	1000 /* for an answer to a datagram; a busy machine is slow            \
	      */
#define WAIT_MS 1200

struct place {
	struct sockaddr_storage at;
	socklen_t n;
};

static struct place place_of(const char *address, const char *port)
{
	uint16_t number = htons((uint16_t)atoi(port));
	struct place p = {0};
	struct sockaddr_in *v4 = (void *)&p.at;
	struct sockaddr_in6 *v6 = (void *)&p.at;

	if (inet_pton(AF_INET, address, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = number;
		p.n = sizeof(*v4);
	} else if (inet_pton(AF_INET6, address, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = number;
		p.n = sizeof(*v6);
	} else {
		fprintf(stderr, "traffic: bad address %s\n", address);
		exit(2);
	}
	return p;
}

static void name_of(const struct place *p, char out[INET6_ADDRSTRLEN])
{
	const struct sockaddr_in *v4 = (const void *)&p->at;
	const struct sockaddr_in6 *v6 = (const void *)&p->at;

	inet_ntop(p->at.ss_family,
		p->at.ss_family == AF_INET ? (const void *)&v4->sin_addr
					   : (const void *)&v6->sin6_addr,
		out, INET6_ADDRSTRLEN);
}

static const char *answer_port = ""; /* "#8081", with -p */

static void fill_answer(
	int fd, const struct place *peer, char out[ANSWER_BYTES])
{
	char mine[INET6_ADDRSTRLEN], theirs[INET6_ADDRSTRLEN];
	struct place p = {.n = sizeof(p.at)};

	getsockname(fd, (void *)&p.at, &p.n);
	name_of(&p, mine);
	name_of(peer, theirs);
	snprintf(out, ANSWER_BYTES, "%s%s %s", mine, answer_port, theirs);
}

static void answer_tcp(int fd)
{
	struct place peer = {.n = sizeof(peer.at)};
	char text[ANSWER_BYTES];
	int c = accept(fd, (void *)&peer.at, &peer.n);

	if (c < 0)
		return;
	fill_answer(c, &peer, text);
	if (write(c, text, strlen(text)) < 0)
		perror("traffic: write");
	close(c);
}

static void answer_udp(int fd)
{
	struct place peer = {.n = sizeof(peer.at)};
	char text[ANSWER_BYTES];

	if (recvfrom(fd, text, sizeof(text), 0, (void *)&peer.at, &peer.n) < 0)
		return;
	fill_answer(fd, &peer, text);
	sendto(fd, text, strlen(text), 0, (void *)&peer.at, peer.n);
}

static int bound(const char *address, const char *port, int type)
{
	struct place p = place_of(address, port);
	int on = 1, fd = socket(p.at.ss_family, type, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd < 0 || bind(fd, (void *)&p.at, p.n) < 0 ||
		(type == SOCK_STREAM && listen(fd, 4096) < 0)) {
		perror(address);
		exit(1);
	}
	return fd;
}

static int serve(int n, char **v)
{
	static char port[16];
	struct pollfd fds[SOCKETS_MAX];
	nfds_t count = 0;

	if (strcmp(v[0], "-p") == 0) {
		n--;
		v++;
		snprintf(port, sizeof(port), "#%s", v[0]);
		answer_port = port;
	}
	for (int i = 1; i < n && count + 2 <= SOCKETS_MAX; i++) {
		fds[count++] = (struct pollfd){
			bound(v[i], v[0], SOCK_STREAM), POLLIN, 0};
		fds[count++] = (struct pollfd){
			bound(v[i], v[0], SOCK_DGRAM), POLLIN, 0};
	}
	while (poll(fds, count, -1) >= 0)
		for (nfds_t i = 0; i < count; i++) {
			if (!(fds[i].revents & POLLIN))
				continue;
			if (i % 2)
				answer_udp(fds[i].fd);
			else
				answer_tcp(fds[i].fd);
		}
	return 1;
}

/* Did TCP have to send anything twice, the SYN first of all? */
static bool was_repeated(int fd)
{
	struct tcp_info info = {0};
	socklen_t len = sizeof(info);

	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 &&
	       info.tcpi_total_retrans > 0;
}

/*
 * One connection; the answer or the failure goes to text.  *repeated, which
 * may be NULL, counts those that had to send a packet again.
 */
static bool ask_once(const struct place *to, const struct place *from, int type,
	char text[ANSWER_BYTES], long *repeated)
{
	int fd = socket(to->at.ss_family, type | SOCK_NONBLOCK, 0);
	struct pollfd p = {fd, type == SOCK_STREAM ? POLLOUT : POLLIN, 0};
	struct linger hard = {1, 0};
	socklen_t len = sizeof(int);
	ssize_t n = -1;
	int e = 0;

	if (from->n && bind(fd, (const void *)&from->at, from->n) < 0)
		e = errno;
	if (!e && connect(fd, (const void *)&to->at, to->n) < 0 &&
		errno != EINPROGRESS)
		e = errno;
	if (!e && type == SOCK_DGRAM && write(fd, "x", 1) < 0)
		e = errno;
	if (!e && poll(&p, 1, WAIT_MS) == 0)
		e = ETIMEDOUT;
	if (!e)
		getsockopt(fd, SOL_SOCKET, SO_ERROR, &e, &len);
	p.events = POLLIN;
	if (!e && poll(&p, 1, WAIT_MS) == 0)
		e = ETIMEDOUT;
	if (!e)
		n = read(fd, text, ANSWER_BYTES - 1);
	if (!e && n <= 0)
		e = n ? errno : EPIPE;
	if (e)
		snprintf(text, ANSWER_BYTES, "%s",
			e == ECONNREFUSED ? "refused"
			: e == ETIMEDOUT  ? "timeout"
					  : strerror(e));
	else
		text[n] = 0;
	if (repeated && was_repeated(fd))
		++*repeated;
	if (type == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(fd);
	return !e;
}

struct tally {
	char text[ANSWER_BYTES];
	int n;
};

static int compare_tallies(const void *a, const void *b)
{
	return strcmp(((const struct tally *)a)->text,
		((const struct tally *)b)->text);
}

static void count(struct tally *t, size_t *n, const char *text)
{
	size_t i = 0;

	while (i < *n && strcmp(t[i].text, text) != 0)
		i++;
	if (i == ANSWERS_MAX)
		return;
	if (i == *n)
		snprintf(t[(*n)++].text, ANSWER_BYTES, "%s", text);
	t[i].n++;
}

static int ask(int n, char **v)
{
	static struct tally tallies[ANSWERS_MAX];
	struct place from = {0}, to;
	int type = SOCK_STREAM, option;
	size_t distinct = 0;
	char text[ANSWER_BYTES];

	optind = 1;
	while ((option = getopt(n, v, "us:")) != -1)
		if (option == 'u')
			type = SOCK_DGRAM;
		else if (option == 's')
			from = place_of(optarg, "0");
		else
			return 2;
	if (n - optind != 3)
		return 2;
	to = place_of(v[optind], v[optind + 1]);
	for (int i = atoi(v[optind + 2]); i > 0; i--) {
		ask_once(&to, &from, type, text, NULL);
		count(tallies, &distinct, text);
	}
	qsort(tallies, distinct, sizeof(tallies[0]), compare_tallies);
	for (size_t i = 0; i < distinct; i++)
		printf("%d %s\n", tallies[i].n, tallies[i].text);
	return 0;
}

/* One datagram and its answer, or what went wrong. */
static void keep_once(int fd, char text[ANSWER_BYTES])
{
	struct pollfd p = {fd, POLLIN, 0};
	ssize_t n = send(fd, "x", 1, 0);

	if (n > 0 && poll(&p, 1, ANSWER_MS) > 0)
		n = recv(fd, text, ANSWER_BYTES - 1, MSG_DONTWAIT);
	else if (n > 0) {
		n = -1;
		errno = ETIMEDOUT;
	}
	if (n > 0)
		text[n] = 0;
	else
		snprintf(text, ANSWER_BYTES, "%s",
			errno == ECONNREFUSED ? "refused"
			: errno == ETIMEDOUT  ? "timeout"
					      : strerror(errno));
}

static int keep(char **v)
{
	static struct tally tallies[ANSWERS_MAX];
	struct place to = place_of(v[0], v[1]);
	int fd = socket(to.at.ss_family, SOCK_DGRAM, 0);
	time_t end = time(NULL) + atoi(v[2]);
	char text[ANSWER_BYTES];
	size_t distinct = 0;

	if (fd < 0 || connect(fd, (const void *)&to.at, to.n) < 0)
		return 1;
	while (time(NULL) < end) {
		keep_once(fd, text);
		count(tallies, &distinct, text);
		usleep(100000);
	}
	for (size_t i = 0; i < distinct; i++)
		printf("%d %s\n", tallies[i].n, tallies[i].text);
	return 0;
}

static int stream(char **v)
{
	struct place to = place_of(v[0], v[1]), from = {0};
	useconds_t pause_us = v[3] ? 1000000 / (useconds_t)atoi(v[3]) : 0;
	time_t end = time(NULL) + atoi(v[2]);
	char text[ANSWER_BYTES];
	long good = 0, bad = 0, slow = 0;

	while (time(NULL) < end) {
		if (ask_once(&to, &from, SOCK_STREAM, text, &slow))
			good++;
		else
			bad++;
		usleep(pause_us);
	}
	printf("%ld ok %ld failed %ld slow\n", good, bad, slow);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 3 && strcmp(argv[1], "serve") == 0)
		return serve(argc - 2, argv + 2);
	if (argc > 3 && strcmp(argv[1], "ask") == 0)
		return ask(argc - 1, argv + 1);
	if (argc == 5 && strcmp(argv[1], "keep") == 0)
		return keep(argv + 2);
	if (argc > 4 && strcmp(argv[1], "stream") == 0)
		return stream(argv + 2);
	fputs("see the head of traffic.c\n", stderr);
	return 2;
}
