/*
 * tls_bear - TLS 1.2 clients by BearSSL; this file is its only user.
 *
 * A config holds the trust anchors and our own certificate, decoded once in
 * an arena.  A connection holds the engine, its buffers and an X.509 engine
 * of ours that wraps BearSSL's "minimal" one: it keeps a copy of the first
 * certificate of the chain, and when the server is known by its address it
 * matches that against the iPAddress entries, which BearSSL does not look at
 * (RFC 5280 4.2.1.6; x509name.h).
 *
 * Spoken: ECDHE with AES-GCM or ChaCha20-Poly1305 and SHA-2, nothing else.
 * Not checked, as BearSSL has none of it: CRLs and OCSP, name constraints
 * (a critical one is refused), extended key usage.  Ed25519 is not known.
 * Randomness comes from getrandom(2), so that no /dev is needed.
 */
#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/net/pem.h"
#include "lib/net/tls.h"
#include "lib/net/x509name.h"

#include <arpa/inet.h>
#include <bearssl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>

#define BEAR_CONFIG_BYTES_MAX (4u << 20) /* decoded certificates */
#define BEAR_CERT_BYTES_MAX   16384      /* one certificate */
#define BEAR_SEED_BYTES       32
#define BEAR_DAY_S            86400
#define BEAR_DAY_1970         719528 /* days from year 0, as BearSSL counts */

struct bear_config {
	struct tls_config base;
	char server_name[TLS_NAME_BYTES]; /* "" when known by address */
	unsigned char address[16];
	size_t address_bytes; /* 0 when known by name */
	br_x509_trust_anchor *anchors;
	size_t n_anchors;
	br_x509_certificate *chain; /* ours; NULL for none */
	size_t n_chain;
	unsigned int issuer_key_type;
	br_skey_decoder_context key;
	struct arena memory; /* of the anchors and the chain */
};

/* BearSSL's X.509 engine and what we look at besides. */
struct bear_x509 {
	const br_x509_class *vtable; /* first, as BearSSL wants it */
	br_x509_minimal_context inner;
	const struct bear_config *config;
	size_t n_certs;
	size_t first_bytes; /* above the room: it was too large */
	struct err name_error;
	char first[BEAR_CERT_BYTES_MAX];
};

struct bear_tls {
	struct tls base;
	int fd;
	br_ssl_client_context client;
	struct bear_x509 x509;
	unsigned char room[BR_SSL_BUFSIZE_BIDI];
};

static const struct tls_ops bear_ops;

/* ---------------------------------------------------------------- errors */

static const struct {
	int code;
	const char *text;
} bear_errors[] = {
	{BR_ERR_UNSUPPORTED_VERSION,
		"the server speaks no TLS 1.2, or no TLS at all"},
	{BR_ERR_BAD_VERSION, "the server speaks no TLS 1.2"},
	{BR_ERR_BAD_MAC, "a record was damaged on the way"},
	{BR_ERR_UNKNOWN_TYPE, "the server does not speak TLS"},
	{BR_ERR_BAD_CIPHER_SUITE, "no cipher suite in common"},
	{BR_ERR_BAD_SIGNATURE, "the server's signature is wrong"},
	{BR_ERR_X509_EMPTY_CHAIN, "the server showed no certificate"},
	{BR_ERR_X509_BAD_SIGNATURE,
		"a signature in the server's certificates is wrong"},
	{BR_ERR_X509_EXPIRED,
		"the server's certificate is expired or not valid yet"},
	{BR_ERR_X509_DN_MISMATCH, "the server's certificates are no chain"},
	{BR_ERR_X509_BAD_SERVER_NAME,
		"the server's certificate is for another name"},
	{BR_ERR_X509_CRITICAL_EXTENSION,
		"the server's certificate has a critical extension that is "
		"not understood"},
	{BR_ERR_X509_NOT_CA,
		"the server's certificate is signed by one that is no CA"},
	{BR_ERR_X509_WEAK_PUBLIC_KEY,
		"the server's certificate has a weak key"},
	{BR_ERR_X509_UNSUPPORTED,
		"the server's certificate has a kind of key or signature "
		"that is not supported"},
	{BR_ERR_X509_NOT_TRUSTED,
		"the server's certificate is signed by an unknown authority"},
	{BR_ERR_RECV_FATAL_ALERT + 40, "the server refused: handshake failure"},
	{BR_ERR_RECV_FATAL_ALERT + 42,
		"the server refused our certificate: it is bad"},
	{BR_ERR_RECV_FATAL_ALERT + 45,
		"the server refused our certificate: it is expired"},
	{BR_ERR_RECV_FATAL_ALERT + 48,
		"the server refused our certificate: unknown authority"},
	{BR_ERR_RECV_FATAL_ALERT + 70,
		"the server refused TLS 1.2, the newest version spoken here"},
	{BR_ERR_RECV_FATAL_ALERT + 112,
		"the server does not know the name it was called by"},
	{BR_ERR_RECV_FATAL_ALERT + 116,
		"the server wants a certificate from us"},
};

static enum tls_result fail(struct bear_tls *t, struct err *e)
{
	int code = br_ssl_engine_last_error(&t->client.eng);

	if (t->x509.name_error.kind != ERR_NONE) {
		if (e != NULL)
			*e = t->x509.name_error;
		return TLS_FAILED;
	}
	for (size_t i = 0; i < sizeof(bear_errors) / sizeof(*bear_errors); i++)
		if (bear_errors[i].code == code) {
			err_set(e, "TLS: %s", bear_errors[i].text);
			return TLS_FAILED;
		}
	if (code > BR_ERR_RECV_FATAL_ALERT && code < BR_ERR_SEND_FATAL_ALERT)
		err_set(e, "TLS: the server sent alert %d",
			code - BR_ERR_RECV_FATAL_ALERT);
	else
		err_set(e, "TLS: BearSSL error %d", code);
	return TLS_FAILED;
}

/* --------------------------------------------- our wrap of the X.509 engine */

/* BearSSL hands over the address of the vtable pointer, our first member. */
static struct bear_x509 *x509_of(const br_x509_class **context)
{
	return (struct bear_x509 *)(void *)context;
}

static void x509_start_chain(const br_x509_class **context, const char *name)
{
	struct bear_x509 *x = x509_of(context);

	x->n_certs = 0;
	x->first_bytes = 0;
	err_clear(&x->name_error);
	x->inner.vtable->start_chain(&x->inner.vtable, name);
}

static void x509_start_cert(const br_x509_class **context, uint32_t length)
{
	struct bear_x509 *x = x509_of(context);

	x->inner.vtable->start_cert(&x->inner.vtable, length);
}

static void x509_append(
	const br_x509_class **context, const unsigned char *bytes, size_t n)
{
	struct bear_x509 *x = x509_of(context);

	if (x->n_certs == 0 && x->first_bytes <= sizeof(x->first)) {
		if (n <= sizeof(x->first) - x->first_bytes)
			memcpy(x->first + x->first_bytes, bytes, n);
		x->first_bytes += n;
	}
	x->inner.vtable->append(&x->inner.vtable, bytes, n);
}

static void x509_end_cert(const br_x509_class **context)
{
	struct bear_x509 *x = x509_of(context);

	x->n_certs++;
	x->inner.vtable->end_cert(&x->inner.vtable);
}

static unsigned x509_end_chain(const br_x509_class **context)
{
	struct bear_x509 *x = x509_of(context);
	unsigned code = x->inner.vtable->end_chain(&x->inner.vtable);

	if (code != 0 || x->config->address_bytes == 0)
		return code;
	if (x->first_bytes > sizeof(x->first)) {
		err_kind(&x->name_error, ERR_LIMIT,
			"the server's certificate is larger than "
			"%zu bytes",
			sizeof(x->first));
		return BR_ERR_X509_LIMIT_EXCEEDED;
	}
	if (x509name_match_ip((struct str){x->first, x->first_bytes},
		    (struct str){(const char *)x->config->address,
			    x->config->address_bytes},
		    &x->name_error) < 0)
		return BR_ERR_X509_BAD_SERVER_NAME;
	return 0;
}

static const br_x509_pkey *x509_get_pkey(
	const br_x509_class *const *context, unsigned *usages)
{
	const struct bear_x509 *x = (const void *)context;

	return x->inner.vtable->get_pkey(&x->inner.vtable, usages);
}

static const br_x509_class x509_wrap = {
	sizeof(struct bear_x509),
	x509_start_chain,
	x509_start_cert,
	x509_append,
	x509_end_cert,
	x509_end_chain,
	x509_get_pkey,
};

/* ------------------------------------------------------------ certificates */

static unsigned char *copy_bytes(struct arena *a, const void *bytes, size_t n)
{
	unsigned char *copy = arena_alloc(a, n > 0 ? n : 1);

	if (copy != NULL && n > 0)
		memcpy(copy, bytes, n);
	return copy;
}

/* Copy a public key, whose numbers live in a decoder, into the arena. */
static bool copy_key(
	struct arena *a, const br_x509_pkey *from, br_x509_pkey *to)
{
	*to = *from;
	if (from->key_type == BR_KEYTYPE_EC) {
		to->key.ec.q = copy_bytes(a, from->key.ec.q, from->key.ec.qlen);
		return to->key.ec.q != NULL;
	}
	to->key.rsa.n = copy_bytes(a, from->key.rsa.n, from->key.rsa.nlen);
	to->key.rsa.e = copy_bytes(a, from->key.rsa.e, from->key.rsa.elen);
	return to->key.rsa.n != NULL && to->key.rsa.e != NULL;
}

static void append_name(void *context, const void *bytes, size_t n)
{
	buf_put(context, bytes, n);
}

static int no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for certificates");
}

/* Turn one certificate into a trust anchor. */
static int decode_anchor(struct arena *a, struct str der,
	br_x509_trust_anchor *out, struct err *e)
{
	char room[2048];
	struct buf name = buf_fixed(room, sizeof(room));
	br_x509_decoder_context decoder;
	const br_x509_pkey *key;

	br_x509_decoder_init(&decoder, append_name, &name);
	br_x509_decoder_push(&decoder, der.p, der.n);
	key = br_x509_decoder_get_pkey(&decoder);
	if (key == NULL)
		return err_kind(e, ERR_INPUT,
			"not understood (BearSSL error %d)",
			br_x509_decoder_last_error(&decoder));
	if (name.full)
		return err_kind(e, ERR_LIMIT, "its subject is too long");
	out->dn.data = copy_bytes(a, name.p, name.n);
	out->dn.len = name.n;
	out->flags = br_x509_decoder_isCA(&decoder) ? BR_X509_TA_CA : 0;
	if (out->dn.data == NULL || !copy_key(a, key, &out->pkey))
		return no_memory(e);
	return 0;
}

static bool is_certificate(struct str label)
{
	return str_is(label, "CERTIFICATE") ||
	       str_is(label, "X509 CERTIFICATE") ||
	       str_is(label, "TRUSTED CERTIFICATE");
}

static int read_anchors(struct bear_config *c, struct str pem, struct err *e)
{
	AUTO_BUF struct buf der = buf_growing(BEAR_CERT_BYTES_MAX);
	struct str label;
	int got;

	c->anchors = arena_alloc(
		&c->memory, (pem_count(pem) + 1) * sizeof(*c->anchors));
	if (c->anchors == NULL)
		return no_memory(e);
	while ((got = pem_next(&pem, &label, &der, e)) > 0) {
		if (!is_certificate(label))
			continue;
		if (decode_anchor(&c->memory, buf_view(&der),
			    &c->anchors[c->n_anchors], e) < 0)
			return err_at(e, "certificate %zu", c->n_anchors + 1);
		c->n_anchors++;
	}
	if (got == 0 && c->n_anchors == 0)
		return err_kind(e, ERR_INPUT, "no certificate in it");
	return got;
}

/* Our own chain is sent as it is; only its first signer's kind is needed. */
static int read_chain(struct bear_config *c, struct str pem, struct err *e)
{
	AUTO_BUF struct buf der = buf_growing(BEAR_CERT_BYTES_MAX);
	br_x509_decoder_context decoder;
	struct str label;
	int got;

	c->chain = arena_alloc(
		&c->memory, (pem_count(pem) + 1) * sizeof(*c->chain));
	if (c->chain == NULL)
		return no_memory(e);
	while ((got = pem_next(&pem, &label, &der, e)) > 0) {
		br_x509_certificate *one = &c->chain[c->n_chain];

		if (!is_certificate(label))
			continue;
		one->data = copy_bytes(&c->memory, der.p, der.n);
		one->data_len = der.n;
		if (one->data == NULL)
			return no_memory(e);
		c->n_chain++;
	}
	if (got < 0)
		return -1;
	if (c->n_chain == 0)
		return err_kind(e, ERR_INPUT, "no certificate in it");
	br_x509_decoder_init(&decoder, NULL, NULL);
	br_x509_decoder_push(&decoder, c->chain[0].data, c->chain[0].data_len);
	if (br_x509_decoder_last_error(&decoder) != 0)
		return err_kind(e, ERR_INPUT,
			"not understood (BearSSL error %d)",
			br_x509_decoder_last_error(&decoder));
	c->issuer_key_type =
		(unsigned int)br_x509_decoder_get_signer_key_type(&decoder);
	return 0;
}

static bool is_private_key(struct str label)
{
	return str_has_suffix(label, STR("PRIVATE KEY")) &&
	       !str_has_prefix(label, STR("ENCRYPTED"));
}

static int decode_key(struct bear_config *c, struct str der, struct err *e)
{
	br_skey_decoder_init(&c->key);
	br_skey_decoder_push(&c->key, der.p, der.n);
	if (br_skey_decoder_last_error(&c->key) != 0 ||
		br_skey_decoder_key_type(&c->key) == 0)
		return err_kind(e, ERR_INPUT,
			"no RSA or EC key (BearSSL error %d)",
			br_skey_decoder_last_error(&c->key));
	return 0;
}

static int read_key(struct bear_config *c, struct str pem, struct err *e)
{
	struct buf der = buf_growing(BEAR_CERT_BYTES_MAX);
	struct str label;
	int got, done = -1;

	do {
		got = pem_next(&pem, &label, &der, e);
	} while (got > 0 && !is_private_key(label));
	if (got > 0)
		done = decode_key(c, buf_view(&der), e);
	else if (got == 0)
		err_kind(e, ERR_INPUT,
			"no private key in it (an encrypted "
			"one cannot be used)");
	buf_wipe(&der);
	return done;
}

/* ----------------------------------------------------------------- configs */

static void bear_free_config(struct tls_config *base)
{
	struct bear_config *c = (struct bear_config *)(void *)base;

	arena_wipe(&c->memory);
	explicit_bzero(&c->key, sizeof(c->key));
	free(c);
}

static int set_server(struct bear_config *c, const struct tls_client_options *o,
	struct err *e)
{
	char text[INET6_ADDRSTRLEN];

	if ((o->server_name.n == 0) == (o->server_ip.n == 0))
		return err_set(e, "a server has a name or an address");
	if (o->server_name.n > 0)
		return str_copy(o->server_name, c->server_name,
			       sizeof(c->server_name)) == 0
			       ? 0
			       : err_kind(e, ERR_INPUT,
					 "the server name is too long");
	if (str_copy(o->server_ip, text, sizeof(text)) == 0) {
		if (inet_pton(AF_INET, text, c->address) == 1)
			c->address_bytes = 4;
		else if (inet_pton(AF_INET6, text, c->address) == 1)
			c->address_bytes = 16;
	}
	if (c->address_bytes == 0)
		return err_kind(e, ERR_INPUT, "%.*s is no address",
			STR_ARG(o->server_ip));
	return 0;
}

static int fill_config(struct bear_config *c,
	const struct tls_client_options *o, struct err *e)
{
	if (set_server(c, o, e) < 0)
		return -1;
	if (read_anchors(c, o->ca_pem, e) < 0)
		return err_at(e, "certificate authority");
	if (o->certificate_pem.n == 0)
		return 0;
	if (read_chain(c, o->certificate_pem, e) < 0)
		return err_at(e, "client certificate");
	if (read_key(c, o->key_pem, e) < 0)
		return err_at(e, "client key");
	return 0;
}

int tls_bear_client(const struct tls_client_options *o, struct tls_config **out,
	struct err *e)
{
	struct bear_config *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return no_memory(e);
	c->base.ops = &bear_ops;
	c->base.users = 1;
	c->memory = arena_make(BEAR_CONFIG_BYTES_MAX);
	if (fill_config(c, o, e) < 0) {
		bear_free_config(&c->base);
		return -1;
	}
	*out = &c->base;
	return 0;
}

/* ------------------------------------------------------------- connections */

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
	t->x509.vtable = &x509_wrap;
	t->x509.config = c;
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

/* Seed the generator and tell the time. */
static int set_surroundings(struct bear_tls *t, struct err *e)
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
		return err_kind(e, ERR_LIMIT, "no memory for a connection");
	t->fd = fd;
	set_algorithms(t, c);
	set_client_certificate(t, c);
	br_ssl_engine_set_buffer(&t->client.eng, t->room, sizeof(t->room), 1);
	if (set_surroundings(t, e) < 0) {
		bear_free(&t->base);
		return -1;
	}
	if (!br_ssl_client_reset(&t->client,
		    c->address_bytes > 0 ? NULL : c->server_name, 0)) {
		fail(t, e);
		bear_free(&t->base);
		return -1;
	}
	*out = &t->base;
	return 0;
}

/* Send a piece of what the engine has ready. */
static enum tls_result push_records(struct bear_tls *t, struct err *e)
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

/* Receive a piece of what the engine waits for. */
static enum tls_result pull_records(struct bear_tls *t, struct err *e)
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

/* Move records until the engine is ready for `wanted`. */
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
				       : fail(t, e);
		if (state & BR_SSL_SENDREC)
			r = push_records(t, e);
		else if (state & wanted)
			return TLS_OK;
		else if (state & BR_SSL_RECVREC)
			r = pull_records(t, e);
		else
			return fail(t, e);
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
	/* what does not go out now is sent by the next call of any kind */
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
	/* our own alert is enough; the peer's answer is not waited for */
	while (r == TLS_OK &&
		(br_ssl_engine_current_state(engine) & BR_SSL_SENDREC))
		r = push_records(t, NULL);
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
