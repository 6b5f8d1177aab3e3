/*
 * tls_mbed_pem - start mbedTLS, read certificates and keys from PEM into its
 * structs, and put its errors in words.
 *
 * Internal to the mbedTLS adapter.
 */
#ifndef KEELSON_NET_TLS_MBED_PEM_H
#define KEELSON_NET_TLS_MBED_PEM_H

#include "lib/net/tls.h"

#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>

/* Start the library's cryptography; harmless when it has started. 0 or -1. */
int tls_mbed_start(struct err *e);

/* Report a code of the library: "WHAT: its words (-0xCODE)". Always -1. */
int tls_mbed_error(int code, const char *what, struct err *e);

/*
 * Append every certificate in pem to *out, which is initialized; what names
 * the option in errors.  0, or -1 when any of them cannot be read.
 */
int tls_mbed_pem_certificates(
	struct str pem, const char *what, mbedtls_x509_crt *out, struct err *e);

/*
 * The same for trusted authorities: one that the library does not understand is
 * skipped (tls.h).  0, or -1 when none is left or the PEM is malformed.
 */
int tls_mbed_pem_authorities(struct str pem, mbedtls_x509_crt *out,
	struct tls_skipped *skipped, struct err *e);

/* Read an unencrypted private key; no copy of the text stays. 0 or -1. */
int tls_mbed_pem_key(struct str pem, mbedtls_pk_context *out, struct err *e);

#endif
