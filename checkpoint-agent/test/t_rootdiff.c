/*
 * File changes from an upper directory made by hand, and trees packed and
 * unpacked.  Whiteouts and overlay's attributes need root; without it those
 * tests are skipped.
 */
#include "checkpoint-agent/pack.h"
#include "checkpoint-agent/rootdiff.h"
#include "checkpoint-agent/tarapplet.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cmocka.h>

static char top[64];
static char room[256];

static const char *in(const char *path)
{
	snprintf(room, sizeof(room), "%s/%s", top, path);
	return room;
}

static void make_dir(const char *path)
{
	assert_int_equal(mkdir(in(path), 0755), 0);
}

static void make_file(const char *path, const char *text)
{
	assert_int_equal(file_write(in(path), str_of(text), 0640, NULL), 0);
}

static int set_up(void **state)
{
	(void)state;
	snprintf(top, sizeof(top), "/tmp/t_rootdiff.XXXXXX");
	return mkdtemp(top) ? 0 : -1;
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", top);
	return system(command);
}

/* Names of the entries of a tar, each with a blank behind it. */
static const char *names_in(const char *path, struct buf *b)
{
	AUTO_FD int fd = open(in(path), O_RDONLY);
	struct pack_reader *r;
	struct pack_entry entry;

	buf_reset(b);
	assert_int_equal(pack_read_open(&r, fd, NULL), 0);
	while (pack_read_next(r, &entry, NULL) == 1)
		buf_fmt(b, "%s ", entry.path);
	pack_read_close(r);
	return buf_cstr(b);
}

static int create(const char *path)
{
	int fd = open(in(path), O_RDWR | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	return fd;
}

static void write_diff(const struct spec *s)
{
	char upper[128], lower[128];
	struct overlay layers = {
		.upper = upper, .lower = {lower}, .lower_count = 1};
	struct rootdiff r = {.layers = &layers, .spec = s};
	struct err e = {0};
	int tar = create("diff.tar"), deleted = create("deleted");

	snprintf(upper, sizeof(upper), "%s/upper", top);
	snprintf(lower, sizeof(lower), "%s/lower", top);
	r.host_root = open("/", O_PATH | O_DIRECTORY);
	r.merged = open(in("merged"), O_PATH | O_DIRECTORY);
	if (rootdiff_write(&r, tar, deleted, &e) < 0)
		fail_msg("%s", e.text);
	close(tar);
	close(deleted);
	close(r.host_root);
	close(r.merged);
}

static void make_layers(void)
{
	make_dir("upper");
	make_dir("lower");
	make_dir("merged");
}

static void changes_are_packed_in_order(void **state)
{
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	AUTO_BUF struct buf b = buf_growing(4096);
	const struct node *n;
	struct spec s;

	(void)state;
	make_layers();
	make_file("upper/b", "text");
	make_dir("upper/a");
	make_file("upper/a/x", "");
	assert_int_equal(symlink("../b", in("upper/a/link")), 0);
	make_dir("upper/etc");
	make_file("upper/etc/hosts", "");
	make_file("upper/etc/real", "r");
	assert_int_equal(json_parse(STR("{\"root\":{\"path\":\"r\"},"
					"\"mounts\":[{\"destination\":"
					"\"/etc/hosts\"}]}"),
				 &a, &n, NULL),
		0);
	assert_int_equal(spec_parse(n, &s, NULL), 0);
	write_diff(&s);
	assert_string_equal(
		names_in("diff.tar", &b), "a/ b etc/ a/link a/x etc/real ");
	assert_int_equal(file_read(in("deleted"), &b, NULL), 0);
	assert_null(strchr(buf_cstr(&b), '['));
}

static void what_is_gone_is_listed(void **state)
{
	AUTO_BUF struct buf b = buf_growing(4096);

	(void)state;
	if (geteuid() != 0)
		skip();
	make_layers();
	make_dir("upper/opaque");
	make_file("upper/opaque/new", "n");
	make_dir("lower/opaque");
	make_file("lower/opaque/new", "o");
	make_file("lower/opaque/old", "o");
	if (setxattr(in("upper/opaque"), "trusted.overlay.opaque", "y", 1, 0) <
		0)
		skip();
	assert_int_equal(mknod(in("upper/gone"), S_IFCHR, makedev(0, 0)), 0);
	write_diff(NULL);
	assert_string_equal(names_in("diff.tar", &b), "opaque/ opaque/new ");
	buf_reset(&b);
	assert_int_equal(file_read(in("deleted"), &b, NULL), 0);
	assert_string_equal(buf_cstr(&b), "[\"/gone\",\"/opaque/old\"]");
}

static void renamed_directories_are_read_merged(void **state)
{
	AUTO_BUF struct buf b = buf_growing(4096);

	(void)state;
	if (geteuid() != 0)
		skip();
	make_layers();
	make_dir("upper/moved");
	make_dir("merged/moved");
	make_file("merged/moved/inner", "i");
	make_file("upper/meta", "");
	make_file("merged/meta", "content");
	if (setxattr(in("upper/moved"), "trusted.overlay.redirect", "old", 3,
		    0) < 0)
		skip();
	assert_int_equal(setxattr(in("upper/meta"), "trusted.overlay.metacopy",
				 "", 0, 0),
		0);
	write_diff(NULL);
	assert_string_equal(
		names_in("diff.tar", &b), "meta moved/ moved/inner ");
}

/* ---- tar as CRIU calls it ----------------------------------------------- */

static int run_tar(int in_fd, int out_fd, char **argv)
{
	int argc = 0, status;
	pid_t pid = fork();

	while (argv[argc])
		argc++;
	if (pid == 0) {
		dup2(in_fd, 0);
		dup2(out_fd, 1);
		_exit(tar_applet_main(argc, argv));
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static void make_tree(void)
{
	char big[] = "from/sparse";
	int fd;

	make_dir("from");
	make_dir("from/sub");
	make_file("from/sub/file", "content");
	assert_int_equal(chmod(in("from/sub/file"), 04711), 0);
	snprintf(big, sizeof(big), "from/sparse");
	fd = create(big);
	assert_int_equal(ftruncate(fd, 1 << 20), 0);
	assert_int_equal(pwrite(fd, "end", 3, (1 << 20) - 3), 3);
	close(fd);
	assert_int_equal(symlink("sub/file", in("from/link")), 0);
	assert_int_equal(mkfifo(in("from/fifo"), 0600), 0);
	snprintf(room, sizeof(room), "%s/from/sub/file", top);
	char other[256];

	snprintf(other, sizeof(other), "%s/from/hard", top);
	assert_int_equal(link(room, other), 0);
}

static void check_tree(void)
{
	AUTO_BUF struct buf b = buf_growing(4 << 20);
	struct stat file, hard, sparse;

	assert_int_equal(file_read(in("to/sub/file"), &b, NULL), 0);
	assert_string_equal(buf_cstr(&b), "content");
	assert_int_equal(stat(in("to/sub/file"), &file), 0);
	assert_int_equal(stat(in("to/hard"), &hard), 0);
	assert_int_equal(file.st_ino, hard.st_ino);
	assert_int_equal(stat(in("to/sparse"), &sparse), 0);
	assert_int_equal(sparse.st_size, 1 << 20);
	assert_true(sparse.st_blocks * 512 < 1 << 20);
	assert_int_equal(lstat(in("to/link"), &hard), 0);
	assert_true(S_ISLNK(hard.st_mode));
	assert_int_equal(stat(in("to/fifo"), &hard), 0);
	assert_true(S_ISFIFO(hard.st_mode));
	if (geteuid() == 0)
		assert_int_equal(file.st_mode & 07777, 04711);
}

#define WORD(text) ((char[]){text})

static void a_tmpfs_goes_through_tar(void **state)
{
	char dir[128];
	char *make[] = {WORD("tar"), WORD("--create"), WORD("--gzip"),
		WORD("--no-unquote"), WORD("--no-wildcards"),
		WORD("--one-file-system"), WORD("--check-links"),
		WORD("--preserve-permissions"), WORD("--sparse"),
		WORD("--numeric-owner"), WORD("--directory"),
		WORD("/proc/self/fd/0"), WORD("."), NULL};
	char *unmake[] = {WORD("tar"), WORD("--extract"), WORD("--gzip"),
		WORD("--no-unquote"), WORD("--no-wildcards"),
		WORD("--directory"), dir, NULL};
	int tar, from;

	(void)state;
	make_tree();
	make_dir("to");
	snprintf(dir, sizeof(dir), "%s/to", top);
	from = open(in("from"), O_RDONLY | O_DIRECTORY);
	tar = create("t.gz");
	assert_int_equal(run_tar(from, tar, make), 0);
	lseek(tar, 0, SEEK_SET);
	assert_int_equal(run_tar(tar, 2, unmake), 0);
	close(from);
	close(tar);
	check_tree();
}

static void other_command_lines_are_refused(void **state)
{
	char *unknown[] = {WORD("tar"), WORD("--create"), WORD("--verify"),
		WORD("--directory"), WORD("/"), WORD("."), NULL};
	char *both[] = {WORD("tar"), WORD("--create"), WORD("--extract"),
		WORD("--directory"), WORD("/"), WORD("."), NULL};
	char *nowhere[] = {WORD("tar"), WORD("--extract"), NULL};
	int null = open("/dev/null", O_RDWR);

	(void)state;
	dup2(null, 2);
	assert_int_equal(run_tar(null, null, unknown), 2);
	assert_int_equal(run_tar(null, null, both), 2);
	assert_int_equal(run_tar(null, null, nowhere), 2);
	close(null);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			changes_are_packed_in_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_is_gone_is_listed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			renamed_directories_are_read_merged, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_tmpfs_goes_through_tar, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			other_command_lines_are_refused, set_up, tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
