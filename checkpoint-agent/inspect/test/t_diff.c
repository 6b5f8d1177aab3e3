/* Compare facts and pages of two archives. */
#include "checkpoint-agent/inspect/diff_facts.h"
#include "checkpoint-agent/inspect/page_diff.h"
#include "lib/base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void tell(void *self, const struct fact *fact, const struct str *before,
	const struct str *after)
{
	buf_fmt(self, "%d %.*s:", fact->kind, STR_ARG(fact->key));
	if (before)
		buf_fmt(self, "%.*s", STR_ARG(*before));
	buf_text(self, ">");
	if (after)
		buf_fmt(self, "%.*s", STR_ARG(*after));
	buf_text(self, "\n");
}

static void add(struct diff_facts *f, enum fact_kind kind, const char *key,
	const char *value)
{
	assert_int_equal(
		diff_facts_add(f, kind, str_of(key), str_of(value), NULL), 0);
}

static void facts_are_compared(void **state)
{
	struct diff_facts a = diff_facts_make(), b = diff_facts_make();
	AUTO_BUF struct buf out = buf_growing(4096);

	(void)state;
	add(&a, FACT_MOUNT, "/x", "1");
	add(&a, FACT_ENVIRONMENT, "B", "same");
	add(&a, FACT_ENVIRONMENT, "A", "old");
	add(&a, FACT_ENVIRONMENT, "C", "gone");
	add(&b, FACT_ENVIRONMENT, "A", "new");
	add(&b, FACT_ENVIRONMENT, "B", "same");
	add(&b, FACT_PROCESS, "7", "here");
	add(&b, FACT_MOUNT, "/x", "1");
	diff_facts_compare(&a, &b, tell, &out);
	assert_string_equal(buf_cstr(&out), "1 A:old>new\n1 C:gone>\n"
					    "3 7:>here\n");
	diff_facts_free(&a);
	diff_facts_free(&b);
}

static void many_facts_keep_their_order(void **state)
{
	struct diff_facts a = diff_facts_make(), b = diff_facts_make();
	AUTO_BUF struct buf out = buf_growing(4096);
	char key[16];

	(void)state;
	for (int i = 0; i < 5000; i++) {
		snprintf(key, sizeof(key), "%d", i * 7919 % 5000);
		add(&a, FACT_ROOTFS, key, "v");
		snprintf(key, sizeof(key), "%d", i);
		add(&b, FACT_ROOTFS, key, i == 4321 ? "w" : "v");
	}
	diff_facts_compare(&a, &b, tell, &out);
	assert_string_equal(buf_cstr(&out), "5 4321:v>w\n");
	diff_facts_free(&a);
	diff_facts_free(&b);
}

/* ---- pages -------------------------------------------------------------- */

static void tell_page(
	void *self, uint64_t address, const struct page_diff_count *one)
{
	assert_int_equal(
		one->same + one->changed + one->added + one->removed, 1);
	buf_fmt(self, "%llx%c ", (unsigned long long)address / 4096,
		one->same      ? '='
		: one->changed ? '~'
		: one->added   ? '+'
			       : '-');
}

static void pages_are_compared_by_address(void **state)
{
	static const uint64_t h[] = {10, 11, 12, 13, 14, 15};
	static const uint64_t k[] = {10, 99, 12, 13, 14, 15};
	struct page_diff_run before[] = {{0x1000, 3, h}, {0x8000, 2, h + 3}};
	struct page_diff_run after[] = {{0x1000, 2, k}, {0x3000, 1, k + 2},
		{0x5000, 0, k}, {0x9000, 2, k + 4}};
	const struct page_diff_side a = {before, 2}, b = {after, 4};
	AUTO_BUF struct buf out = buf_growing(4096);

	(void)state;
	page_diff_walk(&a, &b, tell_page, &out);
	assert_string_equal(buf_cstr(&out), "1= 2~ 3= 8- 9= a+ ");
}

static void two_archives_have_one_key(void **state)
{
	static char page[PAGEMAP_PAGE_BYTES];
	struct sha256 one, other;

	(void)state;
	assert_int_equal(page_hashes_key(&one, NULL), 0);
	assert_int_equal(page_hashes_key(&other, NULL), 0);
	assert_true(page_hashes_of(&one, page, sizeof(page)) ==
		    page_hashes_of(&one, page, sizeof(page)));
	assert_false(page_hashes_of(&one, page, sizeof(page)) ==
		     page_hashes_of(&other, page, sizeof(page)));
	page[4095] = 1;
	assert_false(page_hashes_of(&one, page, sizeof(page)) ==
		     page_hashes_of(&one, page, sizeof(page) - 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_are_compared),
		cmocka_unit_test(many_facts_keep_their_order),
		cmocka_unit_test(pages_are_compared_by_address),
		cmocka_unit_test(two_archives_have_one_key),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
