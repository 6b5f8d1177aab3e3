/*
 * ACLs through a tar and back: exact, with ids beyond libarchive's, without
 * what the new place would hand down, and not by names.
 */
#include "checkpoint-agent/tar/tarfile_acl.h"
#include "checkpoint-agent/tar/tarfile_tree.h"
#include "checkpoint-agent/tar/tarfile_unpack.h"
#include "lib/base/fd.h"

#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
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

#define ACCESS  "system.posix_acl_access"
#define DEFAULT "system.posix_acl_default"
#define NO_ID   UINT32_MAX

struct acl {
	struct posix_acl_xattr_header head;
	struct posix_acl_xattr_entry entry[7];
};

/* The group may read, the mask lets named users write. */
static const struct acl sample = {{POSIX_ACL_XATTR_VERSION},
	{{ACL_USER_OBJ, 6, NO_ID}, {ACL_USER, 7, 1234},
		{ACL_USER, 5, 4000000000}, {ACL_GROUP_OBJ, 4, NO_ID},
		{ACL_GROUP, 6, 77}, {ACL_MASK, 7, NO_ID},
		{ACL_OTHER, 0, NO_ID}}};

struct place {
	char path[64];
	int from, to;
};

static int make_dir(const struct place *p, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", p->path, name);
	assert_int_equal(mkdir(path, 0755), 0);
	return open(path, O_RDONLY | O_DIRECTORY);
}

static int start(void **state)
{
	static struct place p;

	snprintf(p.path, sizeof(p.path), "/tmp/t_acl-XXXXXX");
	assert_non_null(mkdtemp(p.path));
	p.from = make_dir(&p, "from");
	p.to = make_dir(&p, "to");
	*state = &p;
	return 0;
}

static int finish(void **state)
{
	struct place *p = *state;
	char command[128];

	close(p->from);
	close(p->to);
	assert_int_equal(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -rf %s", p->path);
	return system(command);
}

static char *at(int dir, const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", dir, name);
	return path;
}

/* Skips the test where files have no ACLs. */
static void give(int dir, const char *name, const char *attribute)
{
	if (setxattr(at(dir, name), attribute, &sample, sizeof(sample), 0) < 0)
		skip();
}

static void make_file(int dir, const char *name)
{
	int fd = openat(dir, name, O_CREAT | O_WRONLY, 0640);

	assert_true(fd >= 0);
	close(fd);
}

static void assert_given(int dir, const char *name, const char *attribute)
{
	struct acl got;

	assert_int_equal(getxattr(at(dir, name), attribute, &got, sizeof(got)),
		sizeof(got));
	assert_memory_equal(&got, &sample, sizeof(got));
}

static void assert_none(int dir, const char *name, const char *attribute)
{
	assert_int_equal(getxattr(at(dir, name), attribute, NULL, 0), -1);
	assert_int_equal(errno, ENODATA);
}

static void there_and_back(const struct place *p)
{
	AUTO_FD int tar = memfd_create("tar", 0);

	assert_int_equal(tarfile_tree(p->from, tar, TARFILE_PLAIN, NULL), 0);
	lseek(tar, 0, SEEK_SET);
	assert_int_equal(tarfile_unpack(tar, p->to, 0, NULL), 0);
}

static void comes_back_exactly(void **state)
{
	const struct place *p = *state;

	make_file(p->from, "file");
	give(p->from, "file", ACCESS);
	assert_int_equal(mkdirat(p->from, "dir", 0755), 0);
	make_file(p->from, "dir/none");
	give(p->from, "dir", ACCESS);
	give(p->from, "dir", DEFAULT);
	there_and_back(p);
	assert_given(p->to, "file", ACCESS);
	assert_given(p->to, "dir", ACCESS);
	assert_given(p->to, "dir", DEFAULT);
	assert_none(p->to, "dir/none", ACCESS);
}

/* The directory below which it is unpacked hands its default down. */
static void inherits_nothing(void **state)
{
	const struct place *p = *state;
	struct stat st;

	assert_int_equal(mkdirat(p->to, "dir", 0755), 0);
	give(p->to, "dir", DEFAULT);
	assert_int_equal(mkdirat(p->from, "dir", 0750), 0);
	assert_int_equal(mkdirat(p->from, "dir/sub", 0711), 0);
	make_file(p->from, "dir/file");
	there_and_back(p);
	assert_none(p->to, "dir", DEFAULT);
	assert_none(p->to, "dir/sub", ACCESS);
	assert_none(p->to, "dir/sub", DEFAULT);
	assert_none(p->to, "dir/file", ACCESS);
	assert_int_equal(fstatat(p->to, "dir/sub", &st, 0), 0);
	assert_int_equal(st.st_mode & 0777, 0711);
}

static struct archive_entry *new_entry(void)
{
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_mode(entry, S_IFREG | 0640);
	return entry;
}

static void puts_entries_in_order(void **state)
{
	AUTO_BUF struct buf b = buf_growing(1000);
	struct archive_entry *entry = new_entry();
	struct acl mixed = sample;

	(void)state;
	for (size_t i = 0; i < 7; i++)
		mixed.entry[i] = sample.entry[6 - i];
	assert_true(tarfile_acl_add(entry, ACCESS, &mixed, sizeof(mixed)));
	assert_int_equal(
		tarfile_acl_put(entry, TARFILE_ACL_ACCESS, &b, NULL), 0);
	assert_int_equal(b.n, sizeof(sample));
	assert_memory_equal(b.p, &sample, sizeof(sample));
	buf_reset(&b);
	assert_int_equal(
		tarfile_acl_put(entry, TARFILE_ACL_DEFAULT, &b, NULL), 0);
	assert_int_equal(b.n, 0);
	archive_entry_free(entry);
}

static void takes_no_other_attribute(void **state)
{
	struct archive_entry *entry = new_entry();
	struct acl other = sample;

	(void)state;
	other.head.a_version = 1;
	assert_false(tarfile_acl_add(entry, "user.x", &sample, sizeof(sample)));
	assert_false(tarfile_acl_add(entry, ACCESS, &other, sizeof(other)));
	assert_false(
		tarfile_acl_add(entry, ACCESS, &sample, sizeof(sample) - 1));
	assert_false(tarfile_acl_add(entry, ACCESS, &sample, 2));
	assert_int_equal(archive_entry_acl_types(entry), 0);
	archive_entry_free(entry);
}

static void knows_no_names(void **state)
{
	AUTO_BUF struct buf b = buf_growing(1000);
	struct archive_entry *entry = new_entry();
	struct err e = {0};

	(void)state;
	archive_entry_acl_add_entry(entry, ARCHIVE_ENTRY_ACL_TYPE_ACCESS, 7,
		ARCHIVE_ENTRY_ACL_USER, -1, "bob");
	assert_int_equal(
		tarfile_acl_put(entry, TARFILE_ACL_ACCESS, &b, &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	assert_non_null(strstr(e.text, "bob"));
	archive_entry_free(entry);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			comes_back_exactly, start, finish),
		cmocka_unit_test_setup_teardown(
			inherits_nothing, start, finish),
		cmocka_unit_test(puts_entries_in_order),
		cmocka_unit_test(takes_no_other_attribute),
		cmocka_unit_test(knows_no_names),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
