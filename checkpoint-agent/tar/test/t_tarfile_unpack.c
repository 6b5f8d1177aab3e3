/*
 * Unpack layers of images over each other, also layers that try to get out of
 * the directory.
 */
#include "checkpoint-agent/tar/tarfile_unpack.h"
#include "lib/arc/tar.h"
#include "lib/arc/tar_header.h"
#include "lib/base/fd.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cmocka.h>

/* libarchive unpacks as root or not; owners are ours in any case. */
static struct tar_entry entry(enum tar_type type, const char *path)
{
	return (struct tar_entry){.type = type,
		.path = str_of(path),
		.mode = type == TAR_DIR ? 0755 : 0644,
		.uid = getuid(),
		.gid = getgid()};
}

struct place {
	char path[64];
	int dir;
	int layer; /* being written */
	struct tar tar;
	struct tarfile_quota room;
};

static int start(void **state)
{
	static struct place p;

	snprintf(p.path, sizeof(p.path), "/tmp/t_layers-XXXXXX");
	assert_non_null(mkdtemp(p.path));
	p.dir = open(p.path, O_RDONLY | O_DIRECTORY);
	p.room = (struct tarfile_quota){100, 1000};
	*state = &p;
	return 0;
}

static int finish(void **state)
{
	struct place *p = *state;
	char command[128];

	close(p->dir);
	assert_int_equal(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -rf %s", p->path);
	return system(command);
}

static void layer_start(struct place *p)
{
	p->layer = memfd_create("layer", 0);
	p->tar = tar_start(sink_fd(&p->layer));
}

static void add_file(struct place *p, const char *path, const char *text)
{
	struct tar_entry t = entry(TAR_FILE, path);

	t.size = strlen(text);
	assert_int_equal(tar_file(&p->tar, &t, str_of(text), NULL), 0);
}

static void add_link(struct place *p, const char *path, const char *target)
{
	struct tar_entry t = entry(TAR_SYMLINK, path);

	t.link = str_of(target);
	assert_int_equal(tar_add(&p->tar, &t, NULL), 0);
}

static void add_hard_link(struct place *p, const char *path, const char *target)
{
	struct tar_entry t = entry(TAR_SYMLINK, path);
	unsigned char block[TAR_BLOCK_BYTES];
	unsigned sum = 0;

	t.link = str_of(target);
	assert_int_equal(tar_header(&t, block, NULL), 0);
	/* written by hand, because our own writer refuses this */
	block[156] = TAR_HARD_LINK;
	memset(block + 148, ' ', 8);
	for (size_t i = 0; i < sizeof(block); i++)
		sum += block[i];
	snprintf((char *)block + 148, 8, "%06o", sum);
	assert_int_equal(sink_zeros(p->tar.to, p->tar.pad, NULL), 0);
	p->tar.pad = 0;
	assert_int_equal(sink_put(p->tar.to, block, sizeof(block), NULL), 0);
}

static void add_dir(struct place *p, const char *path)
{
	struct tar_entry t = entry(TAR_DIR, path);

	assert_int_equal(tar_add(&p->tar, &t, NULL), 0);
}

static int apply(struct place *p, struct err *e)
{
	int rc;

	assert_int_equal(tar_end(&p->tar, NULL), 0);
	lseek(p->layer, 0, SEEK_SET);
	rc = tarfile_unpack_layer(p->layer, p->dir, &p->room, e);
	close(p->layer);
	return rc;
}

static void assert_content(
	const struct place *p, const char *path, const char *text)
{
	AUTO_BUF struct buf b = buf_growing(1000);

	assert_int_equal(file_read_at(p->dir, path, &b, NULL), 0);
	assert_string_equal(buf_cstr(&b), text);
}

static bool exists(const struct place *p, const char *path)
{
	struct stat st;

	return fstatat(p->dir, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void lower(struct place *p)
{
	layer_start(p);
	add_dir(p, "etc");
	add_file(p, "etc/a", "lower a");
	add_file(p, "etc/b", "lower b");
	add_dir(p, "opaque");
	add_dir(p, "opaque/deep");
	add_file(p, "opaque/deep/x", "lower x");
	add_file(p, "kind", "a file");
	add_dir(p, "tree");
	add_file(p, "tree/leaf", "leaf");
	assert_int_equal(apply(p, NULL), 0);
	assert_content(p, "opaque/deep/x", "lower x");
}

static void whiteouts_hide_what_is_lower(void **state)
{
	struct place *p = *state;
	struct err e = {0};

	lower(p);
	layer_start(p);
	add_file(p, "etc/.wh.a", "");
	add_file(p, "etc/b", "upper b");
	add_dir(p, "opaque");
	add_file(p, "opaque/new", "new"); /* before its whiteout: stays */
	add_file(p, "opaque/.wh..wh..opq", "");
	add_dir(p, "kind");
	add_file(p, "kind/inside", "now a directory");
	add_file(p, "tree", "now a file");
	if (apply(p, &e) < 0)
		fail_msg("%s", e.text);
	assert_false(exists(p, "etc/a"));
	assert_false(exists(p, "etc/.wh.a"));
	assert_content(p, "etc/b", "upper b");
	assert_false(exists(p, "opaque/deep"));
	assert_content(p, "opaque/new", "new");
	assert_content(p, "kind/inside", "now a directory");
	assert_content(p, "tree", "now a file");
}

static void no_layer_leaves_the_directory(void **state)
{
	struct place *p = *state;
	char outside[96];
	struct err e = {0};
	int fd;

	snprintf(outside, sizeof(outside), "%s.outside", p->path);
	assert_int_equal(mkdir(outside, 0700), 0);
	snprintf(outside, sizeof(outside), "%s.outside/kept", p->path);
	fd = open(outside, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	close(fd);
	*strrchr(outside, '/') = '\0';

	layer_start(p);
	add_link(p, "way", outside);
	add_file(p, "way/.wh.kept", "");
	add_file(p, "way/written", "x");
	assert_int_equal(apply(p, &e), -1);
	layer_start(p); /* the link is there from before */
	add_file(p, "way/.wh.kept", "");
	assert_int_equal(apply(p, &e), -1);
	layer_start(p);
	add_file(p, "way/.wh..wh..opq", "");
	assert_int_equal(apply(p, &e), -1);
	layer_start(p);
	add_file(p, ".wh...", "");
	assert_int_equal(apply(p, &e), -1);

	fd = open(outside, O_RDONLY | O_DIRECTORY);
	assert_int_equal(faccessat(fd, "kept", F_OK, 0), 0);
	assert_int_equal(faccessat(fd, "written", F_OK, 0), -1);
	unlinkat(fd, "kept", 0);
	close(fd);
	assert_int_equal(rmdir(outside), 0);
}

/* A hard link to a file outside would be as good as the file. */
static void hard_links_stay_inside(void **state)
{
	struct place *p = *state;
	char outside[96], above[160];
	struct stat st;
	int fd;

	snprintf(outside, sizeof(outside), "%s.outside", p->path);
	assert_int_equal(mkdir(outside, 0700), 0);
	snprintf(above, sizeof(above), "%s/kept", outside);
	fd = open(above, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);

	layer_start(p);
	add_hard_link(p, "absolute", above);
	assert_int_equal(apply(p, NULL), -1);
	layer_start(p);
	snprintf(above, sizeof(above), "..%s/kept", strrchr(outside, '/'));
	add_hard_link(p, "above", above);
	assert_int_equal(apply(p, NULL), -1);
	layer_start(p);
	add_link(p, "way", outside);
	add_hard_link(p, "through", "way/kept");
	assert_int_equal(apply(p, NULL), -1);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_nlink, 1);
	close(fd);

	layer_start(p); /* what they are for */
	add_file(p, "one", "same");
	add_hard_link(p, "two", "one");
	assert_int_equal(apply(p, NULL), 0);
	assert_content(p, "two", "same");
	snprintf(above, sizeof(above), "%s/kept", outside);
	unlink(above);
	assert_int_equal(rmdir(outside), 0);
}

/* An image must not influence how the overlay above it looks up files. */
static void overlay_attributes_are_left_out(void **state)
{
	const struct tar_xattr xattrs[] = {
		{STR("user.overlay.redirect"), STR("/etc")},
		{STR("trusted.overlay.opaque"), STR("y")},
		{STR("user.kept"), STR("yes")}};
	struct place *p = *state;
	struct tar_entry t = entry(TAR_DIR, "marked");
	char path[96], value[8];

	t.xattrs = xattrs;
	t.xattr_count = 3;
	layer_start(p);
	assert_int_equal(tar_add(&p->tar, &t, NULL), 0);
	assert_int_equal(apply(p, NULL), 0);
	snprintf(path, sizeof(path), "%s/marked", p->path);
	assert_int_equal(getxattr(path, "user.overlay.redirect", value, 8), -1);
	assert_int_equal(
		getxattr(path, "trusted.overlay.opaque", value, 8), -1);
	if (setxattr(path, "user.can", "x", 1, 0) ==
		0) /* a tmpfs, before 6.6 */
		assert_int_equal(getxattr(path, "user.kept", value, 8), 3);
}

static void layers_have_a_limit(void **state)
{
	struct place *p = *state;
	struct err e = {0};

	p->room = (struct tarfile_quota){2, 10};
	layer_start(p);
	add_file(p, "a", "0123456789");
	add_file(p, "b", "x");
	assert_int_equal(apply(p, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	p->room = (struct tarfile_quota){1, 10};
	layer_start(p);
	add_file(p, "a", "");
	add_file(p, "b", "");
	assert_int_equal(apply(p, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
}

/* A header may announce any size; only the bytes that come count. */
static void promised_bytes_take_no_room(void **state)
{
	struct place *p = *state;
	struct tar_entry t = entry(TAR_FILE, "huge");
	unsigned char block[TAR_BLOCK_BYTES];
	struct stat st;

	layer_start(p);
	t.size = 1ull << 60;
	assert_int_equal(tar_header(&t, block, NULL), 0);
	assert_int_equal(fd_write(p->layer, block, sizeof(block), NULL), 0);
	assert_int_equal(apply(p, NULL), -1);
	if (fstatat(p->dir, "huge", &st, 0) == 0)
		assert_true(st.st_blocks < 100);
}

/* A tree that is deeper than a path may be long, or than recursion could go. */
static void deep_trees_are_refused_or_made(void **state)
{
	struct place *p = *state;
	char path[TAR_PATH_BYTES];
	struct err e = {0};

	layer_start(p);
	for (size_t n = 2; n < 4000; n += 1000) {
		memset(path, 'd', n);
		for (size_t i = 1; i < n; i += 2)
			path[i] = '/';
		path[n - 1] = '\0';
		add_dir(p, path);
	}
	add_file(p, ".wh.d", "");
	if (apply(p, &e) < 0)
		assert_string_not_equal(e.text, "");
	/* whatever was made can be hidden again */
	layer_start(p);
	add_file(p, ".wh.d", "");
	if (apply(p, &e) < 0)
		fail_msg("%s", e.text);
	assert_false(exists(p, "d"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			whiteouts_hide_what_is_lower, start, finish),
		cmocka_unit_test_setup_teardown(
			no_layer_leaves_the_directory, start, finish),
		cmocka_unit_test_setup_teardown(
			hard_links_stay_inside, start, finish),
		cmocka_unit_test_setup_teardown(
			overlay_attributes_are_left_out, start, finish),
		cmocka_unit_test_setup_teardown(
			promised_bytes_take_no_room, start, finish),
		cmocka_unit_test_setup_teardown(
			deep_trees_are_refused_or_made, start, finish),
		cmocka_unit_test_setup_teardown(
			layers_have_a_limit, start, finish),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
