/*
 * x509name - does this certificate speak for that IP address?
 *
 * BearSSL compares server names with dNSName entries only; API servers are
 * mostly reached by address.  This finds the iPAddress entries of the
 * subjectAltName extension (RFC 5280 4.2.1.6) in a certificate whose chain
 * somebody else has checked.
 */
#ifndef KEELSON_NET_X509NAME_H
#define KEELSON_NET_X509NAME_H

#include "lib/base/err.h"
#include "lib/base/str.h"

/*
 * 0 when the certificate (DER) names this address of 4 or 16 bytes.
 * Errors: ERR_DENIED it names others or none, ERR_INPUT it is malformed.
 */
int x509name_match_ip(struct str der, struct str address, struct err *e);

#endif
