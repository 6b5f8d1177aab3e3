/*
 * Unit tests of the TLS clients of lib/net, both libraries against our server
 * over a pair of sockets.  What other servers do is in
 * kube-proxy-mini/test/tls.bats.
 */
#include "lib/net/test/certificate.h"
#include "lib/net/tls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define PEM_MAX   65536u
#define BULK      300000u /* more than a socket and a few records hold */
#define TURNS_MAX 200000

/* By openssl req -x509 -newkey ed25519; neither library knows such a key. */
static const char ed25519_pem[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBZzCCARmgAwIBAgIUTDmSdk/Uyb3s5GgFsx24XpDFV7swBQYDK2VwMCkxEDAO\n"
	"BgNVBAoMB0V4YW1wbGUxFTATBgNVBAMMDEVkMjU1MTkgcm9vdDAeFw0yNjExMzAx\n"
	"NzMzMjRaFw00NjExMjUxNzMzMjRaMCkxEDAOBgNVBAoMB0V4YW1wbGUxFTATBgNV\n"
	"BAMMDEVkMjU1MTkgcm9vdDAqMAUGAytlcAMhACszDHW3mc3adq0lHi5+nFoW5ClV\n"
	"zHjfEhHYJUpT5xzio1MwUTAdBgNVHQ4EFgQUn/Z22KoaQNKw71nufoYL5Wf59ccw\n"
	"HwYDVR0jBBgwFoAUn/Z22KoaQNKw71nufoYL5Wf59ccwDwYDVR0TAQH/BAUwAwEB\n"
	"/zAFBgMrZXADQQAdFDTSeZFaY8s+B7o3gA2Y2VFnftELpLmwiESR9rzosX0aolu1\n"
	"j14FzBRNVqEPrICJ6+FWKazoP8FLT8oW1UAN\n"
	"-----END CERTIFICATE-----\n";

typedef int make_client(const struct tls_client_options *o,
	struct tls_config **out, struct err *e);

static const struct library {
	make_client *make;
	const char *version; /* that it agrees on with our server */
} libraries[] = {
	{tls_mbed_client, "TLSv1.3"},
	{tls_bear_client, "TLSv1.2"},
};
#define EACH_LIBRARY(l)                                                        \
	for (const struct library *l = libraries;                              \
		l < libraries + sizeof(libraries) / sizeof(*libraries); l++)

/* ---- both ends ---------------------------------------------------------- */

static const struct certificate_wish authority = {
	.common_name = "authority", .is_authority = true};

/* What most servers are here: itself its authority. */
static struct certificate make_server(void)
{
	const struct certificate_wish w = {.common_name = "server",
		.dns = "*.example",
		.ip = "10.96.0.1",
		.is_authority = true};

	return certificate_make(&w, NULL);
}

struct ends {
	int fd[2];
	struct tls *server, *client;
	struct err error; /* of the client */
};

static void open_ends(struct ends *x, const struct tls_server_options *so,
	const struct tls_client_options *co, const struct library *l)
{
	struct tls_config *server, *client;

	memset(x, 0, sizeof(*x));
	assert_int_equal(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, x->fd), 0);
	assert_int_equal(tls_mbed_server(so, &server, NULL), 0);
	assert_int_equal(l->make(co, &client, NULL), 0);
	assert_int_equal(tls_open(server, x->fd[0], &x->server, NULL), 0);
	assert_int_equal(tls_open(client, x->fd[1], &x->client, NULL), 0);
	tls_config_free(server);
	tls_config_free(client);
}

static void close_ends(struct ends *x)
{
	tls_free(x->server);
	tls_free(x->client);
	close(x->fd[0]);
	close(x->fd[1]);
}

static bool is_over(enum tls_result r)
{
	return r == TLS_OK || r == TLS_FAILED || r == TLS_END;
}

/* The client's result; the server's is not looked at. */
static enum tls_result shake_hands(struct ends *x)
{
	enum tls_result s = TLS_WANT_READ, c = TLS_WANT_READ;

	for (int i = 0; i < TURNS_MAX && !(is_over(s) && is_over(c)); i++) {
		if (!is_over(c))
			c = tls_handshake(x->client, &x->error);
		if (!is_over(s))
			s = tls_handshake(x->server, NULL);
		if (c == TLS_FAILED)
			break;
	}
	return c;
}

/* ---- whom a client trusts ----------------------------------------------- */

/* A handshake with a server of this identity, by these authorities. */
static enum tls_result meet(const struct library *l,
	const struct certificate *i, struct str ca, const char *name,
	const char *ip, struct err *e)
{
	const struct tls_server_options so = {
		.certificate_pem = buf_view(&i->chain),
		.key_pem = buf_view(&i->key)};
	const struct tls_client_options co = {.ca_pem = ca,
		.server_name = str_of(name),
		.server_ip = str_of(ip)};
	enum tls_result r;
	struct ends x;

	open_ends(&x, &so, &co, l);
	r = shake_hands(&x);
	if (r == TLS_OK)
		assert_string_equal(tls_version(x.client), l->version);
	*e = x.error;
	close_ends(&x);
	return r;
}

static void names_and_addresses_that_it_holds_are_accepted(void **state)
{
	static const char *const held[][2] = {{"a.example", NULL},
		{"A.EXAMPLE", NULL}, {NULL, "10.96.0.1"}, {"10.96.0.1", NULL}};
	struct certificate i = make_server();
	struct err e;

	(void)state;
	EACH_LIBRARY(l)
	for (size_t n = 0; n < sizeof(held) / sizeof(*held); n++)
		assert_int_equal(meet(l, &i, buf_view(&i.own), held[n][0],
					 held[n][1], &e),
			TLS_OK);
	certificate_free(&i);
}

static void others_are_refused(void **state)
{
	static const char *const others[][3] = {
		{"nobody", NULL, "is for another name"},
		{"a.b.example", NULL, "is for another name"},
		{"10.96.0.2", NULL, "is for another address"},
		{NULL, "10.96.0.2", "is for another address"},
		{NULL, "2001:db8::1", "is for another address"}};
	struct certificate i = make_server();
	struct err e;

	(void)state;
	EACH_LIBRARY(l)
	for (size_t n = 0; n < sizeof(others) / sizeof(*others); n++) {
		assert_int_equal(meet(l, &i, buf_view(&i.own), others[n][0],
					 others[n][1], &e),
			TLS_FAILED);
		assert_non_null(strstr(e.text, others[n][2]));
	}
	certificate_free(&i);
}

static void an_unknown_authority_is_refused(void **state)
{
	struct certificate i = make_server();
	struct certificate other = certificate_make(&authority, NULL);
	struct err e;

	(void)state;
	EACH_LIBRARY(l)
	{
		assert_int_equal(meet(l, &i, buf_view(&other.own), "a.example",
					 NULL, &e),
			TLS_FAILED);
		assert_non_null(strstr(e.text, "unknown authority"));
	}
	certificate_free(&i);
	certificate_free(&other);
}

/* A root, one below it, and a server below that. */
struct family {
	struct certificate root, middle, server;
};

static struct family make_family(bool has_expired, mbedtls_ecp_group_id curve)
{
	const struct certificate_wish middle = {
		.common_name = "middle", .is_authority = true, .curve = curve};
	const struct certificate_wish server = {.common_name = "server",
		.dns = "a.example",
		.has_expired = has_expired,
		.curve = curve};
	struct family f;

	f.root = certificate_make(&authority, NULL);
	f.middle = certificate_make(&middle, &f.root);
	f.server = certificate_make(&server, &f.middle);
	return f;
}

static void free_family(struct family *f)
{
	certificate_free(&f->root);
	certificate_free(&f->middle);
	certificate_free(&f->server);
}

/* By its root, by the authority between them, or by itself. */
static void a_chain_leads_to_whom_we_trust(void **state)
{
	static const mbedtls_ecp_group_id curves[] = {MBEDTLS_ECP_DP_SECP256R1,
		MBEDTLS_ECP_DP_SECP384R1, MBEDTLS_ECP_DP_SECP521R1};
	struct err e;

	(void)state;
	EACH_LIBRARY(l)
	for (size_t n = 0; n < sizeof(curves) / sizeof(*curves); n++) {
		struct family f = make_family(false, curves[n]);
		const struct str trusted[] = {buf_view(&f.root.own),
			buf_view(&f.middle.own), buf_view(&f.server.own)};

		for (size_t i = 0; i < 3; i++)
			assert_int_equal(meet(l, &f.server, trusted[i],
						 "a.example", NULL, &e),
				TLS_OK);
		free_family(&f);
	}
}

static void an_expired_certificate_is_refused(void **state)
{
	struct family f = make_family(true, MBEDTLS_ECP_DP_SECP256R1);
	struct err e;

	(void)state;
	EACH_LIBRARY(l)
	{
		assert_int_equal(meet(l, &f.server, buf_view(&f.root.own),
					 "a.example", NULL, &e),
			TLS_FAILED);
		assert_non_null(strstr(e.text, "expired or not yet valid"));
	}
	/* being pinned does not make it younger */
	assert_int_equal(meet(&libraries[0], &f.server, buf_view(&f.server.own),
				 "a.example", NULL, &e),
		TLS_FAILED);
	assert_non_null(strstr(e.text, "expired or not yet valid"));
	free_family(&f);
}

/* Nobody verifies the signature of a root; one below it would not do. */
static void sha1_counts_in_roots_only(void **state)
{
	const struct certificate_wish old = {
		.common_name = "old", .is_authority = true, .is_sha1 = true};
	const struct certificate_wish w = {
		.common_name = "server", .dns = "a.example"};
	const struct certificate_wish w1 = {
		.common_name = "server", .dns = "a.example", .is_sha1 = true};
	struct certificate root = certificate_make(&old, NULL);
	struct certificate good = certificate_make(&w, &root);
	struct certificate bad = certificate_make(&w1, &root);
	struct err e;

	(void)state;
	EACH_LIBRARY(l)
	{
		assert_int_equal(meet(l, &good, buf_view(&root.own),
					 "a.example", NULL, &e),
			TLS_OK);
		assert_int_equal(meet(l, &bad, buf_view(&root.own), "a.example",
					 NULL, &e),
			TLS_FAILED);
		assert_non_null(strstr(e.text, "unsupported kind of key or"));
	}
	certificate_free(&root);
	certificate_free(&good);
	certificate_free(&bad);
}

/* Five certificates may be shown, and no more. */
static void a_long_chain_is_refused(void **state)
{
	struct certificate c[6] = {certificate_make(&authority, NULL)};
	const struct certificate_wish w = {
		.common_name = "a.example", .is_authority = true};
	struct err e;

	(void)state;
	for (size_t i = 1; i < 6; i++)
		c[i] = certificate_make(&w, &c[i - 1]);
	assert_int_equal(meet(&libraries[0], &c[4], buf_view(&c[0].own),
				 "a.example", NULL, &e),
		TLS_OK);
	assert_int_equal(meet(&libraries[0], &c[5], buf_view(&c[0].own),
				 "a.example", NULL, &e),
		TLS_FAILED);
	assert_non_null(strstr(e.text, "more than 5"));
	for (size_t i = 0; i < 6; i++)
		certificate_free(&c[i]);
}

/* ---- bundles of authorities --------------------------------------------- */

static struct buf make_bundle(const struct certificate *i)
{
	struct buf b = buf_growing(2 * PEM_MAX);

	buf_text(&b, ed25519_pem);
	buf_str(&b, buf_view(&i->chain));
	buf_text(&b, ed25519_pem);
	return b;
}

static void an_authority_not_understood_is_skipped(void **state)
{
	struct certificate i = make_server();
	struct buf bundle = make_bundle(&i);
	struct err e;

	(void)state;
	EACH_LIBRARY(l)
	{
		struct tls_skipped skipped = {.n = 9};
		const struct tls_client_options o = {
			.ca_pem = buf_view(&bundle),
			.server_name = STR("a.example"),
			.skipped = &skipped};
		struct tls_config *c;

		assert_int_equal(l->make(&o, &c, NULL), 0);
		tls_config_free(c);
		assert_int_equal(skipped.n, 2);
		assert_string_equal(skipped.first.text,
			"certificate 1 (Ed25519 root): its kind of key or "
			"signature is not supported");
		assert_int_equal(
			meet(l, &i, o.ca_pem, "a.example", NULL, &e), TLS_OK);
	}
	buf_free(&bundle);
	certificate_free(&i);
}

static void a_bundle_without_a_usable_one_is_refused(void **state)
{
	static const struct {
		const char *pem, *why;
	} bad[] = {
		{ed25519_pem, "certificate authority: certificate 1 (Ed25519 "
			      "root): its kind of key"},
		{"", "certificate authority: it has no certificate"},
		{"-----BEGIN CERTIFICATE-----\nMII\n", "does not end"},
		{"-----BEGIN CERTIFICATE-----\nAAAA\n"
		 "-----END CERTIFICATE-----\n",
			"certificate 1: "},
	};

	(void)state;
	EACH_LIBRARY(l)
	for (size_t n = 0; n < sizeof(bad) / sizeof(*bad); n++) {
		const struct tls_client_options o = {
			.ca_pem = str_of(bad[n].pem),
			.server_name = STR("a.example")};
		struct tls_config *c;
		struct err e = {.kind = ERR_NONE};

		assert_int_equal(l->make(&o, &c, &e), -1);
		assert_non_null(strstr(e.text, bad[n].why));
	}
}

/* The server's bundle of client authorities is read in the same way. */
static void a_server_skips_what_it_does_not_understand(void **state)
{
	struct certificate i = make_server();
	struct buf bundle = make_bundle(&i);
	struct tls_skipped skipped;
	const struct tls_server_options o = {
		.certificate_pem = buf_view(&i.own),
		.key_pem = buf_view(&i.key),
		.client_ca_pem = buf_view(&bundle),
		.skipped = &skipped};
	struct tls_config *c;

	(void)state;
	assert_int_equal(tls_mbed_server(&o, &c, NULL), 0);
	assert_int_equal(skipped.n, 2);
	tls_config_free(c);
	buf_free(&bundle);
	certificate_free(&i);
}

/* ---- what a client shows ------------------------------------------------ */

static void a_client_shows_its_certificate(void **state)
{
	struct certificate i = make_server();
	const struct certificate_wish w = {
		.common_name = "system:kube-proxy", .is_authority = true};
	struct certificate me = certificate_make(&w, NULL);

	(void)state;
	EACH_LIBRARY(l)
	{
		const struct tls_server_options so = {
			.certificate_pem = buf_view(&i.own),
			.key_pem = buf_view(&i.key),
			.client_ca_pem = buf_view(&me.own)};
		const struct tls_client_options co = {
			.ca_pem = buf_view(&i.own),
			.certificate_pem = buf_view(&me.own),
			.key_pem = buf_view(&me.key),
			.server_ip = STR("10.96.0.1")};
		struct ends x;

		open_ends(&x, &so, &co, l);
		assert_int_equal(shake_hands(&x), TLS_OK);
		assert_true(tls_peer(x.server)->has_certificate);
		assert_string_equal(
			tls_peer(x.server)->user, "system:kube-proxy");
		close_ends(&x);
	}
	certificate_free(&i);
	certificate_free(&me);
}

static void a_key_that_is_none_is_refused_by_name(void **state)
{
	struct certificate i = make_server();

	(void)state;
	EACH_LIBRARY(l)
	{
		const struct tls_client_options o = {.ca_pem = buf_view(&i.own),
			.certificate_pem = buf_view(&i.own),
			.key_pem = STR("nothing"),
			.server_name = STR("a.example")};
		struct tls_config *c;
		struct err e = {.kind = ERR_NONE};

		assert_int_equal(l->make(&o, &c, &e), -1);
		assert_non_null(strstr(e.text, "client"));
		assert_non_null(strstr(e.text, "key"));
	}
	certificate_free(&i);
}

/* ---- bytes -------------------------------------------------------------- */

static struct ends connect_ends(
	const struct library *l, const struct certificate *i)
{
	const struct tls_server_options so = {
		.certificate_pem = buf_view(&i->chain),
		.key_pem = buf_view(&i->key)};
	const struct tls_client_options co = {
		.ca_pem = buf_view(&i->chain), .server_name = STR("a.example")};
	struct ends x;

	open_ends(&x, &so, &co, l);
	assert_int_equal(shake_hands(&x), TLS_OK);
	return x;
}

/* Move BULK bytes from one end to the other, as far as sockets take them. */
static void move_bulk(struct tls *from, struct tls *to)
{
	static char out[BULK], in[BULK];
	size_t put = 0, got = 0, n;

	for (size_t i = 0; i < BULK; i++)
		out[i] = (char)(i * 31 / 7);
	for (int i = 0; i < TURNS_MAX && got < BULK; i++) {
		if (put < BULK && tls_write(from, out + put, BULK - put, &n,
					  NULL) == TLS_OK)
			put += n;
		else if (put == BULK) /* what is still in the library */
			tls_pending(from);
		if (tls_read(to, in + got, BULK - got, &n, NULL) == TLS_OK)
			got += n;
	}
	assert_int_equal(got, BULK);
	assert_memory_equal(in, out, BULK);
}

static void bytes_pass_both_ways(void **state)
{
	struct certificate i = make_server();

	(void)state;
	EACH_LIBRARY(l)
	{
		struct ends x = connect_ends(l, &i);

		move_bulk(x.server, x.client);
		move_bulk(x.client, x.server);
		close_ends(&x);
	}
	certificate_free(&i);
}

static void an_end_is_told_from_a_break(void **state)
{
	struct certificate i = make_server();
	struct err e = {.kind = ERR_NONE};
	char byte;
	size_t n;

	(void)state;
	EACH_LIBRARY(l)
	{
		struct ends x = connect_ends(l, &i);

		assert_int_equal(
			tls_read(x.client, &byte, 1, &n, &e), TLS_WANT_READ);
		assert_int_equal(tls_close(x.server), TLS_OK);
		assert_int_equal(tls_read(x.client, &byte, 1, &n, &e), TLS_END);
		close_ends(&x);

		x = connect_ends(l, &i);
		shutdown(x.fd[0], SHUT_RDWR);
		assert_int_equal(
			tls_read(x.client, &byte, 1, &n, &e), TLS_FAILED);
		assert_non_null(
			strstr(e.text, "the server closed the connection"));
		close_ends(&x);
	}
	certificate_free(&i);
}

/* A server that answers in clear text, or with bytes that are no record. */
static void what_is_no_tls_is_told_apart(void **state)
{
	static const char answer[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
	struct certificate i = make_server();

	(void)state;
	EACH_LIBRARY(l)
	{
		const struct tls_server_options so = {
			.certificate_pem = buf_view(&i.own),
			.key_pem = buf_view(&i.key)};
		const struct tls_client_options co = {
			.ca_pem = buf_view(&i.own),
			.server_name = STR("a.example")};
		struct ends x;

		open_ends(&x, &so, &co, l);
		assert_int_equal(send(x.fd[0], answer, sizeof(answer) - 1, 0),
			sizeof(answer) - 1);
		while (!is_over(tls_handshake(x.client, &x.error)))
			continue;
		assert_non_null(strstr(x.error.text, "or TLS at all"));
		close_ends(&x);
	}
	certificate_free(&i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			names_and_addresses_that_it_holds_are_accepted),
		cmocka_unit_test(others_are_refused),
		cmocka_unit_test(an_unknown_authority_is_refused),
		cmocka_unit_test(a_chain_leads_to_whom_we_trust),
		cmocka_unit_test(an_expired_certificate_is_refused),
		cmocka_unit_test(sha1_counts_in_roots_only),
		cmocka_unit_test(a_long_chain_is_refused),
		cmocka_unit_test(an_authority_not_understood_is_skipped),
		cmocka_unit_test(a_bundle_without_a_usable_one_is_refused),
		cmocka_unit_test(a_server_skips_what_it_does_not_understand),
		cmocka_unit_test(a_client_shows_its_certificate),
		cmocka_unit_test(a_key_that_is_none_is_refused_by_name),
		cmocka_unit_test(bytes_pass_both_ways),
		cmocka_unit_test(an_end_is_told_from_a_break),
		cmocka_unit_test(what_is_no_tls_is_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
