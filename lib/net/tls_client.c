/*
 * tls_client - the one place that knows which library is the client: mbedTLS,
 * or what `make TLS=` named.  Both are always compiled; the linker takes the
 * one that is called here.
 */
#include "lib/net/tls.h"

#ifndef TLS_CLIENT
#define TLS_CLIENT tls_mbed_client
#endif

int tls_client(const struct tls_client_options *o, struct tls_config **out,
	struct err *e)
{
	return TLS_CLIENT(o, out, e);
}
