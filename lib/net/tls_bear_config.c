/*
 * tls_bear_config - decode PEM into BearSSL's structures, once per config.
 *
 * BearSSL's decoders own the numbers that they return, so those are copied to
 * an arena.
 */
#include "lib/net/tls_bear_config.h"

#include "lib/base/buf.h"
#include "lib/base/pem.h"
#include "lib/net/tls_authority.h"
#include "lib/net/tls_bear_error.h"

#include <string.h>

#define CONFIG_BYTES_MAX (4u << 20)

/* ---- certificates and keys ---------------------------------------------- */

static unsigned char *copy_bytes(struct arena *a, const void *bytes, size_t n)
{
	unsigned char *copy = arena_alloc(a, n > 0 ? n : 1);

	if (copy != NULL && n > 0)
		memcpy(copy, bytes, n);
	return copy;
}

/* Copy a public key, whose numbers belong to a decoder, to the arena. */
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

static int fail_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "out of memory for certificates");
}

/* Make a trust anchor of one certificate. */
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
		return tls_bear_error_certificate(
			br_x509_decoder_last_error(&decoder), e);
	if (name.full)
		return err_kind(e, ERR_INPUT, "the subject is too long");
	out->dn.data = copy_bytes(a, name.p, name.n);
	out->dn.len = name.n;
	out->flags = br_x509_decoder_isCA(&decoder) ? BR_X509_TA_CA : 0;
	if (out->dn.data == NULL || !copy_key(a, key, &out->pkey))
		return fail_memory(e);
	return 0;
}

static int take_anchor(void *context, struct str der, struct err *e)
{
	struct bear_config *c = context;

	if (decode_anchor(&c->memory, der, &c->anchors[c->n_anchors], e) < 0)
		return -1;
	c->n_anchors++;
	return 0;
}

static int read_anchors(struct bear_config *c, struct str pem,
	struct tls_skipped *skipped, struct err *e)
{
	c->anchors = arena_alloc(
		&c->memory, (pem_count(pem) + 1) * sizeof(*c->anchors));
	if (c->anchors == NULL)
		return fail_memory(e);
	return tls_authority_read(pem, take_anchor, c, skipped, e);
}

/* BearSSL needs the kind of key that signed our certificate. */
static int find_issuer_key_type(struct bear_config *c, struct err *e)
{
	br_x509_decoder_context decoder;

	br_x509_decoder_init(&decoder, NULL, NULL);
	br_x509_decoder_push(&decoder, c->chain[0].data, c->chain[0].data_len);
	if (br_x509_decoder_last_error(&decoder) != 0)
		return err_kind(e, ERR_INPUT,
			"cannot be decoded (BearSSL error %d)",
			br_x509_decoder_last_error(&decoder));
	c->issuer_key_type =
		(unsigned int)br_x509_decoder_get_signer_key_type(&decoder);
	return 0;
}

/* Our own chain is sent as it is. */
static int read_chain(struct bear_config *c, struct str pem, struct err *e)
{
	AUTO_BUF struct buf der = buf_growing(TLS_CERT_BYTES_MAX);
	struct str label;
	int got;

	c->chain = arena_alloc(
		&c->memory, (pem_count(pem) + 1) * sizeof(*c->chain));
	if (c->chain == NULL)
		return fail_memory(e);
	while ((got = pem_next(&pem, &label, &der, e)) > 0) {
		br_x509_certificate *one = &c->chain[c->n_chain];

		if (!tls_authority_is_certificate(label))
			continue;
		one->data = copy_bytes(&c->memory, der.p, der.n);
		one->data_len = der.n;
		if (one->data == NULL)
			return fail_memory(e);
		c->n_chain++;
	}
	if (got < 0)
		return -1;
	if (c->n_chain == 0)
		return err_kind(e, ERR_INPUT, "it has no certificate");
	return find_issuer_key_type(c, e);
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
			"not an RSA or EC key (BearSSL error %d)",
			br_skey_decoder_last_error(&c->key));
	return 0;
}

static int read_key(struct bear_config *c, struct str pem, struct err *e)
{
	struct buf der = buf_growing(TLS_CERT_BYTES_MAX);
	struct str label;
	int got, done = -1;

	do {
		got = pem_next(&pem, &label, &der, e);
	} while (got > 0 && !is_private_key(label));
	if (got > 0)
		done = decode_key(c, buf_view(&der), e);
	else if (got == 0)
		err_kind(e, ERR_INPUT,
			"it has no private key (encrypted ones cannot be "
			"used)");
	buf_wipe(&der);
	return done;
}

/* ---- the whole ---------------------------------------------------------- */

int bear_config_read(struct bear_config *c, const struct tls_client_options *o,
	struct err *e)
{
	c->memory = arena_make(CONFIG_BYTES_MAX);
	if (tls_target_read(o, &c->target, e) < 0)
		return -1;
	if (read_anchors(c, o->ca_pem, o->skipped, e) < 0)
		return err_at(e, "certificate authority");
	if (o->certificate_pem.n == 0)
		return 0;
	if (read_chain(c, o->certificate_pem, e) < 0)
		return err_at(e, "client certificate");
	if (read_key(c, o->key_pem, e) < 0)
		return err_at(e, "client key");
	return 0;
}

void bear_config_wipe(struct bear_config *c)
{
	arena_wipe(&c->memory);
	explicit_bzero(&c->key, sizeof(c->key));
}
