/*
 * certificate - certificates of any kind, for tests of TLS.
 */
#ifndef KEELSON_NET_TEST_CERTIFICATE_H
#define KEELSON_NET_TEST_CERTIFICATE_H

#include "lib/base/buf.h"

#include <mbedtls/ecp.h>

struct certificate {
	struct buf chain; /* PEM: itself, then its issuers but the root */
	struct buf own;   /* PEM: itself */
	struct buf key;
};

struct certificate_wish {
	const char *common_name;
	const char *dns; /* a dNSName, or NULL */
	const char *ip;  /* an iPAddress, or NULL */
	bool is_authority;
	bool has_expired;
	bool is_sha1;               /* signed with it */
	mbedtls_ecp_group_id curve; /* 0: P-256 */
};

/* Make one, signed by issuer, or by itself (NULL).  It aborts on failure. */
struct certificate certificate_make(
	const struct certificate_wish *w, const struct certificate *issuer);

void certificate_free(struct certificate *c);

#endif
