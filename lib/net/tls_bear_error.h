/*
 * tls_bear_error - BearSSL's error codes in words.
 */
#ifndef KEELSON_NET_TLS_BEAR_ERROR_H
#define KEELSON_NET_TLS_BEAR_ERROR_H

#include "lib/base/err.h"

/* Report a code of br_ssl_engine_last_error() or of a decoder. Always -1. */
int tls_bear_error(int code, struct err *e);

/* Report why the decoder refuses a certificate of ours. Always -1. */
int tls_bear_error_certificate(int code, struct err *e);

#endif
