/*
 * peer - convert IPv4 and IPv6 addresses with inet_pton() and inet_ntop().
 * There is no resolver: static programs cannot load one.
 */
#include "peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

int peer_parse(const char *host, const char *port, struct peer *p)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)&p->address;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&p->address;
	unsigned long number = strtoul(port, NULL, 10);

	if (number > 65535)
		return -1;
	memset(p, 0, sizeof(*p));
	if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)number);
		p->len = sizeof(*v4);
		return 0;
	}
	if (inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)number);
		p->len = sizeof(*v6);
		return 0;
	}
	return -1;
}

void peer_print(const struct peer *p, char *text)
{
	const void *at =
		p->address.ss_family == AF_INET6
			? (const void *)&(
				  (const struct sockaddr_in6 *)&p->address)
				  ->sin6_addr
			: (const void *)&(
				  (const struct sockaddr_in *)&p->address)
				  ->sin_addr;

	if (!inet_ntop(p->address.ss_family, at, text, INET6_ADDRSTRLEN))
		strcpy(text, "?");
}
