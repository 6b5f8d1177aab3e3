/* Unit tests of images/export/verity, gpt and crc32. */
#include "images/export/crc32.h"
#include "images/export/gpt.h"
#include "images/export/verity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const unsigned char uuid[VERITY_UUID_BYTES] = {1};

/* n blocks of data: block i is filled with i. */
static void hash_blocks(size_t n, struct buf *out, char hex[SHA256_HEX + 1])
{
	unsigned char salt[VERITY_SALT_BYTES], block[VERITY_BLOCK_BYTES];
	unsigned char root[SHA256_BYTES];
	AUTO_VERITY struct verity v;

	memset(salt, 7, sizeof(salt));
	verity_begin(&v, salt);
	for (size_t i = 0; i < n; i++) {
		memset(block, (int)(i & 0xff), sizeof(block));
		verity_add(&v, block);
	}
	assert_int_equal(verity_end(&v, uuid, out, root, NULL), 0);
	str_hex(root, sizeof(root), hex);
}

/* One level, then two: 128 hashes fill a block. */
static void levels_follow_from_the_blocks(void **state)
{
	static const struct {
		size_t blocks, area;
	} cases[] = {{2, 2}, {128, 2}, {129, 4}, {128 * 128, 130},
		{128 * 128 + 1, 133}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_BUF struct buf area = buf_growing(VERITY_AREA_BYTES);
		char hex[SHA256_HEX + 1];

		hash_blocks(cases[i].blocks, &area, hex);
		assert_int_equal(area.n, cases[i].area * VERITY_BLOCK_BYTES);
		assert_memory_equal(area.p, "verity\0\0\1\0\0\0\1", 13);
	}
}

/* The root is the hash of salt and top block, and hangs on every byte. */
static void the_root_hangs_on_every_block(void **state)
{
	AUTO_BUF struct buf area = buf_growing(VERITY_AREA_BYTES);
	AUTO_BUF struct buf other = buf_growing(VERITY_AREA_BYTES);
	unsigned char salted[VERITY_SALT_BYTES + VERITY_BLOCK_BYTES];
	char hex[SHA256_HEX + 1], again[SHA256_HEX + 1];

	(void)state;
	hash_blocks(200, &area, hex);
	memset(salted, 7, VERITY_SALT_BYTES);
	memcpy(salted + VERITY_SALT_BYTES, area.p + VERITY_BLOCK_BYTES,
		VERITY_BLOCK_BYTES);
	sha256_hex((struct str){(char *)salted, sizeof(salted)}, again);
	assert_string_equal(again, hex);
	hash_blocks(201, &other, again);
	assert_string_not_equal(again, hex);
}

static void one_block_is_too_few(void **state)
{
	AUTO_BUF struct buf area = buf_growing(VERITY_AREA_BYTES);
	unsigned char block[VERITY_BLOCK_BYTES] = {0}, root[SHA256_BYTES];
	AUTO_VERITY struct verity v;

	(void)state;
	verity_begin(&v, block);
	verity_add(&v, block);
	assert_int_equal(verity_end(&v, uuid, &area, root, NULL), -1);
}

/* The check values of both polynomials. */
static void checksums_have_their_check_values(void **state)
{
	(void)state;
	assert_int_equal(
		~crc32_add(~0u, CRC32_IEEE, STR("123456789")), 0xcbf43926);
	assert_int_equal(~crc32_add(~0u, CRC32_CASTAGNOLI, STR("123456789")),
		0xe3069283);
}

static void tables_stand_at_both_ends(void **state)
{
	AUTO_BUF struct buf first = buf_growing(GPT_FIRST_BYTES);
	AUTO_BUF struct buf last = buf_growing(GPT_FIRST_BYTES);
	struct gpt g = {.arch = "amd64",
		.data_bytes = 8192,
		.hash_bytes = 8192,
		.root = {0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0}};

	(void)state;
	assert_int_equal(gpt_encode(&g, &first, &last, NULL), 0);
	assert_int_equal(first.n, 34 * GPT_SECTOR_BYTES);
	assert_int_equal(last.n, GPT_END_BYTES);
	assert_int_equal(gpt_bytes(&g) % 4096, 0);
	assert_memory_equal(first.p + 512, "EFI PART", 8);
	assert_memory_equal(last.p + last.n - 512, "EFI PART", 8);
	/* the first half of the root hash, as UEFI turns it round */
	assert_memory_equal(
		first.p + 1024 + 16, "\x78\x56\x34\x12\xbc\x9a\xf0\xde", 8);
	g.arch = "pdp11";
	assert_int_equal(gpt_encode(&g, &first, &last, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_follow_from_the_blocks),
		cmocka_unit_test(the_root_hangs_on_every_block),
		cmocka_unit_test(one_block_is_too_few),
		cmocka_unit_test(checksums_have_their_check_values),
		cmocka_unit_test(tables_stand_at_both_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
