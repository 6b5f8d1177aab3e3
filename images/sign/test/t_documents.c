/*
 * Unit tests of images/sign: envelopes, statements, claims and bundles, beside
 * documents that cosign 2.5 and 3.1 accepted.
 */
#include "images/sign/bundle.h"
#include "images/sign/claim.h"
#include "images/sign/der.h"
#include "images/sign/statement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define HEX "04f464a69779413243b44aef14d0ddd28def33c9c47567da66b8d48630860ea1"

static void the_signed_encoding_is_the_specifications(void **state)
{
	unsigned char got[32], want[32];

	(void)state;
	/* protocol.md, "Test vectors" */
	dsse_digest(
		STR("http://example.com/HelloWorld"), STR("hello world"), got);
	sha256_of(STR("DSSEv1 29 http://example.com/HelloWorld 11 hello world"),
		want);
	assert_memory_equal(got, want, sizeof(want));
	dsse_digest(STR(""), STR(""), got);
	sha256_of(STR("DSSEv1 0  0 "), want);
	assert_memory_equal(got, want, sizeof(want));
}

static void a_claim_is_cosigns(void **state)
{
	char room[512];
	struct buf text = buf_fixed(room, sizeof(room));
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	struct err e = {0};

	(void)state;
	claim_put(&text, "sha256:" HEX, STR("127.0.0.1:5555/demo-trixie"));
	assert_string_equal(buf_cstr(&text),
		"{\"critical\":{\"identity\":{\"docker-reference\":"
		"\"127.0.0.1:5555/demo-trixie\"},\"image\":"
		"{\"docker-manifest-digest\":\"sha256:" HEX "\"},"
		"\"type\":\"cosign container image signature\"},"
		"\"optional\":null}");
	assert_int_equal(
		claim_check(buf_view(&text), "sha256:" HEX, &a, &e), 0);
	assert_int_equal(claim_check(buf_view(&text), "sha256:05", &a, &e), -1);
	assert_non_null(strstr(e.text, "another image"));
}

static void a_bundle_is_cosigns(void **state)
{
	static const char want[] =
		"{\"mediaType\":\"application/"
		"vnd.dev.sigstore.bundle.v0.3+json\",\"verificationMaterial\":"
		"{\"publicKey\":{\"hint\":"
		"\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}},"
		"\"dsseEnvelope\":{\"payload\":\"e30=\",\"payloadType\":"
		"\"application/vnd.in-toto+json\",\"signatures\":"
		"[{\"sig\":\"c2ln\"}]}}";
	const unsigned char id[32] = {0};
	const unsigned char other[32] = {1};
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	char room[1024];
	struct buf text = buf_fixed(room, sizeof(room));
	const struct node *doc;
	struct bundle b;

	(void)state;
	bundle_put(&text, id, STR(STATEMENT_TYPE), STR("{}"), STR("sig"));
	assert_string_equal(buf_cstr(&text), want);
	assert_int_equal(json_parse(buf_view(&text), &a, &doc, NULL), 0);
	assert_int_equal(bundle_read(doc, &a, &b, NULL), 0);
	assert_true(bundle_names(b.hint, id));
	assert_false(bundle_names(b.hint, other));
	assert_true(str_is(b.envelope.payload, "{}"));
	assert_int_equal(b.envelope.n, 1);
	assert_true(str_is(b.envelope.signatures[0], "sig"));
}

static void bundles_of_other_forms_are_refused_in_words(void **state)
{
#define OURS "\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\""
	static const struct {
		const char *text, *why;
	} cases[] = {
		{"{}", "mediaType"},
		{"{\"mediaType\":\"text/html\"}", "text/html"},
		{"{" OURS "}", "dsseEnvelope"},
		{"{" OURS ",\"dsseEnvelope\":{}}", "payloadType"},
		{"{" OURS ",\"dsseEnvelope\":{\"payloadType\":\"t\"}}",
			"payload"},
		{"{" OURS ",\"dsseEnvelope\":{\"payloadType\":\"t\","
		 "\"payload\":\"e3\",\"signatures\":[]}}",
			"base64"},
		{"{" OURS ",\"dsseEnvelope\":{\"payloadType\":\"t\","
		 "\"payload\":\"e30=\",\"signatures\":[]}}",
			"no signature"},
		{"{" OURS ",\"dsseEnvelope\":{\"payloadType\":\"t\","
		 "\"payload\":\"e30=\",\"signatures\":[{}]}}",
			"sig"},
	};
	AUTO_ARENA struct arena a = arena_make(1 << 20);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct node *doc;
		struct err e = {0};
		struct bundle b;

		assert_int_equal(
			json_parse(str_of(cases[i].text), &a, &doc, NULL), 0);
		assert_int_equal(bundle_read(doc, &a, &b, &e), -1);
		if (!strstr(e.text, cases[i].why))
			fail_msg("%s: \"%s\"", cases[i].text, e.text);
	}
}

static void a_statement_carries_its_predicate_unchanged(void **state)
{
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	char room[512];
	struct buf text = buf_fixed(room, sizeof(room));
	struct statement s;

	(void)state;
	statement_put(&text, HEX, "https://example.org/x/v1",
		STR("\n{ \"a\": 1.50 }\n"));
	assert_string_equal(buf_cstr(&text),
		"{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":"
		"[{\"digest\":{\"sha256\":\"" HEX "\"}}],\"predicateType\":"
		"\"https://example.org/x/v1\",\"predicate\":{ \"a\": 1.50 }}");
	assert_int_equal(statement_read(buf_view(&text), HEX, &a, &s, NULL), 0);
	assert_true(str_is(s.predicate_type, "https://example.org/x/v1"));
}

static void statements_that_are_not_about_the_image_are_refused(void **state)
{
#define TYPE    "\"_type\":\"https://in-toto.io/Statement/v1\""
#define SUBJECT "\"subject\":[{\"digest\":{\"sha256\":\"" HEX "\"}}]"
	static const struct {
		const char *text, *why;
	} cases[] = {
		{"{" TYPE "," SUBJECT "}", "predicateType"},
		{"{" TYPE "," SUBJECT ",\"predicateType\":\"\"}",
			"predicateType"},
		/* verify prints it in a line of its own */
		{"{" TYPE "," SUBJECT
		 ",\"predicateType\":\"p\\n  signed by release.pub\"}",
			"no URI"},
		{"{" TYPE "," SUBJECT ",\"predicateType\":\"p by k\"}",
			"no URI"},
		{"{" SUBJECT ",\"predicateType\":\"p\"}", "_type"},
		{"{\"_type\":\"x\"," SUBJECT ",\"predicateType\":\"p\"}",
			"type \"x\""},
		{"{" TYPE ",\"subject\":[],\"predicateType\":\"p\"}",
			"another image"},
		{"{" TYPE ",\"subject\":[{\"digest\":{\"sha256\":\"00\"}}],"
		 "\"predicateType\":\"p\"}",
			"another image"},
		{"{" TYPE "," SUBJECT "," SUBJECT ",\"predicateType\":\"p\"}",
			"2 of subject"},
		{"{" TYPE "," SUBJECT
		 ",\"Subject\":[],\"predicateType\":\"p\"}",
			"2 of subject"},
		{"{" TYPE "," SUBJECT ",\"predicateType\":\"p\"", "statement"},
	};
	AUTO_ARENA struct arena a = arena_make(1 << 20);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e = {0};
		struct statement s;

		assert_int_equal(
			statement_read(str_of(cases[i].text), HEX, &a, &s, &e),
			-1);
		if (!strstr(e.text, cases[i].why))
			fail_msg("%s: \"%s\"", cases[i].text, e.text);
	}
}

static void types_have_the_names_that_cosign_has_for_them(void **state)
{
	(void)state;
	assert_string_equal(
		statement_predicate("spdx"), "https://spdx.dev/Document");
	assert_string_equal(statement_predicate("slsaprovenance"),
		"https://slsa.dev/provenance/v1");
	assert_string_equal(statement_predicate("https://a/b"), "https://a/b");
	assert_null(statement_predicate("sbom"));
}

/* X.690 10.1: lengths in one form; 8.3: numbers in one form. */
static void der_has_one_form(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
	} bad[] = {{"\x02\x00", 2}, {"\x02\x02\x00\x01", 4},
		{"\x02\x81\x01\x01", 4}, {"\x02\x82\x00\x01\x01", 5},
		{"\x02\x01", 2}, {"\x02\x80\x01\x00\x00", 5},
		{"\x02\x01\xff", 3}, {"\x02\x85\x00\x00\x00\x00\x01\x01", 8}};
	char room[16];
	struct buf b = buf_fixed(room, sizeof(room));
	struct str in;
	uint32_t value;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		in = (struct str){bad[i].bytes, bad[i].n};
		assert_int_equal(
			der_take_small(&in, 1000, &value, "n", NULL), -1);
	}
	der_put_small(&b, 128);
	assert_true(str_eq(buf_view(&b), STR("\x02\x02\x00\x80")));
	in = buf_view(&b);
	assert_int_equal(der_take_small(&in, 128, &value, "n", NULL), 0);
	assert_int_equal(value, 128);
	assert_int_equal(der_end(in, "n", NULL), 0);
	in = buf_view(&b);
	assert_int_equal(der_take_small(&in, 127, &value, "n", NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_signed_encoding_is_the_specifications),
		cmocka_unit_test(a_claim_is_cosigns),
		cmocka_unit_test(a_bundle_is_cosigns),
		cmocka_unit_test(bundles_of_other_forms_are_refused_in_words),
		cmocka_unit_test(a_statement_carries_its_predicate_unchanged),
		cmocka_unit_test(
			statements_that_are_not_about_the_image_are_refused),
		cmocka_unit_test(types_have_the_names_that_cosign_has_for_them),
		cmocka_unit_test(der_has_one_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
