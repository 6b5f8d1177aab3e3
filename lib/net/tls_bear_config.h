/*
 * tls_bear_config - what all BearSSL connections to one server share: trust
 * anchors, our certificate and key, and whom the certificate must name.
 *
 * Internal to the BearSSL adapter.
 * Limits: 4 MiB of decoded certificates, TLS_CERT_BYTES_MAX each.
 */
#ifndef KEELSON_NET_TLS_BEAR_CONFIG_H
#define KEELSON_NET_TLS_BEAR_CONFIG_H

#include "lib/base/arena.h"
#include "lib/net/tls_target.h"

#include <bearssl.h>

struct bear_config {
	struct tls_config base; /* first */
	struct tls_target target;
	br_x509_trust_anchor *anchors;
	size_t n_anchors;
	br_x509_certificate *chain; /* ours; NULL: none */
	size_t n_chain;
	unsigned int issuer_key_type; /* of our certificate's issuer */
	br_skey_decoder_context key;  /* ours */
	struct arena memory;          /* of the anchors and the chain */
};

/*
 * Read all options into c, which is zeroed.  Call bear_config_wipe() in any
 * case.  Errors: ERR_INPUT or ERR_LIMIT, naming the option.
 */
int bear_config_read(struct bear_config *c, const struct tls_client_options *o,
	struct err *e);

void bear_config_wipe(struct bear_config *c);

#endif
