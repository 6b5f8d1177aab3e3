/* Unit tests of lib/base/base64. */
#include "lib/base/base64.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct {
	const char *text, *bytes;
} vectors[] = {
	/* RFC 4648 section 10 */
	{"", ""},
	{"Zg==", "f"},
	{"Zm8=", "fo"},
	{"Zm9v", "foo"},
	{"Zm9vYg==", "foob"},
	{"Zm9vYmE=", "fooba"},
	{"Zm9vYmFy", "foobar"},
};

static void vectors_both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		char there[32], back[32];
		struct buf b = buf_fixed(there, sizeof(there));
		struct buf c = buf_fixed(back, sizeof(back));

		base64_encode(str_of(vectors[i].bytes), &b);
		assert_string_equal(buf_cstr(&b), vectors[i].text);
		assert_int_equal(base64_decode(buf_view(&b), &c, NULL), 0);
		assert_string_equal(buf_cstr(&c), vectors[i].bytes);
	}
}

static void folded_lines_are_read(void **state)
{
	char bytes[32];
	struct buf b = buf_fixed(bytes, sizeof(bytes));

	(void)state;
	assert_int_equal(base64_decode(STR(" Zm9v\r\n\tYmE=\n"), &b, NULL), 0);
	assert_string_equal(buf_cstr(&b), "fooba");
}

static void broken_text_is_refused(void **state)
{
	static const char *const bad[] = {"Z", "Zg",
		"Zg=", "Z===", "====", "Zg==Zg==", "Zh==", "Zm9=", "Zm-v",
		"Zm9v!", "=g=="};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		char bytes[32];
		struct buf b = buf_fixed(bytes, sizeof(bytes));
		struct err e = {0};

		assert_int_equal(base64_decode(str_of(bad[i]), &b, &e), -1);
		assert_int_equal(e.kind, ERR_INPUT);
	}
}

static void a_full_buffer_is_told(void **state)
{
	char bytes[2];
	struct buf b = buf_fixed(bytes, sizeof(bytes));
	struct err e = {0};

	(void)state;
	assert_int_equal(base64_decode(STR("Zm9v"), &b, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_both_ways),
		cmocka_unit_test(folded_lines_are_read),
		cmocka_unit_test(broken_text_is_refused),
		cmocka_unit_test(a_full_buffer_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
