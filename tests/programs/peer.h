/*
 * peer - addresses as text for the programs that stand in for workloads, of
 * both families, without a resolver: static programs have none.
 */
#ifndef KEELSON_TESTS_PEER_H
#define KEELSON_TESTS_PEER_H

#include <sys/socket.h>

struct peer {
	struct sockaddr_storage address;
	socklen_t len;
};

/* From numeric text such as "10.0.0.1" or "::1" and "80". 0 or -1. */
int peer_parse(const char *host, const char *port, struct peer *p);

/* The address without its port, into text[46]. */
void peer_print(const struct peer *p, char *text);

#endif
