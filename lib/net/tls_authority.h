/*
 * tls_authority - read a bundle of authorities one by one, so that one that a
 * library does not understand costs only itself.
 *
 * Internal to the adapters of both TLS libraries.
 * Limits: TLS_CERT_BYTES_MAX for a certificate.
 */
#ifndef KEELSON_NET_TLS_AUTHORITY_H
#define KEELSON_NET_TLS_AUTHORITY_H

#include "lib/net/tls.h"

#define TLS_CERT_BYTES_MAX 16384

/* Is it the label of a certificate, in PEM? */
bool tls_authority_is_certificate(struct str label);

/*
 * Call take(context, der, e) for each certificate of the bundle.  One that it
 * refuses is counted in *skipped (or NULL).  0; -1 when the PEM is malformed,
 * when no certificate was taken (the first reason), or when take is out of
 * memory (ERR_LIMIT).
 */
int tls_authority_read(struct str pem,
	int (*take)(void *context, struct str der, struct err *e),
	void *context, struct tls_skipped *skipped, struct err *e);

#endif
