/*
 * sctp - sends and counts SCTP without the kernel's SCTP, which few machines
 * have: INIT chunks through raw sockets.  IPv4 and IPv6; needs root.
 *
 *   sctp send ADDRESS PORT COUNT   send INITs, each from another port
 *   sctp hear SECONDS              wait for a first INIT, then count until
 *                                  none has come for SECONDS; print
 *                                  "N ADDRESS#PORT" for each address and port
 *                                  that they reached
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <poll.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SCTP        132
#define CHUNK_INIT  1
#define FIRST_PORT  20000
#define FIRST_S     60 /* how long to wait for the first INIT */
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

static struct sockaddr_storage place_of(const char *text, socklen_t *n)
{
	struct sockaddr_storage at = {.ss_family = AF_INET};
	struct sockaddr_in *v4 = (void *)&at;
	struct sockaddr_in6 *v6 = (void *)&at;

	*n = sizeof(*v4);
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1)
		return at;
	at.ss_family = AF_INET6;
	*n = sizeof(*v6);
	if (inet_pton(AF_INET6, text, &v6->sin6_addr) != 1)
		*n = 0;
	return at;
}

static int send_inits(const char *address, int port, int count)
{
	socklen_t n;
	struct sockaddr_storage to = place_of(address, &n);
	int fd = socket(to.ss_family, SOCK_RAW, SCTP);
	struct init m = {
		.to = htons((uint16_t)port),
		.type = CHUNK_INIT,
		.length = htons(20),
		.initiate_tag = htonl(1),
		.window = htonl(65536),
		.out_streams = htons(1),
		.in_streams = htons(1),
	};

	if (fd < 0 || !n)
		return 1;
	for (int i = 0; i < count; i++) {
		m.from = htons((uint16_t)(FIRST_PORT + i));
		m.sum = 0;
		m.sum = crc32c(&m, sizeof(m));
		if (sendto(fd, &m, sizeof(m), 0, (void *)&to, n) < 0)
			perror("sctp: send");
		usleep(1000);
	}
	return 0;
}

/* Counting. */

struct place {
	char text[INET6_ADDRSTRLEN + 8];
	int n;
};

static struct place places[PLACES_MAX];
static size_t n_places;

static int compare(const void *x, const void *y)
{
	return strcmp(((const struct place *)x)->text,
		((const struct place *)y)->text);
}

static void count(int family, const void *ip, uint16_t port)
{
	char name[INET6_ADDRSTRLEN], text[sizeof(places[0].text)];
	size_t i = 0;

	inet_ntop(family, ip, name, sizeof(name));
	snprintf(text, sizeof(text), "%s#%u", name, port);
	while (i < n_places && strcmp(places[i].text, text) != 0)
		i++;
	if (i == PLACES_MAX)
		return;
	if (i == n_places)
		memcpy(places[n_places++].text, text, sizeof(text));
	places[i].n++;
}

/* A raw IPv4 socket delivers the IP header as well. */
static void hear_v4(int fd)
{
	char packet[2048];
	struct iphdr ip;
	struct init m;
	ssize_t n = recv(fd, packet, sizeof(packet), MSG_DONTWAIT);

	if (n < (ssize_t)(sizeof(ip) + sizeof(m)))
		return;
	memcpy(&ip, packet, sizeof(ip));
	memcpy(&m, packet + (size_t)ip.ihl * 4, sizeof(m));
	if (m.type == CHUNK_INIT)
		count(AF_INET, &ip.daddr, ntohs(m.to));
}

/* A raw IPv6 socket delivers the destination as ancillary data. */
static void hear_v6(int fd)
{
	alignas(struct cmsghdr) char
		room[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	struct init m;
	struct iovec part = {&m, sizeof(m)};
	struct msghdr h = {.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = room,
		.msg_controllen = sizeof(room)};
	struct in6_pktinfo info;
	struct cmsghdr *c;

	if (recvmsg(fd, &h, MSG_DONTWAIT) < (ssize_t)sizeof(m) ||
		m.type != CHUNK_INIT)
		return;
	c = CMSG_FIRSTHDR(&h);
	if (!c || c->cmsg_type != IPV6_PKTINFO)
		return;
	memcpy(&info, CMSG_DATA(c), sizeof(info));
	count(AF_INET6, &info.ipi6_addr, ntohs(m.to));
}

static int hear(int seconds)
{
	struct pollfd fds[2] = {
		{socket(AF_INET, SOCK_RAW, SCTP), POLLIN, 0},
		{socket(AF_INET6, SOCK_RAW, SCTP), POLLIN, 0},
	};
	int on = 1;

	if (setsockopt(fds[1].fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on,
		    sizeof(on)) < 0)
		return 1;
	while (poll(fds, 2, (n_places ? seconds : FIRST_S) * 1000) > 0) {
		if (fds[0].revents & POLLIN)
			hear_v4(fds[0].fd);
		if (fds[1].revents & POLLIN)
			hear_v6(fds[1].fd);
	}
	qsort(places, n_places, sizeof(places[0]), compare);
	for (size_t i = 0; i < n_places; i++)
		printf("%d %s\n", places[i].n, places[i].text);
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
