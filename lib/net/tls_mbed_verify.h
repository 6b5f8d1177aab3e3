/*
 * tls_mbed_verify - whether a server is the one that a client was told to
 * reach: what the library does not check, and what is wrong when it is not.
 *
 * Internal to the mbedTLS adapter.
 */
#ifndef KEELSON_NET_TLS_MBED_VERIFY_H
#define KEELSON_NET_TLS_MBED_VERIFY_H

#include "lib/net/tls_target.h"

#include <mbedtls/x509_crt.h>

struct tls_mbed_verify {
	const struct tls_target *target;
	const mbedtls_x509_crt *trusted; /* the authorities */
	uint32_t flags; /* of the chain, as the library's MBEDTLS_X509_BAD* */
	struct err address_error; /* why the address does not match */
};

/*
 * A callback of the library for each certificate of a chain, the server's own
 * (depth 0) last; context: a tls_mbed_verify.
 */
int tls_mbed_verify_note(
	void *context, mbedtls_x509_crt *crt, int depth, uint32_t *flags);

#endif
