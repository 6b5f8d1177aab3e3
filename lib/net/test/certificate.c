/*
 * certificate - writes them with mbedTLS, with no extension that BearSSL would
 * refuse: extended key usage, which mbedTLS marks as critical.
 */
#include "lib/net/test/certificate.h"

#include <mbedtls/psa_util.h>
#include <mbedtls/x509_crt.h>
#include <psa/crypto.h>

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PEM_MAX 65536u
#define ONE_MAX 4096
#define HOUR_S  3600
#define SUBJECT 80

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void set_validity(mbedtls_x509write_cert *w, bool has_expired)
{
	time_t from = time(NULL) - 3 * HOUR_S;
	time_t until = time(NULL) + (has_expired ? -1 : 1) * HOUR_S;
	char first[16], last[16];
	struct tm tm;

	strftime(first, sizeof(first), "%Y%m%d%H%M%S", gmtime_r(&from, &tm));
	strftime(last, sizeof(last), "%Y%m%d%H%M%S", gmtime_r(&until, &tm));
	require(mbedtls_x509write_crt_set_validity(w, first, last) == 0);
}

static void set_names(
	mbedtls_x509write_cert *w, const struct certificate_wish *wish)
{
	unsigned char address[16];
	mbedtls_x509_san_list dns = {
		.node = {.type = MBEDTLS_X509_SAN_DNS_NAME}};
	mbedtls_x509_san_list ip = {
		.node = {.type = MBEDTLS_X509_SAN_IP_ADDRESS}};
	mbedtls_x509_san_list *first = NULL;

	if (wish->ip != NULL) {
		bool is_v4 = inet_pton(AF_INET, wish->ip, address) == 1;

		require(is_v4 || inet_pton(AF_INET6, wish->ip, address) == 1);
		ip.node.san.unstructured_name.p = address;
		ip.node.san.unstructured_name.len = is_v4 ? 4 : 16;
		first = &ip;
	}
	if (wish->dns != NULL) {
		dns.node.san.unstructured_name.p =
			(unsigned char *)(uintptr_t)wish->dns;
		dns.node.san.unstructured_name.len = strlen(wish->dns);
		dns.next = first;
		first = &dns;
	}
	if (first != NULL)
		require(mbedtls_x509write_crt_set_subject_alternative_name(
				w, first) == 0);
}

static void make_key(mbedtls_ecp_group_id curve, mbedtls_pk_context *key)
{
	curve = curve != MBEDTLS_ECP_DP_NONE ? curve : MBEDTLS_ECP_DP_SECP256R1;
	require(mbedtls_pk_setup(
			key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)) == 0);
	require(mbedtls_ecp_gen_key(curve, mbedtls_pk_ec(*key),
			mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE) == 0);
}

/* The issuer's name and key. */
static void read_issuer(const struct certificate *issuer, char *subject,
	mbedtls_pk_context *key)
{
	struct buf certificate = issuer->own, secret = issuer->key;
	mbedtls_x509_crt crt;

	mbedtls_x509_crt_init(&crt);
	require(mbedtls_x509_crt_parse(&crt,
			(const unsigned char *)certificate.p,
			certificate.n) == 0);
	require(mbedtls_x509_dn_gets(subject, SUBJECT, &crt.subject) > 0);
	mbedtls_x509_crt_free(&crt);
	require(mbedtls_pk_parse_key(key, (const unsigned char *)secret.p,
			secret.n, NULL, 0, mbedtls_psa_get_random,
			MBEDTLS_PSA_RANDOM_STATE) == 0);
}

/* The NUL belongs to PEM that mbedTLS reads. */
static struct buf pem_of(const unsigned char *text)
{
	struct buf b = buf_growing(PEM_MAX);

	buf_put(&b, text, strlen((const char *)text) + 1);
	return b;
}

static void describe(mbedtls_x509write_cert *w,
	const struct certificate_wish *wish, const char *subject)
{
	static unsigned char serial[4];

	serial[3]++;
	mbedtls_x509write_crt_set_version(w, MBEDTLS_X509_CRT_VERSION_3);
	mbedtls_x509write_crt_set_md_alg(
		w, wish->is_sha1 ? MBEDTLS_MD_SHA1 : MBEDTLS_MD_SHA256);
	require(mbedtls_x509write_crt_set_serial_raw(
			w, serial, sizeof(serial)) == 0);
	require(mbedtls_x509write_crt_set_subject_name(w, subject) == 0);
	require(mbedtls_x509write_crt_set_basic_constraints(
			w, wish->is_authority, -1) == 0);
	set_validity(w, wish->has_expired);
	set_names(w, wish);
}

struct certificate certificate_make(
	const struct certificate_wish *wish, const struct certificate *issuer)
{
	char subject[SUBJECT] = "CN=", issuer_name[SUBJECT];
	unsigned char pem[ONE_MAX];
	mbedtls_pk_context key, issuer_key;
	mbedtls_x509write_cert w;
	struct certificate c;

	require(psa_crypto_init() == PSA_SUCCESS);
	mbedtls_x509write_crt_init(&w);
	mbedtls_pk_init(&key);
	mbedtls_pk_init(&issuer_key);
	strncat(subject, wish->common_name, SUBJECT - 4);
	make_key(wish->curve, &key);
	describe(&w, wish, subject);
	if (issuer != NULL)
		read_issuer(issuer, issuer_name, &issuer_key);
	require(mbedtls_x509write_crt_set_issuer_name(
			&w, issuer != NULL ? issuer_name : subject) == 0);
	mbedtls_x509write_crt_set_subject_key(&w, &key);
	mbedtls_x509write_crt_set_issuer_key(
		&w, issuer != NULL ? &issuer_key : &key);
	require(mbedtls_x509write_crt_pem(&w, pem, sizeof(pem),
			mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE) == 0);
	c.own = pem_of(pem);
	c.chain = buf_growing(PEM_MAX);
	buf_str(&c.chain, str_of((const char *)pem));
	if (issuer != NULL)
		buf_str(&c.chain, buf_view(&issuer->chain));
	require(mbedtls_pk_write_key_pem(&key, pem, sizeof(pem)) == 0);
	c.key = pem_of(pem);
	mbedtls_x509write_crt_free(&w);
	mbedtls_pk_free(&key);
	mbedtls_pk_free(&issuer_key);
	return c;
}

void certificate_free(struct certificate *c)
{
	buf_free(&c->chain);
	buf_free(&c->own);
	buf_wipe(&c->key);
}
