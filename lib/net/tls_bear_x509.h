/*
 * tls_bear_x509 - an X.509 engine for BearSSL that also checks IP addresses.
 *
 * It wraps BearSSL's "minimal" engine and keeps the first certificate of the
 * chain.  If the server is known by its address, that certificate must have
 * it among its iPAddress entries, which BearSSL does not check (RFC 5280
 * 4.2.1.6).
 *
 * Internal to the BearSSL adapter.
 */
#ifndef KEELSON_NET_TLS_BEAR_X509_H
#define KEELSON_NET_TLS_BEAR_X509_H

#include "lib/base/err.h"
#include "lib/net/tls_authority.h"
#include "lib/net/tls_bear_config.h"

#include <bearssl.h>

struct bear_x509 {
	const br_x509_class *vtable;   /* first, as BearSSL requires */
	br_x509_minimal_context inner; /* to be set up by the owner */
	const struct bear_config *config;
	size_t n_certs;
	size_t first_bytes;    /* more than the room: too large */
	struct err name_error; /* why the address does not match */
	char first[TLS_CERT_BYTES_MAX];
};

/* Set vtable and config; config must outlive x. */
void bear_x509_init(struct bear_x509 *x, const struct bear_config *config);

#endif
