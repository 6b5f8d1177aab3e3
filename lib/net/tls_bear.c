/*
 * tls_bear - TLS 1.2 clients, the small variant of the build (TLS=bearssl);
 * with tls_bear_*.c the only user of BearSSL.
 *
 * A connection has BearSSL's engine, its buffers and an X.509 engine
 * (tls_bear_x509).  run_until() moves records between engine and socket until
 * the engine is ready for what the caller wants.
 *
 * Spoken: ECDHE with AES-GCM or ChaCha20-Poly1305 and SHA-2 only.  BearSSL
 * does not check CRLs, OCSP, name constraints (a critical one is refused) and
 * extended key usage, and does not know Ed25519.  Random numbers come from
 * getrandom(2), so that no /dev is needed.
 */
#include "lib/net/tls.h"

#include "lib/net/tls_bear_config.h"
#include "lib/net/tls_bear_error.h"
#include "lib/net/tls_bear_x509.h"

#include <bearssl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>

#define BEAR_SEED_BYTES 32
#define BEAR_DAY_S      86400
#define BEAR_DAY_1970   719528 /* days since year 0, as BearSSL counts */

struct bear_tls {
	struct tls base; /* first */
	int fd;
	br_ssl_client_context client;
	struct bear_x509 x509;
	unsigned char room[BR_SSL_BUFSIZE_BIDI];
};

static const struct tls_ops bear_ops;

static enum tls_result fail_engine(struct bear_tls *t, struct err *e)
{
	if (t->x509.name_error.kind == ERR_NONE)
		tls_bear_error(br_ssl_engine_last_error(&t->client.eng), e);
	else if (e != NULL)
		*e = t->x509.name_error;
	return TLS_FAILED;
}

/* ---- configs ------------------------------------------------------------ */

static void bear_free_config(struct tls_config *base)
{
	struct bear_config *c = (struct bear_config *)(void *)base;

	bear_config_wipe(c);
	free(c);
}

int tls_bear_client(const struct tls_client_options *o, struct tls_config **out,
	struct err *e)
{
	struct bear_config *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return err_kind(e, ERR_LIMIT, "out of memory for TLS");
	c->base.ops = &bear_ops;
	c->base.users = 1;
	if (bear_config_read(c, o, e) < 0) {
		bear_free_config(&c->base);
		return -1;
	}
	*out = &c->base;
	return 0;
}

/* ---- connections -------------------------------------------------------- */

static const uint16_t suites[] = {
	BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	BR_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	BR_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
	BR_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	BR_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
	BR_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
};

static const struct {
	int id;
	const br_hash_class *class;
} hashes[] = {
	{br_sha256_ID, &br_sha256_vtable},
	{br_sha384_ID, &br_sha384_vtable},
	{br_sha512_ID, &br_sha512_vtable},
};

static void set_algorithms(struct bear_tls *t, const struct bear_config *c)
{
	br_ssl_engine_context *engine = &t->client.eng;
	br_x509_minimal_context *x = &t->x509.inner;

	br_ssl_client_zero(&t->client);
	br_ssl_engine_set_versions(engine, BR_TLS12, BR_TLS12);
	br_ssl_engine_set_suites(
		engine, suites, sizeof(suites) / sizeof(*suites));
	br_ssl_engine_set_default_ecdsa(engine);
	br_ssl_engine_set_default_rsavrfy(engine);
	br_ssl_engine_set_default_aes_gcm(engine);
	br_ssl_engine_set_default_chapol(engine);
	br_ssl_engine_set_prf_sha256(engine, &br_tls12_sha256_prf);
	br_ssl_engine_set_prf_sha384(engine, &br_tls12_sha384_prf);
	br_ssl_engine_add_flags(engine, BR_OPT_NO_RENEGOTIATION);

	br_x509_minimal_init(x, &br_sha256_vtable, c->anchors, c->n_anchors);
	br_x509_minimal_set_rsa(x, br_ssl_engine_get_rsavrfy(engine));
	br_x509_minimal_set_ecdsa(x, br_ssl_engine_get_ec(engine),
		br_ssl_engine_get_ecdsa(engine));
	for (size_t i = 0; i < sizeof(hashes) / sizeof(*hashes); i++) {
		br_ssl_engine_set_hash(engine, hashes[i].id, hashes[i].class);
		br_x509_minimal_set_hash(x, hashes[i].id, hashes[i].class);
	}
	bear_x509_init(&t->x509, c);
	br_ssl_engine_set_x509(engine, &t->x509.vtable);
}

static void set_client_certificate(
	struct bear_tls *t, const struct bear_config *c)
{
	if (c->n_chain == 0)
		return;
	if (br_skey_decoder_key_type(&c->key) == BR_KEYTYPE_RSA)
		br_ssl_client_set_single_rsa(&t->client, c->chain, c->n_chain,
			br_skey_decoder_get_rsa(&c->key),
			br_rsa_pkcs1_sign_get_default());
	else
		br_ssl_client_set_single_ec(&t->client, c->chain, c->n_chain,
			br_skey_decoder_get_ec(&c->key), BR_KEYTYPE_SIGN,
			c->issuer_key_type, br_ec_get_default(),
			br_ecdsa_sign_asn1_get_default());
}

/* Seed the generator and set the time for certificates. */
static int set_environment(struct bear_tls *t, struct err *e)
{
	unsigned char seed[BEAR_SEED_BYTES];
	time_t now = time(NULL);

	if (getrandom(seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
		return err_sys(e, "getrandom");
	br_ssl_engine_inject_entropy(&t->client.eng, seed, sizeof(seed));
	explicit_bzero(seed, sizeof(seed));
	br_x509_minimal_set_time(&t->x509.inner,
		(uint32_t)(now / BEAR_DAY_S) + BEAR_DAY_1970,
		(uint32_t)(now % BEAR_DAY_S));
	return 0;
}

static void bear_free(struct tls *base)
{
	struct bear_tls *t = (struct bear_tls *)(void *)base;

	explicit_bzero(t, sizeof(*t));
	free(t);
}

static int bear_open(
	struct tls_config *base, int fd, struct tls **out, struct err *e)
{
	const struct bear_config *c = (const void *)base;
	struct bear_tls *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return err_kind(e, ERR_LIMIT, "out of memory for a connection");
	t->fd = fd;
	set_algorithms(t, c);
	set_client_certificate(t, c);
	br_ssl_engine_set_buffer(&t->client.eng, t->room, sizeof(t->room), 1);
	if (set_environment(t, e) < 0) {
		bear_free(&t->base);
		return -1;
	}
	if (!br_ssl_client_reset(&t->client,
		    c->target.address_bytes > 0 ? NULL : c->target.name, 0)) {
		fail_engine(t, e);
		bear_free(&t->base);
		return -1;
	}
	*out = &t->base;
	return 0;
}

/* Send some of what the engine has ready. */
static enum tls_result send_records(struct bear_tls *t, struct err *e)
{
	size_t n;
	unsigned char *p = br_ssl_engine_sendrec_buf(&t->client.eng, &n);
	ssize_t sent = send(t->fd, p, n, MSG_NOSIGNAL);

	if (sent > 0) {
		br_ssl_engine_sendrec_ack(&t->client.eng, (size_t)sent);
		return TLS_OK;
	}
	if (errno == EAGAIN)
		return TLS_WANT_WRITE;
	if (errno == EINTR)
		return TLS_OK;
	err_sys(e, "send");
	return TLS_FAILED;
}

/* Receive some of what the engine waits for. */
static enum tls_result receive_records(struct bear_tls *t, struct err *e)
{
	size_t n;
	unsigned char *p = br_ssl_engine_recvrec_buf(&t->client.eng, &n);
	ssize_t got = recv(t->fd, p, n, 0);

	if (got > 0) {
		br_ssl_engine_recvrec_ack(&t->client.eng, (size_t)got);
		return TLS_OK;
	}
	if (got == 0) {
		err_set(e, "the server closed the connection");
		return TLS_FAILED;
	}
	if (errno == EAGAIN)
		return TLS_WANT_READ;
	if (errno == EINTR)
		return TLS_OK;
	err_sys(e, "receive");
	return TLS_FAILED;
}

/* Send and receive records until the engine is in the state `wanted`. */
static enum tls_result run_until(
	struct bear_tls *t, unsigned int wanted, struct err *e)
{
	for (;;) {
		unsigned int state =
			br_ssl_engine_current_state(&t->client.eng);
		enum tls_result r = TLS_OK;

		if (state & BR_SSL_CLOSED)
			return br_ssl_engine_last_error(&t->client.eng) ==
					       BR_ERR_OK
				       ? TLS_END
				       : fail_engine(t, e);
		if (state & BR_SSL_SENDREC)
			r = send_records(t, e);
		else if (state & wanted)
			return TLS_OK;
		else if (state & BR_SSL_RECVREC)
			r = receive_records(t, e);
		else
			return fail_engine(t, e);
		if (r != TLS_OK)
			return r;
	}
}

static enum tls_result bear_handshake(struct tls *base, struct err *e)
{
	enum tls_result r =
		run_until((struct bear_tls *)(void *)base, BR_SSL_SENDAPP, e);

	if (r != TLS_END)
		return r;
	err_set(e, "TLS: the server ended the handshake");
	return TLS_FAILED;
}

static enum tls_result bear_read(
	struct tls *base, void *p, size_t n, size_t *got, struct err *e)
{
	struct bear_tls *t = (struct bear_tls *)(void *)base;
	enum tls_result r = run_until(t, BR_SSL_RECVAPP, e);
	unsigned char *from;
	size_t ready;

	if (r != TLS_OK)
		return r;
	from = br_ssl_engine_recvapp_buf(&t->client.eng, &ready);
	*got = n < ready ? n : ready;
	memcpy(p, from, *got);
	explicit_bzero(from, *got); /* it may repeat a token */
	br_ssl_engine_recvapp_ack(&t->client.eng, *got);
	return TLS_OK;
}

static enum tls_result bear_write(
	struct tls *base, const void *p, size_t n, size_t *put, struct err *e)
{
	struct bear_tls *t = (struct bear_tls *)(void *)base;
	enum tls_result r = run_until(t, BR_SSL_SENDAPP, e);
	unsigned char *to;
	size_t room;

	if (r != TLS_OK)
		return r;
	to = br_ssl_engine_sendapp_buf(&t->client.eng, &room);
	*put = n < room ? n : room;
	memcpy(to, p, *put);
	br_ssl_engine_sendapp_ack(&t->client.eng, *put);
	br_ssl_engine_flush(&t->client.eng, 0);
	/* what is not sent now is sent by the next call */
	run_until(t, BR_SSL_SENDAPP, NULL);
	return TLS_OK;
}

static size_t bear_pending(const struct tls *base)
{
	const struct bear_tls *t = (const void *)base;
	size_t n = 0;

	return br_ssl_engine_recvapp_buf(&t->client.eng, &n) != NULL ? n : 0;
}

static enum tls_result bear_close(struct tls *base)
{
	struct bear_tls *t = (struct bear_tls *)(void *)base;
	br_ssl_engine_context *engine = &t->client.eng;
	enum tls_result r = TLS_OK;

	br_ssl_engine_close(engine);
	/* our alert is enough; do not wait for the peer's */
	while (r == TLS_OK &&
		(br_ssl_engine_current_state(engine) & BR_SSL_SENDREC))
		r = send_records(t, NULL);
	return r;
}

static const char *bear_version(const struct tls *base)
{
	(void)base;
	return "TLSv1.2";
}

static const struct tls_ops bear_ops = {
	.open = bear_open,
	.handshake = bear_handshake,
	.read = bear_read,
	.write = bear_write,
	.pending = bear_pending,
	.close = bear_close,
	.version = bear_version,
	.free = bear_free,
	.free_config = bear_free_config,
};
