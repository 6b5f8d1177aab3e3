/* Unit tests of images/policy. */
#include "images/assemble/policy.h"
#include "rootfs/tree_seal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define SELF "/proc/self/exe"
#if defined(__x86_64__)
#define MINE  "amd64"
#define OTHER "arm64"
#else
#define MINE  "arm64"
#define OTHER "amd64"
#endif

/* What the policy says of a tree of one entry; "" is nothing. */
static const char *verdict(struct tree_entry x, const char *arch, struct err *e)
{
	AUTO_TREE struct tree t = tree_make();

	x.name = STR("a test");
	if (x.origin == TREE_NOWHERE)
		x.origin = TREE_MADE;
	err_clear(e);
	assert_int_equal(tree_add(&t, &x, NULL), 0);
	assert_int_equal(tree_seal(&t, NULL), 0);
	return policy_check(&t, arch, e) < 0 ? e->text : "";
}

static const char *of_file(const char *path, uint32_t mode, struct err *e)
{
	return verdict(
		(struct tree_entry){
			.type = TREE_FILE, .path = str_of(path), .mode = mode},
		"amd64", e);
}

static const char *of_dir(const char *path, uint32_t mode, struct err *e)
{
	return verdict(
		(struct tree_entry){
			.type = TREE_DIR, .path = str_of(path), .mode = mode},
		"amd64", e);
}

static const char *of_program(
	const char *source, const char *arch, struct err *e)
{
	return verdict((struct tree_entry){.type = TREE_FILE,
			       .path = STR("/bin/program"),
			       .mode = 0755,
			       .source = source,
			       .origin = TREE_PROGRAM},
		arch, e);
}

static void names_are_refused(void **state)
{
	static const char *const bad[] = {"/bin/sh", "/usr/bin/busybox",
		"/sbin/apk", "/lib/libc.so", "/lib/libz.so.1.3",
		"/lib64/ld-linux-x86-64.so.2", "/x.so"};
	static const char *const good[] = {"/bin/shell", "/etc/sh.conf",
		"/usr/share/dashboard", "/a.solid", "/so", "/etc/apt.d",
		"/usr/share/zoneinfo/Asia/Kashgar"};
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_non_null(strstr(
			of_file(bad[i], 0644, &e), "which no image may hold"));
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_string_equal(of_file(good[i], 0644, &e), "");
	assert_string_equal(of_dir("/etc/apt", 0755, &e), "");
}

static void modes_are_refused(void **state)
{
	struct err e;

	(void)state;
	assert_string_equal(of_file("/a", 0444, &e), "");
	assert_non_null(strstr(of_file("/a", 04644, &e), "set-user-ID"));
	assert_non_null(strstr(of_file("/a", 02644, &e), "set-user-ID"));
	assert_non_null(strstr(of_file("/a", 0666, &e), "writable by anybody"));
	assert_non_null(strstr(of_file("/a", 0755, &e), "not built here"));
	assert_non_null(strstr(of_dir("/a", 0777, &e), "writable by anybody"));
	assert_non_null(strstr(of_dir("/a", 04755, &e), "set-user-ID"));
	assert_string_equal(of_dir("/a", 02755, &e), "");
	assert_string_equal(of_dir("/tmp", 01777, &e), "");
}

/* The test itself is a program of this machine, and a dynamic one. */
static void programs_are_static_and_for_the_machine(void **state)
{
	struct err e;

	(void)state;
	assert_non_null(strstr(of_program(SELF, MINE, &e), "not static"));
	assert_string_equal(of_program(SELF, OTHER, &e),
		"/bin/program is a program for " MINE
		", and the image is for " OTHER);
	assert_non_null(
		strstr(of_program("/etc/passwd", MINE, &e), "/bin/program"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_refused),
		cmocka_unit_test(modes_are_refused),
		cmocka_unit_test(programs_are_static_and_for_the_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
