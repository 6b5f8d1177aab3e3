/*
 * x509name - the names in a certificate: does it speak for that IP address,
 * and what is it called?
 *
 * BearSSL compares server names with dNSName entries only, and mbedTLS would
 * send an address as if it were a name; API servers are mostly reached by
 * address.  This finds the iPAddress entries of the subjectAltName extension
 * (RFC 5280 4.2.1.6) in a certificate whose chain somebody else has checked.
 */
#ifndef KEELSON_NET_X509NAME_H
#define KEELSON_NET_X509NAME_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

/*
 * 0 when the certificate (DER) names this address of 4 or 16 bytes.
 * Errors: ERR_DENIED it names others or none, ERR_INPUT it is malformed.
 */
int x509name_match_ip(struct str der, struct str address, struct err *e);

/*
 * Append the common name of the subject, for messages: 64 bytes at most, those
 * that are not printable ASCII as '?'.  False when it has none, or is
 * malformed.
 */
bool x509name_common_name(struct str der, struct buf *out);

#endif
