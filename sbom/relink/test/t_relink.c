/* relink: the arguments of a recorded link become those of a kit. */
#include "sbom/relink/relink.h"

#include "lib/base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char link_event[] =
	"{\"cwd\":\"build/work/x\",\"argv\":[\"collect2\",\"-plugin\","
	"\"/usr/lib/lto.so\",\"-plugin-opt=-fresolution=/tmp/a\",\"-pie\","
	"\"-o\",\"x\",\"./build/sysroot/lib/crt1.o\",\"-L./build/sysroot/lib\","
	"\"-L\",\"more\",\"-z\",\"now\",\"--note={\\\"a\\\": "
	"'b'}\",\"src/main.o\","
	"\"src/libx.a\",\"-lnl-3\",\"/usr/lib/gcc/crtend.o\"],\"inputs\":["
	"{\"path\":\"build/sysroot/lib/crt1.o\",\"sha256\":\"1\"},"
	"{\"path\":\"build/work/x/src/main.o\",\"sha256\":\"2\"},"
	"{\"path\":\"build/work/x/src/libx.a\",\"sha256\":\"3\"},"
	"{\"path\":\"build/sysroot/lib/libnl-3.a\",\"sha256\":\"4\"},"
	"{\"path\":\"/usr/lib/gcc/crtend.o\",\"sha256\":\"5\"}]}";
static const char strip_event[] =
	"{\"argv\":[\"strip\",\"-s\",\"-o\",\"to\",\"from\"]}";

static const struct node *parse(const char *text, struct arena *a)
{
	const struct node *n;
	struct err e = {0};

	if (json_parse(str_of(text), a, &n, &e) < 0)
		fail_msg("%s", e.text);
	return n;
}

static void test_words_become_names_of_the_kit(void **state)
{
	AUTO_ARENA struct arena a = arena_make(1 << 24);
	const struct relink_recorded from = {
		STR("x"), parse(link_event, &a), parse(strip_event, &a)};
	struct relink r;
	struct err e = {0};

	(void)state;
	if (relink_plan(&from, &a, &r, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(r.n, 5);
	assert_true(str_is(r.inputs[3].name, "lib/libnl-3.a"));
	assert_true(str_is(r.inputs[3].file.sha256, "4"));
	assert_true(str_is(r.strip, " -s"));
	assert_string_equal(r.args.p, "-Llib\n"
				      "-pie\n"
				      "objects/001-crt1.o\n"
				      "-z\n"
				      "now\n"
				      "--note={\\\"a\\\":\\ \\'b\\'}\n"
				      "objects/002-main.o\n"
				      "objects/003-libx.a\n"
				      "-lnl-3\n"
				      "objects/005-crtend.o\n");
}

static void test_a_file_that_no_word_names(void **state)
{
	AUTO_ARENA struct arena a = arena_make(1 << 24);
	const struct relink_recorded from = {STR("x"),
		parse("{\"cwd\":\"w\",\"argv\":[\"ld\",\"a.o\"],\"inputs\":["
		      "{\"path\":\"w/a.o\",\"sha256\":\"1\"},"
		      "{\"path\":\"w/b.o\",\"sha256\":\"2\"}]}",
			&a),
		NULL};
	struct relink r;
	struct err e = {0};

	(void)state;
	assert_int_equal(relink_plan(&from, &a, &r, &e), -1);
	assert_non_null(strstr(e.text, "w/b.o"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_become_names_of_the_kit),
		cmocka_unit_test(test_a_file_that_no_word_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
