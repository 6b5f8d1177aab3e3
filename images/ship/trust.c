/*
 * trust - PEM files, one behind the other.
 */
#include "images/ship/trust.h"

#include "lib/base/fd.h"

#include <stdlib.h>
#include <unistd.h>

#define TRUST_BYTES ((size_t)8 << 20)

/* Debian and Alpine; Fedora; openSUSE; others */
static const char *const bundles[] = {
	"/etc/ssl/certs/ca-certificates.crt",
	"/etc/pki/tls/certs/ca-bundle.crt",
	"/etc/ssl/ca-bundle.pem",
	"/etc/ssl/cert.pem",
	NULL,
};

static int add_bundle(struct trust *t, const char *path, struct err *e)
{
	if (file_read(path, &t->pem, e) < 0)
		return err_at(e, "certificate authorities");
	buf_byte(&t->pem, '\n');
	return 0;
}

static int add_system(struct trust *t, struct err *e)
{
	const char *named = getenv("SSL_CERT_FILE");

	if (named != NULL && named[0] != '\0')
		return add_bundle(t, named, e);
	for (size_t i = 0; bundles[i] != NULL; i++)
		if (access(bundles[i], R_OK) == 0)
			return add_bundle(t, bundles[i], e);
	return 0;
}

int trust_open(struct trust *t, const char *ca_file, struct err *e)
{
	t->pem = buf_growing(TRUST_BYTES);
	if (add_system(t, e) < 0)
		return -1;
	return ca_file == NULL ? 0 : add_bundle(t, ca_file, e);
}

void trust_close(struct trust *t)
{
	buf_free(&t->pem);
}

int trust_client(const struct trust *t, const struct url *server,
	struct tls_config **out, struct err *e)
{
	struct tls_client_options o = {.ca_pem = buf_view(&t->pem)};

	if (t->pem.n == 0)
		return err_set(e, "this system has no certificate "
				  "authorities; name a file by --ca-file");
	if (server->address_bytes > 0)
		o.server_ip = str_of(server->host);
	else
		o.server_name = str_of(server->host);
	if (tls_client(&o, out, e) < 0)
		return err_at(e, "certificate authorities");
	return 0;
}
