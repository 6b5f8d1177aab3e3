/*
 * ask - a client of `answer`: connects again and again, counts who answered.
 *
 * usage: ask [-u] [-n TIMES] [-s SECONDS] [-w WAIT_MS] ADDRESS PORT
 *   -u  send datagrams instead, each from a new source port
 *   -n  number of attempts (default 1)
 *   -s  keep trying for this long instead
 *   -w  time limit for one answer (default 1000)
 *
 * Prints one line for each distinct answer or failure, "COUNT TEXT".  Failures
 * are "refused", "silent" (nothing came in time), "cut" (closed without an
 * answer), "no-port" (this client has no source port left) and "unreachable"
 * (anything else).  Exit status 0 when every attempt was answered.
 *
 * A connection is closed with a reset.  An orderly close leaves its source
 * port in TIME_WAIT for a minute, and a fast machine uses up all 28,000 ports
 * of the default range in less.  A reset frees the port at once, and conntrack
 * lets a new connection take over the entry of one that was reset.
 */
#include "peer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TEXTS_MAX = 256, TEXT_BYTES = 128 };

static struct {
	char text[TEXT_BYTES];
	unsigned long times;
} seen[TEXTS_MAX];

static void tally(const char *text)
{
	for (int i = 0; i < TEXTS_MAX; i++) {
		if (seen[i].times && strcmp(seen[i].text, text) != 0)
			continue;
		snprintf(seen[i].text, TEXT_BYTES, "%s", text);
		seen[i].times++;
		return;
	}
}

static const char *failure_name(int error)
{
	if (error == ECONNREFUSED)
		return "refused";
	if (error == ETIMEDOUT || error == EAGAIN)
		return "silent";
	if (error == ECONNRESET || error == EPIPE)
		return "cut";
	if (error == EADDRNOTAVAIL)
		return "no-port";
	return "unreachable";
}

/* Wait until fd is ready.  -1 with errno: its pending error or ETIMEDOUT. */
static int await(int fd, short events, int wait_ms)
{
	struct pollfd p = {.fd = fd, .events = events};
	socklen_t len = sizeof(errno);
	int error = 0;

	if (poll(&p, 1, wait_ms) != 1) {
		errno = ETIMEDOUT;
		return -1;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0 || error) {
		errno = error;
		return -1;
	}
	return 0;
}

/* Connect and read one answer, without its newline. -1 with errno. */
static int converse(int fd, const struct peer *to, bool is_datagram,
	int wait_ms, char *text)
{
	ssize_t n;

	if (connect(fd, (const struct sockaddr *)&to->address, to->len) < 0 &&
		errno != EINPROGRESS)
		return -1;
	if (await(fd, POLLOUT, wait_ms) < 0)
		return -1;
	if (is_datagram && write(fd, "hello\n", 6) < 0)
		return -1;
	if (await(fd, POLLIN, wait_ms) < 0)
		return -1;
	n = read(fd, text, TEXT_BYTES - 1);
	if (n < 0)
		return -1;
	if (n == 0) {
		errno = ECONNRESET;
		return -1;
	}
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return 0;
}

static void close_with_reset(int fd)
{
	const struct linger at_once = {.l_onoff = 1};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close(fd);
}

static bool ask_once(const struct peer *to, bool is_datagram, int wait_ms)
{
	char text[TEXT_BYTES];
	int fd = socket(to->address.ss_family,
		(is_datagram ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK, 0);
	bool is_answered;

	if (fd < 0) {
		perror("ask: socket");
		exit(1);
	}
	is_answered = converse(fd, to, is_datagram, wait_ms, text) == 0;
	tally(is_answered ? text : failure_name(errno));
	close_with_reset(fd);
	return is_answered;
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	struct peer to;
	bool is_datagram = false;
	bool is_all = true;
	unsigned long times = 1;
	double until_s = 0;
	int wait_ms = 1000;
	int option;

	while ((option = getopt(argc, argv, "un:s:w:")) != -1) {
		if (option == 'u')
			is_datagram = true;
		else if (option == 'n')
			times = strtoul(optarg, NULL, 10);
		else if (option == 's')
			until_s = now_s() + strtod(optarg, NULL);
		else if (option == 'w')
			wait_ms = atoi(optarg);
		else
			return 2;
	}
	if (argc - optind != 2 ||
		peer_parse(argv[optind], argv[optind + 1], &to) < 0) {
		fprintf(stderr, "usage: ask [-u] [-n TIMES] [-s SECONDS] "
				"[-w WAIT_MS] ADDRESS PORT\n");
		return 2;
	}
	for (unsigned long i = 0; until_s > 0 ? now_s() < until_s : i < times;
		i++)
		is_all = ask_once(&to, is_datagram, wait_ms) && is_all;
	for (int i = 0; i < TEXTS_MAX && seen[i].times; i++)
		printf("%lu %s\n", seen[i].times, seen[i].text);
	return is_all ? 0 : 1;
}
