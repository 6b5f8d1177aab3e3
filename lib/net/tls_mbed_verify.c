/*
 * tls_mbed_verify - the library has checked signatures, times and the name;
 * here the address is looked for, and a pinned certificate is recognised.
 *
 * A server's own certificate among the authorities is trusted for itself, as in
 * Go's library, whoever signed it; mbedTLS does so only when it is signed by
 * itself.  The verdicts on the certificates above it are therefore kept back
 * until it has been seen.
 */
#include "lib/net/tls_mbed_verify.h"

#include <string.h>

/* What being pinned makes up for. */
#define CHAIN_FLAGS MBEDTLS_X509_BADCERT_NOT_TRUSTED

static struct str bytes_of(const mbedtls_x509_crt *crt)
{
	return (struct str){(const char *)crt->raw.p, crt->raw.len};
}

static bool is_pinned(
	const mbedtls_x509_crt *trusted, const mbedtls_x509_crt *crt)
{
	for (; trusted != NULL; trusted = trusted->next)
		if (str_eq(bytes_of(trusted), bytes_of(crt)))
			return true;
	return false;
}

int tls_mbed_verify_note(
	void *context, mbedtls_x509_crt *crt, int depth, uint32_t *flags)
{
	struct tls_mbed_verify *v = context;

	if (depth > 0) {
		v->flags |= *flags;
		*flags = 0;
		return 0;
	}
	if (is_pinned(v->trusted, crt))
		v->flags = *flags & ~(uint32_t)CHAIN_FLAGS;
	else
		v->flags |= *flags;
	if (tls_target_match(v->target, bytes_of(crt), &v->address_error) < 0)
		v->flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
	*flags = v->flags;
	return 0;
}
