/* A file made by age itself, round trips, and damaged files. */
#include "lib/arc/age.h"

#include "lib/arc/bech32.h"
#include "lib/base/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROOM ((size_t)1 << 20)

/* A key pair of age-keygen 1.2, and a text that age -r sealed for it. */
static const char recipient[] = "age122ksj5kwwq938k6qq6xrlg528ugwfymcd8zt6tg6v8"
				"ydx4l82fmqyye00t";
static const char identity[] = "AGE-SECRET-KEY-1P09MCDVVHXEALXWK0WPGMTLD3X5DYN"
			       "CZD30TJWX497TYQQXZL5KSYTPW23";
static const char made_by_age[] =
	"YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSA5by9UWmlzbG5mVXBO"
	"NGh0UEhzOC9PcGQ4cmZGZDlGVUN5QU1wVmdOVUhFClNidWNOUjJXYktSMWdy"
	"dkRWbDY1ZGRtRm5uZGFYZkRTVEdlNTVTU2JacmcKLS0tIGpXaHpUMXNsSG1s"
	"NlhCRnlWMXZpY0QydStkVFg1TjZpaWNjOFdRdUZLYXcKy0yBDA2fr3XsMLYc"
	"/kaaOtQ8qIK2w9mYhG+TZE6HCzqnDa0DBbsZxRxZdy3En7X1cB4=";

static struct age_key public_key;
static struct age_key secret_key;

static int setup(void **state)
{
	(void)state;
	return age_recipient_parse(str_of(recipient), &public_key, NULL) |
	       age_identity_parse(str_of(identity), &secret_key, NULL);
}

/* Put all of in through a in pieces, and end. */
static int pass(struct age *a, struct str in, size_t piece, struct err *e)
{
	int rc = a ? 0 : -1;

	for (size_t at = 0; rc == 0 && at < in.n; at += piece) {
		struct str part = str_sub(in, at, piece);

		rc = sink_put(age_sink(a), part.p, part.n, e);
	}
	if (rc == 0)
		rc = age_end(a, e);
	age_close(&a);
	return rc;
}

static int opened(struct str in, size_t piece, struct buf *out, struct err *e)
{
	return pass(age_open(sink_buf(out), &secret_key, 1, e), in, piece, e);
}

static void opens_what_age_sealed(void **state)
{
	struct buf file = buf_growing(ROOM);
	struct err e = {0};

	(void)state;
	assert_int_equal(base64_decode(str_of(made_by_age), &file, &e), 0);
	for (size_t piece = 1; piece < 300; piece += 37) {
		struct buf out = buf_growing(ROOM);

		if (opened(buf_view(&file), piece, &out, &e) < 0)
			fail_msg("%s", e.text);
		assert_true(str_is(buf_view(&out), "hello, checkpoint\n"));
		buf_free(&out);
	}
	buf_free(&file);
}

static void every_size_comes_back(void **state)
{
	static const size_t size[] = {
		0, 1, 65535, 65536, 65537, 131072, 131073, 300000};

	(void)state;
	for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
		struct buf plain = buf_growing(ROOM);
		struct buf file = buf_growing(ROOM);
		struct buf out = buf_growing(ROOM);
		struct err e = {0};

		for (size_t n = 0; n < size[i]; n++)
			buf_byte(&plain, (char)(n * 31 >> 3));
		assert_int_equal(
			pass(age_seal(sink_buf(&file), &public_key, 1, &e),
				buf_view(&plain), 10007, &e),
			0);
		assert_int_equal(file.n, age_sealed_bytes(size[i], 1));
		assert_int_equal(opened(buf_view(&file), 9973, &out, &e), 0);
		assert_true(str_eq(buf_view(&plain), buf_view(&out)));
		buf_free(&plain);
		buf_free(&file);
		buf_free(&out);
	}
}

static void every_recipient_can_open(void **state)
{
	struct age_key two[2];
	struct buf file = buf_growing(ROOM);
	struct buf out = buf_growing(ROOM);
	struct err e = {0};

	(void)state;
	memset(&two[0], 9, sizeof two[0]); /* somebody else's key */
	two[1] = public_key;
	assert_int_equal(
		pass(age_seal(sink_buf(&file), two, 2, &e), STR("x"), 1, &e),
		0);
	assert_int_equal(file.n, age_sealed_bytes(1, 2));
	assert_int_equal(opened(buf_view(&file), 4096, &out, &e), 0);
	assert_true(str_is(buf_view(&out), "x"));
	buf_free(&file);
	buf_free(&out);
}

static void no_damaged_byte_passes(void **state)
{
	struct buf file = buf_growing(ROOM);
	struct err e = {0};

	(void)state;
	assert_int_equal(pass(age_seal(sink_buf(&file), &public_key, 1, &e),
				 STR("some plain text"), 99, &e),
		0);
	for (size_t i = 0; i < file.n; i++) {
		struct buf out = buf_growing(ROOM);

		file.p[i] ^= 4;
		assert_int_equal(opened(buf_view(&file), 4096, &out, &e), -1);
		assert_int_equal(out.n, 0);
		file.p[i] ^= 4;
		buf_free(&out);
	}
	for (size_t n = 0; n < file.n; n++) {
		struct buf out = buf_growing(ROOM);

		assert_int_equal(
			opened(str_sub(buf_view(&file), 0, n), 4096, &out, &e),
			-1);
		buf_free(&out);
	}
	buf_free(&file);
}

static void other_keys_are_told_apart(void **state)
{
	struct buf file = buf_growing(ROOM);
	struct buf out = buf_growing(ROOM);
	struct age_key other;
	struct err e = {0};

	(void)state;
	memset(&other, 9, sizeof other);
	assert_int_equal(
		pass(age_seal(sink_buf(&file), &other, 1, &e), STR("x"), 1, &e),
		0);
	assert_int_equal(opened(buf_view(&file), 4096, &out, &e), -1);
	assert_int_equal(e.kind, ERR_DENIED);
	assert_int_equal(
		opened(STR("not an age file, but long enough\n"), 7, &out, &e),
		-1);
	assert_non_null(strstr(e.text, "not an age file"));
	buf_free(&file);
	buf_free(&out);
}

static void keys_are_checked(void **state)
{
	static const char *const bad[] = {"", "age1", "age1qqqq",
		"age122ksj5kwwq938k6qq6xrlg528ugwfymcd8zt6tg6v8ydx4l8"
		"2fmqyye00q",
		"agE122ksj5kwwq938k6qq6xrlg528ugwfymcd8zt6tg6v8ydx4l8"
		"2fmqyye00t",
		"npub122ksj5kwwq938k6qq6xrlg528ugwfymcd8zt6tg6v8ydx4l"};
	struct age_key k;
	size_t n;
	struct err e = {0};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(
			age_recipient_parse(str_of(bad[i]), &k, &e), -1);
	assert_int_equal(age_identity_parse(str_of(recipient), &k, &e), -1);
	assert_int_equal(
		age_identities_parse(STR("# a comment\n\n"), &k, 1, &n, &e),
		-1);
	assert_int_equal(
		age_identities_parse(STR("# x\nbad\n"), &k, 1, &n, &e), -1);
	assert_non_null(strstr(e.text, "line 2"));
	assert_null(age_seal(sink_buf(NULL), &public_key, 0, &e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_what_age_sealed),
		cmocka_unit_test(every_size_comes_back),
		cmocka_unit_test(every_recipient_can_open),
		cmocka_unit_test(no_damaged_byte_passes),
		cmocka_unit_test(other_keys_are_told_apart),
		cmocka_unit_test(keys_are_checked),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
