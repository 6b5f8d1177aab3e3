/*
 * tls_mbed_pem - mbedTLS reads PEM from text with a NUL that it counts, so
 * each text is copied; the copy of a key is wiped.
 */
#include "lib/net/tls_mbed_pem.h"

#include "lib/base/buf.h"
#include "lib/net/tls_authority.h"

#include <mbedtls/error.h>
#include <mbedtls/psa_util.h>
#include <psa/crypto.h>

int tls_mbed_start(struct err *e)
{
	if (psa_crypto_init() == PSA_SUCCESS)
		return 0;
	return err_set(e, "mbedTLS: cryptography does not start");
}

int tls_mbed_error(int code, const char *what, struct err *e)
{
	char text[128] = "";

	mbedtls_strerror(code, text, sizeof(text));
	return err_set(e, "%s: %s (-0x%04x)", what, text, (unsigned)-code);
}

static int copy_pem(struct str pem, struct buf *out, struct err *e)
{
	*out = buf_growing(pem.n + 1);
	buf_str(out, pem);
	buf_byte(out, '\0');
	if (!out->full)
		return 0;
	return err_set(e, "no memory for PEM");
}

int tls_mbed_pem_certificates(
	struct str pem, const char *what, mbedtls_x509_crt *out, struct err *e)
{
	AUTO_BUF struct buf copy = buf_growing(0);
	int code;

	if (copy_pem(pem, &copy, e) < 0)
		return -1;
	code = mbedtls_x509_crt_parse(
		out, (const unsigned char *)copy.p, copy.n);
	if (code > 0)
		return err_set(
			e, "%s: %d certificates cannot be read", what, code);
	return code < 0 ? tls_mbed_error(code, what, e) : 0;
}

/* What people meet, in words; the rest by the library's own. */
static int refuse_authority(int code, struct err *e)
{
	switch (-(-code & 0xff80)) {
	case MBEDTLS_ERR_X509_ALLOC_FAILED:
		return err_kind(e, ERR_LIMIT, "out of memory");
	case MBEDTLS_ERR_PK_UNKNOWN_PK_ALG:
	case MBEDTLS_ERR_PK_UNKNOWN_NAMED_CURVE:
	case MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG:
		return err_kind(e, ERR_INPUT,
			"its kind of key or signature is not supported");
	default:
		return tls_mbed_error(code, "cannot be read", e);
	}
}

static int take_authority(void *context, struct str der, struct err *e)
{
	int code = mbedtls_x509_crt_parse_der(
		context, (const unsigned char *)der.p, der.n);

	return code == 0 ? 0 : refuse_authority(code, e);
}

int tls_mbed_pem_authorities(struct str pem, mbedtls_x509_crt *out,
	struct tls_skipped *skipped, struct err *e)
{
	return tls_authority_read(pem, take_authority, out, skipped, e);
}

int tls_mbed_pem_key(struct str pem, mbedtls_pk_context *out, struct err *e)
{
	struct buf copy;
	int code;

	if (copy_pem(pem, &copy, e) < 0)
		return -1;
	code = mbedtls_pk_parse_key(out, (const unsigned char *)copy.p, copy.n,
		NULL, 0, mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
	buf_wipe(&copy);
	return code != 0 ? tls_mbed_error(code, "private key", e) : 0;
}
