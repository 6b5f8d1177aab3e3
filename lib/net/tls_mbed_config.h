/*
 * tls_mbed_config - what all connections of one server, or to one server,
 * share: our certificate and key, cipher suites, the authorities that the
 * peer's certificate is checked against, and whom a server must be.
 *
 * Internal to the mbedTLS adapter.
 */
#ifndef KEELSON_NET_TLS_MBED_CONFIG_H
#define KEELSON_NET_TLS_MBED_CONFIG_H

#include "lib/net/tls_mbed_suites.h"
#include "lib/net/tls_target.h"

#include <mbedtls/ssl.h>

struct mbed_config {
	struct tls_config base; /* first */
	mbedtls_ssl_config ssl;
	mbedtls_x509_crt own;
	mbedtls_x509_crt ca;
	mbedtls_pk_context key;
	int suites[TLS_MBED_SUITES_MAX + 1];
	bool asks_clients;
	bool is_client;
	struct tls_target target; /* of a client */
	uint64_t serial;          /* of this process; never used twice */
};

/*
 * A config of all options; its base is zero.  NULL with an error that names
 * the option.  The caller gives it back with mbed_config_free().
 */
struct mbed_config *mbed_config_server(
	const struct tls_server_options *o, struct err *e);
struct mbed_config *mbed_config_client(
	const struct tls_client_options *o, struct err *e);

void mbed_config_free(struct mbed_config *c);

#endif
