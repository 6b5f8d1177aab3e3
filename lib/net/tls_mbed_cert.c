/*
 * tls_mbed_cert - make and read server certificates with mbedTLS.
 *
 * A server that was given no certificate makes one that is signed by itself,
 * with a key on P-256, valid from an hour ago so that clocks may differ.  A
 * client can trust it only by pinning it.
 */
#include "lib/net/tls_mbed_pem.h"

#include "lib/net/tls.h"

#include <mbedtls/oid.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/psa_util.h>

#include <arpa/inet.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define NAMES_MAX    16
#define PEM_BYTES    4096
#define SERIAL_BYTES 16

int tls_mbed_expiry(struct str pem, int64_t *unix_s, struct err *e)
{
	mbedtls_x509_crt crt;
	int result;

	mbedtls_x509_crt_init(&crt);
	result = tls_mbed_pem_certificates(pem, "certificate", &crt, e);
	if (result == 0) {
		struct tm tm = {
			.tm_year = crt.valid_to.year - 1900,
			.tm_mon = crt.valid_to.mon - 1,
			.tm_mday = crt.valid_to.day,
			.tm_hour = crt.valid_to.hour,
			.tm_min = crt.valid_to.min,
			.tm_sec = crt.valid_to.sec,
		};

		*unix_s = timegm(&tm);
	}
	mbedtls_x509_crt_free(&crt);
	return result;
}

struct san_list {
	mbedtls_x509_san_list item[NAMES_MAX];
	unsigned char ip[NAMES_MAX][16];
	size_t n;
};

static mbedtls_x509_san_list *add_name(struct san_list *l, int type)
{
	mbedtls_x509_san_list *item;

	if (l->n == NAMES_MAX)
		return NULL;
	item = &l->item[l->n++];
	item->node.type = type;
	if (l->n > 1)
		l->item[l->n - 2].next = item;
	return item;
}

static void set_bytes(mbedtls_x509_san_list *item, unsigned char *p, size_t n)
{
	item->node.san.unstructured_name.p = p;
	item->node.san.unstructured_name.len = n;
}

static int add_ip(struct san_list *l, const char *text)
{
	unsigned char *at = l->ip[l->n < NAMES_MAX ? l->n : 0];
	mbedtls_x509_san_list *item;
	size_t n = 0;

	if (inet_pton(AF_INET, text, at) == 1)
		n = 4;
	else if (inet_pton(AF_INET6, text, at) == 1)
		n = 16;
	item = n > 0 ? add_name(l, MBEDTLS_X509_SAN_IP_ADDRESS) : NULL;
	if (item == NULL)
		return -1;
	set_bytes(item, at, n);
	return 0;
}

static int add_names(
	const struct tls_identity *who, struct san_list *l, struct err *e)
{
	for (size_t i = 0; who->dns[i] != NULL; i++) {
		mbedtls_x509_san_list *item =
			add_name(l, MBEDTLS_X509_SAN_DNS_NAME);

		if (item == NULL)
			return err_set(e, "more than %d names", NAMES_MAX);
		/* The library only reads it; its type lacks the const. */
		set_bytes(item, (unsigned char *)(uintptr_t)who->dns[i],
			strlen(who->dns[i]));
	}
	for (size_t i = 0; who->ip[i] != NULL; i++)
		if (add_ip(l, who->ip[i]) < 0)
			return err_set(e, "%s: not an address, or too many",
				who->ip[i]);
	return 0;
}

static int set_validity(mbedtls_x509write_cert *w, unsigned days)
{
	time_t from = time(NULL) - 3600;
	time_t until = from + (time_t)days * 86400;
	char first[16], last[16];
	struct tm tm;

	strftime(first, sizeof(first), "%Y%m%d%H%M%S", gmtime_r(&from, &tm));
	strftime(last, sizeof(last), "%Y%m%d%H%M%S", gmtime_r(&until, &tm));
	return mbedtls_x509write_crt_set_validity(w, first, last);
}

static int set_serial(mbedtls_x509write_cert *w)
{
	unsigned char serial[SERIAL_BYTES];

	if (getrandom(serial, sizeof(serial), 0) != sizeof(serial))
		return MBEDTLS_ERR_ECP_RANDOM_FAILED;
	serial[0] = (serial[0] & 0x7f) | 0x40; /* positive, full length */
	return mbedtls_x509write_crt_set_serial_raw(w, serial, sizeof(serial));
}

/* What the certificate may be used for: serving, and signing itself. */
static int set_usage(mbedtls_x509write_cert *w)
{
	static unsigned char oid[] = MBEDTLS_OID_SERVER_AUTH;
	mbedtls_asn1_sequence usage = {
		.buf = {.tag = MBEDTLS_ASN1_OID,
			.len = sizeof(oid) - 1,
			.p = oid},
	};
	unsigned bits = MBEDTLS_X509_KU_DIGITAL_SIGNATURE |
			MBEDTLS_X509_KU_KEY_CERT_SIGN;
	int code = mbedtls_x509write_crt_set_basic_constraints(w, 1, 0);

	if (code == 0)
		code = mbedtls_x509write_crt_set_key_usage(w, bits);
	if (code == 0)
		code = mbedtls_x509write_crt_set_ext_key_usage(w, &usage);
	return code;
}

static int set_subject(mbedtls_x509write_cert *w, const char *common_name)
{
	char subject[TLS_NAME_BYTES + 8];
	struct buf b = buf_fixed(subject, sizeof(subject));
	int code;

	buf_fmt(&b, "CN=%s", common_name);
	code = mbedtls_x509write_crt_set_subject_name(w, buf_cstr(&b));
	if (code == 0)
		code = mbedtls_x509write_crt_set_issuer_name(w, buf_cstr(&b));
	return code;
}

static int describe(mbedtls_x509write_cert *w, const struct tls_identity *who,
	const struct san_list *names)
{
	int code = set_subject(w, who->common_name);

	mbedtls_x509write_crt_set_version(w, MBEDTLS_X509_CRT_VERSION_3);
	mbedtls_x509write_crt_set_md_alg(w, MBEDTLS_MD_SHA256);
	if (code == 0)
		code = set_serial(w);
	if (code == 0)
		code = set_validity(w, who->days);
	if (code == 0)
		code = set_usage(w);
	if (code == 0 && names->n > 0)
		code = mbedtls_x509write_crt_set_subject_alternative_name(
			w, names->item);
	return code;
}

static int make_key(mbedtls_pk_context *key)
{
	int code = mbedtls_pk_setup(
		key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));

	if (code != 0)
		return code;
	return mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1,
		mbedtls_pk_ec(*key), mbedtls_psa_get_random,
		MBEDTLS_PSA_RANDOM_STATE);
}

static int write_certificate(
	mbedtls_x509write_cert *w, mbedtls_pk_context *key, struct buf *out)
{
	unsigned char pem[PEM_BYTES] = "";
	int code;

	mbedtls_x509write_crt_set_subject_key(w, key);
	mbedtls_x509write_crt_set_issuer_key(w, key);
	code = mbedtls_x509write_crt_pem(w, pem, sizeof(pem),
		mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
	buf_text(out, (const char *)pem);
	return code;
}

static int write_key(mbedtls_pk_context *key, struct buf *out)
{
	unsigned char pem[PEM_BYTES] = "";
	int code = mbedtls_pk_write_key_pem(key, pem, sizeof(pem));

	buf_text(out, (const char *)pem);
	mbedtls_platform_zeroize(pem, sizeof(pem));
	return code;
}

int tls_mbed_self_signed(const struct tls_identity *who,
	struct buf *certificate_pem, struct buf *key_pem, struct err *e)
{
	struct san_list names = {.n = 0};
	mbedtls_x509write_cert w;
	mbedtls_pk_context key;
	int code;

	if (tls_mbed_start(e) < 0 || add_names(who, &names, e) < 0)
		return -1;
	mbedtls_x509write_crt_init(&w);
	mbedtls_pk_init(&key);
	code = make_key(&key);
	if (code == 0)
		code = describe(&w, who, &names);
	if (code == 0)
		code = write_certificate(&w, &key, certificate_pem);
	if (code == 0)
		code = write_key(&key, key_pem);
	mbedtls_x509write_crt_free(&w);
	mbedtls_pk_free(&key);
	if (code != 0)
		return tls_mbed_error(code, "self-signed certificate", e);
	if (certificate_pem->full || key_pem->full)
		return err_set(e, "self-signed certificate: no room");
	return 0;
}
