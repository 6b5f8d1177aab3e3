/*
 * rate - what packets cost on their way through a proxy's rules.
 *
 *   rate connect ADDRESS PORT COUNT
 *       five times COUNT connections one after the other: how many a second,
 *       and how long the first packet takes to be answered
 *   rate pour ADDRESS PORT SECONDS
 *       as many bytes as one connection takes
 *   rate sink ADDRESS PORT
 *       accepts connections one after the other and reads all of each
 * The first two print NAME=VALUE words on one line, those of the best of the
 * five times or of the seconds: other work can only slow them down.
 */
#include "lib/base/clock.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define COUNT_MAX   100000
#define BLOCK_BYTES 65536
#define TIMES       5

static void stop(const char *what)
{
	perror(what);
	exit(1);
}

static struct sockaddr_in place_of(const char *address, const char *port)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};

	if (inet_pton(AF_INET, address, &at.sin_addr) != 1) {
		fprintf(stderr, "rate: bad address %s\n", address);
		exit(2);
	}
	return at;
}

static int connected(const struct sockaddr_in *to)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (const void *)to, sizeof(*to)) < 0)
		stop("rate: connect");
	return fd;
}

/* Reset it, so that its port is free again at once. */
static void reset(int fd)
{
	struct linger hard = {1, 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(fd);
}

static int compare_numbers(const void *x, const void *y)
{
	const uint64_t *a = x, *b = y;

	return (*a > *b) - (*a < *b);
}

static double us_at(const uint64_t *sorted, size_t n, size_t percent)
{
	return (double)sorted[n * percent / 100] / 1e3;
}

struct rates {
	double per_s, p50_us, p99_us;
};

static struct rates connect_many(const struct sockaddr_in *to, size_t n)
{
	static uint64_t took[COUNT_MAX];
	uint64_t begin = clock_monotonic_ns(), start;

	for (size_t i = 0; i < n; i++) {
		start = clock_monotonic_ns();
		int fd = connected(to);
		took[i] = clock_monotonic_ns() - start;
		reset(fd);
	}
	start = clock_monotonic_ns() - begin;
	qsort(took, n, sizeof(*took), compare_numbers);
	return (struct rates){(double)n * 1e9 / (double)start,
		us_at(took, n, 50), us_at(took, n, 99)};
}

static int measure_connect(const struct sockaddr_in *to, size_t n)
{
	struct rates best = connect_many(to, n), one;

	for (int i = 1; i < TIMES; i++) {
		one = connect_many(to, n);
		if (one.per_s > best.per_s)
			best.per_s = one.per_s;
		if (one.p50_us < best.p50_us)
			best.p50_us = one.p50_us;
		if (one.p99_us < best.p99_us)
			best.p99_us = one.p99_us;
	}
	printf("connections_per_s=%.0f first_p50_us=%.1f first_p99_us=%.1f\n",
		best.per_s, best.p50_us, best.p99_us);
	return 0;
}

/* For a second; bytes a second. */
static double pour_some(int fd)
{
	static char block[BLOCK_BYTES];
	uint64_t begin = clock_monotonic_ns(), took;
	double bytes = 0;

	do {
		ssize_t n = write(fd, block, sizeof(block));

		if (n < 0)
			stop("rate: write");
		bytes += (double)n;
		took = clock_monotonic_ns() - begin;
	} while (took < 1000000000u);
	return bytes * 1e9 / (double)took;
}

static int pour(const struct sockaddr_in *to, size_t seconds)
{
	int fd = connected(to);
	double best = 0, one;

	for (size_t i = 0; i < seconds; i++) {
		one = pour_some(fd);
		best = one > best ? one : best;
	}
	close(fd);
	printf("throughput_mb_per_s=%.0f\n", best / 1e6);
	return 0;
}

static int swallow(const struct sockaddr_in *at)
{
	static char block[BLOCK_BYTES];
	int on = 1, c, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd < 0 || bind(fd, (const void *)at, sizeof(*at)) < 0 ||
		listen(fd, 16) < 0)
		stop("rate: listen");
	while ((c = accept(fd, NULL, NULL)) >= 0) {
		while (read(c, block, sizeof(block)) > 0)
			;
		close(c);
	}
	return 1;
}

int main(int argc, char **argv)
{
	struct sockaddr_in at;
	long n = argc > 4 ? atol(argv[4]) : 1;

	if (argc < 4 || n < 1 || n > COUNT_MAX) {
		fputs("see the head of rate.c\n", stderr);
		return 2;
	}
	at = place_of(argv[2], argv[3]);
	if (strcmp(argv[1], "connect") == 0)
		return measure_connect(&at, (size_t)n);
	if (strcmp(argv[1], "pour") == 0)
		return pour(&at, (size_t)n);
	return swallow(&at);
}
