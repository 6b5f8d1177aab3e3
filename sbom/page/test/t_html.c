/*
 * html: nothing of others becomes markup, hides, or turns the reading order.
 */
#include "sbom/page/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char *text_of(struct str s)
{
	static char memory[512];
	struct buf b = buf_fixed(memory, sizeof(memory));

	html_text(&b, s);
	return buf_cstr(&b);
}

static void test_markup_is_text(void **state)
{
	(void)state;
	assert_string_equal(text_of(STR("<script>alert('1')</script>")),
		"&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;");
	assert_string_equal(text_of(STR("\" onload=\"x&amp;")),
		"&quot; onload=&quot;x&amp;amp;");
	assert_string_equal(text_of(STR("caf\xc3\xa9 \xe6\xbc\xa2")),
		"caf\xc3\xa9 \xe6\xbc\xa2");
}

static void test_unseen_is_shown(void **state)
{
	(void)state;
	/* "evil RLO txt.exe": shown as txt.exe's mirror image otherwise */
	assert_string_equal(
		text_of(STR("evil\xe2\x80\xaetxt.exe")), "evil[U+202E]txt.exe");
	assert_string_equal(
		text_of(STR("\xe2\x81\xa6x\xe2\x81\xa9")), "[U+2066]x[U+2069]");
	assert_string_equal(text_of(STR("\xd8\x9c|\xe2\x80\x8b|\xef\xbb\xbf")),
		"[U+061C]|[U+200B]|[U+FEFF]");
	assert_string_equal(text_of(STR("a\0b\x1b[31m\n")),
		"a[U+0000]b[U+001B][31m[U+000A]");
	assert_string_equal(text_of(STR("\xc2\x9b")), "[U+009B]");
	assert_string_equal(
		text_of(STR("\xf3\xa0\x81\x81")), "[U+E0041]"); /* a tag */
}

static void test_no_utf8_is_shown(void **state)
{
	(void)state;
	assert_string_equal(text_of(STR("a\xff\xfe")), "a[byte FF][byte FE]");
	/* cut off, overlong '<', a surrogate */
	assert_string_equal(text_of(STR("\xe2\x80")), "[byte E2][byte 80]");
	assert_string_equal(text_of(STR("\xc0\xbc")), "[byte C0][byte BC]");
	assert_string_equal(
		text_of(STR("\xed\xa0\x80")), "[byte ED][byte A0][byte 80]");
}

static void test_element(void **state)
{
	char memory[128];
	struct buf b = buf_fixed(memory, sizeof(memory));

	(void)state;
	html_element(&b, "td class=n", STR("<b>"));
	html_element(&b, "b", STR(""));
	assert_string_equal(buf_cstr(&b), "<td class=n>&lt;b&gt;</td><b></b>");
	assert_true(html_is_plain(STR("~a b_C")));
	assert_false(html_is_plain(STR("caf\xc3\xa9")));
	assert_false(html_is_plain(STR("\x7f")));
}

static const char *number_of(
	void (*write)(struct buf *b, uint64_t n), uint64_t n)
{
	static char memory[128];
	struct buf b = buf_fixed(memory, sizeof(memory));

	write(&b, n);
	return buf_cstr(&b);
}

static void test_numbers(void **state)
{
	(void)state;
	assert_string_equal(number_of(html_count, 0), "0");
	assert_string_equal(number_of(html_count, 999), "999");
	assert_string_equal(number_of(html_count, 1000), "1,000");
	assert_string_equal(number_of(html_count, 1020003), "1,020,003");
	assert_string_equal(number_of(html_count, UINT64_MAX),
		"18,446,744,073,709,551,615");
	assert_string_equal(number_of(html_size, 1), "1 byte");
	assert_string_equal(number_of(html_size, 999), "999 bytes");
	assert_string_equal(number_of(html_size, 1000), "1.00&nbsp;kB");
	assert_string_equal(number_of(html_size, 12345), "12.3&nbsp;kB");
	assert_string_equal(number_of(html_size, 2037952), "2.03&nbsp;MB");
	assert_string_equal(number_of(html_size, 999999999), "999&nbsp;MB");
	assert_string_equal(
		number_of(html_size, 5000000000000000), "5000&nbsp;TB");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_markup_is_text),
		cmocka_unit_test(test_unseen_is_shown),
		cmocka_unit_test(test_no_utf8_is_shown),
		cmocka_unit_test(test_element),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
