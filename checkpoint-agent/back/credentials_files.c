/*
 * credentials_files - finds the serving certificate and fills the packet.
 *
 * The files are read again each time, so that renewed certificates are used.
 */
#include "checkpoint-agent/back/credentials_files.h"

#include "checkpoint-agent/back/credentials_api.h"
#include "checkpoint-agent/back/self_signed.h"
#include "checkpoint-agent/ipc/credentials.h"
#include "checkpoint-agent/ipc/limits.h"
#include "lib/base/fd.h"

#include <stdio.h>

#define NAME "checkpoint-agent"

static int set_path(char *out, const char *dir, const char *name, struct err *e)
{
	int n = snprintf(out, PATH_MAX, "%s%s", dir, name);

	if (n < 0 || n >= PATH_MAX)
		return err_kind(e, ERR_USAGE, "%s: path is too long", dir);
	return 0;
}

static int make_self_signed(const struct config *c,
	const struct credentials_files *f, struct err *e)
{
	if (self_signed_is_usable(f->certificate, f->key))
		return 0;
	if (dir_make(c->cert_dir, 0755, e) == 0 &&
		self_signed_make(f->certificate, f->key, e) == 0)
		return 0;
	return err_at(e, "--tls-cert-file is not given, and no certificate "
			 "can be made in --cert-dir");
}

int credentials_files_prepare(
	const struct config *c, struct credentials_files *f, struct err *e)
{
	if (c->cert_file[0] != '\0') {
		if (set_path(f->certificate, c->cert_file, "", e) < 0)
			return -1;
		return set_path(f->key, c->key_file, "", e);
	}
	if (set_path(f->certificate, c->cert_dir, "/" NAME ".crt", e) < 0 ||
		set_path(f->key, c->cert_dir, "/" NAME ".key", e) < 0)
		return -1;
	return make_self_signed(c, f, e);
}

static int put_server(const struct config *c, const struct credentials_files *f,
	struct buf *packet, struct err *e)
{
	if (credentials_put_file(
		    packet, CREDENTIALS_CERTIFICATE, f->certificate, e) < 0 ||
		credentials_put_file(packet, CREDENTIALS_KEY, f->key, e) < 0)
		return -1;
	if (c->client_ca_file[0] == '\0')
		return 0;
	return credentials_put_file(
		packet, CREDENTIALS_CLIENT_CA, c->client_ca_file, e);
}

int credentials_files_read(const struct config *c,
	const struct credentials_files *f, struct buf *packet, struct err *e)
{
	credentials_start(packet);
	if (put_server(c, f, packet, e) < 0)
		return -1;
	if (config_needs_api(c) && credentials_api_put(c, packet, e) < 0)
		return -1;
	if (packet->full)
		return err_set(e,
			"certificates and keys are larger than %d "
			"bytes together",
			LIMITS_CREDENTIALS_BYTES);
	return 0;
}
