/*
 * tls_target - the library compares DNS names; addresses are looked for in the
 * certificate's iPAddress entries (RFC 5280 4.2.1.6) and nowhere else.
 *
 * A server name that is an address in text is meant as one, as in Go.
 */
#include "lib/net/tls_target.h"

#include "lib/net/x509name.h"

#include <arpa/inet.h>

/* Is the text an address? */
static bool read_address(struct str text, struct tls_target *t)
{
	char copy[INET6_ADDRSTRLEN];

	if (str_copy(text, copy, sizeof(copy)) < 0)
		return false;
	if (inet_pton(AF_INET, copy, t->address) == 1)
		t->address_bytes = 4;
	else if (inet_pton(AF_INET6, copy, t->address) == 1)
		t->address_bytes = 16;
	return t->address_bytes > 0;
}

int tls_target_read(
	const struct tls_client_options *o, struct tls_target *t, struct err *e)
{
	bool has_name = o->server_name.n > 0;

	*t = (struct tls_target){.address_bytes = 0};
	if (has_name == (o->server_ip.n > 0))
		return err_set(e,
			"TLS: a server needs a name or an address, not both");
	if (read_address(has_name ? o->server_name : o->server_ip, t))
		return 0;
	if (!has_name)
		return err_kind(e, ERR_INPUT, "%.*s is not an address",
			STR_ARG(o->server_ip));
	if (str_copy(o->server_name, t->name, sizeof(t->name)) < 0)
		return err_kind(e, ERR_INPUT, "the server name is too long");
	return 0;
}

int tls_target_match(
	const struct tls_target *t, struct str certificate, struct err *e)
{
	struct str address = {(const char *)t->address, t->address_bytes};

	return address.n == 0 ? 0 : x509name_match_ip(certificate, address, e);
}
