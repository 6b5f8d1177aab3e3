/*
 * tls_mbed_words - why a connection to a server has failed, in words.
 *
 * Internal to the mbedTLS adapter.
 */
#ifndef KEELSON_NET_TLS_MBED_WORDS_H
#define KEELSON_NET_TLS_MBED_WORDS_H

#include "lib/net/tls_mbed_verify.h"

#include <mbedtls/ssl.h>

/* Report a code of the library on this connection. Always -1. */
int tls_mbed_words(const mbedtls_ssl_context *ssl,
	const struct tls_mbed_verify *verify, int code, struct err *e);

#endif
