/*
 * Read file changes from an upper directory made by hand; pack and unpack
 * trees. Whiteouts and the attributes of overlayfs need root; without it those
 * tests are skipped.
 */
#include "checkpoint-agent/dump/tar_applet.h"
#include "checkpoint-agent/dump/upperdir.h"
#include "checkpoint-agent/tar/tarfile_read.h"
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

/* The names of the entries of a tar, with a space after each. */
static const char *names_in(const char *path, struct buf *b)
{
	AUTO_FD int fd = open(in(path), O_RDONLY);
	struct tarfile_reader *r;
	struct tarfile_entry entry;

	buf_reset(b);
	assert_int_equal(tarfile_read_open(&r, fd, NULL), 0);
	while (tarfile_read_next(r, &entry, NULL) == 1)
		buf_fmt(b, "%s ", entry.path);
	tarfile_read_close(r);
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
	char upper[128], lower[128], second[128];
	struct stat st;
	struct overlay layers = {.upper = upper,
		.lower = {lower, second},
		.lower_count = stat(in("second"), &st) == 0 ? 2 : 1};
	struct upperdir r = {.layers = &layers, .spec = s};
	struct err e = {0};
	int tar = create("diff.tar"), deleted = create("deleted"),
	    paths = create("paths");
	const struct upperdir_out out = {&tar, &deleted, &paths};

	snprintf(upper, sizeof(upper), "%s/upper", top);
	snprintf(lower, sizeof(lower), "%s/lower", top);
	snprintf(second, sizeof(second), "%s/second", top);
	r.host_root = open("/", O_PATH | O_DIRECTORY);
	r.merged = open(in("merged"), O_PATH | O_DIRECTORY);
	if (upperdir_write(&r, &out, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(tar, -1);
	assert_int_equal(deleted, -1);
	assert_int_equal(paths, -1);
	close(r.host_root);
	close(r.merged);
}

/* The list of paths that JSON cannot hold. */
static void assert_paths(struct str list)
{
	AUTO_BUF struct buf b = buf_growing(4096);

	assert_int_equal(file_read(in("paths"), &b, NULL), 0);
	assert_true(str_eq(buf_view(&b), list));
}

static void assert_deleted(const char *list)
{
	AUTO_BUF struct buf b = buf_growing(4096);

	assert_int_equal(file_read(in("deleted"), &b, NULL), 0);
	assert_string_equal(buf_cstr(&b), list);
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
	assert_deleted("[\"/gone\",\"/opaque/old\"]");
}

/* JSON would make U+FFFD of the byte, which is another name. */
static void names_that_are_no_utf8_are_listed_apart(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	make_layers();
	make_dir("upper/d\xe9");
	assert_int_equal(mknod(in("upper/caf\xe9"), S_IFCHR, makedev(0, 0)), 0);
	assert_int_equal(mknod(in("upper/d\xe9/x"), S_IFCHR, makedev(0, 0)), 0);
	assert_int_equal(
		mknod(in("upper/caf\xc3\xa9"), S_IFCHR, makedev(0, 0)), 0);
	write_diff(NULL);
	assert_deleted("[\"/caf\xc3\xa9\"]");
	assert_paths(STR("/caf\xe9\0/d\xe9/x\0"));
}

static void make_opaque(const char *path)
{
	make_dir(path);
	if (setxattr(in(path), "trusted.overlay.opaque", "y", 1, 0) < 0)
		skip();
}

/* `rm -r d; mkdir -p d/sub/more`: only d bears a mark. */
static void below_an_opaque_directory_all_is_hidden(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	make_layers();
	make_opaque("upper/d");
	make_dir("upper/d/sub");
	make_dir("upper/d/sub/more");
	make_dir("upper/d/new");
	make_dir("lower/d");
	make_dir("lower/d/sub");
	make_file("lower/d/sub/a", "1");
	make_dir("lower/d/sub/more");
	make_file("lower/d/sub/more/b", "1");
	make_file("lower/d/z", "1");
	make_dir("second");
	make_dir("second/d");
	make_dir("second/d/sub");
	make_file("second/d/sub/c", "1");
	make_file("second/d/z", "1");
	write_diff(NULL);
	assert_deleted("[\"/d/z\",\"/d/sub/a\",\"/d/sub/c\","
		       "\"/d/sub/more/b\"]");
}

/* What lower layers hide from each other was never there. */
static void lower_layers_hide_each_other(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	make_layers();
	make_dir("second");
	make_opaque("upper/d");
	make_dir("lower/d");
	assert_int_equal(mknod(in("lower/d/gone"), S_IFCHR, makedev(0, 0)), 0);
	make_dir("second/d");
	make_file("second/d/gone", "1");
	make_file("second/d/left", "1");
	make_opaque("upper/e");
	make_file("lower/e", "1");
	make_dir("second/e");
	make_file("second/e/x", "1");
	make_opaque("upper/f");
	make_opaque("lower/f");
	make_dir("second/f");
	make_file("second/f/x", "1");
	write_diff(NULL);
	assert_deleted("[\"/d/left\"]");
}

/* An image can have a link there, to any directory of the node. */
static void a_link_in_a_lower_layer_leads_nowhere(void **state)
{
	AUTO_BUF struct buf b = buf_growing(4096);

	(void)state;
	if (geteuid() != 0)
		skip();
	make_layers();
	make_dir("secret");
	make_file("secret/name", "1");
	make_dir("secret/deep");
	make_file("secret/deep/name", "1");
	make_opaque("upper/d");
	make_opaque("upper/e");
	make_dir("upper/e/deep");
	assert_int_equal(symlink("/", in("lower/d")), 0);
	snprintf(room, sizeof(room), "%s/secret", top);
	buf_text(&b, room);
	assert_int_equal(symlink(buf_cstr(&b), in("lower/e")), 0);
	write_diff(NULL);
	assert_deleted("");
}

static void renamed_directories_are_read_merged(void **state)
{
	AUTO_BUF struct buf b = buf_growing(4096);

	(void)state;
	if (geteuid() != 0)
		skip();
	make_layers();
	make_dir("lower/moved");
	make_file("lower/moved/before", "b");
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
	assert_deleted("[\"/moved/before\"]");
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
			names_that_are_no_utf8_are_listed_apart, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			below_an_opaque_directory_all_is_hidden, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			lower_layers_hide_each_other, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_link_in_a_lower_layer_leads_nowhere, set_up,
			tear_down),
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
