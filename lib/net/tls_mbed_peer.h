/*
 * tls_mbed_peer - what a client's certificate says, and whether that counts:
 * at the handshake, and again later.  Of tls_mbed.c, whose library it knows.
 */
#ifndef KEELSON_NET_TLS_MBED_PEER_H
#define KEELSON_NET_TLS_MBED_PEER_H

#include "lib/net/tls.h"

#include <mbedtls/x509_crt.h>

/* What is kept of a verdict, so that it need not be found at each request. */
struct tls_mbed_verdict {
	mbedtls_x509_time until; /* the first end in the chain, the CA's too */
	uint32_t usage_flags;    /* what neither time nor CAs change */
};

void tls_mbed_verdict_clear(struct tls_mbed_verdict *v);

/* A callback of the library for each certificate of a chain; context: v. */
int tls_mbed_verdict_note(
	void *context, mbedtls_x509_crt *crt, int depth, uint32_t *flags);

/* Fill *out from the certificate and the library's verdict on it. */
void tls_mbed_peer_learn(struct tls_mbed_verdict *v,
	const mbedtls_x509_crt *crt, uint32_t flags, struct tls_peer *out);

/* Was it trusted, and has its time run out since? */
bool tls_mbed_peer_has_ended(
	const struct tls_mbed_verdict *v, const struct tls_peer *peer);

/* Judge it anew by these CAs; NULL: no client is trusted any more. */
void tls_mbed_peer_judge(struct tls_mbed_verdict *v,
	const mbedtls_x509_crt *crt, const mbedtls_x509_crt *ca,
	struct tls_peer *out);

#endif
