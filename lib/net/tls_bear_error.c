/*
 * tls_bear_error - a table of the codes that an operator can act on; others
 * are reported by number.
 */
#include "lib/net/tls_bear_error.h"

#include <bearssl.h>

static const struct {
	int code;
	const char *text;
} errors[] = {
	{BR_ERR_UNSUPPORTED_VERSION,
		"the server does not support TLS 1.2, or TLS at all"},
	{BR_ERR_BAD_VERSION, "the server does not support TLS 1.2"},
	{BR_ERR_BAD_MAC, "a record was damaged in transit"},
	{BR_ERR_UNKNOWN_TYPE, "the server does not speak TLS"},
	{BR_ERR_BAD_CIPHER_SUITE, "no cipher suite in common"},
	{BR_ERR_BAD_SIGNATURE, "the server's signature is wrong"},
	{BR_ERR_X509_EMPTY_CHAIN, "the server sent no certificate"},
	{BR_ERR_X509_BAD_SIGNATURE,
		"a signature in the server's certificates is wrong"},
	{BR_ERR_X509_EXPIRED,
		"the server's certificate is expired or not yet valid"},
	{BR_ERR_X509_DN_MISMATCH,
		"the server's certificates do not form a chain"},
	{BR_ERR_X509_BAD_SERVER_NAME,
		"the server's certificate is for another name"},
	{BR_ERR_X509_CRITICAL_EXTENSION,
		"the server's certificate has an unknown critical "
		"extension"},
	{BR_ERR_X509_NOT_CA,
		"the server's certificate is signed by one that is not a CA"},
	{BR_ERR_X509_WEAK_PUBLIC_KEY,
		"the server's certificate has a weak key"},
	{BR_ERR_X509_UNSUPPORTED,
		"the server's certificate has an unsupported kind of key or "
		"signature"},
	{BR_ERR_X509_NOT_TRUSTED,
		"the server's certificate is signed by an unknown authority"},
	{BR_ERR_RECV_FATAL_ALERT + 40, "the server refused: handshake failure"},
	{BR_ERR_RECV_FATAL_ALERT + 42,
		"the server refused our certificate: it is bad"},
	{BR_ERR_RECV_FATAL_ALERT + 45,
		"the server refused our certificate: it is expired"},
	{BR_ERR_RECV_FATAL_ALERT + 48,
		"the server refused our certificate: unknown authority"},
	{BR_ERR_RECV_FATAL_ALERT + 70, "the server refused TLS 1.2, the newest "
				       "version supported here"},
	{BR_ERR_RECV_FATAL_ALERT + 112,
		"the server does not know the name that was requested"},
	{BR_ERR_RECV_FATAL_ALERT + 116,
		"the server requires a client certificate"},
};

int tls_bear_error(int code, struct err *e)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		if (errors[i].code == code)
			return err_set(e, "TLS: %s", errors[i].text);
	if (code > BR_ERR_RECV_FATAL_ALERT && code < BR_ERR_SEND_FATAL_ALERT)
		return err_set(e, "TLS: the server sent alert %d",
			code - BR_ERR_RECV_FATAL_ALERT);
	return err_set(e, "TLS: BearSSL error %d", code);
}

int tls_bear_error_certificate(int code, struct err *e)
{
	if (code == BR_ERR_X509_UNSUPPORTED)
		return err_kind(e, ERR_INPUT,
			"its kind of key or signature is not supported");
	return err_kind(
		e, ERR_INPUT, "cannot be decoded (BearSSL error %d)", code);
}
