/*
 * tls_mbed_suites - which cipher suites servers over mbedTLS take: AEAD with
 * ephemeral keys, nothing else, and fewer when asked.
 *
 * Internal to lib/net's mbedTLS adapter.
 */
#ifndef KEELSON_NET_TLS_MBED_SUITES_H
#define KEELSON_NET_TLS_MBED_SUITES_H

#include "lib/base/args.h"
#include "lib/base/err.h"

#define TLS_MBED_SUITES_MAX 9

/*
 * The suites as mbedTLS takes them: by preference, 0 behind the last.  names
 * (NULL or empty: all) are those of TLS 1.2 to keep, as IANA has them, alone
 * or with commas between; those of TLS 1.3 stay, as in Go's library.  0, or
 * -1 (ERR_USAGE) for a name that is none of ours.
 */
int tls_mbed_suites(const struct args_list *names,
	int out[TLS_MBED_SUITES_MAX + 1], struct err *e);

#endif
