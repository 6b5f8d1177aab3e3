/*
 * Any bytes as a client's certificate: what is learned of it are C strings
 * without a NUL inside, and whoever has a name that is none is not trusted.
 */
#include "lib/net/tls_mbed_peer.h"
#include "lib/net/tls_mbed_pem.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check(const struct tls_peer *p)
{
	require(p->has_certificate);
	require(memchr(p->user, '\0', sizeof(p->user)) != NULL);
	require(memchr(p->reason, '\0', sizeof(p->reason)) != NULL);
	require(p->group_count <= TLS_GROUPS_MAX);
	for (size_t i = 0; i < p->group_count; i++)
		require(memchr(p->group[i], '\0', TLS_NAME_BYTES) != NULL);
	require(p->is_trusted || p->reason[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tls_mbed_verdict v = {.usage_flags = 0};
	static struct tls_peer peer;
	mbedtls_x509_crt crt;

	require(tls_mbed_start(NULL) == 0);
	mbedtls_x509_crt_init(&crt);
	if (mbedtls_x509_crt_parse_der(&crt, data, size) == 0) {
		tls_mbed_verdict_clear(&v);
		tls_mbed_peer_learn(&v, &crt, 0, &peer);
		check(&peer);
		/* as its own CA */
		tls_mbed_peer_judge(&v, &crt, &crt, &peer);
		check(&peer);
		tls_mbed_peer_judge(&v, &crt, NULL, &peer);
		check(&peer);
		require(!peer.is_trusted);
	}
	mbedtls_x509_crt_free(&crt);
	return 0;
}
