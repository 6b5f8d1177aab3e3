/*
 * Unit tests of lib/net/x509name, on certificates put together here: only
 * the parts that the walk crosses hold anything.
 */
#include "lib/base/buf.h"
#include "lib/net/x509name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define IP4   ((struct str){"\x0a\x60\x00\x01", 4})
#define OTHER ((struct str){"\x0a\x60\x00\x02", 4})
#define IP6   ((struct str){"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07", 16})
#define SAN   "\x55\x1d\x11"

enum { NAME_DNS = 0x82, NAME_IP = 0x87 };

/* Append one element with its identifier and length. */
static void put(struct buf *b, int tag, struct str content)
{
	buf_byte(b, (char)tag);
	if (content.n >= 0x100) {
		buf_byte(b, (char)0x82);
		buf_byte(b, (char)(content.n >> 8));
	} else if (content.n >= 0x80) {
		buf_byte(b, (char)0x81);
	}
	buf_byte(b, (char)content.n);
	buf_str(b, content);
}

/* Wrap everything written so far. */
static void wrap(struct buf *b, int tag)
{
	char copy[4096];
	struct str s = {copy, b->n};

	assert_true(b->n <= sizeof(copy));
	memcpy(copy, b->p, b->n);
	buf_reset(b);
	put(b, tag, s);
}

static void put_extension(struct buf *b, struct str oid, struct str value)
{
	char room[4096];
	struct buf one = buf_fixed(room, sizeof(room));

	put(&one, 0x06, oid);
	put(&one, 0x01, (struct str){"\xff", 1}); /* critical */
	put(&one, 0x04, value);
	put(b, 0x30, buf_view(&one));
}

/* The certificate around a list of extensions; an empty list is left out. */
static struct str certificate(struct buf *b, struct str extensions)
{
	static const char zeros[40];

	put(b, 0xa0, (struct str){"\x02\x01\x02", 3});
	put(b, 0x02, (struct str){"\x01", 1});
	for (int i = 0; i < 5; i++)
		put(b, 0x30, (struct str){zeros, sizeof(zeros)});
	if (extensions.n > 0) {
		char room[4096];
		struct buf list = buf_fixed(room, sizeof(room));

		put(&list, 0x30, extensions);
		put(b, 0xa3, buf_view(&list));
	}
	wrap(b, 0x30);
	put(b, 0x30, (struct str){zeros, 9}); /* signature algorithm */
	put(b, 0x03, (struct str){zeros, 40});
	wrap(b, 0x30);
	return buf_view(b);
}

/* Match an address against a certificate with one subjectAltName. */
static int match(struct str names, struct str address, struct err *e)
{
	static char rooms[3][4096];
	struct buf value = buf_fixed(rooms[0], sizeof(rooms[0]));
	struct buf extensions = buf_fixed(rooms[1], sizeof(rooms[1]));
	struct buf cert = buf_fixed(rooms[2], sizeof(rooms[2]));

	put(&value, 0x30, names);
	put_extension(
		&extensions, (struct str){"\x55\x1d\x0f", 3}, STR("key usage"));
	put_extension(&extensions, (struct str){SAN, 3}, buf_view(&value));
	return x509name_match_ip(
		certificate(&cert, buf_view(&extensions)), address, e);
}

static struct str names_of(struct buf *b)
{
	put(b, NAME_DNS, STR("kubernetes.default.svc"));
	put(b, NAME_IP, (struct str){"\x7f\0\0\x01", 4});
	put(b, NAME_IP, IP4);
	put(b, NAME_IP, IP6);
	return buf_view(b);
}

static void addresses_of_both_families_match(void **state)
{
	char room[256];
	struct buf b = buf_fixed(room, sizeof(room));
	struct str names = names_of(&b);

	(void)state;
	assert_int_equal(match(names, IP4, NULL), 0);
	assert_int_equal(match(names, IP6, NULL), 0);
}

static void another_address_is_denied(void **state)
{
	char room[256];
	struct buf b = buf_fixed(room, sizeof(room));
	struct err e = {0};

	(void)state;
	assert_int_equal(match(names_of(&b), OTHER, &e), -1);
	assert_int_equal(e.kind, ERR_DENIED);
}

/* The first four bytes of an IPv6 address are no IPv4 address. */
static void families_do_not_mix(void **state)
{
	char room[64];
	struct buf b = buf_fixed(room, sizeof(room));
	struct err e = {0};

	(void)state;
	put(&b, NAME_IP, IP6);
	assert_int_equal(
		match(buf_view(&b), (struct str){"\x20\x01\x0d\xb8", 4}, &e),
		-1);
	assert_int_equal(e.kind, ERR_DENIED);
}

/* RFC 5280 4.2.1.6: an address in text, or a wildcard, is no iPAddress. */
static void text_is_no_address(void **state)
{
	static const char *const texts[] = {
		"10.96.0.1", "*", "*.96.0.1", "\x0a\x60\x00\x01"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		char room[64];
		struct buf b = buf_fixed(room, sizeof(room));
		struct err e = {0};

		put(&b, NAME_DNS, str_of(texts[i]));
		assert_int_equal(match(buf_view(&b), IP4, &e), -1);
		assert_int_equal(e.kind, ERR_DENIED);
	}
}

static void no_extensions_are_denied(void **state)
{
	char room[1024];
	struct buf b = buf_fixed(room, sizeof(room));
	struct err e = {0};

	(void)state;
	assert_int_equal(
		x509name_match_ip(certificate(&b, STR("")), IP4, &e), -1);
	assert_int_equal(e.kind, ERR_DENIED);
}

static void a_second_list_of_names_is_refused(void **state)
{
	char rooms[2][1024];
	struct buf extensions = buf_fixed(rooms[0], sizeof(rooms[0]));
	struct buf b = buf_fixed(rooms[1], sizeof(rooms[1]));
	struct str value = {"\x30\x06\x87\x04\x0a\x60\x00\x01", 8};
	struct err e = {0};

	(void)state;
	put_extension(&extensions, (struct str){SAN, 3}, value);
	put_extension(&extensions, (struct str){SAN, 3}, value);
	assert_int_equal(
		x509name_match_ip(
			certificate(&b, buf_view(&extensions)), IP4, &e),
		-1);
	assert_int_equal(e.kind, ERR_INPUT);
}

/* Cut anywhere, or with any one length byte changed, nothing is read twice. */
static void torn_certificates_are_refused(void **state)
{
	char rooms[3][1024];
	struct buf value = buf_fixed(rooms[0], sizeof(rooms[0]));
	struct buf extensions = buf_fixed(rooms[1], sizeof(rooms[1]));
	struct buf b = buf_fixed(rooms[2], sizeof(rooms[2]));
	struct str cert;

	(void)state;
	put(&value, 0x30, (struct str){"\x87\x04\x0a\x60\x00\x01", 6});
	put_extension(&extensions, (struct str){SAN, 3}, buf_view(&value));
	cert = certificate(&b, buf_view(&extensions));
	assert_int_equal(x509name_match_ip(cert, IP4, NULL), 0);
	for (size_t n = 0; n < cert.n; n++)
		assert_int_equal(
			x509name_match_ip(str_sub(cert, 0, n), IP4, NULL), -1);
}

static void odd_lengths_are_refused(void **state)
{
	static const struct str bad[] = {
		{"\x30\x80\x00\x00", 4},         /* indefinite */
		{"\x30\x81\x02\x05\x00", 5},     /* not the shortest form */
		{"\x30\x82\x00\x81", 4},         /* leading zero */
		{"\x30\x84\xff\xff\xff\xff", 6}, /* more than 3 bytes */
		{"\x30\x7f", 2},                 /* beyond the end */
		{"\x30", 1},
		{"", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err e = {0};

		assert_int_equal(x509name_match_ip(bad[i], IP4, &e), -1);
		assert_int_equal(e.kind, ERR_INPUT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_of_both_families_match),
		cmocka_unit_test(another_address_is_denied),
		cmocka_unit_test(families_do_not_mix),
		cmocka_unit_test(text_is_no_address),
		cmocka_unit_test(no_extensions_are_denied),
		cmocka_unit_test(a_second_list_of_names_is_refused),
		cmocka_unit_test(torn_certificates_are_refused),
		cmocka_unit_test(odd_lengths_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
