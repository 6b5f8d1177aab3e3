/*
 * sctp - SCTP without the kernel's SCTP, which few machines have: INIT chunks
 * from a raw socket, and who they reach.
 *
 *   sctp send ADDRESS PORT COUNT   so many INITs, each from another port
 *   sctp hear SECONDS              "N ADDRESS:PORT" for each that INITs reached
 * IPv4 only; needs root.
 */
#include <arpa/inet.h>
#include <netinet/ip.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SCTP        132
#define CHUNK_INIT  1
#define FIRST_PORT  20000
#define PLACES_MAX  64
#define CRC32C_POLY 0x82f63b78u

/* RFC 9260 3.1, 3.3.2: the common header and an INIT without parameters. */
struct init {
	uint16_t from, to;
	uint32_t tag, sum;
	uint8_t type, flags;
	uint16_t length;
	uint32_t initiate_tag, window;
	uint16_t out_streams, in_streams;
	uint32_t first_tsn;
};

/* RFC 9260 appendix A: CRC32c, the lowest byte first. */
static uint32_t crc32c(const void *bytes, size_t n)
{
	const uint8_t *p = bytes;
	uint32_t crc = 0xffffffffu;

	for (size_t i = 0; i < n; i++) {
		crc ^= p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? CRC32C_POLY : 0);
	}
	return ~crc;
}

static int send_inits(const char *address, int port, int count)
{
	struct sockaddr_in to = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_RAW, SCTP);
	struct init m = {
		.to = htons((uint16_t)port),
		.type = CHUNK_INIT,
		.length = htons(20),
		.initiate_tag = htonl(1),
		.window = htonl(65536),
		.out_streams = htons(1),
		.in_streams = htons(1),
	};

	if (fd < 0 || inet_pton(AF_INET, address, &to.sin_addr) != 1)
		return 1;
	for (int i = 0; i < count; i++) {
		m.from = htons((uint16_t)(FIRST_PORT + i));
		m.sum = 0;
		m.sum = crc32c(&m, sizeof(m));
		if (sendto(fd, &m, sizeof(m), 0, (void *)&to, sizeof(to)) < 0)
			perror("sctp: send");
		usleep(1000);
	}
	return 0;
}

struct place {
	struct in_addr ip;
	uint16_t port;
	int n;
};

static int compare(const void *x, const void *y)
{
	const struct place *a = x, *b = y;
	uint32_t i = ntohl(a->ip.s_addr), k = ntohl(b->ip.s_addr);

	return i != k ? (i > k) - (i < k) : a->port - b->port;
}

static void count(
	struct place *list, size_t *n, struct in_addr ip, uint16_t port)
{
	size_t i = 0;

	while (i < *n &&
		(list[i].ip.s_addr != ip.s_addr || list[i].port != port))
		i++;
	if (i == PLACES_MAX)
		return;
	if (i == *n)
		list[(*n)++] = (struct place){ip, port, 0};
	list[i].n++;
}

static int hear(int seconds)
{
	static struct place places[PLACES_MAX];
	int fd = socket(AF_INET, SOCK_RAW, SCTP);
	time_t end = time(NULL) + seconds;
	struct pollfd p = {fd, POLLIN, 0};
	char packet[2048];
	struct iphdr ip;
	struct init m;
	size_t n = 0;

	while (time(NULL) < end) {
		if (poll(&p, 1, 100) <= 0 ||
			recv(fd, packet, sizeof(packet), 0) <
				(ssize_t)(sizeof(ip) + sizeof(m)))
			continue;
		memcpy(&ip, packet, sizeof(ip));
		memcpy(&m, packet + (size_t)ip.ihl * 4, sizeof(m));
		if (m.type == CHUNK_INIT)
			count(places, &n, (struct in_addr){ip.daddr},
				ntohs(m.to));
	}
	qsort(places, n, sizeof(places[0]), compare);
	for (size_t i = 0; i < n; i++)
		printf("%d %s:%u\n", places[i].n, inet_ntoa(places[i].ip),
			places[i].port);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 5 && strcmp(argv[1], "send") == 0)
		return send_inits(argv[2], atoi(argv[3]), atoi(argv[4]));
	if (argc == 3 && strcmp(argv[1], "hear") == 0)
		return hear(atoi(argv[2]));
	fputs("see the head of sctp.c\n", stderr);
	return 2;
}
