/*
 * tls_mbed - TLS servers and clients with mbedTLS 3.6: TLS 1.2 and 1.3.
 *
 * The library reads and writes through tls_mbed_socket, which never blocks.  A
 * server with a client CA asks for a certificate; after the handshake the
 * library's verdict, and our own check of usage and names, are put into
 * tls_peer; later that is done again where it has to be.  A client checks its
 * server within the handshake (tls_mbed_verify).
 *
 * The library must be built with TLS 1.2 and 1.3, PSA crypto, PEM, ECDHE with
 * X25519 and P-256, RSA and ECDSA certificates, AES-GCM, ChaCha20-Poly1305,
 * and with the peer's certificate kept after the handshake.
 *
 * Refused: TLS below 1.2, suites without forward secrecy or AEAD, resumed
 * sessions, renegotiation, certificates whose names hold a NUL or do not fit.
 * The library has no KeyUpdate of TLS 1.3: a peer that asks for one gets its
 * connection ended.
 */
#include "lib/net/tls_mbed_config.h"
#include "lib/net/tls_mbed_peer.h"
#include "lib/net/tls_mbed_pem.h"
#include "lib/net/tls_mbed_socket.h"
#include "lib/net/tls_mbed_verify.h"
#include "lib/net/tls_mbed_words.h"

#include <mbedtls/entropy.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct mbed_tls {
	struct tls base;
	mbedtls_ssl_context ssl;
	struct tls_mbed_socket socket;
	uint64_t judged_by; /* serial of the config whose CAs were asked */
	struct tls_mbed_verdict verdict; /* of a server, on its client */
	struct tls_mbed_verify verify;   /* of a client, on its server */
};

static const struct tls_ops ops;

/*
 * Under musl the library's own source of entropy opens /dev/urandom, which a
 * sandboxed process cannot do.  This definition replaces it: the linker finds
 * it first and does not take the library's object.  If it took both, the link
 * would fail.
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

/* --- configs ------------------------------------------------------- */

static void free_config(struct tls_config *base)
{
	mbed_config_free(config_of(base));
}

static int give_config(struct mbed_config *c, struct tls_config **out)
{
	if (c == NULL)
		return -1;
	c->base = (struct tls_config){.ops = &ops, .users = 1};
	*out = &c->base;
	return 0;
}

int tls_mbed_server(const struct tls_server_options *o, struct tls_config **out,
	struct err *e)
{
	return give_config(mbed_config_server(o, e), out);
}

int tls_mbed_client(const struct tls_client_options *o, struct tls_config **out,
	struct err *e)
{
	return give_config(mbed_config_client(o, e), out);
}

/* --- connections --------------------------------------------------- */

static void free_tls(struct tls *base)
{
	struct mbed_tls *t = tls_of(base);

	mbedtls_ssl_free(&t->ssl);
	free(t);
}

/* Whom the library compares names with, and who looks at each certificate. */
static int set_peer(struct mbed_tls *t, const struct mbed_config *c)
{
	if (!c->is_client) {
		tls_mbed_verdict_clear(&t->verdict);
		mbedtls_ssl_set_verify(
			&t->ssl, tls_mbed_verdict_note, &t->verdict);
		return 0;
	}
	t->verify = (struct tls_mbed_verify){
		.target = &c->target, .trusted = &c->ca};
	mbedtls_ssl_set_verify(&t->ssl, tls_mbed_verify_note, &t->verify);
	/* an address is no name, and is not sent as one (RFC 6066 3) */
	return mbedtls_ssl_set_hostname(
		&t->ssl, c->target.address_bytes > 0 ? NULL : c->target.name);
}

static int open_tls(
	struct tls_config *base, int fd, struct tls **out, struct err *e)
{
	struct mbed_config *c = config_of(base);
	struct mbed_tls *t = calloc(1, sizeof(*t));
	int code;

	if (t == NULL)
		return err_sys(e, "TLS connection");
	t->socket.fd = fd;
	t->judged_by = c->serial;
	mbedtls_ssl_init(&t->ssl);
	code = mbedtls_ssl_setup(&t->ssl, &c->ssl);
	if (code == 0)
		code = set_peer(t, c);
	if (code != 0) {
		free_tls(&t->base);
		return tls_mbed_error(code, "TLS connection", e);
	}
	mbedtls_ssl_set_bio(&t->ssl, &t->socket, tls_mbed_socket_send,
		tls_mbed_socket_receive, NULL);
	*out = &t->base;
	return 0;
}

/* Why the connection has failed. */
static void explain(
	const struct mbed_tls *t, int code, const char *what, struct err *e)
{
	bool is_client = config_of(t->base.config)->is_client;

	if (t->socket.broken_by != 0) {
		errno = t->socket.broken_by;
		err_sys(e, "%s", what);
	} else if (is_client) {
		tls_mbed_words(&t->ssl, &t->verify, code, e);
	} else if (code == MBEDTLS_ERR_SSL_CONN_EOF) {
		err_set(e, "%s: the peer closed the connection", what);
	} else {
		tls_mbed_error(code, what, e);
	}
}

/* The library's result as one of tls.h. */
static enum tls_result result_of(
	struct mbed_tls *t, int code, const char *what, struct err *e)
{
	switch (code) {
	case MBEDTLS_ERR_SSL_WANT_READ:
	case MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET:
		return TLS_WANT_READ;
	case MBEDTLS_ERR_SSL_WANT_WRITE:
		return TLS_WANT_WRITE;
	case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
		return TLS_END;
	default:
		explain(t, code, what, e);
		return TLS_FAILED;
	}
}

static enum tls_result handshake(struct tls *base, struct err *e)
{
	struct mbed_tls *t = tls_of(base);
	int code = mbedtls_ssl_handshake(&t->ssl);
	const mbedtls_x509_crt *crt;

	if (code == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY)
		code = MBEDTLS_ERR_SSL_CONN_EOF;
	if (code != 0)
		return result_of(t, code, "TLS handshake", e);
	crt = mbedtls_ssl_get_peer_cert(&t->ssl);
	base->peer.has_certificate = crt != NULL;
	if (crt != NULL && config_of(base->config)->asks_clients)
		tls_mbed_peer_learn(&t->verdict, crt,
			mbedtls_ssl_get_verify_result(&t->ssl), &base->peer);
	return TLS_OK;
}

static void recheck(struct tls *base, struct tls_config *now)
{
	struct mbed_tls *t = tls_of(base);
	struct mbed_config *c = config_of(now);
	const mbedtls_x509_crt *crt = mbedtls_ssl_get_peer_cert(&t->ssl);
	bool is_old = t->judged_by != c->serial ||
		      tls_mbed_peer_has_ended(&t->verdict, &base->peer);

	if (crt == NULL || !is_old)
		return;
	t->judged_by = c->serial;
	tls_mbed_peer_judge(
		&t->verdict, crt, c->asks_clients ? &c->ca : NULL, &base->peer);
}

static enum tls_result read_tls(
	struct tls *base, void *p, size_t n, size_t *got, struct err *e)
{
	int code = mbedtls_ssl_read(&tls_of(base)->ssl, p, n);

	/* the library's 0 is an end of the connection without a close_notify */
	if (code == 0)
		code = MBEDTLS_ERR_SSL_CONN_EOF;
	if (code < 0)
		return result_of(tls_of(base), code, "TLS read", e);
	*got = (size_t)code;
	return TLS_OK;
}

static enum tls_result write_tls(
	struct tls *base, const void *p, size_t n, size_t *put, struct err *e)
{
	int code = mbedtls_ssl_write(&tls_of(base)->ssl, p, n);

	if (code <= 0)
		return result_of(tls_of(base), code, "TLS write", e);
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
	struct mbed_tls *t = tls_of(base);
	int code = mbedtls_ssl_close_notify(&t->ssl);

	return code == 0 ? TLS_OK : result_of(t, code, "TLS close", NULL);
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
	.recheck = recheck,
	.free = free_tls,
	.free_config = free_config,
};
