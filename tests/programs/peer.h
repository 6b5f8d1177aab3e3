/*
 * peer - socket addresses as text, for the programs that stand in for
 * workloads.  Both families; numeric addresses only.
 */
#ifndef KEELSON_TESTS_PEER_H
#define KEELSON_TESTS_PEER_H

#include <sys/socket.h>

struct peer {
	struct sockaddr_storage address;
	socklen_t len;
};

/* Parse numeric text such as "10.0.0.1" or "::1", and "80". 0, -1: malformed.
 */
int peer_parse(const char *host, const char *port, struct peer *p);

/* The address without its port; text holds at least INET6_ADDRSTRLEN bytes. */
void peer_print(const struct peer *p, char *text);

#endif
