/*
 * tls_mbed_suites - the cipher suites of servers with mbedTLS: only AEAD with
 * ephemeral keys, and only those that the user chose among them.
 *
 * Internal to the mbedTLS adapter.
 */
#ifndef KEELSON_NET_TLS_MBED_SUITES_H
#define KEELSON_NET_TLS_MBED_SUITES_H

#include "lib/base/args.h"
#include "lib/base/err.h"

#define TLS_MBED_SUITES_MAX 9

/*
 * List the suites as mbedTLS takes them: by preference, with 0 after the last.
 * names are those of TLS 1.2 to keep, by IANA's names, separated by commas
 * (NULL or empty: all).  Those of TLS 1.3 always stay, as in Go's library.
 * 0, or -1 (ERR_USAGE) for a name that is not known.
 */
int tls_mbed_suites(const struct args_list *names,
	int out[TLS_MBED_SUITES_MAX + 1], struct err *e);

#endif
