/*
 * tls_mbed_words - tables of what an operator can act on: verdicts on the
 * server's certificate, alerts that it sent, codes of the library.  Others are
 * reported by number.
 *
 * The words are those of the other client (tls_bear_error), so that a log reads
 * the same with both.
 */
#include "lib/net/tls_mbed_words.h"

struct words {
	int code;
	const char *text;
};

/* What is wrong with the certificate: the first that applies. */
static const struct {
	uint32_t flags;
	const char *text;
} verdicts[] = {
	{MBEDTLS_X509_BADCERT_NOT_TRUSTED,
		"the server's certificate is signed by an unknown authority"},
	{MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE,
		"the server's certificate is expired or not yet valid"},
	{MBEDTLS_X509_BADCERT_CN_MISMATCH,
		"the server's certificate is for another name"},
	{MBEDTLS_X509_BADCERT_KEY_USAGE | MBEDTLS_X509_BADCERT_EXT_KEY_USAGE,
		"the server's certificate is not one for servers"},
	{MBEDTLS_X509_BADCERT_BAD_KEY,
		"the server's certificates have a weak key"},
	{MBEDTLS_X509_BADCERT_BAD_MD | MBEDTLS_X509_BADCERT_BAD_PK,
		"the server's certificates have an unsupported kind of key or "
		"signature"},
};

static const struct words alerts[] = {
	{MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE,
		"the server refused: handshake failure"},
	{MBEDTLS_SSL_ALERT_MSG_BAD_CERT,
		"the server refused our certificate: it is bad"},
	{MBEDTLS_SSL_ALERT_MSG_UNSUPPORTED_CERT,
		"the server refused our certificate: its kind is not "
		"supported"},
	{MBEDTLS_SSL_ALERT_MSG_CERT_REVOKED,
		"the server refused our certificate: it is revoked"},
	{MBEDTLS_SSL_ALERT_MSG_CERT_EXPIRED,
		"the server refused our certificate: it is expired"},
	{MBEDTLS_SSL_ALERT_MSG_CERT_UNKNOWN,
		"the server refused our certificate"},
	{MBEDTLS_SSL_ALERT_MSG_UNKNOWN_CA,
		"the server refused our certificate: unknown authority"},
	{MBEDTLS_SSL_ALERT_MSG_PROTOCOL_VERSION,
		"the server refused TLS 1.2 and 1.3"},
	{MBEDTLS_SSL_ALERT_MSG_UNRECOGNIZED_NAME,
		"the server does not know the name that was requested"},
	{116, "the server requires a client certificate"}, /* RFC 8446 6 */
};

static const struct words codes[] = {
	{MBEDTLS_ERR_SSL_CONN_EOF, "the server closed the connection"},
	{MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION,
		"the server does not support TLS 1.2 or 1.3"},
	{MBEDTLS_ERR_SSL_INVALID_RECORD,
		"the server sent what is no TLS record: it does not support "
		"TLS 1.2 or 1.3, or TLS at all"},
	{MBEDTLS_ERR_SSL_INVALID_MAC, "a record was damaged in transit"},
	{MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE,
		"no cipher suite, curve or kind of signature in common"},
	{MBEDTLS_ERR_SSL_ILLEGAL_PARAMETER,
		"the server chose what was not offered"},
	{MBEDTLS_ERR_SSL_DECODE_ERROR, "the server sent a malformed message"},
	{MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE,
		"the server sent a message out of turn"},
	{MBEDTLS_ERR_SSL_ALLOC_FAILED, "out of memory"},
	{MBEDTLS_ERR_X509_FATAL_ERROR,
		"the server's certificates cannot be checked: they are "
		"malformed, or more than 5"},
};

static const char *find(const struct words *table, size_t n, int code)
{
	for (size_t i = 0; i < n; i++)
		if (table[i].code == code)
			return table[i].text;
	return NULL;
}

/* The library adds to our verdict what the certificate may be used for. */
static int report_verdict(const mbedtls_ssl_context *ssl,
	const struct tls_mbed_verify *v, struct err *e)
{
	uint32_t flags = mbedtls_ssl_get_verify_result(ssl);

	for (size_t i = 0; i < sizeof(verdicts) / sizeof(*verdicts); i++) {
		if ((flags & verdicts[i].flags) == 0)
			continue;
		if ((verdicts[i].flags & MBEDTLS_X509_BADCERT_CN_MISMATCH) &&
			v->address_error.kind != ERR_NONE)
			return err_set(e, "TLS: %s", v->address_error.text);
		return err_set(e, "TLS: %s", verdicts[i].text);
	}
	return err_set(e, "TLS: the server's certificate is not trusted (%#x)",
		(unsigned int)flags);
}

/* The library keeps the alert where it has read it, and nowhere else. */
static int report_alert(const mbedtls_ssl_context *ssl, struct err *e)
{
	int alert = ssl->MBEDTLS_PRIVATE(in_msg)[1];
	const char *text =
		find(alerts, sizeof(alerts) / sizeof(*alerts), alert);

	return text != NULL
		       ? err_set(e, "TLS: %s", text)
		       : err_set(e, "TLS: the server sent alert %d", alert);
}

int tls_mbed_words(const mbedtls_ssl_context *ssl,
	const struct tls_mbed_verify *verify, int code, struct err *e)
{
	const char *text = find(codes, sizeof(codes) / sizeof(*codes), code);

	if (code == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE)
		return report_alert(ssl, e);
	if (code == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED ||
		code == MBEDTLS_ERR_SSL_BAD_CERTIFICATE)
		return report_verdict(ssl, verify, e);
	return text != NULL ? err_set(e, "TLS: %s", text)
			    : err_set(e, "TLS: mbedTLS error -0x%04x",
				      (unsigned int)-code);
}
