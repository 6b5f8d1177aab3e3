/* tar and tar_header: bytes, limits, and libarchive reading the result. */
#include "lib/arc/tar.h"
#include "lib/arc/tar_header.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <archive.h>
#include <archive_entry.h>
#include <cmocka.h>

#define ROOM (1u << 20)

static void header_has_the_bytes_of_posix(void **state)
{
	const struct tar_entry t = {.type = TAR_FILE,
		.path = STR("etc/passwd"),
		.mode = 0100644,
		.uid = 1,
		.gid = 8,
		.size = 513,
		.mtime_s = 1700000000};
	unsigned char block[TAR_BLOCK_BYTES];

	(void)state;
	assert_int_equal(tar_header(&t, block, NULL), 0);
	assert_memory_equal(block, "etc/passwd\0", 11);
	assert_memory_equal(block + 100, "0000644\0000000001\0000000010\0", 24);
	assert_memory_equal(block + 124, "00000001001\00014524770400\0", 24);
	assert_memory_equal(block + 148, "011240\0 0", 9);
	assert_memory_equal(block + 257, "ustar\00000", 8);
	assert_memory_equal(block + 329, "0000000\0000000000\0", 16);
}

static void large_numbers_take_base_256(void **state)
{
	const struct tar_entry t = {.type = TAR_FILE,
		.path = STR("big"),
		.uid = 4294967294,
		.size = (uint64_t)9 << 30,
		.mtime_s = -1};
	unsigned char block[TAR_BLOCK_BYTES];

	(void)state;
	assert_int_equal(tar_header(&t, block, NULL), 0);
	assert_memory_equal(block + 108, "\x80\0\0\0\xff\xff\xff\xfe", 8);
	assert_memory_equal(block + 124, "\x80\0\0\0\0\0\0\2\x40\0\0\0", 12);
	assert_memory_equal(block + 136,
		"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12);
}

static void patching_the_size_changes_size_and_sum_only(void **state)
{
	struct tar_entry t = {.type = TAR_FILE, .path = STR("pages-1.img")};
	unsigned char before[TAR_BLOCK_BYTES], after[TAR_BLOCK_BYTES];

	(void)state;
	assert_int_equal(tar_header(&t, before, NULL), 0);
	t.size = (uint64_t)3 << 40;
	assert_int_equal(tar_header(&t, after, NULL), 0);
	memcpy(after + 124, before + 124, 12);
	memcpy(after + 148, before + 148, 8);
	assert_memory_equal(before, after, sizeof(before));
}

static void refused(struct tar_entry t, enum err_kind kind)
{
	AUTO_BUF struct buf b = buf_growing(ROOM);
	struct err e = {0};

	assert_int_equal(tar_headers(&t, &b, &e), -1);
	assert_int_equal(e.kind, kind);
	assert_int_equal(b.n, 0);
}

static void paths_that_leave_the_archive_are_refused(void **state)
{
	static const char *const bad[] = {
		"/etc", "../x", "a/../b", "a//b", "./a", "a/", ".", "a/.."};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		refused((struct tar_entry){.type = TAR_FILE,
				.path = str_of(bad[i])},
			ERR_INPUT);
	refused((struct tar_entry){.type = TAR_FILE, .path = STR("")},
		ERR_LIMIT);
	refused((struct tar_entry){.type = TAR_FILE, .path = STR("a\0b")},
		ERR_INPUT);
	refused((struct tar_entry){.type = TAR_HARD_LINK,
			.path = STR("a"),
			.link = STR("../b")},
		ERR_INPUT);
	refused((struct tar_entry){.type = TAR_SYMLINK, .path = STR("a")},
		ERR_INPUT);
	refused(
		(struct tar_entry){
			.type = TAR_DIR, .path = STR("a"), .size = 1},
		ERR_INPUT);
}

static void one_block_refuses_what_needs_more(void **state)
{
	unsigned char block[TAR_BLOCK_BYTES];
	char path[120];
	struct tar_entry t = {.type = TAR_FILE, .path = {path, sizeof(path)}};
	struct err e = {0};

	(void)state;
	memset(path, 'a', sizeof(path));
	assert_int_equal(tar_header(&t, block, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	path[60] = '/';
	assert_int_equal(tar_header(&t, block, NULL), 0);
	assert_memory_equal(block + 345, path, 60);
	assert_memory_equal(block, path + 61, 59);
}

static void content_is_held_to_its_size(void **state)
{
	const struct tar_entry t = {
		.type = TAR_FILE, .path = STR("a"), .size = 4};
	AUTO_BUF struct buf b = buf_growing(ROOM);
	struct tar w = tar_start(sink_buf(&b));

	(void)state;
	assert_int_equal(tar_add(&w, &t, NULL), 0);
	assert_int_equal(tar_data(&w, "12345", 5, NULL), -1);
	assert_int_equal(tar_data(&w, "123", 3, NULL), 0);
	assert_int_equal(tar_end(&w, NULL), -1);
	assert_int_equal(tar_data(&w, "4", 1, NULL), 0);
	assert_int_equal(tar_end(&w, NULL), 0);
	assert_int_equal(b.n, 4 * TAR_BLOCK_BYTES);
}

/* What libarchive says of one entry, and what it should say. */
static void same_entry(
	struct archive *a, const struct tar_entry *t, const char *path)
{
	struct archive_entry *got;

	assert_int_equal(archive_read_next_header(a, &got), ARCHIVE_OK);
	assert_string_equal(archive_entry_pathname(got), path);
	assert_int_equal(archive_entry_perm(got), t->mode);
	assert_int_equal(archive_entry_uid(got), t->uid);
	assert_int_equal(archive_entry_gid(got), t->gid);
	assert_int_equal(archive_entry_size(got), t->size);
	assert_int_equal(archive_entry_mtime(got), t->mtime_s);
	if (t->type == TAR_SYMLINK)
		assert_string_equal(archive_entry_symlink(got), t->link.p);
	if (t->type == TAR_HARD_LINK)
		assert_string_equal(archive_entry_hardlink(got), t->link.p);
	if (t->type == TAR_CHAR)
		assert_int_equal(archive_entry_rdevminor(got), t->dev_minor);
	for (size_t i = 0; i < t->xattr_count; i++) {
		const char *name;
		const void *value;
		size_t size;

		archive_entry_xattr_reset(got);
		assert_int_equal(
			archive_entry_xattr_next(got, &name, &value, &size),
			ARCHIVE_OK);
		assert_string_equal(name, t->xattrs[i].name.p);
		assert_int_equal(size, t->xattrs[i].value.n);
		assert_memory_equal(value, t->xattrs[i].value.p, size);
	}
}

static char deep[2001], far_away[301];

static void fill_names(void)
{
	memset(deep, 'd', 2000);
	for (size_t i = 49; i < 1999; i += 50)
		deep[i] = '/';
	memset(far_away, 'f', 300);
}

static void libarchive_reads_what_was_written(void **state)
{
	static const char content[512] = "abc";
	const struct tar_xattr caps[] = {
		{STR("security.capability"), STR("\1\0\0\2\0 \0\0=\n")}};
	const struct tar_entry all[] = {
		{.type = TAR_DIR, .path = STR("tmp"), .mode = 01777},
		{.type = TAR_FILE,
			.path = STR("bin/criu"),
			.mode = 0755,
			.uid = 70000,
			.gid = 3000000000,
			.size = 3,
			.mtime_s = 1700000000},
		{.type = TAR_FILE,
			.path = {deep, 2000},
			.mode = 0600,
			.size = 512},
		{.type = TAR_SYMLINK,
			.path = STR("link"),
			.link = {far_away, 300},
			.mode = 0777},
		{.type = TAR_HARD_LINK,
			.path = STR("tar"),
			.link = STR("bin/criu"),
			.mode = 0755},
		{.type = TAR_CHAR,
			.path = STR("null"),
			.dev_major = 1,
			.dev_minor = 3},
		{.type = TAR_FIFO, .path = STR("pipe"), .mode = 0622},
		{.type = TAR_FILE,
			.path = STR("\xc3\xa9/caps"),
			.xattrs = caps,
			.xattr_count = 1},
	};
	AUTO_BUF struct buf b = buf_growing(ROOM);
	struct tar w = tar_start(sink_buf(&b));
	struct archive *a = archive_read_new();
	struct archive_entry *got;

	(void)state;
	fill_names();
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		assert_int_equal(
			tar_file(&w, &all[i],
				(struct str){content, all[i].size}, NULL),
			0);
	assert_int_equal(tar_end(&w, NULL), 0);
	archive_read_support_format_tar(a);
	assert_int_equal(archive_read_open_memory(a, b.p, b.n), ARCHIVE_OK);
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		same_entry(a, &all[i],
			all[i].type == TAR_DIR ? "tmp/" : all[i].path.p);
	assert_int_equal(archive_read_next_header(a, &got), ARCHIVE_EOF);
	archive_read_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_has_the_bytes_of_posix),
		cmocka_unit_test(large_numbers_take_base_256),
		cmocka_unit_test(patching_the_size_changes_size_and_sum_only),
		cmocka_unit_test(paths_that_leave_the_archive_are_refused),
		cmocka_unit_test(one_block_refuses_what_needs_more),
		cmocka_unit_test(content_is_held_to_its_size),
		cmocka_unit_test(libarchive_reads_what_was_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
