/*
 * tls_target - whom the certificate of a server must name: a DNS name, or an
 * address.
 *
 * Internal to the clients of both TLS libraries.
 */
#ifndef KEELSON_NET_TLS_TARGET_H
#define KEELSON_NET_TLS_TARGET_H

#include "lib/net/tls.h"

struct tls_target {
	char name[TLS_NAME_BYTES]; /* "" if known by address */
	unsigned char address[16];
	size_t address_bytes; /* 0 if known by name, else 4 or 16 */
};

/* Read it from the options. 0, or -1: neither, both, or no address. */
int tls_target_read(const struct tls_client_options *o, struct tls_target *t,
	struct err *e);

/*
 * 0 when the certificate (DER) names the address, or when the target is known
 * by name, which the library checks.  -1 with e: why not.
 */
int tls_target_match(
	const struct tls_target *t, struct str certificate, struct err *e);

#endif
