/*
 * tls_mbed_config - fills mbedTLS's configuration for a server or a client.
 *
 * Verification of clients is optional for the library: a certificate that it
 * does not trust ends no handshake, so that the caller can answer 401.  That of
 * servers is required.  The library's session tickets and cache are not set up:
 * every connection shows its certificate.
 */
#include "lib/net/tls_mbed_config.h"

#include "lib/net/tls_mbed_pem.h"

#include <mbedtls/psa_util.h>

#include <stdlib.h>

void mbed_config_free(struct mbed_config *c)
{
	mbedtls_ssl_config_free(&c->ssl);
	mbedtls_x509_crt_free(&c->own);
	mbedtls_x509_crt_free(&c->ca);
	mbedtls_pk_free(&c->key);
	free(c);
}

static struct mbed_config *make_empty(struct err *e)
{
	static uint64_t last_serial;
	struct mbed_config *c;

	if (tls_mbed_start(e) < 0)
		return NULL;
	c = calloc(1, sizeof(*c));
	if (c == NULL) {
		err_sys(e, "TLS configuration");
		return NULL;
	}
	c->serial = ++last_serial;
	mbedtls_ssl_config_init(&c->ssl);
	mbedtls_x509_crt_init(&c->own);
	mbedtls_x509_crt_init(&c->ca);
	mbedtls_pk_init(&c->key);
	return c;
}

static int set_defaults(struct mbed_config *c, int role,
	const struct args_list *suites, struct err *e)
{
	int code = mbedtls_ssl_config_defaults(&c->ssl, role,
		MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);

	if (code != 0)
		return tls_mbed_error(code, "TLS configuration", e);
	mbedtls_ssl_conf_rng(
		&c->ssl, mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
	mbedtls_ssl_conf_min_tls_version(&c->ssl, MBEDTLS_SSL_VERSION_TLS1_2);
	if (tls_mbed_suites(suites, c->suites, e) < 0)
		return -1;
	mbedtls_ssl_conf_ciphersuites(&c->ssl, c->suites);
	return 0;
}

static int load_own(struct mbed_config *c, struct str certificate,
	struct str key, struct err *e)
{
	int code;

	if (tls_mbed_pem_certificates(certificate, "certificate", &c->own, e) <
			0 ||
		tls_mbed_pem_key(key, &c->key, e) < 0)
		return -1;
	code = mbedtls_pk_check_pair(&c->own.pk, &c->key,
		mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
	if (code != 0)
		return err_set(e, "private key does not belong to the "
				  "certificate");
	code = mbedtls_ssl_conf_own_cert(&c->ssl, &c->own, &c->key);
	return code != 0 ? tls_mbed_error(code, "certificate", e) : 0;
}

static int fill_server(struct mbed_config *c,
	const struct tls_server_options *o, struct err *e)
{
	if (set_defaults(c, MBEDTLS_SSL_IS_SERVER, o->suites, e) < 0 ||
		load_own(c, o->certificate_pem, o->key_pem, e) < 0)
		return -1;
	if (o->is_tls13_only)
		mbedtls_ssl_conf_min_tls_version(
			&c->ssl, MBEDTLS_SSL_VERSION_TLS1_3);
	mbedtls_ssl_conf_authmode(&c->ssl, MBEDTLS_SSL_VERIFY_NONE);
	if (o->client_ca_pem.n == 0)
		return 0;
	if (tls_mbed_pem_authorities(o->client_ca_pem, &c->ca, o->skipped, e) <
		0)
		return err_at(e, "client CA");
	mbedtls_ssl_conf_ca_chain(&c->ssl, &c->ca, NULL);
	mbedtls_ssl_conf_authmode(&c->ssl, MBEDTLS_SSL_VERIFY_OPTIONAL);
	c->asks_clients = true;
	return 0;
}

static int fill_client(struct mbed_config *c,
	const struct tls_client_options *o, struct err *e)
{
	c->is_client = true;
	if (set_defaults(c, MBEDTLS_SSL_IS_CLIENT, NULL, e) < 0 ||
		tls_target_read(o, &c->target, e) < 0)
		return -1;
	if (tls_mbed_pem_authorities(o->ca_pem, &c->ca, o->skipped, e) < 0)
		return err_at(e, "certificate authority");
	mbedtls_ssl_conf_ca_chain(&c->ssl, &c->ca, NULL);
	mbedtls_ssl_conf_authmode(&c->ssl, MBEDTLS_SSL_VERIFY_REQUIRED);
	if (o->certificate_pem.n > 0 &&
		load_own(c, o->certificate_pem, o->key_pem, e) < 0)
		return err_at(e, "client");
	return 0;
}

struct mbed_config *mbed_config_server(
	const struct tls_server_options *o, struct err *e)
{
	struct mbed_config *c = make_empty(e);

	if (c == NULL || fill_server(c, o, e) == 0)
		return c;
	mbed_config_free(c);
	return NULL;
}

struct mbed_config *mbed_config_client(
	const struct tls_client_options *o, struct err *e)
{
	struct mbed_config *c = make_empty(e);

	if (c == NULL || fill_client(c, o, e) == 0)
		return c;
	mbed_config_free(c);
	return NULL;
}
