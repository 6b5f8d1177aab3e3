/*
 * trust - which authorities a registry's certificate may come from: those of
 * the system, and those of a file.
 *
 * The system's bundle is $SSL_CERT_FILE, or the first that is there of those
 * of the distributions.  A system without one is not an error by itself.
 */
#ifndef KEELSON_IMAGES_SHIP_TRUST_H
#define KEELSON_IMAGES_SHIP_TRUST_H

#include "lib/base/buf.h"
#include "lib/net/tls.h"
#include "lib/net/url.h"

struct trust {
	struct buf pem; /* owned */
};

/* ca_file: of the command line, or NULL. 0 or -1. */
int trust_open(struct trust *t, const char *ca_file, struct err *e);
void trust_close(struct trust *t);

/* A client of this server; free with tls_config_free(). 0 or -1. */
int trust_client(const struct trust *t, const struct url *server,
	struct tls_config **out, struct err *e);

#endif
