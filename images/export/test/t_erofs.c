/*
 * Unit tests of images/export/fs_tree and erofs: a reader of its own follows
 * names from the superblock to the content.  What the kernel makes of it is
 * tested in images/test/discs.bats.
 */
#include "images/export/erofs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define IMAGE_BYTES ((size_t)16 << 20)

static const unsigned char uuid[EROFS_UUID_BYTES] = {9};

static int add(struct fs_tree *t, const char *path, enum tar_type type,
	struct str bytes)
{
	return fs_tree_add(t,
		&(struct fs_node){.path = str_of(path),
			.type = type,
			.mode = type == TAR_DIR ? 0755 : 0644,
			.link = type == TAR_FILE ? STR("") : bytes,
			.bytes = type == TAR_FILE ? bytes : STR(""),
			.size_bytes = type == TAR_FILE ? bytes.n : 0,
			.mtime_s = 5},
		NULL);
}

/* ---- a reader ------------------------------------------------------------ */

static uint64_t number(const struct buf *image, uint64_t at, size_t n)
{
	uint64_t value = 0;

	assert_true(at + n <= image->n);
	while (n-- > 0)
		value = value << 8 | (unsigned char)image->p[at + n];
	return value;
}

static uint64_t inode_size(const struct buf *image, uint64_t at)
{
	return number(image, at + 8, number(image, at, 2) & 1 ? 8 : 4);
}

/* The content of an inode. */
static void read_content(const struct buf *image, uint64_t at, struct buf *out)
{
	uint64_t format = number(image, at, 2), size = inode_size(image, at);
	uint64_t slots = number(image, at + 2, 2);
	uint64_t tail = at + (format & 1 ? 64 : 32) +
			(slots ? 12 + 4 * (slots - 1) : 0);
	uint64_t block = number(image, at + 16, 4) * 4096;
	bool is_inline = format >> 1 == 2;
	uint64_t whole = is_inline ? size / 4096 * 4096 : size;

	if (is_inline) /* it ends in the block in which it begins */
		assert_int_equal(tail / 4096, (tail + size % 4096 - 1) / 4096);
	if (whole > 0)
		assert_true(block + whole <= image->n);
	if (whole > 0)
		buf_put(out, image->p + block, whole);
	if (size > whole)
		buf_put(out, image->p + tail, size - whole);
}

/* The inode of a name in a directory, by bisection as the kernel does. */
static uint64_t look_up(
	const struct buf *image, uint64_t dir, struct str wanted)
{
	AUTO_BUF struct buf text = buf_growing(IMAGE_BYTES);
	struct str before = {NULL, 0};
	uint64_t found = 0;

	read_content(image, dir, &text);
	for (uint64_t block = 0; block < text.n; block += 4096) {
		uint64_t n = number(&text, block + 8, 2) / 12;
		uint64_t end = text.n - block < 4096 ? text.n - block : 4096;

		for (uint64_t i = 0; i < n; i++) {
			uint64_t entry = block + 12 * i;
			uint64_t from = number(&text, entry + 8, 2);
			uint64_t to =
				i + 1 < n ? number(&text, entry + 20, 2) : end;
			struct str name = {text.p + block + from, to - from};

			while (name.n > 0 && name.p[name.n - 1] == '\0')
				name.n--;
			assert_true(before.n == 0 || str_cmp(before, name) < 0);
			before = name;
			if (str_eq(name, wanted))
				found = number(&text, entry, 8) * 32;
		}
	}
	return found;
}

static uint64_t walk(const struct buf *image, const char *path)
{
	uint64_t at = number(image, 1024 + 14, 2) * 32;
	struct str rest = str_of(path), part;

	while (rest.n > 0 && str_cut(&rest, '/', &part)) {
		at = look_up(image, at, part);
		assert_true(at > 0);
	}
	return at;
}

/* The image of a sealed tree whose contents are known. */
static void make_image(struct fs_tree *t, struct buf *image)
{
	AUTO_EROFS struct erofs x = {.tree = NULL};

	assert_int_equal(fs_tree_seal(t, 5, NULL), 0);
	assert_int_equal(erofs_plan(&x, t, NULL), 0);
	assert_int_equal(erofs_encode(&x, uuid, image, NULL), 0);
	buf_fill(image, '\0', (size_t)x.blocks * 4096 - image->n);
	for (size_t i = 0; i < t->n; i++) {
		struct str left = t->nodes[i].bytes;
		uint64_t offset = 0, n;

		for (; left.n > 0; offset += n) {
			uint64_t at = erofs_where(&x, i, offset, &n);

			memcpy(image->p + at, left.p, (size_t)n);
			left = str_sub(left, (size_t)n, left.n);
		}
	}
	assert_false(image->full);
}

static void check_content(
	const struct buf *image, const char *path, struct str want)
{
	AUTO_BUF struct buf text = buf_growing(IMAGE_BYTES);

	read_content(image, walk(image, path), &text);
	assert_int_equal(text.n, want.n);
	assert_memory_equal(text.p ? text.p : "", want.p, want.n);
}

/* ---- tests --------------------------------------------------------------- */

/* Sizes around a block, with and without room for the last part. */
static void contents_of_every_size_are_found(void **state)
{
	static const size_t sizes[] = {0, 1, 4000, 4064, 4065, 4095, 4096, 4097,
		8192, 8193, 12287, 100000};
	AUTO_FS_TREE struct fs_tree t = fs_tree_make();
	AUTO_BUF struct buf image = buf_growing(IMAGE_BYTES);
	char path[64], *bytes = malloc(100000);

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < 100000; i++)
		bytes[i] = (char)(i * 7 + i / 256);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		snprintf(path, sizeof(path), "a/b/%zu", sizes[i]);
		add(&t, path, TAR_FILE, (struct str){bytes, sizes[i]});
	}
	make_image(&t, &image);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		snprintf(path, sizeof(path), "a/b/%zu", sizes[i]);
		check_content(&image, path, (struct str){bytes, sizes[i]});
	}
	free(bytes);
}

/* Names before and behind ".", and directories of several blocks. */
static void names_stand_in_the_order_of_bytes(void **state)
{
	AUTO_FS_TREE struct fs_tree t = fs_tree_make();
	AUTO_BUF struct buf image = buf_growing(IMAGE_BYTES);
	char path[64];

	(void)state;
	add(&t, "d/!", TAR_FILE, STR("1"));
	add(&t, "d/-", TAR_FILE, STR("2"));
	add(&t, "d/.-", TAR_FILE, STR("3"));
	add(&t, "d/..a", TAR_FILE, STR("4"));
	add(&t, "d-", TAR_FILE, STR("5"));
	for (int i = 0; i < 900; i++) {
		snprintf(path, sizeof(path), "d/name-%d", i);
		add(&t, path, TAR_FILE, str_of(path));
	}
	make_image(&t, &image);
	check_content(&image, "d/!", STR("1"));
	check_content(&image, "d/..a", STR("4"));
	check_content(&image, "d-", STR("5"));
	check_content(&image, "d/name-899", STR("d/name-899"));
	assert_int_equal(walk(&image, "d/.."), walk(&image, ""));
	assert_int_equal(walk(&image, "d/."), walk(&image, "d"));
}

static void links_are_one_file(void **state)
{
	AUTO_FS_TREE struct fs_tree t = fs_tree_make();
	AUTO_BUF struct buf image = buf_growing(IMAGE_BYTES);
	char target[4000];

	(void)state;
	memset(target, 'l', sizeof(target));
	add(&t, "x/b", TAR_FILE, STR("text"));
	add(&t, "a", TAR_HARD_LINK, STR("x/b"));
	add(&t, "soft", TAR_SYMLINK, STR("x/b"));
	add(&t, "long", TAR_SYMLINK, (struct str){target, sizeof(target)});
	make_image(&t, &image);
	assert_int_equal(walk(&image, "a"), walk(&image, "x/b"));
	assert_int_equal(number(&image, walk(&image, "a") + 6, 2), 2);
	assert_int_equal(number(&image, walk(&image, "") + 6, 2), 3);
	check_content(&image, "soft", STR("x/b"));
	check_content(&image, "long", (struct str){target, sizeof(target)});
}

static void the_order_of_adding_does_not_matter(void **state)
{
	static const char *const paths[] = {"z", "b/a", "b", "b/a/c", "a-b"};
	AUTO_BUF struct buf one = buf_growing(IMAGE_BYTES);
	AUTO_BUF struct buf two = buf_growing(IMAGE_BYTES);
	AUTO_FS_TREE struct fs_tree t = fs_tree_make(), u = fs_tree_make();

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		bool is_dir = i == 1 || i == 2;

		add(&t, paths[i], is_dir ? TAR_DIR : TAR_FILE, STR(""));
		is_dir = 4 - i == 1 || 4 - i == 2;
		add(&u, paths[4 - i], is_dir ? TAR_DIR : TAR_FILE, STR(""));
	}
	make_image(&t, &one);
	make_image(&u, &two);
	assert_int_equal(one.n, two.n);
	assert_memory_equal(one.p, two.p, one.n);
}

static void what_is_no_tree_is_refused(void **state)
{
	static const struct {
		const char *path[2];
		enum tar_type type[2];
		const char *link;
	} cases[] = {
		{{"a", "a"}, {TAR_FILE, TAR_FILE}, ""},
		{{"a", "a/b"}, {TAR_FILE, TAR_FILE}, ""},
		{{"a", "a/b"}, {TAR_SYMLINK, TAR_FILE}, "/etc"},
		{{"a", "b"}, {TAR_DIR, TAR_HARD_LINK}, "a"},
		{{"a", "b"}, {TAR_FILE, TAR_HARD_LINK}, "c"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_FS_TREE struct fs_tree t = fs_tree_make();

		for (size_t k = 0; k < 2; k++)
			add(&t, cases[i].path[k], cases[i].type[k],
				str_of(cases[i].type[k] == TAR_FILE
						? ""
						: cases[i].link));
		assert_int_equal(fs_tree_seal(&t, 0, NULL), -1);
	}
}

static void what_is_no_name_is_refused(void **state)
{
	static const char *const paths[] = {"/a", "a//b", "a/", ".", "a/../b"};
	AUTO_FS_TREE struct fs_tree t = fs_tree_make();
	char name[FS_NAME_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		assert_int_equal(add(&t, paths[i], TAR_FILE, STR("")), -1);
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(add(&t, name, TAR_FILE, STR("")), -1);
	assert_int_equal(add(&t, name + 1, TAR_FILE, STR("")), 0);
}

static void unknown_attributes_are_refused(void **state)
{
	AUTO_FS_TREE struct fs_tree t = fs_tree_make();
	AUTO_EROFS struct erofs x = {.tree = NULL};
	const struct tar_xattr odd = {STR("btrfs.compression"), STR("zstd")};

	(void)state;
	fs_tree_add(&t,
		&(struct fs_node){.path = STR("a"),
			.type = TAR_FILE,
			.xattrs = &odd,
			.n_xattrs = 1},
		NULL);
	assert_int_equal(fs_tree_seal(&t, 0, NULL), 0);
	assert_int_equal(erofs_plan(&x, &t, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(contents_of_every_size_are_found),
		cmocka_unit_test(names_stand_in_the_order_of_bytes),
		cmocka_unit_test(links_are_one_file),
		cmocka_unit_test(the_order_of_adding_does_not_matter),
		cmocka_unit_test(what_is_no_tree_is_refused),
		cmocka_unit_test(what_is_no_name_is_refused),
		cmocka_unit_test(unknown_attributes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
