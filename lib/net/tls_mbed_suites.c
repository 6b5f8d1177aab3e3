/*
 * tls_mbed_suites - a table of the suites by preference, and their IANA names.
 */
#include "lib/net/tls_mbed_suites.h"

#include "lib/base/str.h"
#include "lib/net/tls.h"

#include <mbedtls/ssl.h>

#include <stdbool.h>

/* By preference. */
static const struct {
	int id;
	const char *name; /* NULL: of TLS 1.3, always offered */
} known[] = {
	{MBEDTLS_TLS1_3_AES_128_GCM_SHA256, NULL},
	{MBEDTLS_TLS1_3_CHACHA20_POLY1305_SHA256, NULL},
	{MBEDTLS_TLS1_3_AES_256_GCM_SHA384, NULL},
	{MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
		"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"},
	{MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
	{MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
		"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305"
		"_SHA256"},
	{MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
	{MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
		"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"},
	{MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
		"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"},
};
#define KNOWN (sizeof(known) / sizeof(known[0]))

_Static_assert(KNOWN == TLS_MBED_SUITES_MAX, "room for all of them");

/* Go's older names of two of them end before the hash. */
static bool is_name_of(size_t i, struct str name)
{
	struct str full = str_of(known[i].name ? known[i].name : "");

	return str_eq(name, full) ||
	       (str_has_suffix(name, STR("_CHACHA20_POLY1305")) &&
		       str_has_prefix(full, name));
}

static int find(struct str name, struct err *e)
{
	for (size_t i = 0; i < KNOWN; i++)
		if (is_name_of(i, name))
			return (int)i;
	return err_kind(e, ERR_USAGE,
		"cipher suite %.*s: not one of ECDHE with AES-GCM or "
		"ChaCha20-Poly1305, as "
		"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 is",
		STR_ARG(name));
}

static int mark(struct str names, bool is_wanted[KNOWN], struct err *e)
{
	struct str name;

	while (names.n && str_cut(&names, ',', &name)) {
		int i = find(name, e);

		if (i < 0)
			return -1;
		is_wanted[i] = true;
	}
	return 0;
}

int tls_mbed_suites(const struct args_list *names,
	int out[TLS_MBED_SUITES_MAX + 1], struct err *e)
{
	bool is_wanted[KNOWN] = {false};
	bool takes_all = !names || !names->n;
	size_t n = 0;

	for (size_t i = 0; !takes_all && i < names->n; i++)
		if (mark(str_of(names->item[i]), is_wanted, e) < 0)
			return -1;
	for (size_t i = 0; i < KNOWN; i++)
		if (takes_all || is_wanted[i] || !known[i].name)
			out[n++] = known[i].id;
	out[n] = 0;
	return 0;
}

int tls_mbed_check(const struct tls_server_options *o, struct err *e)
{
	int suites[TLS_MBED_SUITES_MAX + 1];

	return tls_mbed_suites(o->suites, suites, e);
}
