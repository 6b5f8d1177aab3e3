/*
 * tls_mbed - servers by the seam of tls.h over mbedTLS 3.6: TLS 1.2 and 1.3.
 *
 * Needs of the library's configuration: TLS 1.2 and 1.3, PSA crypto, PEM,
 * ECDHE with X25519 and P-256, RSA and ECDSA certificates, AES-GCM and
 * ChaCha20-Poly1305, and the peer's certificate kept after the handshake.
 *
 * A server with a client CA runs the handshake with optional verification
 * and reports the verdict in tls_peer, so that the caller can answer 401.
 * Refused: TLS below 1.2, suites without forward secrecy or AEAD, session
 * resumption (each connection shows its certificate), renegotiation, names
 * in certificates that hold a NUL or do not fit.
 */
#include "lib/net/tls.h"

#include "lib/net/tls_mbed_suites.h"

#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/oid.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/psa_util.h>
#include <mbedtls/ssl.h>
#include <psa/crypto.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

struct mbed_config {
	struct tls_config base;
	mbedtls_ssl_config ssl;
	mbedtls_x509_crt own;
	mbedtls_x509_crt ca;
	mbedtls_pk_context key;
	int suites[TLS_MBED_SUITES_MAX + 1];
	bool asks_clients;
};

struct mbed_tls {
	struct tls base;
	mbedtls_ssl_context ssl;
	int fd;
	bool asks_clients;
};

static const struct tls_ops ops;

/*
 * The library's own source of entropy opens /dev/urandom under musl, which a
 * sandboxed process cannot.  The linker takes this one in its place, and its
 * archive member is never looked at; would it be, the link would fail.
 */
int mbedtls_platform_entropy_poll(
	void *data, unsigned char *output, size_t len, size_t *olen);

int mbedtls_platform_entropy_poll(
	void *data, unsigned char *output, size_t len, size_t *olen)
{
	ssize_t got = getrandom(output, len, 0);

	(void)data;
	*olen = 0;
	if (got < 0)
		return MBEDTLS_ERR_ENTROPY_SOURCE_FAILED;
	*olen = (size_t)got;
	return 0;
}

static struct mbed_config *config_of(struct tls_config *c)
{
	return (struct mbed_config *)c; /* base is its first member */
}

static struct mbed_tls *tls_of(struct tls *t)
{
	return (struct mbed_tls *)t;
}

static int fail(struct err *e, int code, const char *what)
{
	char text[128] = "";

	mbedtls_strerror(code, text, sizeof(text));
	return err_set(e, "%s: %s (-0x%04x)", what, text, (unsigned)-code);
}

/* --- configs ------------------------------------------------------- */

static void free_config(struct tls_config *base)
{
	struct mbed_config *c = config_of(base);

	mbedtls_ssl_config_free(&c->ssl);
	mbedtls_x509_crt_free(&c->own);
	mbedtls_x509_crt_free(&c->ca);
	mbedtls_pk_free(&c->key);
	free(c);
}

static struct mbed_config *make_config(struct err *e)
{
	struct mbed_config *c;

	if (psa_crypto_init() != PSA_SUCCESS) {
		err_set(e, "cryptography does not start");
		return NULL;
	}
	c = calloc(1, sizeof(*c));
	if (c == NULL) {
		err_sys(e, "TLS configuration");
		return NULL;
	}
	c->base = (struct tls_config){.ops = &ops, .users = 1};
	mbedtls_ssl_config_init(&c->ssl);
	mbedtls_x509_crt_init(&c->own);
	mbedtls_x509_crt_init(&c->ca);
	mbedtls_pk_init(&c->key);
	return c;
}

static int set_defaults(
	struct mbed_config *c, const struct args_list *suites, struct err *e)
{
	int code = mbedtls_ssl_config_defaults(&c->ssl, MBEDTLS_SSL_IS_SERVER,
		MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);

	if (code != 0)
		return fail(e, code, "TLS configuration");
	mbedtls_ssl_conf_rng(
		&c->ssl, mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
	mbedtls_ssl_conf_min_tls_version(&c->ssl, MBEDTLS_SSL_VERSION_TLS1_2);
	if (tls_mbed_suites(suites, c->suites, e) < 0)
		return -1;
	mbedtls_ssl_conf_ciphersuites(&c->ssl, c->suites);
	return 0;
}

/* mbedTLS wants PEM with its final NUL counted. */
static int pem_copy(struct str pem, struct buf *out, struct err *e)
{
	*out = buf_growing(pem.n + 1);
	buf_str(out, pem);
	buf_byte(out, '\0');
	if (!out->full)
		return 0;
	return err_set(e, "no memory for PEM");
}

static int load_certificates(
	struct str pem, const char *what, mbedtls_x509_crt *out, struct err *e)
{
	AUTO_BUF struct buf copy = buf_growing(0);
	int code;

	if (pem_copy(pem, &copy, e) < 0)
		return -1;
	code = mbedtls_x509_crt_parse(
		out, (const unsigned char *)copy.p, copy.n);
	if (code > 0)
		return err_set(
			e, "%s: %d certificates cannot be read", what, code);
	if (code < 0)
		return fail(e, code, what);
	return 0;
}

static int load_key(struct str pem, mbedtls_pk_context *out, struct err *e)
{
	struct buf copy;
	int code;

	if (pem_copy(pem, &copy, e) < 0)
		return -1;
	code = mbedtls_pk_parse_key(out, (const unsigned char *)copy.p, copy.n,
		NULL, 0, mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
	buf_wipe(&copy);
	if (code != 0)
		return fail(e, code, "private key");
	return 0;
}

static int load_own(struct mbed_config *c, struct str certificate,
	struct str key, struct err *e)
{
	int code;

	if (load_certificates(certificate, "certificate", &c->own, e) < 0 ||
		load_key(key, &c->key, e) < 0)
		return -1;
	code = mbedtls_pk_check_pair(&c->own.pk, &c->key,
		mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
	if (code != 0)
		return err_set(e, "private key does not belong to the "
				  "certificate");
	code = mbedtls_ssl_conf_own_cert(&c->ssl, &c->own, &c->key);
	if (code != 0)
		return fail(e, code, "certificate");
	return 0;
}

static int fill_server(struct mbed_config *c,
	const struct tls_server_options *o, struct err *e)
{
	if (set_defaults(c, o->suites, e) < 0 ||
		load_own(c, o->certificate_pem, o->key_pem, e) < 0)
		return -1;
	if (o->is_tls13_only)
		mbedtls_ssl_conf_min_tls_version(
			&c->ssl, MBEDTLS_SSL_VERSION_TLS1_3);
	mbedtls_ssl_conf_authmode(&c->ssl, MBEDTLS_SSL_VERIFY_NONE);
	if (o->client_ca_pem.n == 0)
		return 0;
	if (load_certificates(o->client_ca_pem, "client CA", &c->ca, e) < 0)
		return -1;
	mbedtls_ssl_conf_ca_chain(&c->ssl, &c->ca, NULL);
	mbedtls_ssl_conf_authmode(&c->ssl, MBEDTLS_SSL_VERIFY_OPTIONAL);
	c->asks_clients = true;
	return 0;
}

int tls_mbed_server(const struct tls_server_options *o, struct tls_config **out,
	struct err *e)
{
	struct mbed_config *c = make_config(e);

	if (c == NULL)
		return -1;
	if (fill_server(c, o, e) < 0) {
		free_config(&c->base);
		return -1;
	}
	*out = &c->base;
	return 0;
}

/* --- connections --------------------------------------------------- */

static int send_bytes(void *context, const unsigned char *p, size_t n)
{
	const struct mbed_tls *t = context;
	ssize_t put = send(t->fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (put >= 0)
		return (int)put;
	if (errno == EAGAIN || errno == EINTR)
		return MBEDTLS_ERR_SSL_WANT_WRITE;
	return MBEDTLS_ERR_SSL_INTERNAL_ERROR;
}

static int receive_bytes(void *context, unsigned char *p, size_t n)
{
	const struct mbed_tls *t = context;
	ssize_t got = recv(t->fd, p, n, MSG_DONTWAIT);

	if (got >= 0)
		return (int)got; /* 0 is the end, which mbedTLS understands */
	if (errno == EAGAIN || errno == EINTR)
		return MBEDTLS_ERR_SSL_WANT_READ;
	return MBEDTLS_ERR_SSL_CONN_EOF;
}

static void free_tls(struct tls *base)
{
	struct mbed_tls *t = tls_of(base);

	mbedtls_ssl_free(&t->ssl);
	free(t);
}

static int open_tls(
	struct tls_config *base, int fd, struct tls **out, struct err *e)
{
	struct mbed_config *c = config_of(base);
	struct mbed_tls *t = calloc(1, sizeof(*t));
	int code;

	if (t == NULL)
		return err_sys(e, "TLS connection");
	t->fd = fd;
	t->asks_clients = c->asks_clients;
	mbedtls_ssl_init(&t->ssl);
	code = mbedtls_ssl_setup(&t->ssl, &c->ssl);
	if (code != 0) {
		free_tls(&t->base);
		return fail(e, code, "TLS connection");
	}
	mbedtls_ssl_set_bio(&t->ssl, t, send_bytes, receive_bytes, NULL);
	*out = &t->base;
	return 0;
}

/* Turn the library's word into ours. */
static enum tls_result result_of(int code, const char *what, struct err *e)
{
	switch (code) {
	case MBEDTLS_ERR_SSL_WANT_READ:
	case MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET:
		return TLS_WANT_READ;
	case MBEDTLS_ERR_SSL_WANT_WRITE:
		return TLS_WANT_WRITE;
	case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
		return TLS_END;
	case MBEDTLS_ERR_SSL_CONN_EOF:
		err_set(e, "%s: the peer went away", what);
		return TLS_FAILED;
	default:
		fail(e, code, what);
		return TLS_FAILED;
	}
}

static int take_name(const mbedtls_x509_name *n, char *out)
{
	struct str value = {(const char *)n->val.p, n->val.len};

	if (n->val.tag != MBEDTLS_ASN1_UTF8_STRING &&
		n->val.tag != MBEDTLS_ASN1_PRINTABLE_STRING &&
		n->val.tag != MBEDTLS_ASN1_IA5_STRING)
		return -1;
	return str_copy(value, out, TLS_NAME_BYTES);
}

/* CN is the user, each O a group. -1 when one cannot be a name. */
static int take_subject(const mbedtls_x509_crt *crt, struct tls_peer *p)
{
	const mbedtls_x509_name *n;

	for (n = &crt->subject; n != NULL; n = n->next) {
		if (MBEDTLS_OID_CMP(MBEDTLS_OID_AT_CN, &n->oid) == 0) {
			if (take_name(n, p->user) < 0)
				return -1;
		} else if (MBEDTLS_OID_CMP(
				   MBEDTLS_OID_AT_ORGANIZATION, &n->oid) == 0) {
			if (p->group_count == TLS_GROUPS_MAX ||
				take_name(n, p->group[p->group_count]) < 0)
				return -1;
			p->group_count++;
		}
	}
	return 0;
}

static void distrust(struct tls_peer *p, const char *reason)
{
	p->is_trusted = false;
	str_copy(str_of(reason), p->reason, sizeof(p->reason));
}

/* The library's verdict and our own look at usage and names. */
static void learn_client(struct mbed_tls *t, const mbedtls_x509_crt *crt)
{
	uint32_t flags = mbedtls_ssl_get_verify_result(&t->ssl);
	struct tls_peer *p = &t->base.peer;
	char text[256] = "";

	p->is_trusted = flags == 0;
	if (flags != 0) {
		mbedtls_x509_crt_verify_info(text, sizeof(text), "", flags);
		text[strcspn(text, "\n")] = '\0';
		text[sizeof(p->reason) - 1] = '\0';
		distrust(p, text);
	} else if (mbedtls_x509_crt_check_extended_key_usage(crt,
			   MBEDTLS_OID_CLIENT_AUTH,
			   MBEDTLS_OID_SIZE(MBEDTLS_OID_CLIENT_AUTH)) != 0) {
		distrust(p, "not a client certificate");
	}
	if (take_subject(crt, p) < 0)
		distrust(p, "subject holds an unusable name");
}

static enum tls_result handshake(struct tls *base, struct err *e)
{
	struct mbed_tls *t = tls_of(base);
	int code = mbedtls_ssl_handshake(&t->ssl);
	const mbedtls_x509_crt *crt;

	if (code != 0)
		return result_of(code, "TLS handshake", e);
	crt = mbedtls_ssl_get_peer_cert(&t->ssl);
	base->peer.has_certificate = crt != NULL;
	if (crt != NULL && t->asks_clients)
		learn_client(t, crt);
	return TLS_OK;
}

static enum tls_result read_tls(
	struct tls *base, void *p, size_t n, size_t *got, struct err *e)
{
	int code = mbedtls_ssl_read(&tls_of(base)->ssl, p, n);

	if (code == 0)
		return TLS_END;
	if (code < 0)
		return result_of(code, "TLS read", e);
	*got = (size_t)code;
	return TLS_OK;
}

static enum tls_result write_tls(
	struct tls *base, const void *p, size_t n, size_t *put, struct err *e)
{
	int code = mbedtls_ssl_write(&tls_of(base)->ssl, p, n);

	if (code <= 0)
		return result_of(code, "TLS write", e);
	*put = (size_t)code;
	return TLS_OK;
}

static size_t pending(const struct tls *base)
{
	const struct mbed_tls *t = (const struct mbed_tls *)base;

	return mbedtls_ssl_get_bytes_avail(&t->ssl);
}

static enum tls_result close_tls(struct tls *base)
{
	int code = mbedtls_ssl_close_notify(&tls_of(base)->ssl);

	return code == 0 ? TLS_OK : result_of(code, "TLS close", NULL);
}

static const char *version(const struct tls *base)
{
	const struct mbed_tls *t = (const struct mbed_tls *)base;

	return mbedtls_ssl_get_version(&t->ssl);
}

static const struct tls_ops ops = {
	.open = open_tls,
	.handshake = handshake,
	.read = read_tls,
	.write = write_tls,
	.pending = pending,
	.close = close_tls,
	.version = version,
	.free = free_tls,
	.free_config = free_config,
};
