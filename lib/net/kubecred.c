/*
 * kubecred - read credentials from memory or from their files.
 *
 * Secrets pass through buffers that are wiped before returning; no message
 * contains them.
 */
#include "lib/net/kubecred.h"

#include "lib/base/fd.h"
#include "lib/base/log.h"

#include <string.h>

#define PEM_BYTES_MAX (1u << 20)

/* Append the piece, from memory or from its file. */
static int read_source(const struct kubeconfig_source *s, const char *what,
	struct buf *out, struct err *e)
{
	if (s->bytes.n > 0) {
		buf_str(out, s->bytes);
		return 0;
	}
	if (s->path == NULL)
		return 0;
	if (file_read(s->path, out, e) < 0)
		return err_at(e, "%s %s", what, s->path);
	return 0;
}

static int read_pem(const struct kubeconfig *k, struct buf *ca,
	struct buf *certificate, struct buf *key, struct err *e)
{
	if (read_source(&k->ca, "certificate authority", ca, e) < 0 ||
		read_source(&k->certificate, "client certificate", certificate,
			e) < 0 ||
		read_source(&k->key, "client key", key, e) < 0)
		return -1;
	return 0;
}

static void set_target(const struct kubeconfig *k, struct tls_client_options *o)
{
	if (k->tls_server_name != NULL)
		o->server_name = str_of(k->tls_server_name);
	else if (k->server.address_bytes > 0)
		o->server_ip = str_of(k->server.host);
	else
		o->server_name = str_of(k->server.host);
}

/*
 * Name the authorities that do not count.  The file is read for each
 * connection, so the same is not said twice.
 */
static void report_skipped(
	const struct kubeconfig *k, const struct tls_skipped *skipped)
{
	static char said[ERR_TEXT_BYTES];
	const char *file = k->ca.path != NULL ? k->ca.path : "the kubeconfig";
	char count[24];
	struct buf b = buf_fixed(count, sizeof(count));

	if (skipped->n == 0 || strcmp(said, skipped->first.text) == 0)
		return;
	str_copy(str_of(skipped->first.text), said, sizeof(said));
	buf_fmt(&b, "%zu", skipped->n);
	log_event(LOG_WARN, "certificate authority skipped, others count",
		"file", file, "first", said, "skipped", buf_cstr(&b), NULL);
}

int kubecred_tls(
	const struct kubeconfig *k, struct tls_config **out, struct err *e)
{
	struct buf ca = buf_growing(PEM_BYTES_MAX);
	struct buf certificate = buf_growing(PEM_BYTES_MAX);
	struct buf key = buf_growing(PEM_BYTES_MAX);
	struct tls_skipped skipped = {.n = 0};
	struct tls_client_options o = {.skipped = &skipped};
	int done = -1;

	set_target(k, &o);
	if (read_pem(k, &ca, &certificate, &key, e) == 0) {
		o.ca_pem = buf_view(&ca);
		o.certificate_pem = buf_view(&certificate);
		o.key_pem = buf_view(&key);
		done = tls_client(&o, out, e);
	}
	if (done == 0)
		report_skipped(k, &skipped);
	buf_free(&ca);
	buf_free(&certificate);
	buf_wipe(&key);
	return done;
}

int kubecred_token(const struct kubeconfig *k, struct buf *out, struct err *e)
{
	const struct kubeconfig_source *s = &k->token;
	struct buf b = buf_growing(KUBECRED_TOKEN_BYTES_MAX);
	struct str token = s->bytes;
	int done = 0;

	if (s->path != NULL && file_read(s->path, &b, e) == 0)
		token = str_trim(buf_view(&b));
	else if (s->path != NULL && s->bytes.n == 0)
		done = err_at(e, "token file %s", s->path);
	if (done == 0 && s->path != NULL && token.n == 0)
		done = err_set(e, "token file %s is empty", s->path);
	if (done == 0)
		buf_str(out, token);
	buf_wipe(&b);
	return done;
}
