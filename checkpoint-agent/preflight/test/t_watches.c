/* Watched inodes, as the kernel tells them and as it encodes devices. */
#include "checkpoint-agent/preflight/watches.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cmocka.h>

#define REST " mask:fce ignored_mask:0 fhandle-bytes:8 fhandle-type:1\n"

static void only_this_device_counts(void **state)
{
	struct str text = STR("pos:\t0\nflags:\t02\nmnt_id:\t15\n"
			      "inotify wd:3 ino:9e7e sdev:800013" REST
			      "inotify wd:2 ino:a111 sdev:800014" REST
			      "fanotify flags:0 event-flags:0\n"
			      "fanotify mnt_id:12 mflags:40 mask:38\n"
			      "fanotify ino:ffffffff9 sdev:800013" REST);
	uint64_t inode;

	(void)state;
	assert_true(watches_next(&text, makedev(8, 0x13), &inode));
	assert_int_equal(inode, 0x9e7e);
	assert_true(watches_next(&text, makedev(8, 0x13), &inode));
	assert_int_equal(inode, 0xffffffff9);
	assert_false(watches_next(&text, makedev(8, 0x13), &inode));
}

static void other_texts_are_passed_over(void **state)
{
	static const char *const texts[] = {"", "inotify", "inotify ",
		"inotify wd:1 ino: sdev:800013\n",
		"inotify wd:1 ino:12g sdev:800013\n",
		"inotify ino:123456789012345678901234567890 sdev:800013\n",
		"inotify wd:1 sdev:800013\n", "inotify wd:1 ino:12\n"};
	uint64_t inode;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct str text = str_of(texts[i]);

		assert_false(watches_next(&text, makedev(8, 0x13), &inode));
	}
}

/* A process of our own; the root is no overlay here, so only the parser. */
static void this_kernel_is_understood(void **state)
{
	int watcher = inotify_init1(IN_CLOEXEC);
	char path[64], text[4096];
	struct stat st;
	struct str all;
	uint64_t inode;
	FILE *f;

	(void)state;
	assert_int_equal(stat("/tmp", &st), 0);
	assert_true(inotify_add_watch(watcher, "/tmp", IN_CREATE) > 0);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", watcher);
	f = fopen(path, "r");
	assert_non_null(f);
	all = (struct str){text, fread(text, 1, sizeof(text), f)};
	fclose(f);
	close(watcher);
	assert_true(watches_next(&all, st.st_dev, &inode));
	assert_int_equal(inode, st.st_ino);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_this_device_counts),
		cmocka_unit_test(other_texts_are_passed_over),
		cmocka_unit_test(this_kernel_is_understood),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
