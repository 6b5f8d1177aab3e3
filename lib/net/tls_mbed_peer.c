/*
 * tls_mbed_peer - the library says whether the chain leads to a CA; usage and
 * names are looked at here.
 *
 * While a chain is walked, the earliest end of its certificates is noted, so
 * that a later look costs one comparison.
 */
#include "lib/net/tls_mbed_peer.h"

#include <mbedtls/oid.h>

#include <string.h>

#define USAGE_FLAGS                                                            \
	(MBEDTLS_X509_BADCERT_KEY_USAGE | MBEDTLS_X509_BADCERT_EXT_KEY_USAGE | \
		MBEDTLS_X509_BADCERT_NS_CERT_TYPE)

void tls_mbed_verdict_clear(struct tls_mbed_verdict *v)
{
	*v = (struct tls_mbed_verdict){.until = {.year = INT16_MAX}};
}

int tls_mbed_verdict_note(
	void *context, mbedtls_x509_crt *crt, int depth, uint32_t *flags)
{
	struct tls_mbed_verdict *v = context;

	(void)depth;
	(void)flags;
	if (mbedtls_x509_time_cmp(&crt->valid_to, &v->until) < 0)
		v->until = crt->valid_to;
	return 0;
}

static int take_name(const mbedtls_x509_name *n, char *out)
{
	struct str value = {(const char *)n->val.p, n->val.len};

	if (n->val.tag != MBEDTLS_ASN1_UTF8_STRING &&
		n->val.tag != MBEDTLS_ASN1_PRINTABLE_STRING &&
		n->val.tag != MBEDTLS_ASN1_IA5_STRING)
		return -1;
	return str_copy(value, out, TLS_NAME_BYTES);
}

/* CN is the user, each O a group. -1 when one cannot be a name. */
static int take_subject(const mbedtls_x509_crt *crt, struct tls_peer *p)
{
	const mbedtls_x509_name *n;

	for (n = &crt->subject; n != NULL; n = n->next) {
		if (MBEDTLS_OID_CMP(MBEDTLS_OID_AT_CN, &n->oid) == 0) {
			if (take_name(n, p->user) < 0)
				return -1;
		} else if (MBEDTLS_OID_CMP(
				   MBEDTLS_OID_AT_ORGANIZATION, &n->oid) == 0) {
			if (p->group_count == TLS_GROUPS_MAX ||
				take_name(n, p->group[p->group_count]) < 0)
				return -1;
			p->group_count++;
		}
	}
	return 0;
}

static void distrust(struct tls_peer *p, const char *reason)
{
	p->is_trusted = false;
	str_copy(str_of(reason), p->reason, sizeof(p->reason));
}

/* The library's verdict, our own look at usage, and the names. */
static void learn(
	const mbedtls_x509_crt *crt, uint32_t flags, struct tls_peer *out)
{
	char text[256] = "";

	memset(out, 0, sizeof(*out));
	out->has_certificate = true;
	out->is_trusted = flags == 0;
	if (flags != 0) {
		mbedtls_x509_crt_verify_info(text, sizeof(text), "", flags);
		text[strcspn(text, "\n")] = '\0';
		text[sizeof(out->reason) - 1] = '\0';
		distrust(out, text);
	} else if (mbedtls_x509_crt_check_extended_key_usage(crt,
			   MBEDTLS_OID_CLIENT_AUTH,
			   MBEDTLS_OID_SIZE(MBEDTLS_OID_CLIENT_AUTH)) != 0) {
		distrust(out, "not a client certificate");
	}
	if (take_subject(crt, out) < 0)
		distrust(out, "subject holds an unusable name");
}

void tls_mbed_peer_learn(struct tls_mbed_verdict *v,
	const mbedtls_x509_crt *crt, uint32_t flags, struct tls_peer *out)
{
	v->usage_flags = flags & USAGE_FLAGS;
	learn(crt, flags, out);
}

bool tls_mbed_peer_has_ended(
	const struct tls_mbed_verdict *v, const struct tls_peer *peer)
{
	return peer->is_trusted && mbedtls_x509_time_is_past(&v->until);
}

/* The library takes both lists without const, and does not change them. */
void tls_mbed_peer_judge(struct tls_mbed_verdict *v,
	const mbedtls_x509_crt *crt, const mbedtls_x509_crt *ca,
	struct tls_peer *out)
{
	uint32_t flags = 0, usage = v->usage_flags;

	if (ca == NULL) {
		distrust(out, "no client CA is configured any more");
		return;
	}
	tls_mbed_verdict_clear(v);
	v->usage_flags = usage;
	mbedtls_x509_crt_verify((mbedtls_x509_crt *)(uintptr_t)crt,
		(mbedtls_x509_crt *)(uintptr_t)ca, NULL, NULL, &flags,
		tls_mbed_verdict_note, v);
	learn(crt, flags | usage, out);
}
