/*
 * tls_bear_x509 - every call is passed to the inner engine; the first
 * certificate is copied on the way, and the end of the chain adds a check.
 */
#include "lib/net/tls_bear_x509.h"

#include <string.h>

/* BearSSL passes the address of the vtable pointer, our first member. */
static struct bear_x509 *x509_of(const br_x509_class **context)
{
	return (struct bear_x509 *)(void *)context;
}

static void x509_start_chain(const br_x509_class **context, const char *name)
{
	struct bear_x509 *x = x509_of(context);

	x->n_certs = 0;
	x->first_bytes = 0;
	err_clear(&x->name_error);
	x->inner.vtable->start_chain(&x->inner.vtable, name);
}

static void x509_start_cert(const br_x509_class **context, uint32_t length)
{
	struct bear_x509 *x = x509_of(context);

	x->inner.vtable->start_cert(&x->inner.vtable, length);
}

static void x509_append(
	const br_x509_class **context, const unsigned char *bytes, size_t n)
{
	struct bear_x509 *x = x509_of(context);

	if (x->n_certs == 0 && x->first_bytes <= sizeof(x->first)) {
		if (n <= sizeof(x->first) - x->first_bytes)
			memcpy(x->first + x->first_bytes, bytes, n);
		x->first_bytes += n;
	}
	x->inner.vtable->append(&x->inner.vtable, bytes, n);
}

static void x509_end_cert(const br_x509_class **context)
{
	struct bear_x509 *x = x509_of(context);

	x->n_certs++;
	x->inner.vtable->end_cert(&x->inner.vtable);
}

/* The verdict on the address; inner has accepted the chain. */
static unsigned check_address(struct bear_x509 *x)
{
	if (x->first_bytes > sizeof(x->first)) {
		err_kind(&x->name_error, ERR_LIMIT,
			"the server's certificate is larger than %zu bytes",
			sizeof(x->first));
		return BR_ERR_X509_LIMIT_EXCEEDED;
	}
	if (tls_target_match(&x->config->target,
		    (struct str){x->first, x->first_bytes}, &x->name_error) < 0)
		return BR_ERR_X509_BAD_SERVER_NAME;
	return 0;
}

static unsigned x509_end_chain(const br_x509_class **context)
{
	struct bear_x509 *x = x509_of(context);
	unsigned code = x->inner.vtable->end_chain(&x->inner.vtable);

	return code != 0 || x->config->target.address_bytes == 0
		       ? code
		       : check_address(x);
}

static const br_x509_pkey *x509_get_pkey(
	const br_x509_class *const *context, unsigned *usages)
{
	const struct bear_x509 *x = (const void *)context;

	return x->inner.vtable->get_pkey(&x->inner.vtable, usages);
}

static const br_x509_class wrapper = {
	sizeof(struct bear_x509),
	x509_start_chain,
	x509_start_cert,
	x509_append,
	x509_end_cert,
	x509_end_chain,
	x509_get_pkey,
};

void bear_x509_init(struct bear_x509 *x, const struct bear_config *config)
{
	x->vtable = &wrapper;
	x->config = config;
}
