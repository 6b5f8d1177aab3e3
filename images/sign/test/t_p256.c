/* Unit tests of images/sign/p256: RFC 6979's vectors, and what is refused. */
#include "images/sign/p256.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* RFC 6979 A.2.5 */
#define SECRET                                                                 \
	"c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"
#define POINT                                                                  \
	"04"                                                                   \
	"60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"     \
	"7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
#define ORDER "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"

static size_t unhex(const char *hex, unsigned char *out)
{
	size_t n = strlen(hex) / 2;

	assert_int_equal(str_unhex(str_of(hex), out, n), 0);
	return n;
}

static void digest_of(const char *text, unsigned char out[SHA256_BYTES])
{
	sha256_of(str_of(text), out);
}

static void the_public_point_is_rfc_6979s(void **state)
{
	unsigned char secret[32], point[65], want[65];

	(void)state;
	unhex(SECRET, secret);
	unhex(POINT, want);
	assert_int_equal(p256_point(secret, point, NULL), 0);
	assert_memory_equal(point, want, sizeof(want));
	assert_true(p256_is_point(point));
}

static void signatures_are_rfc_6979s(void **state)
{
	static const struct {
		const char *text, *der;
	} cases[] = {
		{"sample",
			"3046"
			"022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991"
			"c34d0ea84eaf3716"
			"022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff406"
			"4dc4ab2f843acda8"},
		{"test",
			"3045"
			"022100f1abb023518351cd71d881567b1ea663ed3efcf6c5132b35"
			"4f28d3b0b7d38367"
			"0220019f4113742a2b14bd25926b49c649155f267e60d3814b4c0c"
			"c84250e46f0083"},
	};
	unsigned char secret[32], point[65], digest[32], sig[72], want[72];

	(void)state;
	unhex(SECRET, secret);
	unhex(POINT, point);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t n, n_want = unhex(cases[i].der, want);

		digest_of(cases[i].text, digest);
		n = p256_sign(secret, digest, sig);
		assert_int_equal(n, n_want);
		assert_memory_equal(sig, want, n);
		assert_true(p256_verify(
			point, digest, (struct str){(char *)sig, n}));
		digest[0] ^= 1;
		assert_false(p256_verify(
			point, digest, (struct str){(char *)sig, n}));
	}
}

static void every_changed_bit_of_a_signature_is_noticed(void **state)
{
	unsigned char secret[32], point[65], digest[32], sig[72];
	struct str whole = {(char *)sig, 0};

	(void)state;
	unhex(SECRET, secret);
	unhex(POINT, point);
	digest_of("sample", digest);
	whole.n = p256_sign(secret, digest, sig);
	for (size_t i = 0; i < whole.n; i += 5) {
		sig[i] ^= (unsigned char)(1 << i % 8);
		assert_false(p256_verify(point, digest, whole));
		sig[i] ^= (unsigned char)(1 << i % 8);
	}
	assert_false(p256_verify(point, digest, str_sub(whole, 0, 40)));
	assert_true(p256_verify(point, digest, whole));
}

/* The valid r and s of "test" in forms that some readers take. */
static void other_spellings_of_a_signature_are_refused(void **state)
{
#define R "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
#define S "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"
	static const char *const bad[] = {
		"3046022100" R "022100" S,         /* s with a zero more */
		"308145022100" R "0220" S,         /* long length */
		"30820045022100" R "0220" S,       /* longer */
		"3080022100" R "0220" S "0000",    /* indefinite */
		"3045022100" R "0220" S "00",      /* byte after it */
		"3046022100" R "0220" S "00",      /* byte within */
		"30440220" R "0220" S,             /* r negative */
		"3026022100" R "020100",           /* s = 0 */
		"30250201000220" S,                /* r = 0 */
		"3046022100" ORDER "022100" ORDER, /* both the order */
		"3045022100" R,                    /* s is cut off */
		"3145022100" R "0220" S,           /* a SET */
		"3045032100" R "0220" S,           /* r a BIT STRING */
		"3006020101020101",                /* r = s = 1 */
		"3000",
		"30",
		"",
	};
	unsigned char point[65], digest[32], sig[256] = {0};

	(void)state;
	unhex(POINT, point);
	digest_of("test", digest);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct str s = {(char *)sig, unhex(bad[i], sig)};

		assert_false(p256_verify(point, digest, s));
	}
}

static void what_is_no_secret_is_refused(void **state)
{
	static const char *const bad[] = {
		"0000000000000000000000000000000000000000000000000000000000000"
		"000",
		ORDER,
		"fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		"fff",
	};
	unsigned char secret[32], point[65];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		unhex(bad[i], secret);
		assert_int_equal(p256_point(secret, point, NULL), -1);
	}
	unhex(ORDER, secret);
	secret[31]--; /* the largest */
	assert_int_equal(p256_point(secret, point, NULL), 0);
}

static void what_is_no_point_is_refused(void **state)
{
	unsigned char point[65], zero[65] = {4};

	(void)state;
	assert_false(p256_is_point(zero));
	unhex(POINT, point);
	point[64] ^= 1;
	assert_false(p256_is_point(point));
	unhex(POINT, point);
	point[0] = 6; /* the hybrid form */
	assert_false(p256_is_point(point));
}

static void new_secrets_differ(void **state)
{
	unsigned char a[32], b[32], point[65];

	(void)state;
	assert_int_equal(p256_new_secret(a, NULL), 0);
	assert_int_equal(p256_new_secret(b, NULL), 0);
	assert_memory_not_equal(a, b, sizeof(a));
	assert_int_equal(p256_point(a, point, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_public_point_is_rfc_6979s),
		cmocka_unit_test(signatures_are_rfc_6979s),
		cmocka_unit_test(every_changed_bit_of_a_signature_is_noticed),
		cmocka_unit_test(other_spellings_of_a_signature_are_refused),
		cmocka_unit_test(what_is_no_secret_is_refused),
		cmocka_unit_test(what_is_no_point_is_refused),
		cmocka_unit_test(new_secrets_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
