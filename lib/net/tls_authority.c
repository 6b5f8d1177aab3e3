/*
 * tls_authority - PEM is cut into certificates here, and each is offered to the
 * library.
 *
 * An authority that is skipped is named as people know it: by its place in the
 * file and the common name of its subject.
 */
#include "lib/net/tls_authority.h"

#include "lib/base/pem.h"
#include "lib/net/x509name.h"

#define NAME_BYTES 100

bool tls_authority_is_certificate(struct str label)
{
	return str_is(label, "CERTIFICATE") ||
	       str_is(label, "X509 CERTIFICATE") ||
	       str_is(label, "TRUSTED CERTIFICATE");
}

static void name_it(struct str der, size_t place, struct err *e)
{
	char text[NAME_BYTES];
	struct buf name = buf_fixed(text, sizeof(text));

	if (x509name_common_name(der, &name))
		err_at(e, "certificate %zu (%s)", place, buf_cstr(&name));
	else
		err_at(e, "certificate %zu", place);
}

static void note(struct tls_skipped *skipped, const struct err *why)
{
	if (skipped->n++ == 0)
		skipped->first = *why;
}

/* All were skipped, or there was none. */
static int fail_empty(const struct tls_skipped *skipped, struct err *e)
{
	if (skipped->n == 0)
		return err_kind(e, ERR_INPUT, "it has no certificate");
	return err_kind(e, ERR_INPUT, "%s", skipped->first.text);
}

int tls_authority_read(struct str pem,
	int (*take)(void *context, struct str der, struct err *e),
	void *context, struct tls_skipped *skipped, struct err *e)
{
	AUTO_BUF struct buf der = buf_growing(TLS_CERT_BYTES_MAX);
	struct tls_skipped own = {.n = 0};
	size_t n_taken = 0;
	struct str label;
	struct err why;
	int got;

	skipped = skipped != NULL ? skipped : &own;
	*skipped = own;
	while ((got = pem_next(&pem, &label, &der, e)) > 0) {
		if (!tls_authority_is_certificate(label))
			continue;
		err_clear(&why);
		if (take(context, buf_view(&der), &why) == 0) {
			n_taken++;
			continue;
		}
		name_it(buf_view(&der), n_taken + skipped->n + 1, &why);
		if (why.kind == ERR_LIMIT)
			return err_kind(e, ERR_LIMIT, "%s", why.text);
		note(skipped, &why);
	}
	if (got < 0)
		return -1;
	return n_taken > 0 ? 0 : fail_empty(skipped, e);
}
